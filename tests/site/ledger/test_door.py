"""The one door: what each verb writes, refuses, and leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Invalid, Stale, WrongState
from duijie.site.ledger import actions
from duijie.site.ledger.digests import entry_digest
from duijie.site.ledger.models import FOREVER, Entry
from duijie.site.ledger.values import plain
from tests.site.ledger.parcels import COLLEAGUE, NEXT, OWNER, Parcel, State, parcel

pytestmark = pytest.mark.usefixtures("parcels")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def made(code: str = "P-1", **values):
    return actions.create(parcel(code, **values), actor=OWNER, verb="parcel.make")


def fresh(code: str = "P-1"):
    return Parcel.objects.get(code=code)


def told():
    return Entry.objects.filter(kind="parcels.parcel").order_by("id")


def history(code: str = "P-1"):
    return list(Parcel.versions.filter(code=code).order_by("revision"))


def test_create_writes_the_row_an_entry_and_a_version():
    with clock.told(NOON):
        made(weight=Decimal("1.5"), phone="13800000000", tags=["种子"])
    row, entry, (version,) = fresh(), told().get(), history()
    assert (row.revision, row.created_at, row.changed_at, row.phone) == (1, NOON, NOON, "13800000000")
    assert (entry.actor, entry.actor_name, entry.verb) == ("U-1", "娜仁（蒙草种业）", "parcel.make")
    assert (entry.kind, entry.subject, entry.revision) == ("parcels.parcel", "P-1", 1)
    assert entry.changes == {
        "code": [None, "P-1"],
        "title": [None, "草籽"],
        "state": [None, "draft"],
        "region": [None, "150100"],
        "weight": [None, "1.50"],
        "tags": [None, ["种子"]],
        "fragile": [None, False],
    }
    assert (version.known_from, version.known_to, version.entry_id, version.weight) == (
        NOON,
        FOREVER,
        entry.pk,
        Decimal("1.50"),
    )


def test_change_records_old_and_new_of_what_differs_only():
    row = made()
    entry = actions.change(
        row, actor=COLLEAGUE, verb="parcel.edit", to={"title": "苜蓿籽", "fragile": False}, note="更正", source="I-1"
    )
    assert entry.changes == {"title": ["草籽", "苜蓿籽"]}
    assert (entry.actor, entry.note, entry.source, entry.revision) == ("U-2", "更正", "I-1", 2)
    assert (fresh().title, fresh().revision, row.title, row.revision) == ("苜蓿籽", 2, "苜蓿籽", 2)
    first, second = history()
    assert (first.title, second.title) == ("草籽", "苜蓿籽")
    assert first.known_to == second.known_from


def test_change_to_the_same_values_writes_nothing():
    row = made(weight=Decimal("2.00"), sent_on=date(2026, 1, 2), tags=["a"])
    same = {"weight": "2", "sent_on": "2026-01-02", "tags": ("a",), "title": "草籽"}
    assert actions.change(row, actor=OWNER, verb="parcel.edit", to=same) is None
    assert (told().count(), fresh().revision) == (1, 1)


@pytest.mark.parametrize(
    ("field", "value", "written"),
    [
        ("weight", "12.345", "12.35"),
        ("weight", Decimal("0.10"), "0.10"),
        ("sent_on", "2026-03-04", "2026-03-04"),
        ("seen_at", datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC), "2026-03-04T05:06:07.000089+00:00"),
        ("number", "7", 7),
        ("fragile", True, True),
        (
            "tags",
            {"深": [1, 0.1, 1e22, -0.0, None, True, {"键": "值"}]},
            {"深": [1, 0.1, 10**22, 0, None, True, {"键": "值"}]},
        ),
        ("tags", [], []),
        ("title", "🐑 '\"\\ \u2028", "🐑 '\"\\ \u2028"),
    ],
)
def test_value_reads_back_from_row_entry_and_version_as_written(field, value, written):
    row = made(tags=["x"])
    entry = actions.change(row, actor=OWNER, verb="parcel.edit", to={field: value})
    column = Parcel._meta.get_field(field)
    assert Entry.objects.get(pk=entry.pk).changes[field][1] == written
    assert entry_digest(Entry.objects.get(pk=entry.pk)) == entry.digest
    assert plain(column, getattr(row, field)) == plain(column, getattr(fresh(), field)) == written
    assert plain(column, getattr(history()[-1], field)) == written


def test_default_of_a_json_field_is_not_shared_between_rows():
    first = made("P-1")
    first.tags.append("x")
    assert made("P-2").tags == []


def test_reference_is_recorded_by_code_however_it_is_given():
    box, row = made("P-1"), made("P-2")
    by_object = actions.change(row, actor=OWNER, verb="parcel.pack", to={"inside": box})
    assert by_object.changes == {"inside": [None, "P-1"]}
    assert row.inside == box
    by_code = actions.change(row, actor=OWNER, verb="parcel.unpack", to={"inside_id": None})
    assert by_code.changes == {"inside": ["P-1", None]}
    assert (row.inside, fresh("P-2").inside_id) == (None, None)


def test_private_value_stays_out_of_entries_and_versions():
    row = made(phone="13800000000")
    entry = actions.change(row, actor=OWNER, verb="parcel.edit", to={"phone": "13911111111"})
    assert entry.changes == {"phone": ["•", "•"]}
    assert fresh().phone == "13911111111"
    assert not any("139" in str(values) or "138" in str(values) for values in told().values_list("changes", "note"))
    assert "phone" not in {field.name for field in Parcel.versions.model._meta.get_fields()}


def test_stale_change_is_refused_and_says_both_revisions():
    made()
    mine, theirs = fresh(), fresh()
    actions.change(theirs, actor=COLLEAGUE, verb="parcel.edit", to={"title": "先到"})
    with pytest.raises(Stale) as refused:
        actions.change(mine, actor=OWNER, verb="parcel.edit", to={"title": "后到"})
    assert (mine.revision, refused.value.revision) == (1, 2)
    assert (fresh().title, told().count(), len(history())) == ("先到", 2, 2)


def test_change_of_a_form_opened_before_another_change_is_refused():
    row = made()
    actions.change(row, actor=COLLEAGUE, verb="parcel.edit", to={"title": "先到"})
    with pytest.raises(Stale) as refused:
        actions.change(fresh(), actor=OWNER, verb="parcel.edit", to={"title": "后到"}, expected=1)
    assert refused.value.revision == 2


def test_step_follows_the_table_of_states():
    row = made()
    entry = actions.step(
        row, State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT, to={"sent_on": date(2026, 1, 1)}, note="寄"
    )
    assert entry.changes == {"state": ["draft", "sent"], "sent_on": [None, "2026-01-01"]}
    with pytest.raises(WrongState, match="已寄出"):
        actions.step(row, State.DRAFT, actor=OWNER, verb="parcel.take_back", next_states=NEXT)


def test_step_after_somebody_elses_step_says_what_the_state_is_now():
    made()
    mine, theirs = fresh(), fresh()
    actions.step(theirs, State.SENT, actor=COLLEAGUE, verb="parcel.send", next_states=NEXT)
    with pytest.raises(WrongState, match="已寄出"):
        actions.step(mine, State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT)


def test_step_after_somebody_elses_change_is_stale_not_lost():
    made()
    mine, theirs = fresh(), fresh()
    actions.change(theirs, actor=COLLEAGUE, verb="parcel.edit", to={"title": "改过"})
    with pytest.raises(Stale):
        actions.step(mine, State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT)


def test_step_to_the_same_state_is_recorded_where_the_table_allows_it():
    row = made(state=State.SENT)
    assert actions.step(row, State.SENT, actor=OWNER, verb="parcel.resend", next_states=NEXT).changes == {}
    assert fresh().revision == 2


def test_note_changes_nothing_but_is_remembered():
    row = made()
    actions.note(row, actor=COLLEAGUE, verb="parcel.open", note="看了一眼")
    assert (fresh().revision, len(history())) == (1, 1)
    assert list(told().values_list("verb", flat=True)) == ["parcel.make", "parcel.open"]


@pytest.mark.parametrize("field", ["title", "tags", "note"])
@pytest.mark.parametrize("bad", ["a\0b", "\ud800"])
def test_text_postgresql_cannot_hold_is_refused_everywhere(field, bad):
    row = made()
    with pytest.raises(Invalid):
        if field == "note":
            actions.change(row, actor=OWNER, verb="parcel.edit", to={"title": "x"}, note=bad)
        else:
            actions.change(row, actor=OWNER, verb="parcel.edit", to={field: bad if field == "title" else [{"x": bad}]})


def test_text_too_long_is_refused_in_words_with_its_field():
    with pytest.raises(Invalid, match="最多 40 个字，现有 41 个") as refused:
        made(title="长" * 41)
    assert set(refused.value.fields) == {"title"}


def test_create_inside_a_transaction_that_fails_leaves_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        made()
        raise ZeroDivisionError
    assert (Parcel.objects.count(), told().count(), Parcel.versions.count()) == (0, 0, 0)


def test_create_many_is_all_or_none():
    made("P-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.create_many([parcel("P-1"), parcel("P-2")], actor=OWNER, verb="parcel.make")
    assert list(Parcel.objects.values_list("code", flat=True)) == ["P-2"]
    assert told().count() == 1


def test_change_many_changes_each_row_its_own_way():
    rows = actions.create_many([parcel(f"P-{n}") for n in range(5)], actor=OWNER, verb="parcel.make")
    changes = [(row, {"title": f"第{n}件"} if n % 2 else {"weight": n, "tags": [n]}) for n, row in enumerate(rows)]
    entries = actions.change_many(
        [*changes[:4], (rows[4], {"title": "草籽"})], actor=OWNER, verb="parcel.edit", source="I-7"
    )
    assert [entry.subject for entry in entries] == ["P-0", "P-1", "P-2", "P-3"]
    assert list(Parcel.objects.order_by("code").values_list("title", "weight", "tags", "revision")) == [
        ("草籽", Decimal("0.00"), [0], 2),
        ("第1件", None, [], 2),
        ("草籽", Decimal("2.00"), [2], 2),
        ("第3件", None, [], 2),
        ("草籽", None, [], 1),
    ]
    assert Parcel.versions.filter(known_to=FOREVER).count() == 5
    assert Parcel.versions.count() == 9


def test_change_many_is_refused_whole_when_one_row_is_stale():
    rows = actions.create_many([parcel(f"P-{n}") for n in range(3)], actor=OWNER, verb="parcel.make")
    actions.change(fresh("P-1"), actor=COLLEAGUE, verb="parcel.edit", to={"title": "先到"})
    with pytest.raises(Stale, match="P-1"):
        actions.change_many([(row, {"title": "后到"}) for row in rows], actor=OWNER, verb="parcel.edit")
    assert sorted(Parcel.objects.values_list("title", flat=True)) == ["先到", "草籽", "草籽"]


def test_step_many_says_which_row_cannot():
    rows = [made("P-1"), made("P-2", state=State.LOST)]
    with pytest.raises(WrongState, match="P-2 现在是“遗失”"):
        actions.step_many(rows, State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT)
    actions.step_many(rows[:1], State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT)
    assert fresh().state == State.SENT


def test_bulk_forms_take_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        rows = actions.create_many([parcel(f"P-{n:03}") for n in range(200)], actor=OWNER, verb="parcel.make")
    with django_assert_max_num_queries(30):
        actions.change_many([(row, {"title": "同一件事"}) for row in rows], actor=OWNER, verb="parcel.edit")


def test_clock_going_backwards_does_not_unorder_versions():
    with clock.told(NOON):
        row = made()
    with clock.told(NOON - timedelta(hours=1)):
        actions.change(row, actor=OWNER, verb="parcel.edit", to={"title": "改"})
    first, second = history()
    assert first.known_from <= first.known_to == second.known_from <= second.known_to
    assert Parcel.objects.known_at(NOON).get().title == "改"
