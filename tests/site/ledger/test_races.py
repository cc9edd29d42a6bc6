"""Several at once, on real files and real servers."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from duijie.site.kernel.errors import Stale, WrongState
from duijie.site.ledger import actions
from duijie.site.ledger.models import Entry, Seal
from duijie.site.ledger.verify import verify
from tests.site.ledger.parcels import COLLEAGUE, NEXT, OWNER, Parcel, ParcelNote, State, parcel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_parcels")]


def at_once(number, act):
    """Let ``number`` threads call ``act(n)`` as nearly together as they can; return what each got or raised."""
    gate = threading.Barrier(number)

    def run(n):
        try:
            gate.wait(timeout=30)
            return act(n)
        except Exception as error:  # the race's answer may be a refusal
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def told(verb):
    return Entry.objects.filter(kind="parcels.parcel", verb=verb)


def test_of_eight_steps_at_once_one_wins_and_one_entry_is_written():
    actions.create(parcel(), actor=OWNER, verb="parcel.make")
    rows = [Parcel.objects.get(code="P-1") for _ in range(8)]
    got = at_once(8, lambda n: actions.step(rows[n], State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT))
    assert sorted(type(one).__name__ for one in got) == ["Entry", *["WrongState"] * 7]
    assert told("parcel.send").count() == 1
    assert Parcel.objects.get().revision == 2
    assert verify(models=[Parcel]).sound


def test_of_eight_changes_at_once_one_wins_and_nothing_is_overwritten():
    actions.create(parcel(), actor=OWNER, verb="parcel.make")
    rows = [Parcel.objects.get(code="P-1") for _ in range(8)]
    got = at_once(8, lambda n: actions.change(rows[n], actor=OWNER, verb="parcel.edit", to={"title": f"第{n}"}))
    assert sorted(type(one).__name__ for one in got) == ["Entry", *["Stale"] * 7]
    assert {one.revision for one in got if isinstance(one, Stale)} == {2}
    winner = next(n for n, one in enumerate(got) if isinstance(one, Entry))
    assert Parcel.objects.get().title == f"第{winner}"


def test_batches_that_overlap_do_not_wait_in_a_ring():
    actions.create_many([parcel(f"P-{n}") for n in range(20)], actor=OWNER, verb="parcel.make")
    rows = [list(Parcel.objects.order_by("code" if n % 2 else "-code")) for n in range(6)]
    got = at_once(
        6, lambda n: actions.change_many([(row, {"number": n}) for row in rows[n]], actor=OWNER, verb="parcel.count")
    )
    assert sorted(type(one).__name__ for one in got) == [*["Stale"] * 5, "list"]
    assert told("parcel.count").count() == 20


def test_sixteen_read_and_then_write_without_a_locked_database():
    """T4: deferred transactions failed 1,437 of 1,600; immediate ones fail none."""
    actions.create_many([parcel(f"P-{n}") for n in range(16)], actor=OWNER, verb="parcel.make")

    def work(n):
        for turn in range(10):
            row = Parcel.objects.get(code=f"P-{n}")
            actions.change(row, actor=COLLEAGUE, verb="parcel.count", to={"number": turn})

    assert at_once(16, work) == [None] * 16
    assert told("parcel.count").count() == 160
    assert verify(models=[Parcel, ParcelNote]).sound


def test_two_seals_at_once_make_one_chain():
    actions.create_many([parcel(f"P-{n}") for n in range(50)], actor=OWNER, verb="parcel.make")
    before = Seal.objects.count()
    got = at_once(4, lambda n: actions.seal())
    assert not [one for one in got if isinstance(one, Exception)]
    assert Seal.objects.count() == before + 1
    assert verify(models=[Parcel]).sound


def test_sealing_while_people_write_covers_each_entry_once():
    actions.create_many([parcel(f"P-{n}") for n in range(4)], actor=OWNER, verb="parcel.make")

    def work(n):
        for turn in range(12):
            if n == 0:
                actions.seal()
            else:
                row = Parcel.objects.get(code=f"P-{n}")
                actions.change(row, actor=OWNER, verb="parcel.count", to={"number": turn})

    assert at_once(4, work) == [None] * 4
    actions.seal()
    assert not Entry.objects.unsealed().exists()
    assert sum(Seal.objects.values_list("count", flat=True)) == Entry.objects.count()
    assert verify(models=[Parcel]).sound


def test_verification_while_people_write_raises_no_false_alarm():
    actions.create_many([parcel(f"P-{n}") for n in range(40)], actor=OWNER, verb="parcel.make")

    def work(n):
        if n == 0:
            return [verify(models=[Parcel]).findings for _ in range(5)]
        for turn in range(15):
            row = Parcel.objects.get(code=f"P-{n}")
            actions.change(row, actor=OWNER, verb="parcel.count", to={"number": turn})
        return None

    findings, *_others = at_once(4, work)
    assert findings == [()] * 5


def test_wrong_state_of_a_lost_race_is_told_in_words():
    actions.create(parcel(), actor=OWNER, verb="parcel.make")
    mine = Parcel.objects.get()
    at_once(
        1, lambda n: actions.step(Parcel.objects.get(), State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT)
    )
    with pytest.raises(WrongState, match="P-1 现在是“已寄出”"):
        actions.step(mine, State.SENT, actor=OWNER, verb="parcel.send", next_states=NEXT)


def test_embedded_database_forgets_nothing_it_has_acknowledged():
    """T5 and T6: no write-ahead log before SQLite 3.51.3, and a commit waits for the disk."""
    if connection.vendor != "sqlite":
        pytest.skip("these are SQLite's settings")
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0].upper()
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    assert journal == ("WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "TRUNCATE")
    assert synchronous == 2
    assert connection.transaction_mode == "IMMEDIATE"
