"""Attaching, taking back, and handing out."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duijie.site.files import storage
from duijie.site.files.access import rules_of
from duijie.site.files.contents import recognise, refused
from duijie.site.files.models import Attachment
from duijie.site.files.names import clean_title
from duijie.site.files.states import NEXT, State
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal
from duijie.site.ledger import actions as ledger

if TYPE_CHECKING:
    from duijie.site.ledger.models import Entry, Recorded
    from duijie.site.parties.models import User

MOST = 20
"""Attachments of one object."""


def attach_file(subject: Recorded, file: IO[bytes], *, name: str, actor: User) -> Attachment:
    """Take in a file: typed by its content, named by its code, on the disk before its entry is."""
    if not rules_of(subject._meta.label_lower).may_attach(subject, actor):
        raise Forbidden(_("您不能给 %(code)s 添加附件。") % {"code": subject.code})
    sha256, size = storage.digest(file)
    if size > settings.UPLOAD_BYTES:
        raise too_big()
    media = recognise(file)
    title = clean_title(name, media)
    with transaction.atomic():
        attachment = Attachment(
            code=take_code("F"), subject_kind=subject._meta.label_lower, subject=subject.code, title=title,
            media=media, size=size, sha256=sha256, attached_by=actor,
        )  # fmt: skip
        _check_place_for(subject, attachment)
        with storage.placed(attachment, file):
            return _enter(attachment, actor)


def _enter(attachment: Attachment, actor: User) -> Attachment:
    try:
        with transaction.atomic():
            return ledger.create(attachment, actor=actor, verb="file.attach")
    except IntegrityError:  # the same file, sent twice at once
        raise _twice() from None


def withdraw_file(attachment: Attachment, subject: Recorded, *, reason: str, actor: User) -> Entry:
    """Take an attachment back: it is no longer shown, and stays for the trail."""
    if not rules_of(attachment.subject_kind).may_attach(subject, actor):
        raise Forbidden(_("您不能撤下这个附件。"))
    if not reason.strip():
        raise Invalid(_("请写明为什么撤下。"), {"reason": _("请写明为什么撤下。")})
    return ledger.step(
        attachment,
        State.WITHDRAWN,
        actor=actor,
        verb="file.withdraw",
        next_states=NEXT,
        to={"reason": reason.strip()},
        note=reason.strip(),
    )


def record_download(attachment: Attachment, subject: Recorded, *, actor: User) -> None:
    """Enter in the subject's trail who took a file that is not open to all."""
    if not rules_of(attachment.subject_kind).is_open(subject):
        ledger.note(subject, actor=actor, verb="file.download", note=f"{attachment.code} {attachment.title}")


def too_big() -> Invalid:
    """Return the refusal of a file that is larger than this site takes."""
    return refused(
        _("文件超过 %(most)s MB。请压缩图片或拆成几个文件后再上传。") % {"most": settings.UPLOAD_BYTES >> 20}
    )


def _check_place_for(subject: Recorded, attachment: Attachment) -> None:
    present = Attachment.objects.of(subject).present()
    if present.filter(sha256=attachment.sha256).exists():
        raise _twice()
    if present.count() >= MOST:
        raise Refusal(_("附件最多 %(most)s 个。请先撤下不用的，或把几个文件合成一个。") % {"most": MOST})


def _twice() -> Invalid:
    return refused(_("这个文件已经上传过了，不用重复上传。"))
