"""An attachment (附件): a file that belongs to one recorded object, kept under its own code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.files.states import State
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions

if TYPE_CHECKING:
    from collections.abc import Iterable

OFFICE = "application/vnd.openxmlformats-officedocument."


class Media(models.TextChoices):
    """What a file is, by its content; nothing else is taken in."""

    PDF = "application/pdf", "PDF"
    DOCX = f"{OFFICE}wordprocessingml.document", "Word"
    XLSX = f"{OFFICE}spreadsheetml.sheet", "Excel"
    PPTX = f"{OFFICE}presentationml.presentation", "PowerPoint"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"

    @property
    def ending(self) -> str:
        """Return how the name of such a file ends."""
        return {"JPEG": ".jpg"}.get(self.name, f".{self.name.lower()}")


class AttachmentQuerySet(RecordedQuerySet):
    """Which attachments."""

    def of(self, subject: Recorded) -> Self:
        """Return those of one object."""
        return self.filter(subject_kind=subject._meta.label_lower, subject=subject.code)

    def of_all(self, kind: str, codes: Iterable[str]) -> Self:
        """Return those of many objects of one kind, such as of a page of a list."""
        return self.filter(subject_kind=kind, subject__in=codes)

    def present(self) -> Self:
        """Leave out those taken back."""
        return self.filter(state=State.PRESENT)


class Attachment(Recorded):
    """One file. Its content never changes: a better one is another attachment. Withdrawn, it stays for the trail."""

    subject_kind = models.CharField(_("对象类型"), max_length=60)
    subject = models.CharField(_("对象"), max_length=40)
    title = models.CharField(_("文件名"), max_length=120)
    media = models.CharField(_("文件类型"), max_length=80, choices=Media.choices)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.PRESENT)
    reason = models.CharField(_("撤下原因"), max_length=200, blank=True)
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )

    objects: Any = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        constraints = (
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
            models.CheckConstraint(condition=Q(media__in=Media.values), name="attachment_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(state=State.PRESENT, reason="") | Q(state=State.WITHDRAWN) & ~Q(reason=""),
                name="attachment_withdrawn_says_why",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject", "sha256"],
                condition=Q(state=State.PRESENT),
                name="attachment_of_a_subject_once",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> Path:
        """Return where the content is: under the year and the code, whatever its sender called it."""
        return folder() / self.code.split("-")[1] / self.code


with_versions(Attachment)


def folder() -> Path:
    """Return the folder of all contents."""
    return Path(settings.VAR) / "files"
