"""Who may do what with a demand: one predicate a verb, asked by the action and by the page alike.

A predicate speaks of people and of the state; whether the state then really moves is settled by the ledger's step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from duijie.site.demands import states
from duijie.site.demands.models import Disclosure, Recipient
from duijie.site.demands.models.queryset import OWNERS, RECIPIENTS
from duijie.site.demands.states import State
from duijie.site.kernel.errors import Forbidden
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import Organisation, User

View = Literal["full", "blurred", "none"]

CLASSIFYING = frozenset({"kind", "field", "industry", "chain_node", "department", "keywords", "recommended_by"})
"""What an officer may put right himself while he reviews: where a demand belongs, never what it says."""
SETTLED = frozenset({"disclosure", "contact_name", "contact_phone", "contact_email", "deadline"})
"""What the organisation may still change after it has submitted."""


# -- reading -----------------------------------------------------------------------------------------------------------


def is_owner(user: User, demand: Demand) -> bool:
    """Say whether the user acts for the organisation that has the need."""
    return user.scope.over_organisation(demand.organisation_id, *OWNERS)


def is_handled_by(user: User, demand: Demand) -> bool:
    """Say whether the user is of the organisation, or an officer of its region or its department.

    A draft is the organisation's own business until it is submitted, except for the officer who wrote it down for it.
    """
    if is_owner(user, demand):
        return True
    of_region = user.scope.over_region(demand.region_id, Role.OFFICER)
    if demand.submitted_at is None:
        return of_region and demand.started_by_id == user.code
    return of_region or user.scope.over_organisation(demand.department_id, Role.DEPARTMENT)


def view_of(demand: Demand, user: User) -> View:
    """Return how much of the demand the user may read."""
    if is_handled_by(user, demand):
        return "full"
    if demand.state not in states.SHOWN:
        return "none"
    if demand.published_at is not None and demand.disclosure == Disclosure.PUBLIC:
        return "full"
    if demand.disclosure in {Disclosure.BLURRED, Disclosure.DIRECTED} and is_recipient(user, demand):
        return "full"
    return "blurred" if demand.published_at is not None and demand.disclosure == Disclosure.BLURRED else "none"


def may_open(demand: Demand, user: User) -> bool:
    """Say whether the user may read the whole of it, its files included."""
    return view_of(demand, user) == "full"


def may_attach(demand: Demand, user: User) -> bool:
    """Say whether the user may add files and take them back: its organisation while it writes, the officer whose turn it is."""
    return may_write(user, demand) or may_review_locally(user, demand) or may_review_regionally(user, demand)


def is_open(demand: Demand) -> bool:
    """Say whether everybody who has signed in may read it, so that openings are not recorded."""
    return demand.state in states.SHOWN and demand.published_at is not None and demand.disclosure == Disclosure.PUBLIC


def is_recipient(user: User, demand: Demand) -> bool:
    """Say whether the demand was directed to an organisation of the user's."""
    organisations = user.scope.of(*RECIPIENTS)
    if not organisations:
        return False
    named = Recipient.objects.filter(demand=demand.code, organisation__in=organisations, until=None)
    return bool(named.exists())


def may_read_history(user: User, demand: Demand) -> bool:
    """Say whether the user may read earlier versions and the trail."""
    return is_handled_by(user, demand)


may_read_contact = may_read_history


# -- whose turn --------------------------------------------------------------------------------------------------------


def may_start(user: User, organisation: Organisation) -> bool:
    """Say whether the user may write down a demand of this organisation."""
    scope = user.scope
    return scope.over_organisation(organisation.code, *OWNERS) or scope.over_region(
        organisation.region_id, Role.OFFICER
    )


def may_start_any(user: User) -> bool:
    """Say whether there is an organisation for which the user may write a demand."""
    return user.scope.holds(*OWNERS, Role.OFFICER)


def may_write(user: User, demand: Demand) -> bool:
    """Say whether the user may fill in the form now."""
    if demand.state not in states.BY_OWNER:
        return False
    if is_owner(user, demand):
        return True
    if demand.submitted_at is None:
        return is_handled_by(user, demand)
    return demand.state == State.REFINEMENT and is_local_officer(user, demand)


def may_change(user: User, demand: Demand, field: str) -> bool:
    """Say whether the user may change this field in the present state."""
    if may_write(user, demand):
        return True
    if field in CLASSIFYING and (may_review_locally(user, demand) or may_review_regionally(user, demand)):
        return True
    ended = demand.state in {State.MERGED, State.REFUSED, State.WITHDRAWN, State.FOLLOWED_UP}
    return field in SETTLED and not ended and is_owner(user, demand)


def may_submit(user: User, demand: Demand) -> bool:
    """Say whether the user may hand the demand in."""
    return demand.state in {State.DRAFT, State.RETURNED} and may_write(user, demand)


def may_withdraw(user: User, demand: Demand) -> bool:
    """Say whether the user may take the demand back; once it is signed, it takes two to end it."""
    return State.WITHDRAWN in states.NEXT[demand.state] and (is_owner(user, demand) or may_submit(user, demand))


