"""The total of a list is remembered while nothing happens, and right as soon as something has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from duijie.site.demands.models import Demand
from duijie.site.ledger import totals

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


@pytest.fixture
def outside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's own transaction is no reason to count anew here."""
    monkeypatch.setattr(totals, "connection", type("Outside", (), {"in_atomic_block": False}))
    monkeypatch.setattr(totals, "_totals", {})


@pytest.mark.usefixtures("outside_a_transaction")
def test_total_is_counted_once_until_something_happens(
    owner: Any, draft: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    draft()
    rows = Demand.objects.visible_to(owner)
    assert totals.total(rows) == rows.count()

    with django_assert_num_queries(1):
        assert totals.total(rows) == 1

    draft("羊绒检测")
    assert totals.total(rows) == 2


@pytest.mark.usefixtures("outside_a_transaction")
def test_total_of_one_reader_is_not_anothers(owner: Any, stranger: Any, draft: Any) -> None:
    draft()

    assert totals.total(Demand.objects.visible_to(owner)) == 1
    assert totals.total(Demand.objects.visible_to(stranger)) == 0
