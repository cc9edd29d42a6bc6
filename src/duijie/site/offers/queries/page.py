"""An offer's page: where it stands, what may be done, what is missing, what it says, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from duijie.site.files.queries import attachments_of
from duijie.site.kernel.parts import LifeStep
from duijie.site.offers import permissions as may
from duijie.site.offers.answers import all_answers
from duijie.site.offers.completeness import completeness
from duijie.site.offers.states import EDITABLE, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from duijie.site.files.queries import Attachments
    from duijie.site.kernel.parts import Answer, Tone
    from duijie.site.offers.completeness import Completeness
    from duijie.site.offers.models import Offer, Recipient
    from duijie.site.offers.sections import Section
    from duijie.site.parties.models import User

TONES: dict[str, Tone] = {
    State.SUBMITTED: "warning",
    State.RETURNED: "warning",
    State.REVIEWED: "info",
    State.PUBLISHED: "success",
    State.EXPIRED: "danger",
}
VERBS = (
    "change",
    "submit",
    "review",
    "publish",
    "unpublish",
    "direct",
    "revise",
    "confirm",
    "renew",
    "withdraw",
    "reopen",
    "merge",
    "read_history",
)


@dataclass(frozen=True, slots=True)
class OfferPage:
    """What the page of one offer shows to one reader who may read it in full."""

    offer: Offer
    tone: Tone
    turn: str
    life: Sequence[LifeStep]
    may: dict[str, bool]
    sections: Sequence[tuple[Section, Sequence[Answer]]]
    completeness: Completeness | None
    attachments: Attachments
    recipients: Sequence[Recipient]
    absorbed: Sequence[Offer]


def offer_page(offer: Offer, user: User) -> OfferPage:
    """Assemble the page."""
    inside = may.may_read_history(offer, user)
    return OfferPage(
        offer=offer,
        tone=TONES.get(offer.state, ""),
        turn=turn_of(offer),
        life=life_of(offer),
        may=decisions(offer, user),
        sections=all_answers(offer, private=inside),
        completeness=completeness(offer) if inside else None,
        attachments=attachments_of(offer, user),
        recipients=list(offer.recipients.present().select_related("organisation").order_by("code")) if inside else [],
        absorbed=list(offer.merged.order_by("code")) if inside else [],
    )


def decisions(offer: Offer, user: User) -> dict[str, bool]:
    """Return for every verb whether the user may do it now."""
    return {verb: bool(getattr(may, f"may_{verb}")(offer, user)) for verb in VERBS}


def turn_of(offer: Offer) -> str:
    """Say whose turn it is and what he should do; nothing where nobody is waited for."""
    office = _("%(place)s科技主管部门") % {"place": offer.region.label}
    words = {
        State.DRAFT: _("%(owner)s填写并提交"),
        State.SUBMITTED: _("%(office)s审核"),
        State.RETURNED: _("%(owner)s修改后重新提交"),
        State.REVIEWED: _("%(office)s发布") if may.is_publishable(offer) else "",
        State.EXPIRED: _("%(owner)s续期或撤回"),
    }.get(State(offer.state), "")
    return words % {"owner": offer.organisation.name, "office": office} if words else ""


def life_of(offer: Offer) -> list[LifeStep]:
    """Return its life on one line: entered, handed in, reviewed, published, and a way out if it took one."""
    reached = (
        (_("登记"), offer.created_at, offer.state in EDITABLE),
        (_("提交"), offer.submitted_at, offer.state == State.SUBMITTED),
        (_("审核入库"), offer.reviewed_at, offer.state == State.REVIEWED),
    )
    steps = [_step(label, at, now=now) for label, at, now in reached]
    if may.is_publishable(offer):
        steps.append(_step(_("发布"), offer.published_at, now=offer.state == State.PUBLISHED))
    if offer.state in (State.EXPIRED, State.WITHDRAWN, State.MERGED):
        steps = [step for step in steps if step.state != "ahead"]
        steps.append(LifeStep(offer.get_state_display(), "left", _day(offer.state_since)))
    return steps


def _step(label: str, at: datetime | None, *, now: bool) -> LifeStep:
    return LifeStep(label, "now" if now else "done" if at else "ahead", _day(at))


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None
