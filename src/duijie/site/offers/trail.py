"""What happened to an offer, as its page tells it: the ledger's trail, with the form's tables written as sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duijie.site.ledger.queries import Telling, trail
from duijie.site.offers.answers import written

if TYPE_CHECKING:
    from duijie.site.kernel.parts import TrailRow
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import User

_TABLES = frozenset({"measures", "evidence", "modes", "price"})
_TELLING = Telling(
    # what an entry's verb, time and words say already
    silent=frozenset({"state_since", "due", "opinion", "submitted_at", "reviewed_at", "exit_words"}),
    write=lambda name, value: written(name, value) if name in _TABLES else None,
)


def trail_of(offer: Offer, reader: User, *, brief: bool = False) -> list[TrailRow]:
    """Return the rows of the trail, latest first; brief ones leave out what each field said before and after."""
    rows: list[Any] = trail(offer, reader, telling=_TELLING)
    return [replace(row, changes=()) for row in rows] if brief else rows
