"""A person's own workbook with marks: red cells with comments where something is wrong, everything else as it was.

:func:`mark_workbook` starts ``python -m duijie.tables.mark SOURCE TARGET``, since the library that can change a workbook in
place takes much memory for a hostile one; the marks come on standard input as ``{"columns": […], "author": …, "marks":
[[row, header, sentence], …]}``. Formulas stay formulas and are not calculated.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from duijie.tables.problems import TableError
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    Mark = tuple[int, str, str]
    """Row as the person sees it, header of the column ("" for the whole row), and what is wrong there."""

RED = "FFFFC7CE"
HEAD_ROWS = 10
MEMORY = 2 * 1024**3
SECONDS = 120


def mark_workbook(source: Path, target: Path, marks: Iterable[Mark], *, columns: Sequence[str], author: str) -> None:
    """Write ``source`` with its marks to ``target``. Raises :class:`TableError` where it is too large for that."""
    said = json.dumps({"columns": list(columns), "author": author, "marks": list(marks)})
    command = [sys.executable, "-P", "-X", "utf8", "-m", "duijie.tables.mark", str(source), str(target)]
    made = subprocess.run(command, input=said, encoding="utf-8", capture_output=True, timeout=SECONDS * 2, check=False)
    if made.returncode or not target.exists():
        raise TableError(
            say(
                "这个工作簿太大或太复杂，不能在上面批注。",
                "this workbook is too large or too intricate to be marked.",
            )
        )


def main(source: str, target: str) -> None:
    """Mark one workbook."""
    _limit()
    from openpyxl import load_workbook  # noqa: PLC0415  only the child needs it

    told = json.load(sys.stdin)
    book = load_workbook(source)
    page, header, places = _find_sheet(book, set(told["columns"]))
    for (row, column), sentences in _gathered(told["marks"], places, header).items():
        _mark(_anchor(page, row, column), sentences, told["author"])
    book.save(target)


def _gathered(marks: Iterable[Mark], places: dict[str, int], header: int) -> dict[tuple[int, int], list[str]]:
    found: dict[tuple[int, int], list[str]] = {}
    first = min(places.values(), default=1)
    for row, name, sentence in marks:
        found.setdefault((max(row, header + 1), places.get(name, first)), []).append(sentence)
    return found


def _mark(cell: Any, sentences: list[str], author: str) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    earlier = [cell.comment.text] if cell.comment else []
    cell.fill = PatternFill("solid", fgColor=RED)
    cell.comment = Comment("\n".join([*earlier, *sentences]), author, width=320, height=80 + 20 * len(sentences))


def _anchor(page: Any, row: int, column: int) -> Any:
    """Return the cell; of merged ones the first, which is the one that shows."""
    cell = page.cell(row, column)
    if type(cell).__name__ != "MergedCell":
        return cell
    merged = next(one for one in page.merged_cells.ranges if cell.coordinate in one)
    return page.cell(merged.min_row, merged.min_col)


def _find_sheet(book: Any, columns: set[str]) -> tuple[Any, int, dict[str, int]]:
    """Return the visible sheet and row whose cells are most of the headers read, and where each stands."""
    best: tuple[Any, int, dict[str, int]] = (book.worksheets[0], 0, {})
    for page in book.worksheets:
        if page.sheet_state != "visible":
            continue
        for number, row in enumerate(page.iter_rows(min_row=1, max_row=HEAD_ROWS), 1):
            places: dict[str, int] = {}
            for cell in row:
                if cell.value is not None:
                    places.setdefault(" ".join(str(cell.value).split()), cell.column)
            places = {name: place for name, place in places.items() if name in columns}
            if len(places) > len(best[2]):
                best = page, number, places
    return best


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    main(*sys.argv[1:])
