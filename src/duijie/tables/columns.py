"""Which column is which: headers as officers write them, recognised and bound to the names of a row type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

from duijie.tables.cells import Cell, shown
from duijie.tables.problems import TableError, shorten
from duijie.words import say

T = TypeVar("T")

HEAD_ROWS = 10
"""The header is looked for in so many first rows; officers put titles and notes above it."""

Parse = Callable[[Cell], object]


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row: the attribute it fills, the headers understood (most telling first), and how a cell is read.

    ``required`` says the table must have the column, ``may_be_blank`` that a cell of it may say nothing all the same.
    Of two headers for one column the more telling is read and the other ignored; with ``joined`` all are read, as
    paragraphs of one text. ``varies`` says that no two cells are likely to be the same. With ``unit`` the header may
    name a unit of money, handed to ``parse`` in yuan.
    """

    name: str
    headers: tuple[str, ...]
    parse: Callable[..., object]
    required: bool = False
    may_be_blank: bool = False
    joined: bool = False
    varies: bool = False
    unit: bool = False


@dataclass(frozen=True)
class Shape(Generic[T]):
    """A row type and its columns.

    ``key`` names the columns no two rows may share, ``own`` those whose cells must not be merged.
    """

    build: Callable[..., T]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    own: tuple[str, ...] = ("id", "title")

    @cached_property
    def known(self) -> dict[str, tuple[int, int]]:
        """Folded header → (which column, how telling: 0 is best)."""
        return {
            fold_header(header): (place, rank)
            for place, column in enumerate(self.columns)
            for rank, header in enumerate((*column.headers, column.name))
        }

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the columns a table must have."""
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """Names of the columns whose cells must say something."""
        return tuple(column.name for column in self.columns if column.required and not column.may_be_blank)


@dataclass(frozen=True, slots=True)
class Layout:
    """One header row, understood: for each value its name, how to read the cell, and where the cell stands."""

    columns: tuple[str, ...]
    plan: tuple[tuple[str, Parse, int], ...]
    ignored: tuple[str, ...]
    names: frozenset[str]

    def places(self, name: str) -> tuple[int, ...]:
        """Return the positions of the cells that ``name`` is read from."""
        return tuple(place for bound, _, place in self.plan if bound == name)

    def header(self, name: str) -> str:
        """Return the header of ``name`` as the person wrote it, or "" if the table has none."""
        places = self.places(name)
        return self.columns[places[0]] if places else ""


_MARKS = re.compile(r"[\s*:_·.\"'“”‘’]+")
_NOTE = re.compile(r"[(\[【〔<].*[)\]】〕>]$")
_YUAN = re.compile(r"(亿元|千万元|百万元|十万元|万元|千元|元|亿|万)\)?$")
_FOREIGN = re.compile(r"美元|欧元|日元|港元|usd|eur|\$")
_IN_YUAN = {
    "元": 1,
    "千元": 1e3,
    "万": 1e4,
    "万元": 1e4,
    "十万元": 1e5,
    "百万元": 1e6,
    "千万元": 1e7,
    "亿": 1e8,
    "亿元": 1e8,
}


def fold_header(text: str) -> str:
    """Return a header without blanks, line breaks, marks, case or full-width forms: "＊需求 名称：" → "需求名称"."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def letter(place: int) -> str:
    """Return a spreadsheet's name of the column at ``place``, counted from 0: 0 → "A", 26 → "AA"."""
    name = ""
    while place >= 0:
        name = chr(65 + place % 26) + name
        place = place // 26 - 1
    return name


def understand(cells: Sequence[Cell], shape: Shape[Any]) -> Layout:
    """Bind a header row's cells to the columns of ``shape``."""
    columns = tuple(" ".join(shown(cell).split()) or letter(place) for place, cell in enumerate(cells))
    best: dict[int, tuple[int, int]] = {}
    bound: list[tuple[int, int, float | None]] = []
    for place, header in enumerate(columns):
        found = _recognise(header, shape)
        if found is None:
            continue
        index, rank, unit = found
        bound.append((index, place, unit))
        best[index] = min(best.get(index, (rank, place)), (rank, place))
    plan = tuple(
        (shape.columns[index].name, _parser(shape.columns[index], unit), place)
        for index, place, unit in bound
        if shape.columns[index].joined or best[index][1] == place
    )
    read = {place for _, _, place in plan}
    blank = {place for place, cell in enumerate(cells) if not shown(cell).strip()}
    ignored = tuple(name for place, name in enumerate(columns) if place not in read and place not in blank)
    return Layout(columns, plan, ignored, frozenset(name for name, _, _ in plan))


