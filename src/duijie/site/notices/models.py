"""Notices, letters that wait to be mailed, and what each reader chose. Plain rows: what happened is in the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duijie.site.notices.kinds import Kind, Way

if TYPE_CHECKING:
    from datetime import datetime

    from duijie.site.parties.models import User

TRIES = 8
"""How often a mail is tried that the server did not take."""
STALE = timedelta(days=3)
"""What could not be mailed for so long is no news any more; it stays on the desk."""


class PostQuerySet(models.QuerySet[Any]):
    """Which mail."""

    def to_post(self, moment: datetime) -> Self:
        """Return what is to be mailed by now, the oldest first."""
        due = Q(post_after__lte=moment, post_after__gt=moment - STALE)
        return self.filter(due, mailed_at=None, tries__lt=TRIES).order_by("post_after", "pk")


class Post(models.Model):
    """Something that goes out by mail once: who sets ``mailed_at`` first sends it, and takes it back if it did not go."""

    post_after = models.DateTimeField(_("待发时间"), null=True)
    mailed_at = models.DateTimeField(_("发出时间"), null=True)
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)

    class Meta:
        abstract = True


class NoticeQuerySet(PostQuerySet):
    """Which notices."""

    def of(self, user: User) -> Self:
        """Return one's own."""
        return self.filter(user=user.pk)

    def unseen(self) -> Self:
        """Return those nobody has read yet."""
        return self.filter(seen_at=None)

    def for_digest(self) -> Self:
        """Return those that wait for the day's one mail."""
        return self.filter(way=Way.DAILY, mailed_at=None, seen_at=None, tries__lt=TRIES)


class Notice(Post):
    """One thing one person is told. It is shown and mailed only while he may see ``subject``, a row of ``subject_kind``."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(_("事项"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("内容"), max_length=300)
    why = models.CharField(_("为什么收到"), max_length=200)
    url = models.CharField(_("链接"), max_length=200)
    at = models.DateTimeField(_("时间"))
    subject_kind = models.CharField(max_length=60, blank=True)
    subject = models.CharField(_("对象"), max_length=40, blank=True)
    way = models.CharField(_("方式"), max_length=10, choices=Way.choices)
    seen_at = models.DateTimeField(_("阅读时间"), null=True)
    once = models.CharField(max_length=120, null=True)

    objects: Any = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        constraints = (models.UniqueConstraint(fields=["user", "once"], name="notice_told_once"),)
        indexes = (
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unseen", condition=Q(seen_at=None)),
            models.Index(F("post_after"), name="notice_to_post", condition=Q(mailed_at=None, post_after__isnull=False)),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def may_be_shown(self) -> bool:
        """Whether its reader may, at this moment, still see what it speaks of."""
        if not self.user.is_active:
            return False
        if not self.subject_kind:
            return True
        rows: Any = apps.get_model(self.subject_kind)._default_manager
        return bool(rows.visible_to(self.user).filter(pk=self.subject).exists())


class Letter(Post):
    """A mail to an address without an account. ``writer`` names the function that writes it when it goes out.

    What it says is not kept: it is written from ``about``, as far as its reader may know by then, or not at all.
    """

    id = models.BigAutoField(primary_key=True)
    address = models.EmailField(_("发往"))
    writer = models.CharField(max_length=120)
    about = models.CharField(_("对象"), max_length=40)

    objects: Any = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("信件")
        indexes = (
            models.Index(F("post_after"), name="letter_to_post", condition=Q(mailed_at=None, post_after__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.writer.rpartition('.')[2]} {self.about}"


class Preference(models.Model):
    """How somebody wants to be told of one kind of thing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notice_preferences")
    kind = models.CharField(_("事项"), max_length=20, choices=Kind.choices)
    way = models.CharField(_("方式"), max_length=10, choices=Way.choices)

    objects: Any = models.Manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "kind"], name="preference_once_a_kind"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.way}"


class Reader(models.Model):
    """In which language somebody reads his mail."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    language = models.CharField(_("邮件语言"), max_length=10, choices=settings.LANGUAGES)

    objects: Any = models.Manager()

    def __str__(self) -> str:
        return f"{self.user_id} {self.language}"
