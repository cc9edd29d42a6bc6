"""Workbooks, as the child process reads them out: sheets, their merged cells, and their rows."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from duijie.tables.cells import Broken, Cell
from duijie.tables.guard import damaged
from duijie.tables.problems import TableError
from duijie.tables.sheet_xml import UNCALCULATED
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duijie.tables.rows import Rows

Merge = tuple[int, int, int, int]
"""Top, left, bottom and right of merged cells, inclusive, counted from 0."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; its rows can be read once, and before the next sheet's."""

    title: str
    merges: tuple[Merge, ...]
    rows: Rows


@contextmanager
def open_workbook(path: Path) -> Iterator[tuple[list[str], Iterator[Sheet]]]:
    """Open a workbook in a child process: the titles of its visible sheets with content, and the sheets.

    Raises :class:`TableError` for a file that is not a sound workbook, or too large to be one of tables.
    """
    command = [sys.executable, "-P", "-X", "utf8", "-m", "duijie.tables.child", str(path.absolute()), say("zh", "en")]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        try:
            first = _line(child.stdout, path)
            yield first["sheets"], _sheets(child.stdout, path, len(first["sheets"]))
        finally:
            child.kill()


def _sheets(lines: IO[str], path: Path, count: int) -> Iterator[Sheet]:
    for _ in range(count):
        head = _line(lines, path)
        rows = _rows(lines, path)
        yield Sheet(head["sheet"], tuple(tuple(merge) for merge in head["merges"]), rows)
        for _ in rows:
            pass


def _rows(lines: IO[str], path: Path) -> Rows:
    while (line := _line(lines, path)) is not None:
        cells: list[Cell] = line[1]
        if len(line) > 2:
            for column, error in line[2].items():
                cells[int(column)] = _broken(error)
        yield line[0], cells


def _line(lines: IO[str], path: Path) -> Any:
    text = lines.readline()
    if not text.endswith("\n"):
        raise damaged(path.name)
    line = json.loads(text)
    if isinstance(line, dict) and "error" in line:
        raise TableError(line["error"])
    return line


def _broken(error: str) -> Broken:
    if error == UNCALCULATED:
        return Broken(
            "",
            say("是公式，但没有存下计算结果", "is a formula without a stored value"),
            say(
                "请用 Excel 打开，算好并保存，或把公式换成值",
                "open the file in Excel and save it, or replace formulas by values",
            ),
        )
    return Broken(
        error,
        say("是公式出错的结果", "is the error of a formula"),
        say("请改好公式，或直接填值", "correct the formula, or enter the value"),
    )
