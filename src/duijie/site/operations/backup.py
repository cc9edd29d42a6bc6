"""`duijie backup`: everything at one moment, in one file, while people go on working."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Refusal
from duijie.site.operations import rows
from duijie.site.operations.archive import FOLDERS, FORMAT, Pack, verify
from duijie.tables.atomic import atomic_path
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_OWNER_ONLY = 0o077


def back_up(file: Path, *, tell: Callable[[str], None]) -> None:
    """Write a backup, read it again, and only then give it its name. Only its owner may read it."""
    if file.exists():
        raise Refusal(
            say(f"{file} 已存在，没有覆盖；请换一个文件名。", f"{file} exists and was left alone; choose another name.")
        )
    before = os.umask(_OWNER_ONLY)
    try:
        with atomic_path(file) as draft:
            manifest = _write(draft)
            verify(draft)
    finally:
        os.umask(before)
    count = sum(table["rows"] for table in manifest["tables"].values())
    size = file.stat().st_size / 2**20
    tell(
        say(
            f"备份好了：{file}（{count:,} 行，{manifest['files']:,} 个文件，{size:.1f} MB，已核对）。",
            f"backed up: {file} ({count:,} rows, {manifest['files']:,} files, {size:.1f} MB, verified).",
        )
    )


def _write(draft: Path) -> dict[str, Any]:
    with draft.open("wb") as file:
        pack = Pack(file)
        with _still(draft.parent):
            manifest = {
                "format": FORMAT,
                "release": version("duijie"),
                "at": clock.now().isoformat(),
                "database": connection.vendor,
                "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
                "tables": {model._meta.label_lower: _write_rows(pack, model) for model in rows.tables()},
            }
            # after the rows: a file that a row names was written before the row was
            manifest["files"] = sum(_write_files(pack, folder) for folder in FOLDERS)
        pack.close(manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _write_rows(pack: Pack, model: Any) -> dict[str, Any]:
    label, total = model._meta.label_lower, 0
    for number, (count, lines) in enumerate(rows.dump(model), start=1):
        pack.add(f"rows/{label}/{number:06}.jsonl", lines)
        total += count
    return {"columns": [field.attname for field in rows.columns(model)], "rows": total}


def _write_files(pack: Pack, folder: str) -> int:
    count = 0
    for path in sorted((settings.VAR / folder).rglob("*")):
        if path.is_symlink() or not path.is_file() or "incoming" in path.relative_to(settings.VAR).parts:
            continue
        try:
            with path.open("rb") as content:
                name = path.relative_to(settings.VAR).as_posix()
                pack.add_stream(name, content, os.fstat(content.fileno()).st_size)
        except FileNotFoundError:  # removed since it was listed, so no row of this moment names it
            continue
        count += 1
    return count


@contextmanager
def _still(place: Path) -> Iterator[None]:
    """Let this thread see the database as it is at one moment, while others go on."""
    with _copied(place) if connection.vendor == "sqlite" else _repeatable():
        yield


@contextmanager
def _copied(place: Path) -> Iterator[None]:
    """Copy SQLite's file page by page under one read lock: a second a gigabyte, in which writers wait and none fails."""
    copy, live = place / f".snapshot.{os.getpid()}.sqlite3", connections["default"]
    try:
        _copy(live.settings_dict["NAME"], copy)
        connections["default"] = still = type(live)({**live.settings_dict, "NAME": copy}, "default")
        try:
            yield
        finally:
            still.close()
            connections["default"] = live
    finally:
        for path in (copy, copy.with_name(f"{copy.name}-journal")):
            path.unlink(missing_ok=True)


def _copy(database: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        try:
            source.backup(target, pages=-1)
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise


@contextmanager
def _repeatable() -> Iterator[None]:
    """Open a transaction that sees one moment, and writes nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
