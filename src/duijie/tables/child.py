"""The process that opens a workbook, so that a hostile one can harm no other.

Started as ``python -m duijie.tables.child FILE LANGUAGE``; memory and processor time are limited by the operating
system. It writes lines of JSON: ``{"sheets": [...]}``, then for each sheet ``{"sheet": name, "merges": [[top, left,
bottom, right], ...]}`` (from 0), rows as ``[number, [cells]]`` or ``[number, [cells], {column: error or ""}]``, and
``null``; or ``{"error": sentence}``.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import sys
import zipfile
from pathlib import Path
from typing import IO, Any

from duijie.tables.guard import MAX_CELLS, Look, damaged, inspect, refuse_other_formats, too_far
from duijie.tables.problems import TableError
from duijie.tables.sheet_xml import sheet_parts, valueless
from duijie.words import speak

MEMORY = 1024 * 1024 * 1024
SECONDS = 60


def main(path: str, language: str) -> None:
    """Read the workbook at ``path`` and write it to standard output."""
    speak(language)
    _limit()
    write = sys.stdout.write
    try:
        with Path(path).open("rb") as file:
            for line in _lines(path, file):
                write(json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n")
    except BrokenPipeError:
        sys.stderr.close()
    except TableError as error:
        write(json.dumps({"error": str(error)}) + "\n")


def _limit() -> None:
    """Limit this process; Windows has no such limits, there the guard's checks stand alone."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lines(path: str, file: IO[bytes]) -> Any:
    name = Path(path).name
    refuse_other_formats(name, file.read(1 << 20))
    file.seek(0)
    looks = inspect(name, file)
    file.seek(0)
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415  not before the guard has passed the file

    try:
        with zipfile.ZipFile(file) as archive:
            parts = sheet_parts(archive)
            book = load_workbook(path)
            wanted = [sheet.name for sheet in book.sheets_metadata if _is_table(sheet, looks, parts)]
            yield {"sheets": wanted}
            for title in wanted:
                part = parts.get(title, "")
                marks = valueless(archive, part) if looks.get(part, Look()).special else {}
                yield from _sheet(book, title, marks)
    except (CalamineError, zipfile.BadZipFile, KeyError, SyntaxError, ValueError) as error:
        raise damaged(name) from error


def _is_table(sheet: Any, looks: dict[str, Look], parts: dict[str, str]) -> bool:
    visible = str(sheet.visible).endswith(".Visible")
    worksheet = str(sheet.typ).endswith(".WorkSheet")
    look = looks.get(parts.get(sheet.name, ""))
    return visible and worksheet and (look is None or look.filled)


def _sheet(book: Any, title: str, marks: dict[tuple[int, int], str]) -> Any:
    sheet = book.get_sheet_by_name(title)
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise too_far(title, f"{sheet.total_height:,} × {sheet.total_width}")
    merges = [[*start, *end] for start, end in sheet.merged_cell_ranges or []]
    yield {"sheet": title, "merges": merges}
    left = [""] * (sheet.start[1] if sheet.start else 0)
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), error in marks.items():
        by_row.setdefault(row, {})[column] = error
    place = -1
    for place, cells in enumerate(sheet.iter_rows()):
        row = left + cells
        yield _row(place, row, by_row.pop(place)) if place in by_row else [place + 1, row]
    for beyond in sorted(by_row):
        yield _row(beyond, [], by_row[beyond])
    yield None


def _row(place: int, cells: list[Any], marks: dict[int, str]) -> list[Any]:
    return [place + 1, cells + [""] * (max(marks) + 1 - len(cells)), marks]


def _plain(value: object) -> str:
    """Write a date without a midnight nobody meant."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
