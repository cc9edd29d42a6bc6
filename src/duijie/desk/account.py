"""What a sharing-out came to, in words and rows: who got whom, and why a demand did not get its first choice."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from duijie.desk.console import screen
from duijie.desk.results import score_of
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duijie.desk.sharing import Case, Shared
    from duijie.engine.matching.assign import Missed

_SHOWN = 20


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
    got: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for d, t, score in zip(pairs.demand.tolist(), pairs.taker.tolist(), pairs.score.tolist(), strict=True):
        got[d].append((score, t))
    missed: defaultdict[int, list[Missed]] = defaultdict(list)
    for each in shared.allocation.missed:
        missed[each.demand].append(each)
    degree = Counter(d for d, _ in case.pairs)
    for d, demand in enumerate(case.demands):
        lost = [m for m in missed[d] if m.taker >= 0]
        why = "；".join(why_missed(shared, m) for m in missed[d]) or None
        first = "、".join(case.takers[m.taker] for m in lost) or None
        head = [demand, case.titles.get(demand)]
        firsts = min(shared.wanted, degree[d]) - len(lost)
        for place, (score, t) in enumerate(sorted(got[d], key=lambda pair: (-pair[0], pair[1]))):
            taker = case.takers[t]
            offer = case.offers[d, t]
            yield [*head, taker, case.titles.get(taker), offer, score_of(score), place < firsts, first, why]
        if not got[d]:
            yield [*head, None, None, None, None, False, first, why]


def headers(case: Case, *, keys: bool) -> list[str]:
    """Return the headers of :func:`rows_of`, in words or as keys of .jsonl."""
    who = "team" if case.of_teams else "taker"
    if keys:
        return ["demand", "demand_title", who, f"{who}_title", "offer", "score", "first_choice", "missed", "why"]
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
    served, pairs = int((allocation.served > 0).sum()), len(allocation.pairs)
    asked, takers = len(case.demands), len(case.takers)
    full = sum(load >= room > 0 for load, room in zip(allocation.load.tolist(), shared.capacity, strict=True))
    who = say("团队", "teams") if case.of_teams else say("成果", "offers")
    total, best, loss = allocation.objective, allocation.best, allocation.relative_loss
    lines = [
        say(
            f"{asked} 条需求中 {served} 条得到安排，共 {pairs} 对；{takers} 个{who}中 {full} 个已满。",
            f"{served} of {asked} demands are served, {pairs} pairs; {full} of {takers} {who} are full.",
        ),
        say(
            f"总分 {total:.3f}；若名额不限为 {best:.3f}，因名额有限少 {loss:.2%}。",
            f"total {total:.3f}; without limits {best:.3f}: the limits cost {loss:.2%}.",
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
