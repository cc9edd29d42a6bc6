"""Organisations that may have been entered twice, each with what speaks for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from duijie.site.ledger.models import Entry
from duijie.site.parties.likeness import NEAR, likeness, name_parts, rare_keys
from duijie.site.parties.models import Organisation
from duijie.site.parties.permissions import OFFICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duijie.site.parties.models import User

MOST = 200
CROWD = 60
"""A pair of characters that more names share than this says nothing."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """An organisation that may be the same as the one asked about, and why."""

    organisation: Organisation
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that may be one; ``into`` is the one that was registered first."""

    organisation: Organisation
    into: Organisation
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Named:
    code: str
    name: str
    names: tuple[str, ...]


def likely_duplicates(
    *, name: str, credit_code: str | None = None, ror: str | None = None, apart_from: str = "", limit: int = 5
) -> list[Likeness]:
    """Return the organisations that may be the one being entered, most likely first."""
    found: dict[str, tuple[float, str]] = {}
    for field, number, reason in (
        ("credit_code", credit_code, _("统一社会信用代码相同")),
        ("ror", ror, _("ROR 编号相同")),
    ):
        if number:
            same = Organisation.objects.present().filter(**{field: number}).exclude(pk=apart_from)
            found |= dict.fromkeys(same.values_list("pk", flat=True), (101.0, reason))
    for other in _named():
        score, reason = _alike(_Named("", name, (name,)), other)
        if score >= NEAR and other.code not in {*found, apart_from}:
            found[other.code] = (score, reason)
    best = sorted(found, key=lambda code: (-found[code][0], code))[:limit]
    rows = Organisation.objects.select_related("region").in_bulk(best)
    return [Likeness(rows[code], *found[code]) for code in best]


def duplicate_pairs(user: User) -> list[Pair]:
    """Return the pairs of likely duplicates that this officer may merge, most likely first, without those judged distinct."""
    places = user.scope.within("region", *OFFICE)
    distinct = _distinct()
    found = {pair: judged for pair, judged in _compared(_named(places)) if pair not in distinct}
    best = sorted(found, key=lambda pair: (-found[pair][0], pair))[:MOST]
    rows = Organisation.objects.select_related("region").in_bulk({code for pair in best for code in pair})
    return [Pair(rows[later], rows[first], *found[first, later]) for first, later in best]


def _named(places: Q | None = None) -> list[_Named]:
    rows = Organisation.objects.present().filter(places or Q())
    return [
        _Named(code, name, tuple(dict.fromkeys(one for one in (name, short, *former.splitlines()) if one)))
        for code, name, short, former in rows.values_list("pk", "name", "short_name", "former_names").iterator()
    ]


def _alike(one: _Named, other: _Named) -> tuple[float, str]:
    """Return the likeness of the nearest of all their names, and which it is."""
    best, reason = 0.0, ""
    for name in one.names:
        for known in other.names:
            score = likeness(name, known)
            if score > best:
                former = name != one.name or known != other.name
                best, reason = score, _reason(score, known, former=former)
    return best, reason


def _reason(score: float, known: str, *, former: bool) -> str:
    if former:
        return _("与简称或曾用名“%(name)s”相同或相近") % {"name": known}
    if score >= 100:
        return _("名称相同（不计公司形式和标点）")
    return _("名称相近（%(score)d%%）") % {"score": score}


def _compared(named: list[_Named]) -> Iterator[tuple[tuple[str, str], tuple[float, str]]]:
    """Compare those that share a rare pair of characters: all with all would take minutes over 10,000 names."""
    flat = [(place, name_parts(name).core) for place, one in enumerate(named) for name in one.names]
    groups: dict[str, set[int]] = defaultdict(set)
    for (place, _core), keys in zip(flat, rare_keys([core for _place, core in flat]), strict=True):
        for key in keys:
            groups[key].add(place)
    for a, b in _pairs(groups.values()):
        score, reason = _alike(named[a], named[b])
        if score >= NEAR:
            first, later = sorted((named[a].code, named[b].code))
            yield (first, later), (score, reason)


def _pairs(groups: Iterable[set[int]]) -> set[tuple[int, int]]:
    found = set()
    for group in groups:
        if len(group) <= CROWD:
            members = sorted(group)
            found |= {(a, b) for at, a in enumerate(members) for b in members[at + 1 :]}
    return found


def _distinct() -> set[tuple[str, str]]:
    kind = Organisation._meta.label_lower
    entries = Entry.objects.filter(kind=kind, verb="organisation.distinct").values_list("subject", "note")
    return {(first, later) for first, later in entries}
