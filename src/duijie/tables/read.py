"""Read demands, offers, teams, judgements, capacities and matches from .xlsx, .csv and .jsonl."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from duijie.tables.cells import shown
from duijie.tables.columns import Shape, missing_column
from duijie.tables.delimited import csv_rows
from duijie.tables.grid import read_grid
from duijie.tables.lines import read_lines
from duijie.tables.problems import BadTable, Reading, TableError
from duijie.tables.shapes import CAPACITY, DOCUMENTS, JUDGEMENTS, MATCHES, TEAMS, Capacity, Judgement, MatchRow, Noun
from duijie.tables.xlsx import open_workbook
from duijie.words import say

if TYPE_CHECKING:
    from os import PathLike

    from duijie.engine.matching.types import Document, Team
    from duijie.tables.cells import Cell

T = TypeVar("T")

_ENDINGS = (".xlsx", ".csv", ".jsonl")
_SPREADSHEETS = {".xls", ".xlsm", ".xlsb", ".et", ".ett", ".ods", ".numbers"}


def read_documents(path: str | PathLike[str], *, noun: Noun, skip_bad: bool = False) -> Reading[Document]:
    """Read demands or offers. Only a title is needed; without a column of ids, row numbers serve.

    Raises :class:`TableError` if the file cannot be used and :class:`BadTable` if rows are wrong; with ``skip_bad`` the
    wrong rows are left in ``Reading.bad`` instead. The same holds for the other readers.
    """
    return _read(path, DOCUMENTS[noun], skip_bad=skip_bad)


def read_teams(path: str | PathLike[str], *, skip_bad: bool = False) -> Reading[Team]:
    """Read research teams; who leads one is not read."""
    return _read(path, TEAMS, skip_bad=skip_bad)


def read_judgements(path: str | PathLike[str], *, skip_bad: bool = False) -> Reading[Judgement]:
    """Read people's judgements of pairs: demand, offer, level 1–4."""
    return _read(path, JUDGEMENTS, skip_bad=skip_bad)


def read_capacity(path: str | PathLike[str], *, skip_bad: bool = False) -> Reading[Capacity]:
    """Read how many new cooperations each team can take, and how many it should get at least."""
    return _read(path, CAPACITY, skip_bad=skip_bad)


def read_matches(path: str | PathLike[str], *, skip_bad: bool = False) -> Reading[MatchRow]:
    """Read a file of matches as Duijie wrote it."""
    return _read(path, MATCHES, skip_bad=skip_bad)


def read_table(path: str | PathLike[str], shape: Shape[T], *, skip_bad: bool = False) -> Reading[T]:
    """Read rows of any shape."""
    return _read(path, shape, skip_bad=skip_bad)


def _read(given: str | PathLike[str], shape: Shape[T], *, skip_bad: bool) -> Reading[T]:
    path = Path(given)
    try:
        check_file(path)
        reading = _READERS[path.suffix.casefold()](path, shape)
    except PermissionError as error:
        raise TableError(
            say(f"没有权限读 {path}；请检查文件的权限。", f"not allowed to read {path}; check the file's permissions.")
        ) from error
    if not reading.rows and not reading.bad:
        raise TableError(
            say(
                f"{path.name} 里只有表头，没有数据；请在表头下面填好再试。",
                f"{path.name} holds a header and no rows; fill in rows below the header and try again.",
            )
        )
    if reading.bad and not (skip_bad and reading.rows):
        raise BadTable(path.name, reading)
    return reading


def check_file(path: Path) -> None:
    """Raise :class:`TableError` for a file that cannot be a table, by what can be seen from outside."""
    ending = path.suffix.casefold()
    if path.is_dir():
        raise TableError(say(f"{path} 是文件夹；请给出其中的一个文件。", f"{path} is a folder; name a file in it."))
    if not path.exists():
        raise TableError(
            say(f"找不到文件 {path}；请检查路径和文件名。", f"there is no file {path}; check path and name.")
        )
    if ending in _SPREADSHEETS:
        raise TableError(
            say(
                f"读不了 {path.name}（{ending}）；请用 Excel 或 WPS 打开，另存为 .xlsx 再试。",
                f"cannot read {path.name} ({ending}); open it in Excel or WPS, save as .xlsx, and try again.",
            )
        )
    if ending not in _ENDINGS:
        raise TableError(
            say(
                f"读不了 {path.name}；只认 .xlsx、.csv 和 .jsonl，请把表格另存为 .xlsx 再试。",
                f"cannot read {path.name}; a table is .xlsx, .csv or .jsonl; save it as .xlsx and try again.",
            )
        )
    if path.stat().st_size == 0:
        raise _empty(path)


def _empty(path: Path) -> TableError:
    return TableError(
        say(f"{path.name} 是空的；请填好表格再试。", f"{path.name} is empty; fill in the table and try again.")
    )


def _read_csv(path: Path, shape: Shape[T]) -> Reading[T]:
    reading, head = read_grid(csv_rows(path, shape), (), shape)
    if reading is None:
        raise _no_header(path, head, shape)
    return reading


def _read_jsonl(path: Path, shape: Shape[T]) -> Reading[T]:
    reading = read_lines(path, shape)
    if not reading.rows and not reading.bad:
        raise _empty(path)
    return reading


def _read_xlsx(path: Path, shape: Shape[T]) -> Reading[T]:
    tried: list[list[Cell]] = []
    with open_workbook(path) as (titles, sheets):
        for sheet in sheets:
            reading, head = read_grid(sheet.rows, sheet.merges, shape)
            if reading is None:
                tried.extend(head)
                continue
            return _with_other_sheets(reading, sheet.title, [title for title in titles if title != sheet.title])
    raise _no_header(path, tried, shape)


def _with_other_sheets(reading: Reading[T], title: str, others: list[str]) -> Reading[T]:
    if not others:
        return reading
    names = "、".join(others[:10])
    note = say(
        f"只读了工作表「{title}」；没有读：{names}",
        f"only the sheet “{title}” was read; not read: {names}",
    )
    return replace(reading, warnings=(note, *reading.warnings))


def _no_header(path: Path, head: list[list[Cell]], shape: Shape[T]) -> TableError:
    rows = [cells for cells in head if any(shown(cell).strip() for cell in cells)]
    return missing_column(path.name, rows, shape) if rows else _empty(path)


_READERS = {".csv": _read_csv, ".jsonl": _read_jsonl, ".xlsx": _read_xlsx}

__all__ = [
    "BadTable",
    "Capacity",
    "Judgement",
    "MatchRow",
    "Reading",
    "TableError",
    "read_capacity",
    "read_documents",
    "read_judgements",
    "read_matches",
    "read_table",
    "read_teams",
]
