"""Loading the tables: the only way reference data is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from duijie.site.kernel import clock
from duijie.site.ledger import actions as ledger
from duijie.site.registry import queries, sources
from duijie.site.registry.models import Edition

if TYPE_CHECKING:
    from django.db import models

    from duijie.site.ledger.actions import Actor

EDITION = "REGISTRY"
"""The code under which the ledger tells the loads."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did to one table, in rows."""

    total: int
    added: int
    changed: int
    ended: int


def load_tables(*, actor: Actor | None = None) -> dict[str, Loaded]:
    """Make the database hold what the tables say, and return what that changed, by table.

    Rows that a table no longer has end today and stay. A load that changes nothing leaves no entry.
    """
    with transaction.atomic():
        loaded = {table.name: _load(table) for table in sources.EVERY}
        _enter(loaded, actor=actor)
    queries.forget()
    return loaded


def _load(table: sources.Table) -> Loaded:
    wanted: dict[Any, models.Model] = {row.pk: row for row in sources.read_table(table)}
    present = table.model._default_manager.in_bulk()
    names = [field.attname for field in table.model._meta.concrete_fields if not field.primary_key]
    added = [row for code, row in wanted.items() if code not in present]
    changed = [row for code, row in wanted.items() if code in present and _differs(row, present[code], names)]
    table.model._default_manager.bulk_create(added, batch_size=500)
    if changed:
        table.model._default_manager.bulk_update(changed, [*map(_name(table.model), names)], batch_size=200)
    missing = [row for code, row in present.items() if code not in wanted]
    return Loaded(len(wanted), len(added), len(changed), _end(table.model, missing))


def _name(model: type[models.Model]) -> Any:
    by_column = {field.attname: field.name for field in model._meta.concrete_fields}
    return by_column.__getitem__


def _differs(row: models.Model, present: models.Model, names: list[str]) -> bool:
    return any(getattr(row, name) != getattr(present, name) for name in names)


def _end(model: type[models.Model], missing: list[Any]) -> int:
    """End rows that no table has any more; a day of the calendar has no end and goes."""
    if not hasattr(model, "valid_to"):
        model._default_manager.filter(pk__in=[row.pk for row in missing]).delete()
        return len(missing)
    standing = [row for row in missing if row.valid_to is None]
    for row in standing:
        row.valid_to = max(clock.today(), _day(row.valid_from) + timedelta(days=1))
    model._default_manager.bulk_update(standing, ["valid_to"], batch_size=500)
    return len(standing)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _enter(loaded: dict[str, Loaded], *, actor: Actor | None) -> None:
    edition = Edition.objects.filter(code=EDITION).first()
    touched = any(table.added or table.changed or table.ended for table in loaded.values())
    to = {"digest": sources.digest(), "rows": {name: table.total for name, table in loaded.items()}}
    if edition is not None and edition.digest == to["digest"] and not touched:
        return
    note = "；".join(
        f"{name} +{table.added} ~{table.changed} -{table.ended}" for name, table in loaded.items() if _moved(table)
    )
    if edition is None:
        row = Edition(code=EDITION, loaded_at=clock.now(), **to)
        ledger.create(row, actor=actor, verb="registry.load", note=note)
    else:
        ledger.change(edition, actor=actor, verb="registry.load", to={**to, "loaded_at": clock.now()}, note=note)


def _moved(table: Loaded) -> bool:
    counts = asdict(table)
    return any(counts[name] for name in ("added", "changed", "ended"))
