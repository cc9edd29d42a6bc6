"""Whatever is edited, deleted, swapped or cut off behind the ledger's back is found and named."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from duijie.site.ledger import actions
from duijie.site.ledger.digests import entry_digest, merkle_root
from duijie.site.ledger.models import Entry, Seal
from duijie.site.ledger.verify import verify
from tests.site.ledger.histories import live
from tests.site.ledger.parcels import OWNER, Parcel, ParcelNote, parcel

pytestmark = pytest.mark.usefixtures("parcels")
ROWS, VERSIONS, ENTRIES, SEALS = "parcels_parcel", "parcels_parcelversion", "ledger_entry", "ledger_seal"


def checked(**options):
    return verify(models=[Parcel, ParcelNote], **options)


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@contextmanager
def behind_the_ledgers_back():
    """Whatever happens inside is undone afterwards: what is tampered with would not pass the test's own end."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def told():
    return Entry.objects.filter(kind__startswith="parcels.")


@pytest.mark.parametrize("seed", range(8))
def test_untouched_ledger_is_sound(seed):
    live(seed)
    verdict = checked()
    assert verdict.findings == ()
    assert verdict.entries == told().count()
    assert verdict.rows == Parcel.objects.count() + ParcelNote.objects.count()
    assert (verdict.seals, verdict.head) == (3, Seal.objects.last().head)


def edit_entry(dice):
    """Any column of any entry, by somebody who forgets the digest."""
    column, value = dice.choice(
        [
            ("actor", "U-9"),
            ("actor_name", "别人"),
            ("verb", "parcel.steal"),
            ("note", "从未说过"),
            ("source", "X"),
            ("changes", '{"title": [null, "别的"]}'),
            ("revision", 77),
            ("digest", "0" * 64),
            ("digest", "不是数字"),
            ("subject", "P-999"),
            ("kind", "parcels.nothing"),
        ]
    )
    return sql(f"UPDATE {ENTRIES} SET {column} = %s WHERE id = %s", value, pick(dice, told()))


def edit_sealed_entry_and_its_digest(dice):
    """Somebody who knows how digests are made."""
    entry = Entry.objects.get(pk=pick(dice, told().exclude(seal=None)))
    entry.note += "改"
    return sql(f"UPDATE {ENTRIES} SET note = %s, digest = %s WHERE id = %s", entry.note, entry_digest(entry), entry.pk)


def edit_unsealed_change_and_its_digest(dice):
    """The newest entries are held by the rows and versions they made."""
    entry = Entry.objects.get(pk=pick(dice, told().filter(seal=None, changes__has_key="title")))
    entry.changes["title"][1] = "别的词语"
    entry.digest = entry_digest(entry)
    Entry.objects.bulk_update([entry], ["changes", "digest"])
    return 1


def delete_sealed_entry(dice):
    return sql(f"DELETE FROM {ENTRIES} WHERE id = %s", pick(dice, told().exclude(seal=None)))


def delete_newest_write(dice):
    return sql(f"DELETE FROM {ENTRIES} WHERE id = %s", told().exclude(changes={}).last().pk)


def cut_off_the_tail(dice):
    cut = told().exclude(changes={}).order_by("-id")[dice.randrange(5)].pk
    return sql(f"DELETE FROM {ENTRIES} WHERE id >= %s", cut)


def cut_off_entries_and_versions(dice):
    cut = told().exclude(changes={}).order_by("-id")[dice.randrange(5)].pk
    for table in (VERSIONS, "parcels_parcelnoteversion"):
        sql(f"DELETE FROM {table} WHERE entry_id >= %s", cut)
    return sql(f"DELETE FROM {ENTRIES} WHERE id >= %s", cut)


