"""Plans: drawn up, adjusted, confirmed into matches with a task each, or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.demands.models import Demand
from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal, WrongState
from duijie.site.ledger.actions import change, create, step
from duijie.site.matching import permissions
from duijie.site.matching.actions.tasks import add_task
from duijie.site.matching.actions.working import take_up
from duijie.site.matching.deadlines import due_on
from duijie.site.matching.models import Plan, Suggestion
from duijie.site.matching.queries.plans import latest_run
from duijie.site.matching.sharing import case_of, solve
from duijie.site.matching.states import PLAN_NEXT, PlanState, State
from duijie.site.parties.models import Team

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region

DEFAULTS = {"wanted": 1, "least_small": 0, "small_teams": 2, "least_league": 0}
_SWITCHES = {
    "pin": ("pins", True),
    "unpin": ("pins", False),
    "forbid": ("forbidden", True),
    "allow": ("forbidden", False),
}


def draft_plan(region: Region, *, name: str, parameters: Mapping[str, int], actor: User) -> Plan:
    """Share the teams out over the region's open demands, as the latest run over all demands found them."""
    if not permissions.may_share_out(actor, region):
        raise Forbidden(_("您不办理这个地区的全部需求，不能为它统筹分配。"))
    run = latest_run()
    if run is None:
        raise Refusal(_("还没有全部需求的匹配结果。请先由自治区科技主管部门发起一次全部匹配。"))
    home = region.code == settings.HOME_REGION
    plan = Plan(
        code=take_code("FP"),
        name=name.strip()[:80] or _("%(region)s统筹分配") % {"region": region.name},
        region=region,
        run=run,
        parameters=DEFAULTS | dict(parameters) | {"sight": "home" if home else region.code},
    )
    plan.outcome = _outcome(plan, actor)
    return create(plan, actor=actor, verb="plan.draft")


def adjust_plan(plan: Plan, *, parameters: Mapping[str, int], expected: int, actor: User) -> None:
    """Set other floors or numbers, and compute anew."""
    _require(plan, actor)
    _compute(plan, {"parameters": plan.parameters | dict(parameters)}, "plan.adjust", expected, actor)


def switch_pair(plan: Plan, verb: str, demand: str, team: str, *, expected: int, actor: User) -> None:
    """Pin a team to a demand, forbid it, or take either back, and compute anew."""
    _require(plan, actor)
    if verb not in _SWITCHES:
        raise Invalid(_("没有这种调整。"))
    name, add = _SWITCHES[verb]
    pair = [demand, team]
    case = case_of(plan, actor)
    if add and (demand, team) not in case.chances:
        raise Invalid(_("这个团队没有被推荐给这项需求，不能指定或排除。"))
    to: dict[str, Any] = {key: [one for one in getattr(plan, key) if one != pair] for key in ("pins", "forbidden")}
    to[name] = [*to[name], pair] if add else to[name]
    if verb == "pin" and pair in solve(case, plan.parameters, to["pins"], to["forbidden"])["unpinned"]:
        raise Invalid(_("不能再指定：这个团队的名额，或者这项需求要的团队数，已经由其他指定占满。"))
    _compute(plan, to, f"plan.{verb}", expected, actor)


def confirm_plan(plan: Plan, *, actor: User) -> Plan:
    """Make every pair a match with a task, all or none. What is gone meanwhile is skipped and named; twice is once."""
    _require(plan, actor)
    with transaction.atomic():
        held = Plan.objects.select_for_update().select_related("region").get(pk=plan.pk)
        if held.state != PlanState.DRAFT:
            raise WrongState(_("%(code)s 已经办理过，没有重复建立对接。") % {"code": held.code})
        made, skipped = _take_all_up(held, actor)
        told = {"outcome": held.outcome | {"made": made, "skipped": skipped}, "confirmed_at": clock.now()}
        step(held, PlanState.CONFIRMED, actor=actor, verb="plan.confirm", next_states=PLAN_NEXT, to=told)
    return held  # type: ignore[no-any-return]


def discard_plan(plan: Plan, *, actor: User) -> None:
    """Lay a plan aside; nothing comes of it."""
    _require(plan, actor)
    step(plan, PlanState.DISCARDED, actor=actor, verb="plan.discard", next_states=PLAN_NEXT)


def _take_all_up(plan: Plan, actor: User) -> tuple[list[str], list[list[str]]]:
    pairs = plan.outcome["pairs"]
    demands = Demand.objects.handled_by(actor).in_bulk({row[0] for row in pairs})
    teams = Team.objects.in_bulk({row[1] for row in pairs})
    suggestions = Suggestion.objects.select_related("answer").in_bulk([row[4] for row in pairs])
    made, skipped = list[str](), list[list[str]]()
    for demand, team, _score, _level, suggestion in pairs:
        try:
            made.append(_take_up(plan, demands.get(demand), teams.get(team), suggestions.get(suggestion), actor))
        except Refusal as refusal:
            skipped.append([demand, team, str(refusal)])
    return made, skipped


def _take_up(plan: Plan, demand: Demand | None, team: Team | None, suggestion: Suggestion | None, actor: User) -> str:
    if demand is None or team is None or team.is_stale or not permissions.may_take_up(actor, demand):
        raise Refusal(_("需求已不在找合作，或者团队已不能承接。"))
    with transaction.atomic():
        match = take_up(demand, team, suggestion=suggestion, actor=actor, note=plan.name)
        due = due_on(State.SUGGESTED, clock.today()) or clock.today()
        add_task(match, what=_("联系双方，按分配方案 %(code)s 推进") % {"code": plan.code}, due=due, actor=actor)
    return match.code


def _compute(plan: Plan, to: dict[str, Any], verb: str, expected: int, actor: User) -> None:
    """Set what was asked and the outcome that follows from it in one step, so they never contradict each other."""
    trial = Plan(
        region=plan.region, run_id=plan.run_id, parameters=plan.parameters, pins=plan.pins, forbidden=plan.forbidden
    )
    for name, value in to.items():
        setattr(trial, name, value)
    change(plan, actor=actor, verb=verb, to=to | {"outcome": _outcome(trial, actor)}, expected=expected)


def _outcome(plan: Plan, actor: User) -> dict[str, Any]:
    return solve(case_of(plan, actor), plan.parameters, plan.pins, plan.forbidden)


def _require(plan: Plan, actor: User) -> None:
    if not permissions.may_see_plan(actor, plan):
        raise Forbidden(_("这个分配方案不由您办理。"))
    if plan.state != PlanState.DRAFT:
        raise WrongState(
            _("%(code)s 现在是“%(state)s”，不能再改。") % {"code": plan.code, "state": plan.get_state_display()}
        )