def _recognise(header: str, shape: Shape[Any]) -> tuple[int, int, float | None] | None:
    folded = fold_header(header)
    if found := shape.known.get(folded):
        money = _YUAN.search(folded) if shape.columns[found[0]].unit else None
        return (*found, _IN_YUAN[money[1]] if money else None)
    if _FOREIGN.search(folded):
        return None
    if found := shape.known.get(_NOTE.sub("", folded)):
        column = shape.columns[found[0]]
        unit = _YUAN.search(folded) if column.unit else None
        return (*found, _IN_YUAN[unit[1]] if unit else None)
    unit = _YUAN.search(folded)
    found = shape.known.get(folded[: unit.start()].rstrip("/-,，(")) if unit else None
    if found and unit and shape.columns[found[0]].unit:
        return (*found, _IN_YUAN[unit[1]])
    return None


def _parser(column: Column, unit: float | None) -> Parse:
    parse = partial(column.parse, unit=unit) if unit else column.parse
    return parse if column.varies else _remembering(parse)


def _remembering(parse: Parse) -> Parse:
    """Return ``parse`` with a memory for text, as long as what it has met fits in little space."""
    memory: dict[str, object] = {}

    def read(cell: Cell) -> object:
        if not isinstance(cell, str):
            return parse(cell)
        try:
            return memory[cell]
        except KeyError:
            value = parse(cell)
            if len(memory) < 10_000 and len(cell) < 100:
                memory[cell] = value
            return value

    return read


def find_header(rows: Sequence[Sequence[Cell]], shape: Shape[Any]) -> tuple[int, Layout] | None:
    """Find the header among the first rows: the one with the required columns and most others, or ``None``."""
    best: tuple[int, Layout] | None = None
    for place, cells in enumerate(rows[:HEAD_ROWS]):
        layout = understand(cells, shape)
        if layout.names.issuperset(shape.required) and (best is None or len(layout.names) > len(best[1].names)):
            best = place, layout
    return best


def missing_column(name: str, rows: Sequence[Sequence[Cell]], shape: Shape[Any]) -> TableError:
    """Return the error that no header was found: the columns seen, the names understood, and the nearest guess."""
    cells = max(
        rows, key=lambda cells: (len(understand(cells, shape).plan), sum(bool(shown(cell).strip()) for cell in cells))
    )
    has = understand(cells, shape).names
    lacking = next(column for column in shape.columns if column.required and column.name not in has)
    headers = [shorten(shown(cell)) for cell in cells if shown(cell).strip()][:20]
    understood = "、".join(dict.fromkeys((*lacking.headers, lacking.name)))
    guess = _nearest(headers, lacking)
    hint_zh, hint_en = ("", "")
    if guess:
        hint_zh = f"“{guess[0]}”是不是“{guess[1]}”？"
        hint_en = f" Is “{guess[0]}” meant as “{guess[1]}”?"
    return TableError(
        say(
            f"{name} 里没有找到「{lacking.headers[0]}」这一列；看到的列是：{'、'.join(headers)}；"
            f"这一列可以写作：{understood}。{hint_zh}请改表头后重试。",
            f"{name} has no column “{lacking.name}”; the columns seen are: {', '.join(headers)}; "
            f"it may be called: {understood}.{hint_en} Rename the column and try again.",
        )
    )


def _nearest(headers: Sequence[str], column: Column) -> tuple[str, str] | None:
    from rapidfuzz import fuzz, process  # noqa: PLC0415  needed only for a table nobody could read

    names = {fold_header(name): name for name in (*column.headers, column.name)}
    best: tuple[float, str, str] | None = None
    for header in headers:
        found = process.extractOne(fold_header(header), list(names), scorer=fuzz.ratio, score_cutoff=50)
        if found and (best is None or found[1] > best[0]):
            best = found[1], header, names[found[0]]
    return best and best[1:]