def swap_two_entries(dice):
    first, second = dice.sample(list(told().exclude(changes={}).values_list("id", flat=True)), 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        sql(f"UPDATE {ENTRIES} SET id = %s WHERE id = %s", new, old)
    return 2


def move_an_entry_in_time(dice):
    entry = Entry.objects.get(pk=pick(dice, told()))
    entry.at += timedelta(hours=dice.choice([-5, 5]))
    Entry.objects.bulk_update([entry], ["at"])
    return 1


def insert_entry(dice):
    entry = Entry.objects.get(pk=pick(dice, told().exclude(changes={})))
    entry.pk = None
    Entry.objects.bulk_create([entry])
    return 1


def edit_row(dice):
    column, value = dice.choice(
        [
            ("title", "别的题目"),
            ("state", "nowhere"),
            ("region", "150900"),
            ("weight", 999),
            ("sent_on", "1999-09-09"),
            ("tags", '["别的"]'),
            ("number", -5),
            ("revision", 99),
            ("changed_at", "1999-09-09 00:00:00+00:00"),
            ("created_at", "1999-09-09 00:00:00+00:00"),
        ]
    )
    return sql(f"UPDATE {ROWS} SET {column} = %s WHERE code = %s", value, pick(dice, Parcel.objects.all()))


def rename_row(dice):
    return sql(f"UPDATE {ROWS} SET code = 'P-777' WHERE code = %s", pick(dice, Parcel.objects.all()))


def delete_row(dice):
    return sql(f"DELETE FROM {ROWS} WHERE code = %s", pick(dice, Parcel.objects.all()))


def insert_row(dice):
    Parcel.objects.bulk_create([parcel("P-888", revision=1, created_at=SINCE(), changed_at=SINCE())])
    return 1


def SINCE():
    return told().first().at


def edit_version(dice):
    column, value = dice.choice(
        [
            ("title", "别的题目"),
            ("state", "nowhere"),
            ("weight", 999),
            ("tags", '["别的"]'),
            ("known_from", 5),
            ("known_to", 7),
            ("revision", 99),
            ("code", "P-666"),
            ("entry_id", 0),
        ]
    )
    return sql(f"UPDATE {VERSIONS} SET {column} = %s WHERE id = %s", value, pick(dice, Parcel.versions.all()))


def delete_version(dice):
    return sql(f"DELETE FROM {VERSIONS} WHERE id = %s", pick(dice, Parcel.versions.all()))


def insert_version(dice):
    version = Parcel.versions.order_by("-revision")[0]
    version.pk, version.revision = None, version.revision + 1
    Parcel.versions.bulk_create([version])
    return 1


def edit_seal(dice):
    column, value = dice.choice([("root", "0" * 64), ("head", "1" * 64), ("previous", "2" * 64), ("count", 3333)])
    return sql(f"UPDATE {SEALS} SET {column} = %s WHERE id = %s", value, pick(dice, Seal.objects.all()))


def delete_a_seal_and_free_its_entries(dice):
    seal = Seal.objects.order_by("id")[dice.randrange(2)].pk
    sql(f"UPDATE {ENTRIES} SET seal_id = NULL WHERE seal_id = %s", seal)
    return sql(f"DELETE FROM {SEALS} WHERE id = %s", seal)


def take_an_entry_out_of_its_seal(dice):
    return sql(f"UPDATE {ENTRIES} SET seal_id = NULL WHERE id = %s", pick(dice, told().exclude(seal=None)))


def swap_two_remarks_in_a_seal(dice):
    seals = [seal for seal in Seal.objects.all() if told().filter(seal=seal).count() > 1]
    first, second = dice.sample(list(told().filter(seal=dice.choice(seals)).values_list("id", flat=True)), 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        sql(f"UPDATE {ENTRIES} SET id = %s WHERE id = %s", new, old)
    return 2


def pick(dice, rows):
    return dice.choice(sorted(rows.values_list("pk", flat=True)))


TAMPERINGS = (
    edit_entry,
    edit_sealed_entry_and_its_digest,
    edit_unsealed_change_and_its_digest,
    delete_sealed_entry,
    delete_newest_write,
    cut_off_the_tail,
    cut_off_entries_and_versions,
    swap_two_entries,
    swap_two_remarks_in_a_seal,
    move_an_entry_in_time,
    insert_entry,
    edit_row,
    rename_row,
    delete_row,
    insert_row,
    edit_version,
    delete_version,
    insert_version,
    edit_seal,
    delete_a_seal_and_free_its_entries,
    take_an_entry_out_of_its_seal,
)


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found(tamper):
    live(seed=7, steps=60)
    for attempt in range(12):
        with behind_the_ledgers_back():
            assert tamper(random.Random(attempt))
            verdict = checked()
            assert not verdict.sound, attempt
            assert verdict.findings[0].sentence
    assert checked().sound


def test_first_row_that_differs_is_named_in_words():
    for number in range(3):
        actions.create(parcel(f"P-{number}"), actor=OWNER, verb="parcel.make")
    row = Parcel.objects.get(code="P-1")
    actions.change(row, actor=OWNER, verb="parcel.edit", to={"title": "苜蓿籽"})
    with behind_the_ledgers_back():
        sql(f"UPDATE {ROWS} SET title = '偷改' WHERE code IN ('P-1', 'P-2')")
        first, second = checked().findings
    assert (first.subject, second.subject) == ("P-2", "P-1")
    assert second.sentence == "这一行的“名称”与账本（第 2 版）不符：有人绕过账本改了它。"


def test_printed_head_tells_a_ledger_rebuilt_from_scratch():
    live(seed=3)
    printed = Seal.objects.last().head
    assert checked(heads=[printed]).sound
    with behind_the_ledgers_back():
        sql(f"UPDATE {ENTRIES} SET seal_id = NULL")
        sql(f"DELETE FROM {SEALS}")
        actions.seal()
        assert checked().sound
        assert "重建" in checked(heads=[printed]).findings[0].sentence


def test_private_value_is_no_matter_of_the_ledger():
    actions.create(parcel(phone="138"), actor=OWNER, verb="parcel.make")
    sql(f"UPDATE {ROWS} SET phone = '139'")
    assert checked().sound


def test_seals_chain_and_cover_each_entry_once():
    actions.create(parcel("P-1"), actor=OWNER, verb="parcel.make")
    first = actions.seal()
    assert actions.seal() is None
    actions.create(parcel("P-2"), actor=OWNER, verb="parcel.make")
    second = actions.seal()
    assert (first.previous, second.previous, second.count) == ("", first.head, 1)
    assert not Entry.objects.unsealed().exists()


def test_merkle_root_is_that_of_rfc_6962():
    import hashlib

    def tree(leaves):
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        split = 1
        while split * 2 < len(leaves):
            split *= 2
        return hashlib.sha256(b"\1" + tree(leaves[:split]) + tree(leaves[split:])).digest()

    for count in range(1, 40):
        leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
        assert merkle_root(leaf.hex() for leaf in leaves) == tree(leaves).hex()
