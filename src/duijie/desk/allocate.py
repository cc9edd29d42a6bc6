"""`duijie allocate`: share scarce teams (or offers) out over all demands at once, and say who lost what, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from duijie.desk.console import remark, screen
from duijie.desk.errors import Refused
from duijie.desk.intake import check_outputs, take
from duijie.desk.results import score_of
from duijie.engine.matching.assign import allocate as solve
from duijie.engine.matching.assign import greedy
from duijie.tables.read import read_capacity, read_documents, read_matches, read_teams
from duijie.tables.write import write_rows
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duijie.engine.matching.assign import Allocation, Missed
    from duijie.tables.shapes import MatchRow

ENDINGS = (".jsonl", ".csv", ".xlsx")
WORTH = 2
"""Least level of a match that is worth a place."""
_PRICED = 20_000  # demands; beyond, prices take most of the time
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What `duijie allocate` is asked for; capacity and floor are a number for all, or a file."""

    matches: Path
    capacity: str
    floor: str | None = None
    out: Path | None = None
    wanted: int = 1
    demands: Path | None = None
    teams: Path | None = None
    skip_bad: bool = False


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
    greedy_loss: float | None


def allocate(wish: Wish) -> None:
    """Share out, print the account, and write it if wished."""
    others = [Path(given) for given in (wish.capacity, wish.floor or "") if given and not given.isdigit()]
    inputs = [wish.matches, *others, *(path for path in (wish.demands, wish.teams) if path)]
    check_outputs([wish.out] if wish.out else [], ENDINGS, inputs)
    rows = take(read_matches(wish.matches, skip_bad=wish.skip_bad), wish.matches, wish.out)
    titles: dict[str, str] = {}
    if wish.demands:
        titles |= {d.id: d.title for d in read_documents(wish.demands, noun="demand", skip_bad=True).rows}
    if wish.teams:
        titles |= {t.id: t.title for t in read_teams(wish.teams, skip_bad=True).rows}
    case = case_of(rows, titles)
    capacity, floor = _limits(wish, case)
    shared = share_out(case, capacity, floor, wish.wanted)
    report(shared)
    if wish.out:
        write(shared, wish.out)
        screen().print(say(f"已写入 {wish.out}", f"written: {wish.out}"), soft_wrap=True)


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


def _limits(wish: Wish, case: Case) -> tuple[list[int], list[int] | None]:
    """Return the capacity and the floor of each taker."""
    capacity, floor = _capacity(wish, case)
    if wish.floor is None:
        return capacity, floor
    if wish.floor.isdigit():
        return capacity, [int(wish.floor)] * len(case.takers)
    rows = take(read_capacity(wish.floor, skip_bad=wish.skip_bad), Path(wish.floor), wish.out)
    told = {row.team: row.floor for row in rows}
    return capacity, [told.get(name, 0) for name in case.takers]


def _capacity(wish: Wish, case: Case) -> tuple[list[int], list[int] | None]:
    if wish.capacity.isdigit():
        return [int(wish.capacity)] * len(case.takers), None
    rows = take(read_capacity(wish.capacity, skip_bad=wish.skip_bad), Path(wish.capacity), wish.out)
    told = {row.team: row for row in rows}
    if unknown := [name for name in case.takers if name not in told]:
        if len(unknown) == len(case.takers):
            raise Refused(
                say(
                    f"{Path(wish.capacity).name} 里的编号与匹配里的一个也对不上；匹配里的如 {unknown[0]}，请检查团队编号。",
                    f"no id in {Path(wish.capacity).name} stands in the matches, which have ids such as {unknown[0]}; check the team ids.",
                )
            )
        names = say("、", ", ").join(unknown[:3])
        remark(
            say(
                f"容量表里没有 {len(unknown)} 个团队（如 {names}），按不承接计",
                f"{len(unknown)} team(s) are not in the capacity file (such as {names}) and take nobody",
            )
        )
    floors = [told[name].floor if name in told else 0 for name in case.takers]
    return [told[name].capacity if name in told else 0 for name in case.takers], floors if any(floors) else None


