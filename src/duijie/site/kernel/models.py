"""What the house itself keeps: running numbers, long work and how far it is, and who carries it out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime


class Series(models.Model):
    """One series of codes, e.g. ``D-150100-2026``, and the last number given out."""

    prefix = models.CharField(primary_key=True, max_length=40)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last:04}"


class JobState(models.TextChoices):
    """Where a piece of long work stands."""

    WAITING = "waiting", _("等待处理")
    RUNNING = "running", _("正在处理")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")


OPEN = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Which jobs."""

    def visible_to(self, user: Any) -> Self:
        """Return those the user started; nobody else sees them."""
        return self.filter(owner=user.code) if user.is_authenticated else self.none()

    def open(self) -> Self:
        """Return those not finished yet."""
        return self.filter(state__in=OPEN)

    def news(self) -> Self:
        """Return those finished since their owner last looked."""
        return self.exclude(state__in=OPEN).filter(seen=False)


class Job(models.Model):
    """A piece of long work: who wants it, how far it is, and what came of it."""

    code = models.CharField(_("编号"), primary_key=True, max_length=40)
    kind = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    owner = models.CharField(_("发起人"), max_length=40, blank=True)
    title = models.CharField(_("事项"), max_length=120)
    language = models.CharField(max_length=10)
    once = models.CharField(max_length=120, null=True, unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(_("进展"), max_length=300, blank=True)
    result = models.JSONField(null=True)
    worker = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancelling = models.BooleanField(default=False)
    seen = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("发起时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    beat_at = models.DateTimeField(_("最近进展"), null=True)

    objects: ClassVar[Any] = JobQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at=None) | (~Q(state__in=OPEN) & Q(finished_at__isnull=False)),
                name="job_ends_when_it_is_finished",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-created_at"], name="job_owner"),
            models.Index(fields=["state"], name="job_open", condition=Q(state__in=OPEN)),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in OPEN

    @property
    def percent(self) -> int | None:
        """How much is done, in hundredths; None where it is not known how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else None


class Worker(models.Model):
    """A process that carries out jobs, and when it was last heard of."""

    LOST: ClassVar = timedelta(minutes=3)
    name = models.CharField(primary_key=True, max_length=64)
    host = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    def is_lost(self, now: datetime) -> bool:
        """Whether it has been silent for too long to be alive."""
        return now - self.beat_at > self.LOST
