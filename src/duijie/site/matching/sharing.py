"""Sharing teams out: suggestions become a problem, the engine solves it, and the answer is written as codes and numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Count, Q

from duijie.engine.matching.assign import GroupFloor, allocate
from duijie.engine.matching.teams import team_score
from duijie.site.demands.models import Demand
from duijie.site.demands.states import EXPIRING
from duijie.site.matching.models import Suggestion
from duijie.site.matching.queries.ranking import is_team
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Team

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duijie.engine.matching.assign import Allocation
    from duijie.site.matching.models import Plan
    from duijie.site.parties.models import User

_WORTH = 2  # least level that is worth a place
_NAMED = 3  # rivals an outcome names
_AT_ONCE = 500

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chance:
    """What a team would bring to a demand."""

    score: float
    level: int
    suggestion: int


@dataclass(frozen=True, slots=True)
class Case:
    """The problem: demands with their leagues, teams with their organisations and places, and who could take what.

    ``absent`` says of proposed teams that take nobody why: ``full``, ``stale`` or ``dissolved``.
    """

    demands: Mapping[str, str]
    teams: Mapping[str, str]
    capacity: Mapping[str, int]
    chances: Mapping[Pair, Chance]
    absent: Mapping[str, str]


def case_of(plan: Plan, actor: User) -> Case:
    """Read the open demands of the plan's region that the actor handles, and the teams its run proposed for them.

    A score counts only the evidence the actor may see, so a confidential offer speaks for nobody here.
    """
    mine = Demand.objects.handled_by(actor).within(plan.region).filter(state__in=EXPIRING)
    demands = {code: region[:4] + "00" for code, region in mine.order_by("code").values_list("code", "region_id")}
    rows = Suggestion.objects.filter(
        answer__run=plan.run_id, team__isnull=False, level__gte=_WORTH, answer__demand__in=mine.values("code")
    ).values_list("answer__demand_id", "team_id", "score", "level", "evidence", "id")
    everything = plan.parameters.get("sight") == "home"
    proposed = [row for row in rows.order_by("id") if row[0] in demands]
    seen = None if everything else _seen({one["offer"] for row in proposed for one in row[4]}, actor)
    chances = {
        (demand, team): chance
        for demand, team, score, level, evidence, id_ in proposed
        if (chance := _chance(score, level, evidence, id_, seen)) is not None
    }
    return _with_teams(demands, chances, plan)


def _chance(score: float, level: int, evidence: Sequence[Any], id_: int, seen: set[str] | None) -> Chance | None:
    if seen is None:
        return Chance(score, level, id_)
    visible = [one for one in evidence if is_team(one["offer"]) or one["offer"] in seen]
    if not visible:
        return None
    if len(visible) == len(evidence):
        return Chance(score, level, id_)
    best = max(visible, key=lambda one: float(one["score"]))
    worth = int(best["level"])
    return Chance(team_score(float(one["score"]) for one in visible), worth, id_) if worth >= _WORTH else None


def _seen(offers: set[str], actor: User) -> set[str]:
    codes, seen = sorted(code for code in offers if not is_team(code)), set[str]()
    for start in range(0, len(codes), _AT_ONCE):
        found = Offer.objects.visible_to(actor).filter(code__in=codes[start : start + _AT_ONCE])
        seen.update(found.values_list("code", flat=True))
    return seen


def _with_teams(demands: Mapping[str, str], chances: dict[Pair, Chance], plan: Plan) -> Case:
    codes = sorted({team for _demand, team in chances})
    found: dict[str, Team] = {}
    for start in range(0, len(codes), _AT_ONCE):
        found |= Team.objects.defer("about").in_bulk(codes[start : start + _AT_ONCE])
    absent = {code: why for code in codes if (why := _absence(found[code]))}
    capacity = {code: 0 if code in absent else found[code].capacity for code in codes}
    return Case(demands, {code: found[code].organisation_id for code in codes}, capacity, chances, absent)


def _absence(team: Team) -> str:
    if team.dissolved_on is not None:
        return "dissolved"
    return "stale" if team.is_stale else "full" if not team.capacity else ""


def solve(
    case: Case, parameters: Mapping[str, Any], pins: Iterable[Sequence[str]], forbidden: Iterable[Sequence[str]]
) -> dict[str, Any]:
    """Return who gets whom, at the largest sum of scores, and what everybody who missed his first choice may know.

    ``pairs`` demand, team, score, level · ``missed`` demand, team, score, reason, price, floor places, who has it instead ·
    ``nobody`` demand, reason · ``floors`` what fell short · ``unpinned`` pins that cannot hold any more.
    """
    demands, teams = sorted(case.demands), sorted(case.teams)
    number = {code: i for i, code in enumerate(demands)}
    place = {code: i for i, code in enumerate(teams)}
    barred = {(d, t) for d, t in forbidden}
    edges = [pair for pair in sorted(case.chances) if pair not in barred]
    wanted = int(parameters.get("wanted", 1))
    held, dropped = _pins_that_hold(pins, set(edges), case.capacity, wanted)
    small = _small_groups(case, teams, parameters)
    leagues = _league_groups(case, demands, parameters)
    allocation = allocate(
        np.array([number[d] for d, _ in edges], np.int64),
        np.array([place[t] for _, t in edges], np.int64),
        np.array([max(0.0, case.chances[pair].score) for pair in edges]),
        n_demands=len(demands),
        capacity=np.array([case.capacity[t] for t in teams], np.int64),
        wanted=wanted,
        taker_groups=small.floor if small else None,
        demand_groups=leagues.floor if leagues else None,
        pins=[(number[d], place[t]) for d, t in held],
    )
    return {
        **_told(allocation, case, demands, teams),
        "floors": _short(small, allocation.taker_group_missed) + _short(leagues, allocation.demand_group_missed),
        "unpinned": [list(pair) for pair in dropped],
        "absent": dict(case.absent),
        "places": {t: case.capacity[t] for t in teams if case.capacity[t]},
    }


def _pins_that_hold(
    pins: Iterable[Sequence[str]], edges: set[Pair], capacity: Mapping[str, int], wanted: int
) -> tuple[list[Pair], list[Pair]]:
    held, dropped = list[Pair](), list[Pair]()
    given: Counter[str] = Counter()
    for demand, team in pins:
        fits = (demand, team) in edges and given[team] < capacity.get(team, 0) and given[demand] < wanted
        (held if fits else dropped).append((demand, team))
        if fits:
            given.update((demand, team))
    return held, dropped


@dataclass(frozen=True, slots=True)
class _Groups:
    names: Sequence[str]
    floor: GroupFloor


def _small_groups(case: Case, teams: Sequence[str], parameters: Mapping[str, Any]) -> _Groups | None:
    """Make a group of each small institution: one with few teams. Its floor is never above its places."""
    least = int(parameters.get("least_small", 0))
    if not least:
        return None
    counts = Team.objects.present().filter(organisation__in=set(case.teams.values())).values("organisation")
    small = set(
        counts.annotate(n=Count("pk", filter=Q(dissolved_on=None))).filter(n__lte=int(parameters.get("small_teams", 2)))
        .values_list("organisation", flat=True)
    )  # fmt: skip
    room: Counter[str] = Counter()
    for team in teams:
        room[case.teams[team]] += case.capacity[team]
    names = sorted(org for org in small if room[org])
    return _groups(names, [case.teams[t] for t in teams], [min(least, room[n]) for n in names]) if names else None


def _league_groups(case: Case, demands: Sequence[str], parameters: Mapping[str, Any]) -> _Groups | None:
    least = int(parameters.get("least_league", 0))
    if not least:
        return None
    answerable = {demand for demand, _team in case.chances}
    sizes = Counter(case.demands[d] for d in demands if d in answerable)
    names = sorted(sizes)
    return _groups(names, [case.demands[d] for d in demands], [min(least, sizes[n]) for n in names]) if names else None


def _groups(names: Sequence[str], of: Sequence[str], floor: Sequence[int]) -> _Groups:
    place = {name: i for i, name in enumerate(names)}
    return _Groups(names, GroupFloor(np.array([place.get(one, -1) for one in of], np.int64), np.array(floor, np.int64)))


def _short(groups: _Groups | None, missed: Any) -> list[list[Any]]:
    return [[n, m] for n, m in zip(groups.names, missed.tolist(), strict=True) if m] if groups else []


def _told(allocation: Allocation, case: Case, demands: Sequence[str], teams: Sequence[str]) -> dict[str, Any]:
    got = allocation.pairs
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for d, t in zip(got.demand.tolist(), got.taker.tolist(), strict=True):
        holders[t].append(demands[d])
    pairs = [
        [
            demands[d],
            teams[t],
            round(s, 4),
            case.chances[demands[d], teams[t]].level,
            case.chances[demands[d], teams[t]].suggestion,
        ]
        for d, t, s in zip(got.demand.tolist(), got.taker.tolist(), got.score.tolist(), strict=True)
    ]
    missed = [
        [
            demands[m.demand], teams[m.taker], round(m.score, 4), m.reason,
            None if m.price is None else round(m.price.total, 4), 0 if m.price is None else m.price.floor_places,
            holders[m.taker][:_NAMED],
        ]
        for m in allocation.missed if m.taker >= 0
    ]  # fmt: skip
    first = {m.demand: m.reason for m in reversed(allocation.missed)}
    nobody = [[demands[d], first.get(d, "no edges")] for d in np.flatnonzero(allocation.served == 0).tolist()]
    return {
        "total": round(allocation.objective, 4),
        "best": round(allocation.best, 4),
        "loss": round(allocation.relative_loss, 4),
        "pairs": pairs,
        "missed": missed,
        "nobody": nobody,
        "load": {teams[t]: n for t, n in enumerate(allocation.load.tolist()) if n},
    }
