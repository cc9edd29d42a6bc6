"""All rows of the site as lines of JSON, out of one database and into another, of either kind."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.apps.registry import Apps

LINES = 5_000
"""Rows in one part of a backup, and in one INSERT's worth of memory."""
LEFT_OUT = frozenset({"sessions.session"})
"""People sign in again after a restore: a backup that falls into wrong hands lets nobody in."""


def tables(of: Apps = apps) -> Iterator[type[models.Model]]:
    """Yield every model with a table of its own, those between two models included."""
    for model in of.get_models(include_auto_created=True):
        options = model._meta
        if options.managed and not options.proxy and options.label_lower not in LEFT_OUT:
            yield model


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields that hold what cannot be computed."""
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]


def dump(model: type[models.Model]) -> Iterator[tuple[int, bytes]]:
    """Yield the model's rows in parts, each with its number of rows."""
    names = [field.attname for field in columns(model)]
    rows = model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=LINES)
    part: list[str] = []
    for row in rows:
        part.append(json.dumps(row, default=_tagged, ensure_ascii=False, separators=(",", ":")))
        if len(part) == LINES:
            yield len(part), _lines(part)
            part = []
    if part:
        yield len(part), _lines(part)


def load(model: type[models.Model], names: Sequence[str], lines: Iterable[bytes]) -> int:
    """Insert rows whose columns are ``names``; return how many. ``model`` is one of a migration's, not of the site's."""
    by_name = {field.attname: field for field in columns(model)}
    fields = [by_name[name] for name in names]
    for field in fields:
        if isinstance(field, models.DateField):
            field.auto_now = field.auto_now_add = False  # it is known when these rows were made
    rows = [
        model(**{field.attname: _value(field, value) for field, value in zip(fields, json.loads(line), strict=True)})
        for line in lines
    ]
    model._base_manager.bulk_create(rows, batch_size=1000)
    return len(rows)


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(value, list) and not isinstance(field, models.JSONField):
        kind, text = value
        return _READ[kind](text)
    return value


def _tagged(value: Any) -> list[Any]:
    """Say of what kind a value is that JSON does not know, as ``[kind, text]``."""
    kind = type(value).__name__
    if kind not in _WRITTEN:
        raise TypeError(f"no row of the site holds a {kind}")
    return [kind, _WRITTEN[kind](value)]


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.isoformat,
    "date": date.isoformat,
    "time": time.isoformat,
    "timedelta": lambda value: value // timedelta(microseconds=1),
    "Decimal": str,
    "UUID": str,
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
    "memoryview": lambda value: base64.b64encode(value).decode("ascii"),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda value: timedelta(microseconds=value),
    "Decimal": Decimal,
    "UUID": UUID,
    "bytes": base64.b64decode,
    "memoryview": base64.b64decode,
}


def _lines(part: list[str]) -> bytes:
    return ("\n".join(part) + "\n").encode()