def share_out(case: Case, capacity: Sequence[int], floor: Sequence[int] | None, wanted: int) -> Shared:
    """Solve a case. Raises :class:`Refused` for limits that contradict each other."""
    if floor and (over := [i for i, least in enumerate(floor) if least > capacity[i]]):
        name = case.name(case.takers[over[0]])
        raise Refused(
            say(
                f"{name} 的保底 {floor[over[0]]} 大于容量 {capacity[over[0]]}；请改小保底或加大容量。",
                f"the floor of {name}, {floor[over[0]]}, is above its capacity, {capacity[over[0]]}; lower the floor or raise the capacity.",
            )
        )
    pairs = np.array(list(case.pairs), np.int64).reshape(-1, 2)
    scores = np.array(list(case.pairs.values()), np.float64)
    allocation = solve(
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
    return Shared(case, allocation, tuple(int(c) for c in capacity), loss)


def why_missed(shared: Shared, missed: Missed) -> str:
    """Say why a demand did not get one of its first choices."""
    case = shared.case
    if missed.taker < 0:
        return say("没有可以分配的匹配", "there was no match to share out")
    name = case.name(case.takers[missed.taker])
    room = shared.capacity[missed.taker]
    if missed.reason == "zero capacity":
        return say(f"首选 {name} 这次不承接", f"the first choice, {name}, takes nobody this time")
    if missed.reason == "floor":
        return say(
            f"为保证别处的保底数，没有给首选 {name}", f"the first choice, {name}, was given up so that a floor holds"
        )
    holders = [
        case.demands[d]
        for d, t in zip(shared.allocation.pairs.demand, shared.allocation.pairs.taker, strict=True)
        if t == missed.taker
    ]
    held = say("、", ", ").join(holders[:3]) + (say(" 等", " and others") if len(holders) > 3 else "")
    price = ""
    if missed.price is not None and missed.price.total > 0:
        price = say(
            f"；若改给它，总分要再少 {missed.price.total:.3f}",
            f"; giving it the place would cost {missed.price.total:.3f} of the total",
        )
    end = say("，其余可选的也满了", ", and its other choices are full too") if missed.reason == "unmatched" else ""
    return say(
        f"首选 {name} 的 {room} 个名额给了更需要的 {held}{end}{price}",
        f"the {room} place(s) of its first choice, {name}, went to {held}, who would lose more{end}{price}",
    )


def rows_of(shared: Shared) -> Iterator[list[str | float | bool | None]]:
    """Yield one row a pair, and one a demand that got nobody, under :func:`headers`, demands in their order."""
    case, pairs = shared.case, shared.allocation.pairs
    got: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for d, t, s in zip(pairs.demand.tolist(), pairs.taker.tolist(), pairs.score.tolist(), strict=True):
        got[d].append((t, s))
    missed: defaultdict[int, list[Missed]] = defaultdict(list)
    for each in shared.allocation.missed:
        missed[each.demand].append(each)
    for d, demand in enumerate(case.demands):
        why = "；".join(why_missed(shared, m) for m in missed[d])
        first = case.takers[missed[d][0].taker] if missed[d] and missed[d][0].taker >= 0 else None
        head = [demand, case.titles.get(demand)]
        for t, score in got[d]:
            taker = case.takers[t]
            yield [
                *head,
                taker,
                case.titles.get(taker),
                case.offers[d, t],
                score_of(score),
                first is None,
                first,
                why or None,
            ]
        if not got[d]:
            yield [*head, None, None, None, None, False, first, why or None]


def headers(case: Case, *, keys: bool) -> list[str]:
    """Return the headers of :func:`rows_of`, in words or as keys of .jsonl."""
    who = "team" if case.of_teams else "taker"
    if keys:
        return ["demand", "demand_title", who, f"{who}_title", "offer", "score", "first_choice", "wanted", "why"]
    return [
        *(say("需求编号", "demand id"), say("需求名称", "demand title")),
        *(
            (say("团队编号", "team id"), say("团队名称", "team title"))
            if case.of_teams
            else (say("承接方", "taker"), say("名称", "title"))
        ),
        *(say("成果编号", "offer id"), say("得分", "score"), say("得到首选", "first choice")),
        *(say("首选", "wanted"), say("未得首选的原因", "why not the first choice")),
    ]


def write(shared: Shared, out: Path) -> None:
    """Write an allocation, by ending."""
    if out.suffix.casefold() == ".xlsx":
        from duijie.desk.allocation_sheet import write_allocation  # noqa: PLC0415

        write_allocation(shared, out)
        return
    write_rows(out, headers(shared.case, keys=out.suffix.casefold() == ".jsonl"), rows_of(shared))


def report(shared: Shared, shown: int = _SHOWN) -> None:
    """Print the account of an allocation."""
    case, allocation, console = shared.case, shared.allocation, screen()
    for line in account(shared):
        console.print(line, soft_wrap=True)
    lost = [m for m in allocation.missed if m.taker >= 0]
    if not lost:
        return
    console.print(
        say(
            f"没有得到首选的 {len({m.demand for m in lost})} 条需求：",
            f"{len({m.demand for m in lost})} demand(s) without their first choice:",
        )
    )
    for missed in lost[:shown]:
        name = case.name(case.demands[missed.demand])
        console.print(
            f"  {name}：{why_missed(shared, missed)}"
            if say("zh", "en") == "zh"
            else f"  {name}: {why_missed(shared, missed)}",
            soft_wrap=True,
        )
    if len(lost) > shown:
        console.print(
            say(
                f"  …… 还有 {len(lost) - shown} 条，见 --out 的文件",
                f"  … {len(lost) - shown} more: see the file of --out",
            )
        )


def account(shared: Shared) -> list[str]:
    """Say in a few sentences what an allocation came to."""
    case, allocation = shared.case, shared.allocation
    served = int((allocation.served > 0).sum())
    full = Counter(bool(load >= room) for load, room in zip(allocation.load, shared.capacity, strict=True) if room)
    who = say("团队", "teams") if case.of_teams else say("成果", "offers")
    lines = [
        say(
            f"{len(case.demands)} 条需求中 {served} 条得到安排，共 {len(allocation.pairs)} 对；{len(case.takers)} 个{who}中 {full[True]} 个已满。",
            f"{served} of {len(case.demands)} demands are served, {len(allocation.pairs)} pairs; {full[True]} of {len(case.takers)} {who} are full.",
        ),
        say(
            f"总分 {allocation.objective:.3f}；若名额不限为 {allocation.best:.3f}，因名额有限少 {allocation.relative_loss:.2%}。",
            f"total {allocation.objective:.3f}; without limits {allocation.best:.3f}: the limits cost {allocation.relative_loss:.2%}.",
        ),
    ]
    if shared.greedy_loss is not None:
        lines.append(
            say(
                f"（逐对取最高分的简单做法会少 {shared.greedy_loss:.2%}。）",
                f"(Taking the best pair first, over and over, would cost {shared.greedy_loss:.2%}.)",
            )
        )
    if short := int(allocation.floor_missed.sum()):
        names = [case.name(case.takers[i]) for i in np.flatnonzero(allocation.floor_missed)[:3]]
        lines.append(
            say(
                f"保底还差 {short} 个名额：{'、'.join(names)} 没有足够的匹配。",
                f"floors fall short by {short} place(s): {', '.join(names)} have too few matches.",
            )
        )
    if case.unanswered:
        lines.append(
            say(
                f"{len(case.unanswered)} 条需求没有可分配的匹配。",
                f"{len(case.unanswered)} demand(s) had no match to share out.",
            )
        )
    return lines
