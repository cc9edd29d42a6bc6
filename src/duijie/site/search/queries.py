"""Searching: what the index says, of it what the reader may see, and why each was found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from duijie.engine.matching.search import Query, search
from duijie.engine.matching.text import fold_characters, terms, words
from duijie.site.search.kinds import FACE, KINDS, Kind
from duijie.site.search.shelf import standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duijie.engine.matching.index import Index
    from duijie.site.parties.models import User

LOOKED_AT = (200, 2_000, 10_000)
"""How many of the best are looked at, in turn, until the page is filled with what the reader may see."""
MOST = 200
"""Results a search goes through; who needs more says more."""
_SNIPPET = 90
_AT_ONCE = 500
"""Hits of which the database is asked at once who may see them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One record, with the words that were met marked."""

    code: str
    kind: str
    label: str
    title: SafeString
    snippet: SafeString
    url: str
    where: str
    row: Any


@dataclass(frozen=True, slots=True)
class Results:
    """What was met, code and kind, best first; ``more`` says that there is more than counted.

    ``ready`` is False while there is no index yet. :func:`described` reads the few that are shown.
    """

    met: Sequence[tuple[str, str]]
    counts: dict[str, int]
    more: bool
    ready: bool = True


def find(text: str, user: User, *, kind: str = "") -> Results:
    """Return the best records for ``text`` of those the user may see, best first, at most :data:`MOST`."""
    index = standing()
    if index is None:
        return Results((), {}, more=False, ready=False)
    allowed: dict[str, tuple[str, str]] = {}
    looked, seen = 0, 0
    hits: list[str] = []
    for looked in LOOKED_AT:
        hits = _hits(index, text, kind, looked)
        while seen < len(hits) and len(allowed) <= MOST:
            for code, found in _allowed(hits[seen : seen + _AT_ONCE], user).items():
                allowed.setdefault(code, found)
            seen = min(seen + _AT_ONCE, len(hits))
        if len(hits) < looked or len(allowed) > MOST:
            break
    met = list(allowed.values())[:MOST]
    counts: dict[str, int] = {}
    for _code, name in met:
        counts[name] = counts.get(name, 0) + 1
    more = len(allowed) > MOST or (len(hits) == looked and bool(met))
    return Results(met, counts, more=more)


def _hits(index: Index, text: str, kind: str, k: int) -> list[str]:
    counts: dict[str, float] = {}
    for term in terms(text):
        counts[term] = counts.get(term, 0.0) + 1
    if not counts:
        return []
    snapshot = index.snapshot
    masks = snapshot.mask({"kind": lambda value: value == kind}) if kind else None
    found = search(snapshot, [Query.of_terms(counts)], k, masks=masks)[0]
    return [snapshot.id(int(position)) for position in found.positions]


def _allowed(hits: Sequence[str], user: User) -> dict[str, tuple[str, str]]:
    """Return, best first and each once, the hits the user may see: whole texts he may read, faces he may know of."""
    may: dict[str, str] = {}
    for kind in KINDS.values():
        mine = [hit for hit in hits if hit.startswith(kind.letter)]
        if mine:
            may |= dict.fromkeys(_codes(kind.in_full(user), [hit for hit in mine if not hit.endswith(FACE)]), kind.name)
            shown = _codes(kind.visible(user), [hit.removesuffix(FACE) for hit in mine if hit.endswith(FACE)])
            may |= dict.fromkeys((code + FACE for code in shown), kind.name)
    return {hit.removesuffix(FACE): (hit.removesuffix(FACE), may[hit]) for hit in hits if hit in may}


def _codes(rows: Any, codes: Sequence[str]) -> set[str]:
    return set(rows.filter(pk__in=codes).values_list("pk", flat=True)) if codes else set()


def described(met: Sequence[tuple[str, str]], text: str, user: User) -> list[Found]:
    """Return what a line of each says, the words that were met marked."""
    rows: dict[str, Any] = {}
    full: set[str] = set()
    for kind in KINDS.values():
        codes = [code for code, name in met if name == kind.name]
        if codes:
            rows |= {row.pk: row for row in kind.rows().filter(pk__in=codes)}
            full |= _codes(kind.in_full(user), codes)
    pattern = _pattern(text)
    return [_found(KINDS[name], rows[code], pattern, in_full=code in full) for code, name in met if code in rows]


def _found(kind: Kind, row: Any, pattern: re.Pattern[str] | None, *, in_full: bool) -> Found:
    body = kind.body(row) if in_full else ""
    return Found(
        row.pk,
        kind.name,
        str(kind.label),
        marked(str(kind.title(row)), pattern),
        marked(_window(body, pattern), pattern),
        reverse(kind.url_name, args=[row.pk]),
        kind.where(row) if in_full else "",
        row,
    )


def _pattern(text: str) -> re.Pattern[str] | None:
    found = {fold_characters(word) for word in (*words(text), *terms(text)) if len(word) > 1}
    if not found:
        return None
    return re.compile("|".join(re.escape(word) for word in sorted(found, key=len, reverse=True)))


def _window(body: str, pattern: re.Pattern[str] | None) -> str:
    """Return the part of a text around the first word met."""
    flat = " ".join(body.split())
    met = pattern.search(fold_characters(flat)) if pattern else None
    start = max(0, met.start() - 24) if met else 0
    end = start + _SNIPPET
    return ("…" if start else "") + flat[start:end] + ("…" if end < len(flat) else "")


def marked(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    """Return ``text`` escaped, with ``<mark>`` around what the pattern meets."""
    if pattern is None:
        return mark_safe(escape(text))
    return mark_safe("".join(_pieces(text, pattern.finditer(fold_characters(text)))))


def _pieces(text: str, met: Iterable[re.Match[str]]) -> Iterable[str]:
    place = 0
    for match in met:
        yield escape(text[place : match.start()])
        yield f"<mark>{escape(text[match.start() : match.end()])}</mark>"
        place = match.end()
    yield escape(text[place:])
