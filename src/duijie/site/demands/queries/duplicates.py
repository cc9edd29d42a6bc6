"""Demands that look like the same need, with the evidence, for a person to decide.

Who looks sees only what he may read. The candidates come from one function, :func:`candidates`; the engine compares them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from duijie.site.demands.completeness import document_of
from duijie.site.demands.models import Comparison, Demand
from duijie.site.demands.sections import SECTION_OF, answer, label_of
from duijie.site.demands.states import State

if TYPE_CHECKING:
    from duijie.engine.matching.duplicates import Duplicate
    from duijie.site.demands.models.queryset import DemandQuerySet
    from duijie.site.parties.models import User

_MOST = 200
"""Candidates that are compared word by word: some 50 ms on one core."""
_CLOSED = (State.DRAFT, State.MERGED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Likeness:
    """One demand that looks like this one: how much, what both say, the numbers in which they differ, and the verdict."""

    demand: Demand
    percent: int
    same: bool
    phrases: tuple[str, ...]
    differing: tuple[tuple[str, str], ...]
    within: bool
    decided: str = ""


def likely_duplicates(demand: Demand, reader: User | None, *, most: int = 5) -> list[Likeness]:
    """Return what looks like the same need among what the reader may read, most alike first.

    Nobody (``None``) is the office itself and reads everything.
    """
    from duijie.engine.matching.duplicates import find_duplicates  # noqa: PLC0415  numba only where it works

    rows = Demand.objects.all() if reader is None else Demand.objects.readable_by(reader)
    others = {one.code: one for one in candidates(demand, rows)}
    if not others:
        return []
    pairs = find_duplicates([document_of(demand)], [document_of(one) for one in others.values()])
    decided = {*_decisions(demand)}
    return [_likeness(pair, demand, others, decided) for pair in pairs[:most]]


def undecided(demand: Demand, reader: User | None) -> list[str]:
    """Return the codes of what looks like the same need and nobody has decided about."""
    return [one.demand.code for one in likely_duplicates(demand, reader) if not one.decided]


def candidates(demand: Demand, rows: DemandQuerySet) -> list[Demand]:
    """Return the demands worth comparing, at most :data:`_MOST`.

    They are those whose titles share most pairs of characters with this one's. Only titles are read for it: a few tens
    of milliseconds over 100,000.
    """
    mine = _pairs(demand.title)
    if not mine:
        return []
    words = reduce(or_, (Q(title__icontains=pair) for pair in sorted(mine, key=len, reverse=True)[:12]))
    titles = rows.exclude(code=demand.code).exclude(state__in=_CLOSED).filter(words)
    shared = [(len(mine & _pairs(title)), code) for code, title in titles.values_list("code", "title").iterator()]
    best = sorted(((-count, code) for count, code in shared))[:_MOST]
    found = Demand.objects.in_bulk([code for _count, code in best])
    return [found[code] for _count, code in best if code in found]


_SAID = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def _pairs(title: str) -> frozenset[str]:
    """Return the pairs of neighbouring Chinese characters, and the Latin words."""
    pairs: set[str] = set()
    for run in _SAID.findall(title.casefold()):
        pairs |= {run} if run.isascii() else {run[place : place + 2] for place in range(len(run) - 1)}
    return frozenset(pairs)


def _decisions(demand: Demand) -> frozenset[str]:
    pairs = Comparison.objects.of(demand).values_list("first", "second")
    return frozenset(code for pair in pairs for code in pair) - {demand.code}


def _likeness(pair: Duplicate, demand: Demand, others: dict[str, Demand], decided: set[str]) -> Likeness:
    first = pair.first == demand.code
    other = others[pair.second if first else pair.first]
    differing = tuple(
        ("、".join(one.first if first else one.second), "、".join(one.second if first else one.first))
        for one in pair.differing
    )
    within = "one within the other" in pair.reservations
    verdict = "distinct" if other.code in decided else ""
    return Likeness(other, round(100 * pair.score), pair.verdict == "same", pair.phrases, differing, within, verdict)


def evidence(demand: Demand, other: Demand) -> Likeness:
    """Return what speaks for and against two demands being one need, alike or not."""
    from duijie.engine.matching.duplicates import compare  # noqa: PLC0415

    pair = compare(document_of(demand), document_of(other))
    return _likeness(pair, demand, {other.code: other}, {*_decisions(demand)})


def side_by_side(demand: Demand, other: Demand) -> list[tuple[str, str, str]]:
    """Return every answer that either gives: its label, and what each says."""
    rows = [(_("需求单位"), demand.organisation.name, other.organisation.name)]
    names = [name for name in SECTION_OF if not name.startswith("contact_")]
    rows += [(label_of(name), answer(demand, name), answer(other, name)) for name in names]
    return [row for row in rows if row[1] or row[2]]
