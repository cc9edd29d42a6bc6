"""Plans: who may open one, and its page; titles are read when it is shown, by who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from duijie.site.demands.models import Demand
from duijie.site.matching import permissions
from duijie.site.matching.models import Plan, Run
from duijie.site.matching.models.run import Scope
from duijie.site.matching.models.verdict import Level
from duijie.site.matching.states import PlanState, RunState
from duijie.site.parties.models import Role, Team
from duijie.site.registry.models import Region, last_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from duijie.site.kernel.parts import Tone
    from duijie.site.matching.sharing import Case
    from duijie.site.parties.models import User

TONES: dict[str, Tone] = {PlanState.DRAFT: "info", PlanState.CONFIRMED: "success"}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One demand of a plan with one team, or with nobody; ``first`` says why not the first choice."""

    demand: str
    title: str
    team: str = ""
    team_name: str = ""
    organisation: str = ""
    score: float | None = None
    level: str = ""
    first: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """How full a team is."""

    team: str
    name: str
    organisation: str
    load: int
    places: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A team proposed for one demand, and what the plan says about the pair."""

    team: str
    name: str
    score: float
    level: str
    has: bool
    pinned: bool
    forbidden: bool
    why: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What the page of one plan shows."""

    plan: Plan
    tone: Tone
    may_change: bool
    demands: int
    served: int
    loss: float
    lines: Sequence[Line]
    nobody: Sequence[Line]
    loads: Sequence[Load]
    floors: Sequence[str]
    unpinned: Sequence[str]
    forbidden: Sequence[Line]
    skipped: Sequence[tuple[str, str, str]]


def latest_run() -> Run | None:
    """Return the newest finished run over all demands."""
    found: Run | None = (
        Run.objects.filter(scope=Scope.ALL, state=RunState.DONE).order_by("-finished_at", "-code").first()
    )
    return found


def plans_visible_to(user: User) -> list[Plan]:
    """Return the plans the user may read, newest first."""
    spans = user.scope.within("region__code", Role.OFFICER)
    rows = Plan.objects.filter(spans).select_related("region").defer("outcome").order_by("-created_at", "-code")[:200]
    return [row for row in rows if permissions.may_see_plan(user, row)]


def fetch_plan(code: str, user: User) -> Plan:
    """Return a plan; one that is not the user's to read is not there."""
    plan: Plan | None = Plan.objects.filter(pk=code).select_related("region", "run").first()
    if plan is None or not permissions.may_see_plan(user, plan):
        raise Http404
    return plan


def regions_of(user: User) -> QuerySet[Region]:
    """Return the regions of the house over which the user may share teams out: the whole, leagues and cities, banners."""
    home = settings.HOME_REGION
    rows: QuerySet[Region] = Region.objects.filter(
        user.scope.within("code", Role.OFFICER), code__range=(home, last_code(home))
    ).order_by("code")
    return rows


def plan_page(plan: Plan, user: User) -> PlanPage:
    """Assemble the page."""
    told = plan.outcome
    pairs, missed = told.get("pairs", []), told.get("missed", [])
    names = names_of((row[0] for row in [*pairs, *told.get("nobody", []), *plan.forbidden, *plan.pins]), user)
    teams = teams_of({row[1] for row in [*pairs, *missed, *plan.forbidden, *plan.pins]} | set(told.get("absent", {})))
    first: dict[str, list[Any]] = {}
    for row in sorted(missed, key=lambda row: (-row[2], row[1])):
        first.setdefault(row[0], row)
    pins = {tuple(pair) for pair in plan.pins}
    lines = [
        Line(
            d, names.get(d, ""), t, *_team(teams, t), score=s, level=str(Level(level).label),
            first=why_not(first[d], teams) if d in first else "", pinned=(d, t) in pins,
        )
        for d, t, s, level, _id in pairs
    ]  # fmt: skip
    nobody = [
        Line(d, names.get(d, ""), first=why_not(first[d], teams) if d in first else _NOBODY().get(reason, ""))
        for d, reason in told.get("nobody", [])
    ]
    loads = [Load(t, *_team(teams, t), n, told["places"].get(t, n)) for t, n in sorted(told.get("load", {}).items())]
    loads += [
        Load(t, *_team(teams, t), 0, 0, ABSENT().get(why, "")) for t, why in sorted(told.get("absent", {}).items())
    ]
    return PlanPage(
        plan=plan,
        tone=TONES.get(plan.state, ""),
        may_change=permissions.may_change_plan(user, plan),
        demands=len({row[0] for row in pairs}) + len(nobody),
        served=len({row[0] for row in pairs}),
        loss=100 * told.get("loss", 0.0),
        lines=lines,
        nobody=nobody,
        loads=loads,
        floors=_floors(told.get("floors", [])),
        unpinned=[f"{d} · {_team(teams, t)[0]}" for d, t in told.get("unpinned", [])],
        forbidden=[Line(d, names.get(d, ""), t, *_team(teams, t)) for d, t in plan.forbidden],
        skipped=[(d, _team(teams, t)[0], why) for d, t, why in told.get("skipped", [])],
    )


