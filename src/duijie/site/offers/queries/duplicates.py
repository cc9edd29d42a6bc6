"""Offers that look like the same thing, with the evidence, for a person to decide.

Who looks sees only what he may read. A registration number said twice needs no engine; the database refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q

from duijie.site.offers.document import document_of
from duijie.site.offers.models import Offer
from duijie.site.offers.states import State

if TYPE_CHECKING:
    from duijie.engine.matching.duplicates import Duplicate
    from duijie.site.offers.models.offer import OfferQuerySet
    from duijie.site.parties.models import User

MOST = 200
"""Candidates that are compared word by word: some 50 ms on one core."""
_CLOSED = (State.DRAFT, State.MERGED, State.WITHDRAWN)
_WORDS = 12


@dataclass(frozen=True, slots=True)
class Likeness:
    """One offer that looks like this one: how much, what both say, and the numbers in which they differ."""

    offer: Offer
    percent: int
    same: bool
    phrases: tuple[str, ...]
    differing: tuple[tuple[str, str], ...]


def likely_duplicates(offer: Offer, reader: User | None, *, most: int = 5) -> list[Likeness]:
    """Return what looks like the same offer among what the reader may read, most alike first.

    Nobody (``None``) is the office itself and reads everything.
    """
    from duijie.engine.matching.duplicates import find_duplicates  # noqa: PLC0415  numba only where it works

    rows = Offer.objects.all() if reader is None else Offer.objects.in_full_to(reader)
    others = {one.code: one for one in candidates(offer, rows)}
    if not others:
        return []
    pairs = find_duplicates([document_of(offer)], [document_of(one) for one in others.values()])
    return [_likeness(pair, offer, others) for pair in pairs[:most]]


def candidates(offer: Offer, rows: OfferQuerySet) -> list[Offer]:
    """Return the offers worth comparing: those whose titles share most words with this one's.

    Only titles are read for it: a few tens of milliseconds over 100,000.
    """
    from duijie.engine.matching.text import words  # noqa: PLC0415

    mine = frozenset(word for word in words(offer.title) if len(word) > 1)
    if not mine:
        return []
    asked = sorted(mine, key=lambda word: (-len(word), word))[:_WORDS]
    titles = rows.exclude(code=offer.code).exclude(state__in=_CLOSED)
    titles = titles.filter(reduce(or_, (Q(title__icontains=word) for word in asked)))
    shared = [(-sum(word in title for word in mine), code) for code, title in titles.values_list("code", "title")]
    best = [code for _count, code in sorted(shared)[:MOST]]
    found = Offer.objects.select_related("organisation").in_bulk(best)
    return [found[code] for code in best if code in found]


def _likeness(pair: Duplicate, offer: Offer, others: dict[str, Offer]) -> Likeness:
    first = pair.first == offer.code
    differing = tuple(
        ("、".join(one.first if first else one.second), "、".join(one.second if first else one.first))
        for one in pair.differing
    )
    other = others[pair.second if first else pair.first]
    return Likeness(other, round(100 * pair.score), pair.verdict == "same", pair.phrases, differing)
