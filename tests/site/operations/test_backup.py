"""A backup is whole, of one moment, for its owner alone; it comes back equal, in either kind of database, or not at all."""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import json
import os
import stat
import tarfile
import threading

import psycopg
import pytest
from django.db import connection, transaction

from duijie.site.kernel.errors import Refusal
from duijie.site.kernel.models import Series
from duijie.site.operations import archive, backup, restore, rows
from duijie.site.operations.archive import Damaged, Pack, verify
from duijie.site.operations.backup import back_up
from duijie.tables.problems import TableError
from tests.site import postgres

from .conftest import address_of, wait_for

transactional = pytest.mark.django_db(transaction=True)


def silent(_sentence):
    pass


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "site"
    (settings.VAR / "files" / "2026").mkdir(parents=True)
    (settings.VAR / "files" / "incoming").mkdir()
    (settings.VAR / "files" / "2026" / "F-2026-0001").write_bytes(os.urandom(3000))
    (settings.VAR / "files" / "incoming" / "half").write_bytes(b"x")
    (settings.VAR / "secret").write_text("s")
    return settings.VAR


@pytest.fixture
def sound(tmp_path):
    """A small sound backup, of nothing in particular."""
    path = tmp_path / "sound.tar.gz"
    write(path)
    return path


def write(path, **manifest):
    with path.open("wb") as file:
        pack = Pack(file)
        pack.add("rows/kernel.series/000001.jsonl", b'["D-2026",7]\n' * 200)
        pack.add("files/2026/F-1", os.urandom(4000))
        tables = {"kernel.series": {"columns": ["prefix", "last"], "rows": 200}}
        pack.close({"format": archive.FORMAT, "release": "9", "at": "2026", "files": 1, "tables": tables, **manifest})


def members(path):
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def rows_of(path):
    """Every row of a backup as text, table by table."""
    found: dict[str, list[str]] = {}
    for name, content in members(path).items():
        if name.startswith("rows/") and not name.startswith("rows/ledger.check/"):  # restoring verifies, and notes it
            # PostgreSQL keeps no order inside a JSON value, and none that both databases share among names
            lines = [
                json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False)
                for line in content.decode().splitlines()
            ]
            found.setdefault(name.split("/")[1], []).extend(lines)
    return {table: sorted(lines) for table, lines in found.items()}


def lets_nobody_in(path, session):
    """Its owner alone may read it, and it holds no key to anything."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert session not in b"".join(members(path).values()).decode("utf-8", "replace")
    assert "secret" not in members(path)
    assert not any("incoming" in name for name in members(path))
    assert not [other.name for other in path.parent.iterdir() if other.name.startswith(".")]


@contextlib.contextmanager
def a_server():
    """The address of a PostgreSQL: the tests' own where they run on one, whose lock this process holds already."""
    if connection.vendor == "postgresql":
        yield address_of({**connection.settings_dict, "NAME": "postgres"})
    else:
        with postgres.cluster() as address:
            yield address


@contextlib.contextmanager
def busy_writers(count=2):
    """People at work: each transaction leaves a row of both kinds, so a moment in between would show."""
    over, failed = threading.Event(), []

    def write(writer):
        number = 0
        try:
            while not over.is_set():
                number += 1
                with transaction.atomic():
                    Series.objects.create(prefix=f"left-{writer}-{number}")
                    Series.objects.create(prefix=f"right-{writer}-{number}")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(count)]
    for thread in threads:
        thread.start()
    wait_for(Series.objects.filter(prefix__startswith="right-").exists)
    yield
    over.set()
    for thread in threads:
        thread.join()
    assert failed == []


@transactional
def test_backup_while_people_write_is_of_one_moment(var, tmp_path):
    with busy_writers():
        for number in range(3):
            back_up(tmp_path / f"{number}.tar.gz", tell=silent)
    for number in range(3):
        series = {json.loads(line)[0] for line in rows_of(tmp_path / f"{number}.tar.gz")["kernel.series"]}
        left = {name.removeprefix("left-") for name in series if name.startswith("left-")}
        assert left == {name.removeprefix("right-") for name in series if name.startswith("right-")}
    assert left


@transactional
def test_backup_comes_back_equal_in_a_new_database(var, tmp_path, company, owner, client_of, run):
    first, second, told = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz", []
    session = client_of(owner).session.session_key
    back_up(first, tell=told.append)
    assert "1 个文件" in told[0]
    lets_nobody_in(first, session)
    place = {"DUIJIE_VAR": str(tmp_path / "new")}
    code, said = run("restore", first, **place)
    assert code == 0, said
    assert run("backup", second, **place)[0] == 0
    assert rows_of(second) == rows_of(first)
    assert company.name in "".join(rows_of(second)["parties.organisation"])
    kept = var / "files" / "2026" / "F-2026-0001"
    assert (tmp_path / "new" / "files" / "2026" / "F-2026-0001").read_bytes() == kept.read_bytes()
    again, said = run("restore", first, **place)
    assert again == 2
    assert "不是空的" in said


