"""Whether an offer or a team can still answer, and how much of each side the other may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from duijie.site.demands import states as of_demand
from duijie.site.demands.states import State as DemandState
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.matching.states import Side
from duijie.site.offers.models import Offer
from duijie.site.offers.states import ON_OFFER
from duijie.site.offers.states import State as OfferState
from duijie.site.parties.models import Team

if TYPE_CHECKING:
    from duijie.site.demands.models import Demand
    from duijie.site.matching.models import Match, Suggestion
    from duijie.site.parties.models import User

    Sight = Literal["full", "blurred", "none"]

OFFER_GONE = (OfferState.WITHDRAWN, OfferState.EXPIRED, OfferState.MERGED)
DEMAND_GONE = (
    DemandState.WITHDRAWN,
    DemandState.MERGED,
    DemandState.FROZEN,
    DemandState.REFUSED,
    DemandState.LONG_TERM,
    DemandState.FELL_THROUGH,
)
GONE_SUPPLY = Q(offer__state__in=OFFER_GONE) | Q(team__dissolved_on__isnull=False)
GONE_DEMAND = Q(demand__state__in=DEMAND_GONE)


def supply_of(suggestion: Suggestion) -> Offer | Team:
    """Return what is proposed: an offer or a team, of which the database holds exactly one."""
    supply = suggestion.offer or suggestion.team
    assert supply is not None
    return supply


def refusal_of_supply(supply: Offer | Team, user: User) -> str:
    """Return why nobody can begin with this offer or team now, or nothing. What is hidden is simply not there."""
    if isinstance(supply, Team):
        return _refusal_of_team(supply)
    if supply.state not in ON_OFFER or not Offer.objects.visible_to(user).filter(pk=supply.pk).exists():
        return _("这项成果已不在库，或者不在您的查看范围内。请选另一个推荐。")
    return ""


def _refusal_of_team(team: Team) -> str:
    if team.dissolved_on is not None:
        return _("“%(name)s”已经解散，请选另一个推荐。") % {"name": team.name}
    if team.capacity < 1:
        return _("“%(name)s”登记为暂不能承接新的合作。请选另一个推荐，或请团队先更新承接能力。") % {"name": team.name}
    return ""


def sight_of(match: Match, side: str) -> Sight:
    """Return how much the organisation on ``side`` may know of what is on the other."""
    if side == Side.SUPPLY:
        return _of_demand(match.demand, match.organisation_id)
    return "full" if match.offer is None else _of_offer(match.offer, match.demand.organisation_id)


def _of_demand(demand: Demand, organisation: str) -> Sight:
    if demand.state not in of_demand.SHOWN:
        return "none"
    known = demand.published_at is not None
    if demand.organisation_id == organisation or (known and demand.disclosure == Disclosure.PUBLIC):
        return "full"
    named = demand.disclosure in {Disclosure.BLURRED, Disclosure.DIRECTED}
    if named and demand.recipients.filter(organisation=organisation, until=None).exists():
        return "full"
    return "blurred" if known and demand.disclosure == Disclosure.BLURRED else "none"


def _of_offer(offer: Offer, organisation: str) -> Sight:
    if offer.state not in ON_OFFER:
        return "none"
    known = offer.state == OfferState.PUBLISHED
    if offer.organisation_id == organisation or (known and offer.disclosure == Disclosure.PUBLIC):
        return "full"
    named = offer.disclosure in {Disclosure.BLURRED, Disclosure.DIRECTED}
    if named and offer.recipients.present().filter(organisation=organisation).exists():
        return "full"
    return "blurred" if known and offer.disclosure == Disclosure.BLURRED else "none"
