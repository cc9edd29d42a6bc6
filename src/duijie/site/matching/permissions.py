"""Who may do what in matching: predicates the actions and the templates ask alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.demands import permissions as of_demands
from duijie.site.demands.states import EXPIRING
from duijie.site.demands.states import State as DemandState
from duijie.site.matching.states import NEXT, OPEN, PlanState, Side, State, TaskState
from duijie.site.offers.models import Offer
from duijie.site.offers.models.visibility import View, is_officer_of, is_own, view_of
from duijie.site.offers.states import ON_OFFER
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.demands.models import Demand
    from duijie.site.matching.models import Match, Plan, Run, Task
    from duijie.site.parties.models import Team, User
    from duijie.site.registry.models import Region

SOUGHT = EXPIRING | {DemandState.IN_TALKS}
"""Where a demand may have another candidate taken up: silence and talks with one never block the next."""
ANSWERABLE = frozenset({State.SUGGESTED, State.CONTACTED, State.TALKING, State.LAPSED})
"""Where a side may still say whether it wants to talk."""


# -- runs --------------------------------------------------------------------------------------------------------------


def may_see_candidates(user: User, demand: Demand) -> bool:
    """Say whether the user may read what was found for the demand: its people, its officers, brokers over its region."""
    if of_demands.is_handled_by(user, demand):
        return True
    return user.scope.over_region(demand.region_id, Role.BROKER) and of_demands.may_open(demand, user)


def may_run(user: User, demand: Demand) -> bool:
    """Say whether the user may look for offers for the demand now."""
    return demand.state in EXPIRING and may_see_candidates(user, demand)


def may_run_offer(user: User, offer: Offer) -> bool:
    """Say whether the user may look for demands that the offer answers."""
    mine = is_own(offer, user) or is_officer_of(offer, user) or user.scope.over_region(offer.region_id, Role.BROKER)
    return offer.state in ON_OFFER and mine


def may_run_all(user: User) -> bool:
    """Say whether the user may match all open demands: officers of the home region."""
    return user.scope.over_home(Role.OFFICER)


# -- work on a match ---------------------------------------------------------------------------------------------------


def is_office_of(user: User, demand: Demand) -> bool:
    """Say whether the demand is matched by the user: an officer of its region or department, a broker over its region."""
    if demand.submitted_at is None:
        return False
    official = user.scope.over_region(demand.region_id, Role.OFFICER)
    if official or user.scope.over_organisation(demand.department_id, Role.DEPARTMENT):
        return True
    return user.scope.over_region(demand.region_id, Role.BROKER) and of_demands.may_open(demand, user)


def may_take_up(user: User, demand: Demand) -> bool:
    """Say whether the user may work on a candidate of the demand, now that an answer is looked for."""
    return demand.state in SOUGHT and is_office_of(user, demand)


def may_favour(user: User, demand: Demand) -> bool:
    """Say whether the user speaks for the demand's organisation, and may name a candidate it is interested in."""
    return demand.state in SOUGHT and of_demands.is_owner(user, demand)


def may_see_match(user: User, match: Match) -> bool:
    """Say whether the user may know of the match: both sides of it, and it is his to know of."""
    return bool(type(match).objects.visible_to(user).filter(pk=match.pk).exists())


def may_work(user: User, match: Match) -> bool:
    """Say whether the match is the user's to move: the demand's office, and the broker who took it up."""
    return is_office_of(user, match.demand) and may_see_match(user, match)


def speaks_for(user: User, match: Match, side: str) -> bool:
    """Say whether the user answers for this side of the match."""
    if side == Side.DEMAND:
        return of_demands.is_owner(user, match.demand) and may_see_match(user, match)
    roles = (Role.CONTACT, Role.RESEARCH)
    mine = user.scope.over_organisation(match.organisation_id, *roles) or _leads(user, match)
    return side == Side.SUPPLY and mine and may_see_match(user, match)


def _leads(user: User, match: Match) -> bool:
    team = match.team or (match.offer.team if match.offer else None)
    entered = match.offer is not None and match.offer.started_by_id == user.pk
    led = entered or (team is not None and team.leader_id == user.pk)
    return led and user.scope.over_organisation(match.organisation_id, Role.LEADER)


def side_of(user: User, match: Match) -> Side | None:
    """Return the side of the match the user speaks for; None for the office and for everybody else."""
    return next((side for side in (Side.DEMAND, Side.SUPPLY) if speaks_for(user, match, side)), None)


def may_answer(user: User, match: Match) -> bool:
    """Say whether the user may say for his side whether it wants to talk."""
    return match.state in ANSWERABLE and side_of(user, match) is not None


def may_contact(user: User, match: Match) -> bool:
    """Say whether the user may log a contact."""
    return match.state in OPEN and may_work(user, match)


def may_ask(user: User, match: Match) -> bool:
    """Say whether the user may ask a side whether it wants to talk."""
    return match.state in {State.SUGGESTED, State.CONTACTED} and may_work(user, match)


def may_begin_talks(user: User, match: Match) -> bool:
    """Say whether the user may say that both sides are talking."""
    return State.TALKING in NEXT[match.state] and match.state != State.LAPSED and may_work(user, match)


