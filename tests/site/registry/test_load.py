from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry
from duijie.site.registry import checks, commands, queries, sources
from duijie.site.registry.actions import EDITION, load_tables
from duijie.site.registry.models import CalendarDay, ChainNode, Edition, Field, Industry, Region

pytestmark = pytest.mark.django_db


def entries():
    return list(Entry.objects.filter(subject=EDITION).order_by("id"))


def test_loading_again_changes_nothing_and_leaves_no_entry():
    load_tables()
    before = entries()
    loaded = load_tables()
    assert {(table.added, table.changed, table.ended) for table in loaded.values()} == {(0, 0, 0)}
    assert entries() == before
    assert checks.drift() == []


def test_first_load_fills_every_table_and_leaves_one_entry():
    load_tables()
    edition = Edition.objects.get()
    assert edition.digest == sources.digest()
    assert edition.rows["regions"] == Region.objects.count() == 4254
    assert [entry.verb for entry in entries()] == ["registry.load"]


def test_what_was_changed_by_hand_is_mended_and_told():
    load_tables()
    Region.objects.filter(code="150100").update(name="呼和浩特")
    Industry.objects.filter(code="A0111").delete()
    Field.objects.filter(code="AG").delete()
    assert len(checks.drift()) == 3
    loaded = load_tables()
    assert (loaded["regions"].changed, loaded["industries"].added, loaded["fields"].added) == (1, 1, 1)
    assert Region.objects.get(code="150100").name == "呼和浩特市"
    assert entries()[-1].note == "regions +0 ~1 -0；industries +1 ~0 -0；fields +1 ~0 -0"


def test_row_that_no_table_has_ends_and_stays():
    load_tables()
    Field.objects.create(code="XX", name="旧领域", valid_from=date(2000, 1, 1))
    CalendarDay.objects.create(day=date(2026, 3, 3), name="误", working=False)
    with clock.told(datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))):
        loaded = load_tables()
        assert (loaded["fields"].ended, loaded["days"].ended) == (1, 1)
        assert Field.objects.get(code="XX").valid_to == date(2026, 11, 23)
        assert "XX" not in Field.objects.valid().values_list("code", flat=True)
        assert load_tables()["fields"].ended == 0
    assert not CalendarDay.objects.filter(day=date(2026, 3, 3)).exists()


def test_lookups_see_a_new_load_at_once():
    load_tables()
    assert queries.find_field("旧领域").found is None
    Field.objects.filter(code="AG").update(aliases=["旧领域"])
    queries.forget()
    assert queries.find_field("旧领域").found.pk == "AG"
    load_tables()
    assert queries.find_field("旧领域").found is None


def test_lookups_notice_a_load_elsewhere(monkeypatch):
    queries.forget()
    assert queries.find_field("旧领域").found is None
    Field.objects.filter(code="AG").update(aliases=["旧领域"])
    Edition.objects.update(revision=99)
    assert queries.find_field("旧领域").found is None
    monkeypatch.setattr(queries, "_TRUSTED_SECONDS", 0.0)
    assert queries.find_field("旧领域").found.pk == "AG"
    queries.forget()


def test_within_holds_the_region_and_all_below_it():
    league = Region.objects.get(code="150200")
    inside = Region.objects.valid().within(league)
    assert inside.count() == 1 + league.children.valid().count()
    assert all(league.holds(code) for code in inside.values_list("code", flat=True))
    assert not league.holds("150102")


def test_valid_on_takes_the_first_day_and_leaves_out_the_last():
    change = date(2003, 12, 1)
    assert [
        Region.objects.filter(code__in=["150800", "152800"]).valid_on(day).get().code
        for day in (date(2003, 11, 30), change)
    ] == [
        "152800",
        "150800",
    ]


def test_database_refuses_a_row_that_ends_before_it_begins():
    with pytest.raises(IntegrityError), transaction.atomic():
        Field.objects.create(code="XX", name="误", valid_from=date(2020, 1, 1), valid_to=date(2020, 1, 1))


def test_database_refuses_a_region_that_does_not_hold_itself():
    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.create(code="159000", name="误", kind="prefecture", last="150000")


def test_nodes_come_in_order_from_upstream_to_downstream():
    nodes = ChainNode.objects.filter(chain="rare-earth")
    assert [node.code for node in nodes] == [f"rare-earth-{number}" for number in range(1, 9)]


def test_commands_say_what_was_done():
    assert commands.load()[0] == "regions：共 4254 行，新增 0，更改 0，终止 0"
    assert commands.check() == ["基础数据无误。"]
    Field.objects.filter(code="AG").update(name="误")
    assert commands.check() == ["fields：数据库缺 0 行，不同 1 行。请运行 duijie registry load。"]
