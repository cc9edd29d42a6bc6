"""Rows in the making: cells become typed rows, and whatever is wrong becomes a problem with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from duijie.tables.cells import Broken, Cell, CellError, Guess, RowError, shown
from duijie.tables.columns import Layout, Shape, fold_header, letter
from duijie.tables.problems import Problem, Reading, shorten
from duijie.words import say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that could not even be cut into cells."""

    raw: str
    reason: str
    advice: str


Row = tuple[int, "Sequence[Cell] | BadLine"]
Rows = Iterator[Row]


class RowReader(Generic[T]):
    """Collects the rows of one file; :meth:`take` each, then :meth:`finish`."""

    def __init__(self, shape: Shape[T]) -> None:
        self.shape = shape
        self.rows: list[T] = []
        self.numbers: list[int] = []
        self.bad: list[Problem] = []
        self.warnings: list[str] = []
        self._seen: dict[object, int] = {}
        self._guesses: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
        self._numbered: list[int] = []
        self._only_numbered: list[int] = []
        self._has_id = "id" in shape.key
        self._key = shape.key[0] if len(shape.key) == 1 else ""
        self._order = ("id", *shape.filled) if self._has_id else shape.filled
        self._filled = frozenset(self._order)

    def take(self, number: int, layout: Layout, row: Sequence[Cell]) -> None:
        """Read the row that the person sees as ``number``."""
        width = len(layout.columns)
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, parse, place in layout.plan:
            cell = row[place]
            if cell is None or cell == "":
                continue
            try:
                value = parse(cell)
            except CellError as error:
                problems.append(_problem(number, layout, row, place, error))
                continue
            if value.__class__ is Guess:
                value = self._note(number, layout.columns[place], cell, value)
            if value is None or value == "":
                continue
            values[name] = f"{values[name]}\n{value}" if name in values else value
        if len(row) > width and any(shown(cell).strip() for cell in row[width:]):
            problems.append(_too_long(number, layout, row))
        if not values and not problems and not any(shown(cell).strip() for cell in row):
            return
        self._finish_row(number, layout, row, values, problems)

    def _finish_row(
        self, number: int, layout: Layout, row: Sequence[Cell], values: dict[str, Any], problems: list[Problem]
    ) -> None:
        if self._has_id:
            if "id" not in layout.names:
                self._numbered.append(number)
                values["id"] = str(number)
            elif len(values) == 1 and not problems and _is_template_row(layout, values):
                self._only_numbered.append(number)
                return
        if not values.keys() >= self._filled:
            problems += self._blanks(number, layout, row, values, problems)
        key = values.get(self._key) if self._key else tuple(values.get(name, "") for name in self.shape.key) or None
        first = number if key is None else self._seen.setdefault(key, number)
        if first != number:
            problems.append(_duplicate(number, first, layout, row, self.shape))
        if not problems:
            try:
                self.rows.append(self.shape.build(**values))
                self.numbers.append(number)
            except RowError as error:
                problems.append(_mismatch(number, layout, row, error))
        self.bad.extend(problems)

    def _blanks(
        self, number: int, layout: Layout, row: Sequence[Cell], values: dict[str, Any], problems: list[Problem]
    ) -> list[Problem]:
        wrong = {problem.column for problem in problems}
        headers = (layout.header(name) or _own_name(self.shape, name) for name in self._order if name not in values)
        return [_empty(number, layout, row, header) for header in headers if header not in wrong]

    def reject(self, number: int, line: BadLine) -> None:
        """Record a row that could not be cut into cells."""
        header = say("原文", "line")
        self.bad.append(Problem(number, "", shorten(line.raw), line.reason, line.advice, {header: line.raw}))

    def skip_banner(self, number: int, text: str) -> None:
        """Record a row that is one cell across the table: a heading or a note, not data."""
        self.warnings.append(
            say(
                f"第 {number} 行是横跨全表的合并格（“{shorten(text)}”），当作说明跳过了",
                f"row {number} is one merged cell across the table (“{shorten(text)}”) and was skipped as a note",
            )
        )

    def finish(self, layouts: Iterable[Layout]) -> Reading[T]:
        """Return what was read; ``layouts`` are the headers met, in order."""
        columns: dict[str, None] = {}
        ignored: dict[str, None] = {}
        for layout in layouts:
            columns.update(dict.fromkeys(layout.columns))
            ignored.update(dict.fromkeys(layout.ignored))
        return Reading(
            tuple(self.rows),
            tuple(self.bad),
            (*self.warnings, *self._remarks()),
            tuple(ignored),
            tuple(columns),
            tuple(self.numbers),
        )

    def _note(self, number: int, column: str, cell: Cell, guess: Guess) -> object:
        self._guesses.setdefault((column, guess.why), []).append(
            (number, shown(cell), str(guess.value).removesuffix(".0"))
        )
        return guess.value

    def _remarks(self) -> Iterator[str]:
        if self._numbered:
            yield say(
                "没有编号这一列，用行号当编号；下次换了顺序，编号也会变，最好自己编号",
                "there is no id column, so row numbers serve as ids; they change when the order does: better add ids",
            )
        for (column, why), cases in self._guesses.items():
            number, value, chosen = cases[0]
            yield say(
                f"「{column}」有 {len(cases)} 处{why}，如第 {number} 行“{shorten(value)}”按 {chosen} 计",
                f"“{column}”: {len(cases)} cell(s) hold {why}, such as row {number}, “{shorten(value)}” = {chosen}",
            )
        if rows := self._only_numbered:
            yield say(
                f"有 {len(rows)} 行只有序号、没有内容（从第 {rows[0]} 行起），跳过了",
                f"{len(rows)} row(s) hold a number and nothing else (from row {rows[0]}) and were skipped",
            )