@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
@transactional
def test_backup_moves_to_the_other_kind_of_database_and_back(var, tmp_path, company, run):
    first, second, third = (tmp_path / f"{name}.tar.gz" for name in ("first", "second", "third"))
    back_up(first, tell=silent)
    with a_server() as address:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f"CREATE DATABASE moved_house_{os.getpid()}")
        there = {
            "DUIJIE_DATABASE_URL": address.replace("/postgres?", f"/moved_house_{os.getpid()}?"),
            "DUIJIE_VAR": str(tmp_path / "pg"),
        }
        try:
            code, said = run("restore", first, **there)
            assert code == 0, said
            code, said = run("backup", second, **there)
            assert code == 0, said
        finally:
            with psycopg.connect(address, autocommit=True) as server:
                server.execute(f"DROP DATABASE moved_house_{os.getpid()} WITH (FORCE)")
    back = {"DUIJIE_VAR": str(tmp_path / "back")}
    assert run("restore", second, **back)[0] == 0
    assert run("backup", third, **back)[0] == 0
    assert rows_of(second) == rows_of(first)
    assert rows_of(third) == rows_of(first)


@pytest.mark.parametrize("moment", [backup, archive])
def test_full_disk_leaves_no_half_backup(tmp_path, monkeypatch, moment):
    def full(draft):
        draft.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backup, "_write", full if moment is backup else lambda draft: write(draft) or {})
    monkeypatch.setattr(backup, "verify", full)
    with pytest.raises(TableError, match="磁盘"):
        back_up(tmp_path / "out.tar.gz", tell=silent)
    assert list(tmp_path.iterdir()) == []


def test_backup_never_replaces_a_file(tmp_path):
    path = tmp_path / "old.tar.gz"
    path.write_text("mine")
    with pytest.raises(Refusal, match="已存在"):
        back_up(path, tell=silent)
    assert path.read_text() == "mine"


# -- what is not sound -------------------------------------------------------------------------------------------------


def test_sound_backup_verifies(sound):
    assert verify(sound)["tables"]["kernel.series"]["rows"] == 200


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_cut_backup_is_refused(sound, share):
    whole = sound.read_bytes()
    sound.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Damaged, match="损坏"):
        verify(sound)


def test_backup_with_any_byte_changed_is_refused(sound):
    whole = sound.read_bytes()
    for place in range(12, len(whole), max(1, len(whole) // 60)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x55
        sound.write_bytes(spoilt)
        with pytest.raises(Damaged):
            verify(sound)


def rewritten(path, change):
    """Write the backup again, sound gzip and tar, with its parts changed."""
    parts = list(members(path).items())
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as tar:
        for name, content in change(parts):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    path.write_bytes(gzip.compress(body.getvalue()))


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: [(name, content.replace(b"7", b"8", 1)) for name, content in parts],
        lambda parts: parts[1:],
        lambda parts: [*parts, ("rows/kernel.series/000002.jsonl", b'["X",1]\n')],
        lambda parts: parts[:-1],
        lambda parts: parts[:-2],
        lambda parts: [("../../etc/cron.d/x", b""), *parts],
        lambda parts: [("/etc/x", b""), *parts],
        lambda _parts: [],
    ],
    ids=["altered", "part gone", "part added", "no seal", "no manifest", "leaves its folder", "absolute", "empty"],
)
def test_backup_put_together_otherwise_is_refused(sound, change):
    rewritten(sound, change)
    with pytest.raises(Damaged):
        verify(sound)


def test_something_else_is_refused(tmp_path):
    path = tmp_path / "photo.tar.gz"
    path.write_bytes(b"\x89PNG" + os.urandom(500))
    with pytest.raises(Damaged):
        verify(path)


def test_backup_of_a_newer_format_asks_for_an_upgrade(tmp_path):
    write(tmp_path / "new.tar.gz", format=archive.FORMAT + 1)
    with pytest.raises(Refusal, match="升级"):
        verify(tmp_path / "new.tar.gz")


def test_restore_leaves_a_database_with_tables_alone(db, sound):
    before = Series.objects.count()
    with pytest.raises(Refusal, match="不是空的"):
        restore.restore(sound, tell=silent)
    assert Series.objects.count() == before


def test_restore_of_a_release_unknown_here_names_it_and_leaves_nothing(tmp_path, run):
    write(tmp_path / "strange.tar.gz", migrations=[["kernel", "0999_future"]])
    code, said = run("restore", tmp_path / "strange.tar.gz")
    assert code == 2
    assert "kernel.0999_future" in said
    assert not (tmp_path / "var" / "files").exists()


def test_restore_check_only_reads(run, sound, tmp_path):
    assert run("restore", "--check", sound)[0] == 0
    sound.write_bytes(sound.read_bytes()[:-100])
    code, said = run("restore", "--check", sound)
    assert code == 2
    assert "损坏" in said
    assert len(said.splitlines()) == 1


def test_every_kind_of_value_comes_back_as_it_was():
    from datetime import UTC, date, datetime, time, timedelta
    from decimal import Decimal
    from uuid import uuid4

    values = [None, True, 7, "文", datetime(9999, 12, 31, tzinfo=UTC), date(2026, 11, 23), time(8, 30)]
    values += [timedelta(days=3, microseconds=5), Decimal("12.30"), uuid4(), b"\0\xff"]
    written = json.loads(json.dumps(values, default=rows._tagged))
    field = Series._meta.get_field("prefix")
    assert [rows._value(field, value) for value in written] == values
