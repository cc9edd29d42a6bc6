"""A batch (导入批次): one uploaded sheet, from its upload to its import or to being undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.imports.states import WORKING, State
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions

if TYPE_CHECKING:
    from duijie.site.kernel.parts import Tone
    from duijie.site.parties.models import User

TONES: dict[str, Tone] = {
    State.UPLOADED: "warning",
    State.CHECKED: "warning",
    State.IMPORTED: "success",
    State.FAILED: "danger",
    **dict.fromkeys(WORKING, "info"),
}


class BatchQuerySet(RecordedQuerySet):
    """Which batches."""

    def visible_to(self, user: User) -> Self:
        """Return the user's own; a sheet is the business of who brought it."""
        return self.filter(owner=user.code)

    def imported(self) -> Self:
        """Return those whose records stand."""
        return self.filter(state__in=(State.IMPORTED, State.UNDOING))

    def same_file_as(self, batch: Batch) -> Self:
        """Return the other batches made of the very same file."""
        return self.filter(noun=batch.noun, digest=batch.digest).exclude(pk=batch.pk)


class Batch(Recorded):
    """One uploaded sheet. Its files lie under ``VAR/imports/<code>/``: they hold what must not stand in entries."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="code", related_name="batches", verbose_name=_("导入人")
    )
    noun = models.CharField(_("内容"), max_length=20)
    file_name = models.CharField(_("文件名"), max_length=200)
    digest = models.CharField(_("文件指纹"), max_length=64)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.UPLOADED)
    headers = models.JSONField(_("表头"), default=list)
    mapping = models.JSONField(_("列名对应"), default=dict)
    good = models.PositiveIntegerField(_("可导入行数"), default=0)
    bad = models.PositiveIntegerField(_("有问题行数"), default=0)
    imported = models.PositiveIntegerField(_("已导入行数"), default=0)
    said = models.TextField(_("说明"), blank=True)

    objects: Any = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入批次")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="batch_state_known"),
            models.CheckConstraint(
                condition=Q(imported=0) | Q(state__in=(State.IMPORTED, State.UNDOING, State.UNDONE)),
                name="batch_imported_in_the_end",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-created_at"], name="batch_owner"),
            models.Index(fields=["digest"], name="batch_digest"),
        )

    def __str__(self) -> str:
        return self.file_name

    @property
    def tone(self) -> Tone:
        """How its state looks: good, under way, or in need of somebody."""
        return TONES.get(self.state, "")

    @property
    def is_working(self) -> bool:
        """Whether a job is at work on it."""
        return self.state in WORKING

    @property
    def folder(self) -> Path:
        """Where the batch's files lie."""
        return Path(settings.VAR) / "imports" / self.code

    @property
    def file(self) -> Path:
        """The uploaded file, under a name of our own."""
        return self.folder / f"sheet{Path(self.file_name).suffix.casefold()}"

    @property
    def head(self) -> Path:
        """The first rows of the file, as JSON."""
        return self.folder / "head.json"

    @property
    def preview(self) -> Path:
        """The first good rows as they will be stored, as JSON."""
        return self.folder / "preview.json"

    @property
    def report(self) -> Path:
        """What was found in each row, as JSON lines."""
        return self.folder / "report.jsonl"

    @property
    def marked(self) -> Path:
        """The person's own workbook with red cells and comments."""
        return self.folder / "marked.xlsx"


with_versions(Batch)