def candidates_of(plan: Plan, demand: str, case: Case) -> list[Candidate]:
    """Return the teams proposed for one demand, best first."""
    found = {team: chance for (d, team), chance in case.chances.items() if d == demand}
    teams = teams_of(found)
    has = {row[1] for row in plan.outcome.get("pairs", []) if row[0] == demand}
    return [
        Candidate(
            team, _team(teams, team)[0], one.score, str(Level(one.level).label), team in has,
            [demand, team] in plan.pins, [demand, team] in plan.forbidden, ABSENT().get(case.absent.get(team, ""), ""),
        )
        for team, one in sorted(found.items(), key=lambda item: (-item[1].score, item[0]))
    ]  # fmt: skip


def names_of(codes: Iterable[str], user: User) -> dict[str, str]:
    """Return the titles of demands, of those the user may know of."""
    wanted, found = sorted(set(codes)), dict[str, str]()
    for start in range(0, len(wanted), 500):
        rows = Demand.objects.visible_to(user).filter(code__in=wanted[start : start + 500])
        found |= dict(rows.values_list("code", "title"))
    return found


def teams_of(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return name and organisation of teams."""
    wanted, found = sorted(set(codes)), dict[str, tuple[str, str]]()
    for start in range(0, len(wanted), 500):
        rows = Team.objects.filter(code__in=wanted[start : start + 500]).values_list(
            "code", "name", "organisation__name"
        )
        found |= {code: (name, organisation) for code, name, organisation in rows}
    return found


def _team(teams: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    return teams.get(code, (code, ""))


def why_not(missed: Sequence[Any], teams: dict[str, tuple[str, str]]) -> str:
    """Say which first choice was not got, why, who has it, and what it would cost to give it."""
    _demand, team, _score, reason, price, floors, holders = missed
    said: str = _REASONS().get(reason, reason) % {"team": _team(teams, team)[0], "who": _("、").join(holders)}
    if price is not None and price > 0:
        said += _("改给它，总得分会少 %(price)s。") % {"price": f"{price:.3f}"}
    if floors:
        said += _("改给它，保底会再缺 %(count)s 个。") % {"count": floors}
    return said


def _REASONS() -> dict[str, str]:  # noqa: N802  a table in the reader's language
    return {
        "full": _("首选“%(team)s”名额已满，给了 %(who)s。"),
        "unmatched": _("首选“%(team)s”名额已满，给了 %(who)s；其余推荐的团队也没有名额。"),
        "floor": _("首选“%(team)s”让给了保底。"),
        "zero capacity": _("首选“%(team)s”现在不承接新的合作。"),
        "pinned": _("首选“%(team)s”的名额已被指定给其他需求，或者本需求已指定其他团队。"),
    }


def _NOBODY() -> dict[str, str]:  # noqa: N802
    return {"no edges": _("没有推荐的团队，或者推荐的都被排除。请完善需求，或到推荐结果里看成果。")}


def ABSENT() -> dict[str, str]:  # noqa: N802
    """Say why a team takes nobody, in the reader's language."""
    return {
        "full": _("团队填报的可承接数为 0"),
        "stale": _("团队信息两年以上没有核实，暂不安排"),
        "dissolved": _("团队已经解散"),
    }


def _floors(short: Sequence[Sequence[Any]]) -> list[str]:
    regions = {row.code: row.label for row in Region.objects.filter(code__in=[code for code, _n in short])}
    from duijie.site.parties.models import Organisation  # noqa: PLC0415

    names = dict(Organisation.objects.filter(code__in=[code for code, _n in short]).values_list("code", "name"))
    return [
        _("%(name)s 的保底还缺 %(count)s 个。") % {"name": regions.get(code) or names.get(code, code), "count": count}
        for code, count in short
    ]