def is_local_officer(user: User, demand: Demand) -> bool:
    """Say whether the first review is the user's: league, banner or department officer.

    Where the demand is the home region's own, or nobody below moved in time, it is the home region's officers'.
    """
    scope, home = user.scope, settings.HOME_REGION
    spans = scope.regions.get(Role.OFFICER, ())
    below = any(first <= demand.region_id <= last and not first <= home <= last for first, last in spans)
    if below or scope.over_organisation(demand.department_id, Role.DEPARTMENT):
        return True
    return is_home_officer(user, demand) and (demand.region_id == home or demand.is_overdue)


def is_home_officer(user: User, demand: Demand) -> bool:
    """Say whether the user reviews for the whole region."""
    return user.scope.over_home(Role.OFFICER) and user.scope.over_region(demand.region_id, Role.OFFICER)


def may_take(user: User, demand: Demand) -> bool:
    """Say whether the user may take a submitted demand for review."""
    return demand.state == State.SUBMITTED and is_local_officer(user, demand)


def may_review_locally(user: User, demand: Demand) -> bool:
    """Say whether the first review is in the user's hands."""
    return demand.state in states.BY_LOCAL and is_local_officer(user, demand)


def may_review_regionally(user: User, demand: Demand) -> bool:
    """Say whether the second review is in the user's hands."""
    return demand.state == State.REGIONAL_REVIEW and is_home_officer(user, demand)


def may_return(user: User, demand: Demand) -> bool:
    """Say whether the user may send the demand back to the organisation."""
    return may_review_locally(user, demand) or may_review_regionally(user, demand)


def may_refine(user: User, demand: Demand) -> bool:
    """Say whether the user may send the demand into refinement."""
    return demand.state != State.SUBMITTED and may_return(user, demand)


may_refuse = may_refine


def may_hand_back(user: User, demand: Demand) -> bool:
    """Say whether the user may say that refinement is done."""
    return demand.state == State.REFINEMENT and may_write(user, demand)


def may_pass(user: User, demand: Demand) -> bool:
    """Say whether the user may pass the demand on to the region."""
    return demand.state == State.LOCAL_REVIEW and is_local_officer(user, demand)


def may_accept(user: User, demand: Demand) -> bool:
    """Say whether the user may accept the demand."""
    return may_review_regionally(user, demand)


def may_merge(user: User, demand: Demand) -> bool:
    """Say whether the user may merge the demand into another; earlier than acceptance, whoever reviews it."""
    if State.MERGED not in states.NEXT[demand.state]:
        return False
    return may_return(user, demand) or is_home_officer(user, demand)


def may_compare(user: User, demand: Demand) -> bool:
    """Say whether the user may decide that two demands which look alike are different."""
    return may_return(user, demand) or (demand.submitted_at is not None and is_home_officer(user, demand))


def may_publish(user: User, demand: Demand) -> bool:
    """Say whether the user may make the demand known, as far as its disclosure goes."""
    known = demand.disclosure in {Disclosure.PUBLIC, Disclosure.BLURRED}
    return known and State.PUBLISHED in states.NEXT[demand.state] and is_home_officer(user, demand)


def may_direct(user: User, demand: Demand) -> bool:
    """Say whether the user may show the demand to named organisations."""
    reachable = demand.state == State.DIRECTED or State.DIRECTED in states.NEXT[demand.state]
    allowed = demand.disclosure in {Disclosure.BLURRED, Disclosure.DIRECTED}
    return allowed and reachable and is_home_officer(user, demand)


def may_set_long_term(user: User, demand: Demand) -> bool:
    """Say whether the user may move the demand to the long-term list."""
    return State.LONG_TERM in states.NEXT[demand.state] and (
        may_refuse(user, demand) or (demand.accepted_at is not None and is_home_officer(user, demand))
    )


def may_match(user: User, demand: Demand) -> bool:
    """Say whether the user may open the search for an answer."""
    return demand.state in states.EXPIRING - {State.MATCHING} and is_home_officer(user, demand)


def may_reopen(user: User, demand: Demand) -> bool:
    """Say whether the user may bring a demand that left the path back on it."""
    if demand.state == State.WITHDRAWN:
        return is_owner(user, demand) and demand.submitted_at is None
    return demand.state in {State.LONG_TERM, State.FROZEN, State.FELL_THROUGH} and is_home_officer(user, demand)


VERBS: dict[str, Callable[[User, Demand], bool]] = {
    "write": may_write,
    "submit": may_submit,
    "withdraw": may_withdraw,
    "take": may_take,
    "return": may_return,
    "refine": may_refine,
    "hand_back": may_hand_back,
    "pass": may_pass,
    "accept": may_accept,
    "refuse": may_refuse,
    "merge": may_merge,
    "compare": may_compare,
    "publish": may_publish,
    "direct": may_direct,
    "set_long_term": may_set_long_term,
    "match": may_match,
    "reopen": may_reopen,
    "read_history": may_read_history,
    "read_contact": may_read_contact,
}
"""Every predicate of one demand by its verb: what the page asks before it shows a button."""


def decisions(user: User, demand: Demand) -> dict[str, bool]:
    """Return for every verb whether the user may do it now."""
    return {verb: may(user, demand) for verb, may in VERBS.items()}


def require(allowed: bool, actor: User | None) -> None:
    """Refuse an actor who may not; the office's own clock and command line (nobody) may."""
    if actor is not None and not allowed:
        raise Forbidden(_("这一步不由您办理。请在需求页面查看现在轮到谁。"))