def cells_by_header(layout: Layout, row: Sequence[Cell]) -> Mapping[str, object]:
    """Return a row's cells as they came, by header; cells beyond the header under the column's letter."""
    names = (*layout.columns, *(letter(place) for place in range(len(layout.columns), len(row))))
    return {name: cell.shown if isinstance(cell, Broken) else cell for name, cell in zip(names, row, strict=False)}


def _problem(number: int, layout: Layout, row: Sequence[Cell], place: int, error: CellError) -> Problem:
    column, value = layout.columns[place], shown(row[place])
    return Problem(number, column, value, error.reason, error.advice, cells_by_header(layout, row))


def _mismatch(number: int, layout: Layout, row: Sequence[Cell], error: RowError) -> Problem:
    places = layout.places(error.name)
    if places:
        return _problem(number, layout, row, places[0], error)
    return Problem(number, "", "", error.reason, error.advice, cells_by_header(layout, row))


def _empty(number: int, layout: Layout, row: Sequence[Cell], header: str) -> Problem:
    reason, advice = say("是空的", "is empty"), say("请填写，或删去这一行", "fill it in, or delete the row")
    return Problem(number, header, "", reason, advice, cells_by_header(layout, row))


def _duplicate(number: int, first: int, layout: Layout, row: Sequence[Cell], shape: Shape[Any]) -> Problem:
    places = [place for name in shape.key for place in layout.places(name)]
    column = "+".join(layout.columns[place] for place in places)
    value = " + ".join(shown(row[place]) for place in places)
    reason = say(f"与第 {first} 行重复", f"is already used in row {first}")
    advice = say("请改掉其中一个，或删去一行", "change one of them, or delete one of the rows")
    return Problem(number, column, value, reason, advice, cells_by_header(layout, row))


def _too_long(number: int, layout: Layout, row: Sequence[Cell]) -> Problem:
    width = len(layout.columns)
    reason = say(f"这一行有 {len(row)} 格，表头只有 {width} 列", f"the row has {len(row)} cells, the header {width}")
    advice = say("多半是文字里的逗号没有加引号，请检查", "probably a comma in a text without quotes: check it")
    return Problem(number, "", "", reason, advice, cells_by_header(layout, row))


def _own_name(shape: Shape[Any], name: str) -> str:
    return next(say(column.headers[0], column.name) for column in shape.columns if column.name == name)


def _is_template_row(layout: Layout, values: Mapping[str, str]) -> bool:
    """Whether only the running number of an unused line of a form is filled in."""
    return "id" in values and values["id"].isdigit() and fold_header(layout.header("id")) == "序号"
