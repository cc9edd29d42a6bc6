"""Reading a batch's rows: what is good, what is wrong with the rest, and the person's own workbook with marks."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.imports.nouns import sheets
from duijie.tables.atomic import atomic_path
from duijie.tables.mark import mark_workbook
from duijie.tables.problems import BadTable, Problem, Reading, TableError
from duijie.tables.read import read_table
from duijie.tables.write import write_bad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from duijie.site.imports.models import Batch
    from duijie.site.kernel.sheets import Sheet
    from duijie.site.parties.models import User

PREVIEWED = 5
"""Good rows shown before anything is imported."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How many rows are good and how many wrong, and what else the person should know."""

    good: int
    bad: int
    warnings: tuple[str, ...]


def read_batch(batch: Batch, *, actor: User, heed: Callable[[], None] | None = None) -> Reading[dict[str, Any]]:
    """Read the batch's rows as it maps them; ``heed`` is called at each good one. Raises ``TableError``."""
    shape = sheets()[batch.noun].shape(batch.mapping, actor=actor, heed=heed)
    with in_its_own_name(batch):
        try:
            return read_table(batch.file, shape, skip_bad=True)
        except BadTable as error:
            return error.reading


@contextmanager
def in_its_own_name(batch: Batch) -> Iterator[None]:
    """Let sentences speak of the file by the name its owner knows."""
    try:
        yield
    except BadTable:
        raise
    except TableError as error:
        sentence = str(error).replace(str(batch.file), batch.file_name).replace(batch.file.name, batch.file_name)
        raise TableError(sentence) from error


def check_batch(batch: Batch, *, actor: User, heed: Callable[[], None] | None = None) -> Checked:
    """Read the rows, and keep the preview, the report and the marked workbook beside the file."""
    reading = read_batch(batch, actor=actor, heed=heed)
    _write_json(batch.preview, [described(row, sheets()[batch.noun]) for row in reading.rows[:PREVIEWED]])
    _write_report(batch, reading)
    batch.marked.unlink(missing_ok=True)
    if reading.bad:
        _mark(batch, reading)
    return Checked(len(reading.rows), len({problem.row for problem in reading.bad}), reading.warnings)


def described(row: dict[str, Any], sheet: Sheet) -> list[tuple[str, str]]:
    """Return a good row as it will be stored: each column's header and what is understood."""
    return [(column.header, str(column.write(row[column.name]))) for column in sheet.columns if row.get(column.name)]


def preview_of(batch: Batch) -> list[list[tuple[str, str]]]:
    """Return the first good rows of the last check."""
    return [[(header, text) for header, text in row] for row in _read_json(batch.preview, [])]


def report_of(batch: Batch, *, start: int = 0, count: int = 200) -> list[Problem]:
    """Return the problems of the last check, from ``start`` on."""
    if not batch.report.exists():
        return []
    with batch.report.open(encoding="utf-8") as file:
        return [Problem(**json.loads(line)) for line in islice(file, start, start + count)]


def keep_samples(batch: Batch, samples: Sequence[Sequence[str]]) -> None:
    """Keep the first rows of the file, to be shown where columns are chosen."""
    _write_json(batch.head, [list(row) for row in samples])


def samples_of(batch: Batch) -> list[list[str]]:
    """Return the first rows of the file."""
    found: list[list[str]] = _read_json(batch.head, [])
    return found


def _write_report(batch: Batch, reading: Reading[dict[str, Any]]) -> None:
    with atomic_path(batch.report) as draft, draft.open("w", encoding="utf-8") as file:
        for problem in sorted(reading.bad, key=lambda problem: problem.row):
            told = {name: value for name, value in asdict(problem).items() if name != "cells"}
            file.write(json.dumps(told, ensure_ascii=False, default=str) + "\n")


def _mark(batch: Batch, reading: Reading[dict[str, Any]]) -> None:
    """Write the person's workbook with marks; of a .csv, or of what cannot be marked, a workbook of the bad rows."""
    marks = [(one.row, one.column, _("%(reason)s；%(advice)s。") % vars_of(one)) for one in reading.bad]
    if batch.file.suffix == ".xlsx":
        try:
            with atomic_path(batch.marked) as draft:
                mark_workbook(batch.file, draft, marks, columns=reading.columns, author=_("对接"))
        except TableError:
            write_bad(batch.marked, reading)
    else:
        write_bad(batch.marked, reading)


def vars_of(problem: Problem) -> dict[str, str]:
    """Return the two halves of a problem's sentence."""
    return {"reason": problem.reason, "advice": problem.advice}


def _write_json(path: Path, value: object) -> None:
    with atomic_path(path) as draft:
        draft.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")


def _read_json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default
