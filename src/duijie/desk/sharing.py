"""Sharing out as a problem: matches become demands, takers and the pairs between them, and are solved at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from duijie.desk.console import remark
from duijie.desk.errors import Refused
from duijie.engine.matching.assign import allocate, greedy
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duijie.engine.matching.assign import Allocation
    from duijie.tables.shapes import MatchRow

WORTH = 2
"""Least level of a match that is worth a place."""
_PRICED = 20_000  # demands; beyond, prices take most of the time


@dataclass(frozen=True, slots=True)
class Case:
    """Matches as a problem of sharing out: names, and the pairs by their numbers.

    ``offers`` names the offer a pair of demand and team rests on; ``titles`` what ids are called.
    """

    demands: tuple[str, ...]
    takers: tuple[str, ...]
    pairs: Mapping[tuple[int, int], float]
    offers: Mapping[tuple[int, int], str]
    of_teams: bool
    unanswered: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """Return an id with its title, if there is one."""
        return f"{self.titles[name]}（{name}）" if name in self.titles else name


@dataclass(frozen=True, slots=True)
class Shared:
    """A case solved: the allocation, and how much a plain first-come sharing-out loses of each demand's best."""

    case: Case
    allocation: Allocation
    capacity: tuple[int, ...]
    wanted: int
    greedy_loss: float | None


def case_of(rows: Sequence[MatchRow], titles: Mapping[str, str]) -> Case:
    """Return the problem some rows of matches pose. Raises :class:`Refused` where there is nothing to share out."""
    of_teams = any(row.team for row in rows)
    proposed = [row for row in rows if row.offer]
    good = [row for row in proposed if row.level is None or row.level >= WORTH]
    if len(good) < len(proposed):
        left_out = len(proposed) - len(good)
        if good:
            remark(
                say(
                    f"{left_out} 条匹配的等级是“无”，不参加分配", f"{left_out} match(es) of level 1 (none) take no part"
                )
            )
        else:
            good = proposed  # levels that tell nothing apart
    if of_teams and (alone := sum(not row.team for row in good)):
        remark(say(f"{alone} 条匹配没有写团队，不参加分配", f"{alone} match(es) without a team take no part"))
        good = [row for row in good if row.team]
    if unscored := sum(row.score is None for row in good):
        raise Refused(
            say(
                f"有 {unscored} 条匹配没有得分，无法比较；请给出 duijie match 写的文件。",
                f"{unscored} match(es) have no score to compare; give a file written by duijie match.",
            )
        )
    if not good:
        raise Refused(
            say(
                "文件里没有一条可以分配的匹配；请先用 duijie match 得到匹配。",
                "the file holds no match to share out; make one with duijie match first.",
            )
        )
    demands = tuple(dict.fromkeys(row.demand for row in rows))
    takers = tuple(sorted({row.team if of_teams else row.offer for row in good}))
    place = {name: i for i, name in enumerate(takers)}
    number = {name: i for i, name in enumerate(demands)}
    pairs: dict[tuple[int, int], float] = {}
    offers: dict[tuple[int, int], str] = {}
    for row in good:
        pair = number[row.demand], place[row.team if of_teams else row.offer]
        score = max(0.0, row.score or 0.0)
        if score > pairs.get(pair, -1.0):
            pairs[pair], offers[pair] = score, row.offer
    answered = {d for d, _ in pairs}
    unanswered = tuple(name for i, name in enumerate(demands) if i not in answered)
    return Case(demands, takers, pairs, offers, of_teams, unanswered, titles)


def share_out(case: Case, capacity: Sequence[int], floor: Sequence[int] | None, wanted: int) -> Shared:
    """Solve a case. Raises :class:`Refused` for limits that contradict each other."""
    if floor and (over := [i for i, least in enumerate(floor) if least > capacity[i]]):
        name, least, room = case.name(case.takers[over[0]]), floor[over[0]], capacity[over[0]]
        raise Refused(
            say(
                f"{name} 的保底 {least} 大于容量 {room}；请改小保底或加大容量。",
                f"the floor of {name}, {least}, is above its capacity, {room}; lower the one or raise the other.",
            )
        )
    pairs = np.array(list(case.pairs), np.int64).reshape(-1, 2)
    scores = np.array(list(case.pairs.values()), np.float64)
    allocation = allocate(
        pairs[:, 0],
        pairs[:, 1],
        scores,
        n_demands=len(case.demands),
        capacity=np.asarray(capacity, np.int64),
        wanted=wanted,
        floor=None if floor is None else np.asarray(floor, np.int64),
        prices=len(case.demands) <= _PRICED,
    )
    loss = None
    if not floor and allocation.best:
        plain = greedy(
            pairs[:, 0], pairs[:, 1], scores,
            n_demands=len(case.demands), capacity=np.asarray(capacity, np.int64), wanted=wanted,
        )  # fmt: skip
        loss = (allocation.best - plain.objective) / allocation.best
    return Shared(case, allocation, tuple(int(c) for c in capacity), wanted, loss)
