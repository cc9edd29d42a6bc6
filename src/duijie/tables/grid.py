"""A grid of cells becomes rows: find the header, settle merged cells, read what is below."""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from duijie.tables.cells import Broken, Cell, shown
from duijie.tables.columns import HEAD_ROWS, Layout, Shape, find_header
from duijie.tables.rows import BadLine, Row, RowReader, Rows
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.tables.problems import Reading
    from duijie.tables.xlsx import Merge

T = TypeVar("T")

_TALLEST = 50
"""Rows a heading across the table may take up."""


def read_grid(rows: Rows, merges: Sequence[Merge], shape: Shape[T]) -> tuple[Reading[T] | None, list[list[Cell]]]:
    """Read a sheet, or return ``None`` with the rows looked at if no header of ``shape`` is among the first ones."""
    head = list(islice(rows, HEAD_ROWS))
    plain = _without_merges(head, merges)
    tried = [cells for _, cells in plain]
    found = find_header(tried, shape)
    if found is None:
        return None, tried
    place, layout = found
    number = plain[place][0]
    last = max((bottom + 1 for top, _, bottom, _ in merges if top < number <= bottom + 1), default=number)
    reader = RowReader(shape)
    below = (row for row in chain(head, rows) if row[0] > last)
    for number, cells in _settle(below, merges, layout, reader, last) if merges else below:
        if isinstance(cells, BadLine):
            reader.reject(number, cells)
        else:
            reader.take(number, layout, cells)
    return reader.finish([layout]), tried


def _without_merges(head: list[Row], merges: Sequence[Merge]) -> list[tuple[int, list[Cell]]]:
    """Repeat a header cell that reaches over several rows in each of them, so that the lower row of two is complete."""
    rows = {number: [] if isinstance(cells, BadLine) else list(cells) for number, cells in head}
    for top, left, bottom, _ in merges:
        source = rows.get(top + 1, [])
        if left < len(source):
            for number in range(top + 2, min(bottom + 1, HEAD_ROWS) + 1):
                if left < len(rows.get(number, [])):
                    rows[number][left] = source[left]
    return list(rows.items())


def _settle(rows: Rows, merges: Sequence[Merge], layout: Layout, reader: RowReader[Any], last: int) -> Rows:
    """Give merged cells below the header their meaning.

    A cell merged over several rows (a company's name over its demands) counts in each of them. An id or a title
    cannot belong to two rows, so there it is a problem. A cell across most of the table is a heading or a note, and
    is skipped.
    """
    own = {place for name in reader.shape.own for place in layout.places(name)}
    read = sorted({place for _, _, place in layout.plan})
    down: dict[int, deque[Merge]] = {place: deque() for place in read}
    across: dict[int, tuple[int, int]] = {}
    for merge in sorted(merges):
        top, left, bottom, right = merge
        if bottom < last:
            continue
        covered = [place for place in read if left <= place <= right]
        if len(covered) > max(1, len(read) // 2):
            across |= dict.fromkeys(range(top + 1, min(bottom, top + _TALLEST) + 2), (left, right))
        for place in covered:
            if (place == left and top < bottom) or (place != left and place in own) or (place in own and top < bottom):
                down[place].append(merge)
    values: dict[int, Cell] = {}
    for number, cells in rows:
        if isinstance(cells, BadLine):
            yield number, cells
            continue
        if number in across and _is_alone(cells, *across[number]):
            reader.skip_banner(number, shown(cells[across[number][0]]))
            continue
        row = [*cells, *[""] * (len(layout.columns) - len(cells))]
        for place, pending in down.items():
            while pending and pending[0][2] < number - 1:
                pending.popleft()
            if pending and pending[0][0] < number:
                _fill(row, place, pending[0], number, values, own=place in own)
        yield number, row


def _is_alone(cells: Sequence[Cell], left: int, right: int) -> bool:
    return not any(shown(cell).strip() for place, cell in enumerate(cells) if not left <= place <= right)


def _fill(row: list[Cell], place: int, merge: Merge, number: int, values: dict[int, Cell], *, own: bool) -> None:
    top, left, _, _ = merge
    if number == top + 1 and place == left:
        values[place] = row[place]
    elif own:
        row[place] = Broken(
            "",
            say("与别的格合并了", "is part of a merged cell"),
            say("请取消合并，每行各填各的", "unmerge it and fill in each row"),
        )
    else:
        row[place] = values.get(place, "")
