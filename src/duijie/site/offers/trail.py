"""What happened to an offer, as its page tells it: the ledger's trail, with the form's tables written as sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duijie.site.kernel.parts import TrailChange
from duijie.site.ledger.models import Entry
from duijie.site.ledger.queries import trail
from duijie.site.offers.answers import label_of, written

if TYPE_CHECKING:
    from duijie.site.kernel.parts import TrailRow
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import User

_OF_THE_OFFICE = frozenset(
    map(label_of, ("state_since", "due", "opinion", "submitted_at", "reviewed_at", "exit_words"))
)
"""What an entry's verb, time and words say already."""
_TABLES = ("measures", "evidence", "modes", "price")


def trail_of(offer: Offer, reader: User, *, brief: bool = False) -> list[TrailRow]:
    """Return the rows of the trail, latest first; brief ones leave out what each field said before and after."""
    rows = trail(offer, reader)
    if brief:
        return [replace(row, changes=()) for row in rows]
    entries = Entry.objects.of("offers.offer", offer.code).order_by("-id")[: len(rows)]
    return [_readable(row, entry) for row, entry in zip(rows, entries, strict=False)]


def _readable(row: TrailRow, entry: Entry) -> TrailRow:
    tables = {label_of(name): (name, entry.changes[name]) for name in _TABLES if name in entry.changes}
    kept = [change for change in row.changes if change.label not in _OF_THE_OFFICE]
    return replace(row, changes=[_written(change, *tables.get(str(change.label), ("", ()))) for change in kept])


def _written(change: TrailChange, name: str, values: tuple[object, ...] | list[object]) -> TrailChange:
    return TrailChange(change.label, *(written(name, value) for value in values)) if name else change
