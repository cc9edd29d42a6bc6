"""Making a demand known: to everybody, to named organisations, and who opened it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.demands import permissions
from duijie.site.demands.actions.steps import move, needed
from duijie.site.demands.models import Disclosure, Recipient
from duijie.site.demands.states import State
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Invalid, Refusal
from duijie.site.ledger.actions import change, create_many, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.demands.models import Demand
    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import Organisation, User


def publish_demand(demand: Demand, *, actor: User | None) -> Entry:
    """Make the demand known, wholly or by its title and field, as its disclosure says."""
    permissions.require(actor is None or permissions.is_home_officer(actor, demand), actor)
    if demand.disclosure not in {Disclosure.PUBLIC, Disclosure.BLURRED}:
        raise Refusal(
            _("公开程度是“%(level)s”，不能发布。可以定向推送，或请单位先修改公开程度。")
            % {"level": demand.get_disclosure_display()}
        )
    to = {"published_at": demand.published_at or clock.now()}
    return move(demand, State.PUBLISHED, actor=actor, verb="demand.publish", to=to)


def direct_demand(demand: Demand, *, recipients: Sequence[Organisation], actor: User | None, words: str = "") -> Entry:
    """Show the demand to named organisations; those named before are kept."""
    permissions.require(actor is None or permissions.is_home_officer(actor, demand), actor)
    if demand.disclosure not in {Disclosure.DIRECTED, Disclosure.BLURRED}:
        raise Refusal(_("公开程度是“%(level)s”，不能定向推送。") % {"level": demand.get_disclosure_display()})
    if not recipients:
        raise Invalid(_("请至少选择一家单位。"), {"recipients": _("请至少选择一家单位。")})
    with transaction.atomic():
        named = [one.code for one in _name(demand, recipients, actor=actor)]
        spoken = _("、").join([*(one.name for one in recipients), *([words.strip()] if words.strip() else [])])
        if demand.state == State.DIRECTED:
            return note(demand, actor=actor, verb="demand.direct", note=spoken, source=",".join(named)[:60])
        to = {"directed_at": demand.directed_at or clock.now()}
        return move(demand, State.DIRECTED, actor=actor, verb="demand.direct", note=spoken, to=to)


def _name(demand: Demand, organisations: Sequence[Organisation], *, actor: User | None) -> Sequence[Recipient]:
    present = set(demand.recipients.filter(until=None).values_list("organisation", flat=True))
    new = [one for one in dict.fromkeys(organisations) if one.code not in present]
    before = demand.recipients.count()
    rows = [
        Recipient(code=f"{demand.code}-R{before + place:03}", demand=demand, organisation=one, since=clock.now())
        for place, one in enumerate(new, 1)
    ]
    return create_many(rows, actor=actor, verb="recipient.name")


def take_back(recipient: Recipient, *, actor: User | None, why: str) -> Entry | None:
    """End an organisation's right to read a directed demand."""
    permissions.require(actor is None or permissions.is_home_officer(actor, recipient.demand), actor)
    words = needed(why, "why", _("请写明为什么收回。"))
    return change(recipient, actor=actor, verb="recipient.take_back", to={"until": clock.now()}, note=words)


def begin_matching(demand: Demand, *, actor: User | None) -> Entry:
    """Open the search for an answer."""
    permissions.require(actor is None or permissions.is_home_officer(actor, demand), actor)
    return move(demand, State.MATCHING, actor=actor, verb="demand.match")


def record_opening(demand: Demand, *, actor: User) -> Entry | None:
    """Record that somebody outside its organisation opened the full text of a demand that is not public."""
    if demand.disclosure == Disclosure.PUBLIC or permissions.is_owner(actor, demand):
        return None
    return note(demand, actor=actor, verb="demand.open")
