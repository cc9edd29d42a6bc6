"""Who did what with a demand, when, what it said before and after, with which opinion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from duijie.site.demands.models import Demand
from duijie.site.demands.sections import SECTION_OF, answer, label_of
from duijie.site.demands.verbs import VERBS
from duijie.site.kernel.parts import TrailChange, TrailRow
from duijie.site.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.db import models

OPENING = "demand.open"
_KIND = "demands.demand"
_SHOWN = frozenset({*SECTION_OF, "state", "exit_reason", "merged_into"})
_MOST = 300


def trail(demand: Demand) -> list[TrailRow]:
    """Return what was done, the latest first; openings stand apart (:func:`openings`)."""
    entries = list(Entry.objects.of(_KIND, demand.code).exclude(verb=OPENING).order_by("-id")[:_MOST])
    names = _names(entries)
    return [
        TrailRow(one.at, one.actor_name, VERBS.get(one.verb, one.verb), _changes(one, names), one.note, one.source)
        for one in entries
    ]


def openings(demand: Demand, *, most: int = 20) -> tuple[int, Sequence[Entry]]:
    """Return how often others opened the full text of a demand that is not public, and the latest of them."""
    entries = Entry.objects.of(_KIND, demand.code).filter(verb=OPENING)
    return entries.count(), list(entries.order_by("-id")[:most])


def _changes(entry: Entry, names: dict[str, dict[str, str]]) -> list[TrailChange]:
    """Leave out what started empty, and what only the machinery moves."""
    return [
        TrailChange(label_of(name), _said(name, old, names), _said(name, new, names))
        for name, (old, new) in entry.changes.items()
        if name in _SHOWN and not (old is None and new in ("", []))
    ]


def _references() -> dict[str, type[models.Model]]:
    # a demand that another was merged into may be hidden from the reader: its code stands for it
    fields = (Demand._meta.get_field(name) for name in _SHOWN - {"merged_into"})
    return {one.name: cast("type[models.Model]", one.related_model) for one in fields if one.is_relation}


def _names(entries: Iterable[Entry]) -> dict[str, dict[str, str]]:
    """Return, for each reference, what its codes are called: one statement a kind of thing, however many entries."""
    codes: dict[type[models.Model], set[str]] = {}
    references = _references()
    for entry in entries:
        for name, values in entry.changes.items():
            if name in references:
                codes.setdefault(references[name], set()).update(value for value in values if value)
    found = {model: model._default_manager.in_bulk(sorted(wanted)) for model, wanted in codes.items() if wanted}
    return {
        name: {str(code): str(row) for code, row in found.get(model, {}).items()} for name, model in references.items()
    }


_READ: dict[str, Callable[[Any], Any]] = {
    "deadline": date.fromisoformat,
    "budget": Decimal,
    "own_funds": Decimal,
}


def _said(name: str, value: Any, names: dict[str, dict[str, str]]) -> str:
    if value in (None, "", []):
        return ""
    if name in names:
        return names[name].get(value, str(value))
    field = Demand._meta.get_field(name)
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))  # type: ignore[union-attr]
    read = _READ.get(name, lambda one: one)
    return answer(SimpleNamespace(**{name: read(value)}), name)
