"""The top of a table, before it is read: its headers, a few rows below, and what each column is taken for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duijie.tables.cells import Cell, shown
from duijie.tables.columns import HEAD_ROWS, Shape, find_header, understand
from duijie.tables.delimited import csv_rows
from duijie.tables.problems import TableError
from duijie.tables.read import check_file
from duijie.tables.rows import BadLine
from duijie.tables.xlsx import open_workbook
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

SAMPLES = 3
"""Rows shown below the headers, so that a person sees what a column holds."""


@dataclass(frozen=True, slots=True)
class Head:
    """``headers`` as written, by header the column it is taken for (``guesses``), and the first rows (``samples``)."""

    row: int
    headers: tuple[str, ...]
    guesses: dict[str, str]
    samples: tuple[tuple[str, ...], ...]


def read_head(path: str | PathLike[str], shape: Shape[Any]) -> Head:
    """Find the header row of the first sheet that has one. Raises :class:`TableError`."""
    place = Path(path)
    check_file(place)
    for rows in _tops(place, shape):
        filled = [(number, cells) for number, cells in rows if sum(bool(shown(cell).strip()) for cell in cells) > 1]
        if filled:
            return _head(filled, shape)
    raise TableError(
        say(f"{place.name} 里没有表格；请填好再上传。", f"{place.name} holds no table; fill it in and upload it again.")
    )


def _head(rows: Sequence[tuple[int, Sequence[Cell]]], shape: Shape[Any]) -> Head:
    found = find_header([cells for _, cells in rows], shape)
    if found is None:
        met = [len(understand(cells, shape).plan) for _, cells in rows[:HEAD_ROWS]]
        chosen = max(range(len(met)), key=lambda place: (met[place], -place))
    else:
        chosen = found[0]
    number, cells = rows[chosen]
    layout = understand(cells, shape)
    guesses = {layout.columns[place]: name for name, _parse, place in layout.plan}
    below = rows[chosen + 1 : chosen + 1 + SAMPLES]
    return Head(number, layout.columns, guesses, tuple(tuple(shown(cell) for cell in row) for _, row in below))


def _tops(path: Path, shape: Shape[Any]) -> Iterator[list[tuple[int, Sequence[Cell]]]]:
    if path.suffix.casefold() == ".csv":
        yield _first(csv_rows(path, shape))
        return
    with open_workbook(path) as (_titles, sheets):
        for sheet in sheets:
            yield _first(sheet.rows)


def _first(rows: Any) -> list[tuple[int, Sequence[Cell]]]:
    return [(number, cells) for number, cells in islice(rows, HEAD_ROWS + SAMPLES) if not isinstance(cells, BadLine)]
