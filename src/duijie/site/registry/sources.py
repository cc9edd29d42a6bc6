"""The tables that ship with the room (``tables/*.csv``), read into values of the models. Where they come from:
``tables/SOURCES.md``.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from django.db import models

from duijie.site.registry.models import (
    AgreementKind,
    CalendarDay,
    Chain,
    ChainNode,
    ContractKind,
    Discipline,
    Field,
    Industry,
    Region,
    last_code,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

TABLES = files("duijie.site.registry") / "tables"


@dataclass(frozen=True, slots=True)
class Table:
    """One file and the model its rows belong to."""

    name: str
    model: type[models.Model]

    @property
    def file(self) -> Traversable:
        """Return the file."""
        return TABLES / f"{self.name}.csv"


EVERY = (
    Table("regions", Region),
    Table("industries", Industry),
    Table("disciplines", Discipline),
    Table("fields", Field),
    Table("agreement_kinds", AgreementKind),
    Table("contract_kinds", ContractKind),
    Table("chains", Chain),
    Table("chain_nodes", ChainNode),
    Table("days", CalendarDay),
)
"""In the order of their references."""


def read_table(table: Table) -> list[models.Model]:
    """Return the rows of a table as unsaved rows of its model, numbered in the order of the file."""
    fields = {field.name: field for field in table.model._meta.concrete_fields}
    with table.file.open(encoding="utf-8") as file:
        lines = csv.reader(file)
        columns = [(fields[name].attname, _reader(fields[name])) for name in next(lines)]
        rows = [
            table.model(**{name: read(text) for (name, read), text in zip(columns, line, strict=True)})
            for line in lines
        ]
    for number, row in enumerate(rows, start=1):
        if "order" in fields:
            row.order = number  # type: ignore[attr-defined]
        if "last" in fields:
            row.last = last_code(row.pk)  # type: ignore[attr-defined]
    return rows


def digest() -> str:
    """Return the SHA-256 over all tables: the edition."""
    whole = hashlib.sha256()
    for table in EVERY:
        whole.update(table.name.encode())
        whole.update(table.file.read_bytes())
    return whole.hexdigest()


def _reader(field: models.Field[Any, Any]) -> Callable[[str], Any]:
    """Return how a cell of this column is read."""
    if isinstance(field, models.JSONField):
        return lambda text: [part for part in text.split("|") if part]
    if isinstance(field, models.BooleanField):
        return lambda text: text == "1"
    if isinstance(field, models.DateField):
        return _day
    return (lambda text: text or None) if field.null else str


@cache
def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
