"""Filters as people type them: 地区=包头, region=150200, 领域=农业; the same name twice means either."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from duijie.desk.errors import Refused
from duijie.desk.places import code_of, place_name, subtree
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duijie.engine.matching.index import Snapshot
    from duijie.engine.matching.types import Document

_NAMES = {
    "地区": "region",
    "行业": "industry",
    "领域": "field",
    "类型": "kind",
    "团队": "team",
}
_NAMES |= {name: name for name in _NAMES.values()}
_SHOWN = 8


def read_filters(given: Sequence[str]) -> dict[str, list[str]]:
    """Return the values wanted of each facet. Raises :class:`Refused` for what is no filter."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for text in given:
        name, equals, value = text.replace("＝", "=").partition("=")
        facet = _NAMES.get(name.strip().casefold())
        if not equals or not value.strip() or facet is None:
            raise _not_a_filter(text, name.strip(), known=facet is not None)
        wanted[facet].append(value.strip())
    return dict(wanted)


def _not_a_filter(text: str, name: str, *, known: bool) -> Refused:
    names = say("地区、行业、领域、类型、团队", "region, industry, field, kind, team")
    if known:
        return Refused(
            say(
                f"筛选“{text}”没有写值；请写成 {name}=值，如 地区=150200。",
                f"the filter “{text}” has no value; write {name}=value, such as region=150200.",
            )
        )
    near = get_close_matches(name, list(_NAMES), n=1, cutoff=0.5)
    hint = say(f"，是不是“{near[0]}”", f"; did you mean “{near[0]}”") if near else ""
    return Refused(
        say(
            f"没有“{name}”这种筛选{hint}；可用的有：{names}，写成 地区=150200。",
            f"there is no filter “{name}”{hint}; there are: {names}, as in region=150200.",
        )
    )


def predicates(
    wanted: Mapping[str, Sequence[str]], offers: Sequence[Document] | Snapshot
) -> dict[str, Callable[[str], bool]]:
    """Return the predicate on each facet's values. Raises :class:`Refused` for a value that none of ``offers`` has."""
    out: dict[str, Callable[[str], bool]] = {}
    for facet, values in wanted.items():
        present = _values(offers, facet)
        each = [_predicate(facet, value) for value in values]
        for value, passes in zip(values, each, strict=True):
            if not any(passes(known) for known in present):
                raise _nobody(facet, value, present)
        out[facet] = lambda known, each=each: any(passes(known) for passes in each)  # type: ignore[misc]
    return out


def _values(offers: Sequence[Document] | Snapshot, facet: str) -> Counter[str]:
    if isinstance(offers, Sequence):
        return Counter(value for offer in offers if (value := getattr(offer, facet)))
    counts: Counter[str] = Counter()
    for part in offers.parts:
        names = part.segment.facets[facet]
        numbers = np.bincount(part.segment.arrays[f"facet_{facet}"][part.alive], minlength=len(names))
        counts.update({name: int(n) for name, n in zip(names, numbers, strict=False) if n and name})
    return counts


def _predicate(facet: str, value: str) -> Callable[[str], bool]:
    folded = value.casefold()
    if facet == "region":
        code = subtree(value if value.isdigit() else code_of(value))
        if code:
            return lambda known: (known if known.isdigit() else code_of(known)).startswith(code)
    if facet == "industry":
        return lambda known: known.casefold().startswith(folded)
    return lambda known: known.casefold() == folded


def _nobody(facet: str, value: str, present: Counter[str]) -> Refused:
    name = say(next(zh for zh, en in _NAMES.items() if en == facet), facet)
    if not present:
        return Refused(
            say(
                f"供给里都没有写{name}，不能按它筛选；请去掉 --filter {name}=…，或在供给表里补上这一列。",
                f"no offer says its {name}, so it cannot be filtered by; drop the filter, or add the column.",
            )
        )
    near = get_close_matches(value, list(present), n=1, cutoff=0.5)
    hint = say(f"最接近的是“{near[0]}”；", f"the nearest is “{near[0]}”; ") if near else ""
    shown = say("、", ", ").join(_with_name(facet, known) for known, _ in present.most_common(_SHOWN))
    more = say(" 等", " and others") if len(present) > _SHOWN else ""
    return Refused(
        say(
            f"没有一条供给的{name}是“{value}”；{hint}有的是：{shown}{more}。",
            f"no offer has the {name} “{value}”; {hint}there are: {shown}{more}.",
        )
    )


def _with_name(facet: str, value: str) -> str:
    name = place_name(value) if facet == "region" else ""
    return f"{value} {name}" if name else value
