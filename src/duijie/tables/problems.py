"""What can be wrong with a table, as data and as one sentence.

::

    ValueError
    └── TableError     the file as a whole cannot be used
        └── BadTable   the file was read, and rows of it are wrong
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

SHOWN = 40
"""How many characters of a wrong value a sentence repeats."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one row.

    ``row`` is the number the person sees: the spreadsheet's row with the header counted, or the line of a .jsonl file.
    ``column`` is the header as the person wrote it, ``value`` what the cell says, ``reason`` what was expected and
    ``advice`` what to do. ``cells`` is the whole row as it came, by header, for :func:`duijie.tables.write.write_bad`.
    """

    row: int
    column: str
    value: str
    reason: str
    advice: str
    cells: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def sentence(self) -> str:
        """Say where, what is there, what should be there and what to do, in the reader's language."""
        shown = shorten(self.value)
        place_zh = f"第 {self.row} 行" + (f"「{self.column}」" if self.column else "")
        place_en = f"row {self.row}" + (f", “{self.column}”" if self.column else "")
        found_zh, found_en = (f"填的是“{shown}”，", f"“{shown}” ") if shown else ("", "")
        return say(
            f"{place_zh}：{found_zh}{self.reason}；{self.advice}。",
            f"{place_en}: {found_en}{self.reason}; {self.advice}.",
        )


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What a file gave: the good rows, the bad ones, and what the person should know about the rest.

    ``columns`` are the headers as written, ``ignored_columns`` those of them that nothing was read from, ``numbers``
    the row numbers of ``rows``.
    """

    rows: tuple[T, ...]
    bad: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


class TableError(ValueError):
    """A file that cannot be read or written; ``str()`` is one sentence for the person who gave it."""


class BadTable(TableError):
    """A file with wrong rows; ``reading`` holds the good rows and every problem."""

    def __init__(self, name: str, reading: Reading[Any]) -> None:
        self.name = name
        self.reading = reading
        super().__init__(_summary(name, reading))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem found, in the order of the rows."""
        return self.reading.bad


def shorten(value: str) -> str:
    """Return ``value`` on one line and short enough to stand in a sentence."""
    flat = " ".join(value[: SHOWN * 4].split())
    return flat if len(flat) <= SHOWN else flat[:SHOWN] + "…"


def _summary(name: str, reading: Reading[Any]) -> str:
    count = len({problem.row for problem in reading.bad})
    first = reading.bad[0].sentence()
    if not reading.rows:
        return say(
            f"{name} 没有一行可用（{count} 行有错），第一处：{first}请改好后重试。",
            f"{name}: no row can be used ({count} with problems); the first: {first} Correct the file and try again.",
        )
    return say(
        f"{name} 有 {count} 行填得不对，第一处：{first}请改好后重试，或加 --skip-bad 跳过这些行。",
        f"{name}: {count} row(s) need correction; the first: {first} Correct them, or leave them out with --skip-bad.",
    )
