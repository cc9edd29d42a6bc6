"""Who did what with a demand, when, what it said before and after, with which opinion; and who opened it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from duijie.site.demands.models import Demand
from duijie.site.demands.sections import SECTION_OF, answer
from duijie.site.ledger.models import Entry
from duijie.site.ledger.queries import Telling
from duijie.site.ledger.queries import trail as told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duijie.site.kernel.parts import TrailRow
    from duijie.site.parties.models import User

OPENING = "demand.open"
_KIND = "demands.demand"
_SHOWN = frozenset({*SECTION_OF, "state", "exit_reason", "merged_into"})
_READ: dict[str, Callable[[Any], Any]] = {"deadline": date.fromisoformat, "budget": Decimal, "own_funds": Decimal}


def trail(demand: Demand, reader: User) -> list[TrailRow]:
    """Return what was done, the latest first; openings stand apart (:func:`openings`)."""
    return told(demand, reader, telling=_TELLING)


def openings(demand: Demand, *, most: int = 20) -> tuple[int, Sequence[Entry]]:
    """Return how often others opened the full text of a demand that is not public, and the latest of them."""
    entries = Entry.objects.of(_KIND, demand.code).filter(verb=OPENING)
    return entries.count(), list(entries.order_by("-id")[:most])


def _written(name: str, value: Any) -> str | None:
    """Write what the form writes in its own way."""
    field: Any = Demand._meta.get_field(name)
    if name == "merged_into":  # it may be hidden from the reader: its code stands for it
        return str(value)
    if field.is_relation or field.choices:
        return None
    return answer(SimpleNamespace(**{name: _READ.get(name, lambda one: one)(value)}), name)


_TELLING = Telling(
    apart=frozenset({OPENING}),
    silent=frozenset(field.name for field in Demand._meta.concrete_fields) - _SHOWN,
    write=_written,
)