def may_meet(user: User, match: Match) -> bool:
    """Say whether the user may note or move a meeting."""
    return match.state in {State.CONTACTED, State.TALKING, State.MEETING} and may_work(user, match)


def may_intend(user: User, match: Match) -> bool:
    """Say whether the user may say that both sides mean to sign."""
    return State.INTENDED in NEXT[match.state] and may_work(user, match)


def may_decline(user: User, match: Match) -> bool:
    """Say whether the user may end the match: whoever works on it, and either side for itself."""
    return State.DECLINED in NEXT[match.state] and (may_work(user, match) or side_of(user, match) is not None)


def may_resume(user: User, match: Match) -> bool:
    """Say whether the user may take up again what lapsed or failed."""
    return match.state in {State.LAPSED, State.DECLINED} and match.demand.state in SOUGHT and may_work(user, match)


def may_hand_over(user: User, match: Match) -> bool:
    """Say whether the user may give the match to somebody else."""
    return match.state in OPEN and may_work(user, match)


may_add_task = may_contact


def may_settle_task(user: User, task: Task) -> bool:
    """Say whether the user may tick a task off: its owner, and whoever works on the match."""
    return task.state == TaskState.OPEN and (task.owner_id == user.pk or may_work(user, task.match))


STEPS: dict[str, Callable[[User, Match], bool]] = {
    "answer": may_answer,
    "contact": may_contact,
    "ask": may_ask,
    "talks": may_begin_talks,
    "meet": may_meet,
    "intend": may_intend,
    "task": may_add_task,
    "hand-over": may_hand_over,
    "resume": may_resume,
    "decline": may_decline,
}
"""Every step of a match by its verb in the address, in the order of its buttons."""


def steps_of(user: User, match: Match) -> list[str]:
    """Return the verbs of the steps that the user may take now."""
    return [verb for verb, may in STEPS.items() if may(user, match)]


# -- pages -------------------------------------------------------------------------------------------------------------


def may_see_needs(user: User, offer: Offer) -> bool:
    """Say whether the user may read which demands the offer answers: its people, its officers, brokers over its region."""
    if is_own(offer, user) or is_officer_of(offer, user):
        return True
    return user.scope.over_region(offer.region_id, Role.BROKER) and view_of(offer, user) is View.FULL


def may_see_run(user: User, run: Run) -> bool:
    """Say whether the user may read a run: who started it, and officers of the home region."""
    return may_run_all(user) or run.started_by_id == user.pk


def may_list_runs(user: User) -> bool:
    """Say whether the user may look runs up: whoever matches for others."""
    return user.scope.holds(Role.OFFICER, Role.DEPARTMENT, Role.BROKER)


# -- verdicts, models, sharing out -------------------------------------------------------------------------------------


def may_judge(user: User, demand: Demand, supply: Offer | Team | None = None) -> bool:
    """Say whether the user's verdict on the demand's candidates counts: its officers and brokers, if they may read both."""
    scope = user.scope
    looks_after = scope.over_region(demand.region_id, Role.OFFICER, Role.BROKER) or scope.over_organisation(
        demand.department_id, Role.DEPARTMENT
    )
    reads = of_demands.may_open(demand, user)
    return looks_after and reads and (not isinstance(supply, Offer) or view_of(supply, user) is View.FULL)


def may_judge_any(user: User) -> bool:
    """Say whether the user judges at all."""
    return user.scope.holds(Role.OFFICER, Role.DEPARTMENT, Role.BROKER)


def may_learn(user: User) -> bool:
    """Say whether the user decides about ranking models: officers and administrators of the home region."""
    return user.scope.over_home(Role.OFFICER, Role.ADMIN)


def may_see_models(user: User) -> bool:
    """Say whether the user may read how ranking works: whoever judges, and who decides about it."""
    return may_judge_any(user) or may_learn(user)


def may_share_out(user: User, region: Region) -> bool:
    """Say whether the user may share teams out over the region's demands: officers over all of it."""
    return user.scope.over_subtree(region, Role.OFFICER)


def may_see_plan(user: User, plan: Plan) -> bool:
    """Say whether the user may read a plan: officers who see at least what it was computed from."""
    if plan.parameters.get("sight") == "home":
        return user.scope.over_home(Role.OFFICER)
    return may_share_out(user, plan.region)


def may_change_plan(user: User, plan: Plan) -> bool:
    """Say whether the user may adjust, confirm or discard the plan."""
    return plan.state == PlanState.DRAFT and may_see_plan(user, plan)


# -- exposure ----------------------------------------------------------------------------------------------------------


def may_see_exposure(user: User) -> bool:
    """Say whether the user may read how often institutions are shown: who matches for others, and who leads them."""
    return user.scope.holds(Role.OFFICER, Role.DEPARTMENT, Role.BROKER, Role.READER)


def may_see_work(user: User) -> bool:
    """Say whether the user reads what was done on matches: a reader of figures alone sees no single match."""
    return user.scope.holds(Role.OFFICER, Role.DEPARTMENT, Role.BROKER)
