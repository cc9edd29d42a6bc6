"""Write rows to .xlsx, .csv and .jsonl: whole files, no live formulas, the same bytes for the same rows."""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias
from unicodedata import east_asian_width

from duijie.tables.atomic import atomic_path
from duijie.tables.escape import cell_safe
from duijie.tables.problems import Problem, Reading, TableError
from duijie.words import say

if TYPE_CHECKING:
    from os import PathLike

Value: TypeAlias = "str | int | float | bool | Sequence[object] | Mapping[str, object] | datetime.date | None"

MAX_CELL = 32_767
"""Characters a spreadsheet's cell can hold."""

MAX_ROWS = 1_048_576

SHEET_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
"""How every workbook is opened for writing: text stays text, never a formula, a link or a number."""

_SAMPLE = 200
_WIDEST = 60
_CUT = "……"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET_MARKS = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were written, and how many texts an .xlsx cell could not hold whole."""

    rows: int
    cut: int = 0


def write_rows(
    path: str | PathLike[str], columns: Sequence[str], rows: Iterable[Sequence[Value]], *, sheet: str = ""
) -> Written:
    """Write ``rows`` under ``columns``, in the format of the path's ending; the file appears whole or not at all.

    Lists become text joined with ；, except in .jsonl, where ``None`` and structure are kept. A text longer than a
    spreadsheet's cell is cut in .xlsx, ends in …… there, and is counted. Raises :class:`TableError`.
    """
    target = Path(path)
    writer = {".csv": _write_csv, ".jsonl": _write_jsonl, ".xlsx": _write_xlsx}.get(target.suffix.casefold())
    if writer is None:
        raise TableError(
            say(
                f"不知道该把 {target.name} 写成什么格式；请让文件名以 .xlsx、.csv 或 .jsonl 结尾。",
                f"cannot tell which format {target.name} should have; end its name in .xlsx, .csv or .jsonl.",
            )
        )
    with atomic_path(target) as draft:
        return writer(draft, columns, rows, sheet)


def write_bad(path: str | PathLike[str], reading: Reading[Any]) -> Written:
    """Write the rows left out, as they came, each with its number and what is wrong; corrected, they can be read."""
    number, reason = say("行号", "row number"), say("原因", "reason")
    by_row: dict[int, list[Problem]] = {}
    for problem in reading.bad:
        by_row.setdefault(problem.row, []).append(problem)
    headers = dict.fromkeys(header for problem in reading.bad for header in problem.cells)
    columns = list(dict.fromkeys((*(column for column in reading.columns if column in headers), *headers)))
    rows: Iterable[Sequence[Any]] = (
        [row, *(problems[0].cells.get(column) for column in columns), " ".join(each.sentence() for each in problems)]
        for row, problems in by_row.items()
    )
    return write_rows(path, [number, *columns, reason], rows, sheet=say("有问题的行", "bad rows"))


def _write_csv(draft: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str) -> Written:
    count = 0
    with draft.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow([cell_safe(column) for column in columns])
        for count, row in enumerate(rows, 1):  # noqa: B007  the count of rows is wanted after the loop
            writer.writerow([cell_safe(cell) if isinstance(cell, str) else _csv_value(cell) for cell in row])
    return Written(count)


def _csv_value(cell: Value) -> object:
    plain = _plain(cell)
    return cell_safe(plain) if isinstance(plain, str) else plain


def _write_jsonl(draft: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str) -> Written:
    count = 0
    with draft.open("w", encoding="utf-8", newline="\n", errors="replace") as file:
        for count, row in enumerate(rows, 1):  # noqa: B007
            file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str) + "\n")
    return Written(count)


def _write_xlsx(draft: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str) -> Written:
    from xlsxwriter import Workbook  # noqa: PLC0415  heavy, and .csv does without it
    from xlsxwriter.exceptions import XlsxFileError  # noqa: PLC0415

    with TemporaryDirectory(prefix="duijie-", ignore_cleanup_errors=True) as scratch:
        book = Workbook(str(draft), {**SHEET_OPTIONS, "tmpdir": scratch})
        written = _fill_workbook(book, columns, iter(rows), sheet)
        try:
            book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error
    return written


def _fill_workbook(book: Any, columns: Sequence[str], rows: Iterator[Sequence[Value]], sheet: str) -> Written:
    book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same rows give the same bytes
    page = book.add_worksheet(_SHEET_MARKS.sub(" ", sheet).strip("' ")[:31] or "Sheet1")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.freeze_panes(1, 0)
    sample = list(islice(rows, _SAMPLE))
    for place, column in enumerate(columns):
        page.set_column(place, place, _width(column, [row[place] for row in sample if place < len(row)]))
        page.write_string(0, place, _legal(column)[0], bold)
    cut = count = 0
    for count, row in enumerate(chain(sample, rows), 1):
        if count >= MAX_ROWS:
            raise _too_many()
        for place, cell in enumerate(row):
            cut += _write_cell(page, count, place, cell, wrap)
    if columns:
        page.autofilter(0, 0, count, len(columns) - 1)
    return Written(count, cut)


def _write_cell(page: Any, row: int, place: int, cell: Value, wrap: Any) -> bool:
    """Write one cell by its type, never by its look, and return whether it was cut."""
    plain = _plain(cell)
    if plain is None or plain == "":
        return False
    if isinstance(plain, bool):
        page.write_boolean(row, place, plain, wrap)
    elif isinstance(plain, int | float) and abs(plain) < 10**15:
        page.write_number(row, place, plain, wrap)
    else:
        text, cut = _legal(str(plain))
        page.write_string(row, place, text, wrap)
        return cut
    return False


def _plain(cell: Value) -> str | int | float | bool | None:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, Mapping):
        return json.dumps(cell, ensure_ascii=False, default=str)
    if isinstance(cell, Iterable):
        return "；".join(str(_plain(part)) for part in cell)  # type: ignore[arg-type]
    return str(cell)


def _legal(text: str) -> tuple[str, bool]:
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text)
    return (text, False) if len(text) <= MAX_CELL else (text[: MAX_CELL - len(_CUT)] + _CUT, True)


def _width(column: str, cells: Iterable[Value]) -> int:
    """Return a width, in characters, that shows most cells whole: a Chinese character counts two."""
    widths = sorted(_columns_wide(str(_plain(cell) or "")) for cell in cells) or [0]
    usual = widths[int(len(widths) * 0.9) - 1 if len(widths) > 1 else 0]
    return min(max(_columns_wide(column) + 4, usual + 2, 8), _WIDEST)


def _columns_wide(text: str) -> int:
    line = text[: _WIDEST * 4].partition("\n")[0]
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


def _too_many() -> TableError:
    return TableError(
        say(
            f".xlsx 最多 {MAX_ROWS:,} 行，放不下；请改用 .csv 或 .jsonl。",
            f"an .xlsx sheet holds at most {MAX_ROWS:,} rows; write .csv or .jsonl instead.",
        )
    )
