"""Attachments as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from duijie.site.files.access import fetch_subject, rules_of
from duijie.site.files.models import Attachment
from duijie.site.files.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.ledger.models import Recorded
    from duijie.site.parties.models import User


@dataclass(frozen=True, slots=True)
class Attachments:
    """The attachments of one object, for ``files/parts/attachments.html``."""

    present: Sequence[Attachment]
    withdrawn: Sequence[Attachment]
    may_attach: bool
    attach_url: str
    most_megabytes: int


def attachments_of(subject: Recorded, user: User) -> Attachments:
    """Return what the user sees of the object's attachments; the withdrawn only where he may attach."""
    rules = rules_of(subject._meta.label_lower)
    may_attach = rules.may_attach(subject, user)
    rows = list(Attachment.objects.of(subject).select_related("attached_by").order_by("code"))
    return Attachments(
        present=[row for row in rows if row.state == State.PRESENT],
        withdrawn=[row for row in rows if row.state == State.WITHDRAWN] if may_attach else [],
        may_attach=may_attach,
        attach_url=reverse("files:attach", args=[rules.kind, subject.code]),
        most_megabytes=settings.UPLOAD_BYTES >> 20,
    )


def fetch_attachment(code: str, *, user: User) -> tuple[Attachment, Recorded]:
    """Return an attachment the user may see and what it belongs to; hidden and missing are alike.

    A withdrawn one is still there for those who may attach.
    """
    found = Attachment.objects.filter(pk=code).first()
    if found is None:
        raise Http404
    subject = fetch_subject(found.subject_kind, found.subject, user=user)
    if found.state == State.WITHDRAWN and not rules_of(found.subject_kind).may_attach(subject, user):
        raise Http404
    return found, subject
