"""Parcels: rows of the tests' own, with a field of every sort, recorded as any business row is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.site.ledger.parcels import Parcel, ParcelNote

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = (Parcel, Parcel.versions.model, ParcelNote, ParcelNote.versions.model)


made = set()


@pytest.fixture
def parcel_tables(django_db_setup: None, django_db_blocker: Any) -> None:
    from django.db import connection

    if "tables" in made:
        return
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in TABLES:
            editor.create_model(model)
    made.add("tables")


@pytest.fixture
def parcels(parcel_tables: None, db: None) -> None:
    """Their tables, in a transaction that ends with the test."""


@pytest.fixture
def shared_parcels(parcel_tables: None, transactional_db: None) -> Iterator[None]:
    """Their tables, seen by every thread and process; gone afterwards."""
    yield
    drop_tables()


@pytest.fixture(scope="module", autouse=True)
def no_tables_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Leave no table behind that refers to entries: PostgreSQL would not empty those after another room's test."""
    yield
    with django_db_blocker.unblock():
        drop_tables()


def drop_tables() -> None:
    from django.db import connection

    if "tables" not in made:
        return
    with connection.schema_editor() as editor:
        for model in reversed(TABLES):
            editor.delete_model(model)
    made.clear()
