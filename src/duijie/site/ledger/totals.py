"""How many rows a list has, counted again only when the ledger says that something has happened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from duijie.site.ledger.models import Entry

if TYPE_CHECKING:
    from django.db.models import QuerySet

TRUSTED = 10.0
"""Seconds after which a total is counted anew in any case: on PostgreSQL an older entry may be committed after a newer."""
_KEPT = 512
_totals: dict[tuple[Any, ...], tuple[float, int]] = {}


def total(rows: QuerySet[Any]) -> int:
    """Return ``rows.count()``; while nobody writes, each list of each reader is counted once a process."""
    if connection.in_atomic_block:  # its own rows are not the others' yet
        return rows.count()
    counted = rows.order_by()
    try:
        statement, parameters = counted.query.sql_with_params()
    except EmptyResultSet:
        return 0
    last = Entry.objects.order_by("-id").values_list("id", "digest").first()
    key = (last, statement, tuple(map(str, parameters)))
    now = time.monotonic()
    at, number = _totals.get(key, (-TRUSTED, 0))
    if now - at < TRUSTED:
        return number
    number = counted.count()
    _totals[key] = (now, number)
    for old in list(_totals)[:-_KEPT]:
        _totals.pop(old, None)
    return number
