"""`duijie restore`: a backup into an empty database, of either kind, and the ledger verified before anybody relies on it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from duijie.site.kernel.errors import Refusal
from duijie.site.operations import rows
from duijie.site.operations.archive import FOLDERS, parts_of, verify
from duijie.site.operations.readiness import reset_sequences
from duijie.site.operations.translations import compile_all
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.apps.registry import Apps


def check_backup(file: Path, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Read a backup from end to end and say what it holds."""
    manifest = verify(file)
    count = sum(table["rows"] for table in manifest["tables"].values())
    tell(
        say(
            f"备份完好：{manifest['at'][:16]} 写成，{count:,} 行，{manifest['files']:,} 个文件。",
            f"the backup is sound: of {manifest['at'][:16]}, {count:,} rows, {manifest['files']:,} files.",
        )
    )
    return manifest


def restore(file: Path, *, tell: Callable[[str], None]) -> None:
    """Restore everything or nothing: an unsound backup, or a place that is not empty, is refused before a byte is written."""
    _check_empty()
    manifest = check_backup(file, tell=tell)
    made: list[Path] = []
    try:
        past = _tables_of_then(manifest)
        with transaction.atomic():
            _fill(file, manifest, past, made)
    except BaseException:
        _undo(made)
        raise
    reset_sequences(list(rows.tables()))
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    compile_all()
    tell(say("数据已恢复，正在核对账本……", "the data are back; verifying the ledger …"))
    _verify_ledger(tell)


def _check_empty() -> None:
    if connection.introspection.table_names():
        raise Refusal(
            say(
                "数据库不是空的，没有动它；请让 DUIJIE_DATABASE_URL 或 DUIJIE_VAR 指向一个全新的空数据库，再恢复。",
                "the database is not empty and was left alone; let DUIJIE_DATABASE_URL or DUIJIE_VAR name a new, empty one.",
            )
        )
    for folder in FOLDERS:
        place = settings.VAR / folder
        if place.exists() and any(place.iterdir()):
            raise Refusal(
                say(
                    f"文件夹 {place} 不是空的，没有动它；请换一个 DUIJIE_VAR。",
                    f"{place} is not empty and was left alone; use another DUIJIE_VAR.",
                )
            )


def _tables_of_then(manifest: dict[str, Any]) -> Apps:
    """Make the tables as they were when the backup was written, and return their models."""
    executor = MigrationExecutor(connection)
    graph, then = executor.loader.graph, {(app, name) for app, name in manifest["migrations"]}
    if unknown := sorted(f"{app}.{name}" for app, name in then - graph.nodes.keys()):
        release = manifest["release"]
        raise Refusal(
            say(
                f"这份备份由别的版本（{release}）写成，本版本不认识其中的 {unknown[0]}；请用那个版本或更新的版本恢复。",
                f"release {release} wrote this backup; its {unknown[0]} is not known here. Use that release or a newer one.",
            )
        )
    last = [key for key in sorted(then) if not any(child.key in then for child in graph.node_map[key].children)]
    executor.migrate(last)
    return executor.loader.project_state(last).apps


def _fill(file: Path, manifest: dict[str, Any], past: Apps, made: list[Path]) -> None:
    left = {label: table["rows"] for label, table in manifest["tables"].items()}
    for label in left:
        past.get_model(label)._base_manager.all()._raw_delete("default")  # what migrations put in stands in the backup
    with parts_of(file) as parts:
        for name, content in parts:
            kind, _, rest = name.partition("/")
            if kind == "rows":
                label = rest.partition("/")[0]
                left[label] -= rows.load(past.get_model(label), manifest["tables"][label]["columns"], content)
            elif kind in FOLDERS:
                _put(settings.VAR / kind, rest, content, made)
    if wrong := [label for label, count in left.items() if count]:
        raise Refusal(
            say(
                f"{wrong[0]} 的行数不符，没有恢复任何内容。",
                f"{wrong[0]} has another number of rows; nothing was restored.",
            )
        )


def _put(folder: Path, name: str, content: Any, made: list[Path]) -> None:
    if folder not in made:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made.append(folder)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(content, file)


def _undo(made: list[Path]) -> None:
    """Leave the place as empty as it was, so that another backup can be restored into it."""
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
    if connection.vendor == "sqlite":
        connection.close()
        Path(connection.settings_dict["NAME"]).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")


def _verify_ledger(tell: Callable[[str], None]) -> None:
    from duijie.site.ledger.commands import verify as verify_ledger  # noqa: PLC0415  only after the data are back

    lines, code = verify_ledger()
    for line in lines:
        tell(line)
    if code:
        raise SystemExit(code)
