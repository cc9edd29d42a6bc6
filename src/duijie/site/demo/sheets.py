"""Workbooks that people bring: written as they would be, and taken through the import wizard by its own actions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duijie.site.imports import actions, checking
from duijie.tables.write import write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.imports.models import Batch
    from duijie.site.parties.models import User


def upload(noun: str, rows: Sequence[dict[str, Any]], *, name: str, actor: User) -> Batch:
    """Write a workbook with these rows, upload it, and have its rows checked: now it waits to be confirmed."""
    columns = list(rows[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_rows(path, columns, ([row.get(one) for one in columns] for row in rows))
        batch = actions.upload_sheet(noun, [path.read_bytes()], name=name, actor=actor)
    actions.map_columns(batch, batch.mapping, actor=actor)
    actions.note_checked(batch, checking.check_batch(batch, actor=actor), actor=actor)
    return batch


def bring(noun: str, rows: Sequence[dict[str, Any]], *, name: str, actor: User) -> Sequence[str]:
    """Upload rows, have them checked, and import them; return their codes."""
    batch = upload(noun, rows, name=name, actor=actor)
    if batch.bad:
        raise ValueError("\n".join(one.sentence() for one in checking.report_of(batch)))
    actions.confirm_batch(batch, actor=actor)
    return actions.import_batch(batch, checking.read_batch(batch, actor=actor).rows, actor=actor)
