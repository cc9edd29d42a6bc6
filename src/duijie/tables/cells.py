"""One cell at a time: what a person wrote, as the value that was meant.

A function here takes a cell as it came from the file and returns a value, a :class:`Guess` when it had to choose,
or raises :class:`CellError`. A cell that says nothing (blank, 无, 待定, 面议, –, /) is "not said".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from duijie.words import say

MAX_TEXT = 1_000_000
"""Characters one cell may hold; a long demand has a few thousand."""

MAX_EXACT = 10**15
"""From here on a spreadsheet's number no longer holds every digit of a code."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A spreadsheet cell without a usable value: ``shown`` to the person, with the reason and what to do."""

    shown: str
    reason: str
    advice: str


Cell: TypeAlias = "str | int | float | bool | list[object] | dict[str, object] | Broken | None"


@dataclass(frozen=True, slots=True)
class Guess:
    """A value chosen where the cell left a choice; ``why`` completes “3 cells are …”."""

    value: object
    why: str


class CellError(ValueError):
    """A cell that means nothing here: ``reason`` says what was expected, ``advice`` what to do."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason
        self.advice = advice
        super().__init__(reason)


class RowError(CellError):
    """A row whose cells are each fine but do not go together; ``name`` is the column to look at."""

    def __init__(self, name: str, reason: str, advice: str) -> None:
        self.name = name
        super().__init__(reason, advice)


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
NOT_SAID = {
    "",
    "-",
    "--",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "无",
    "暂无",
    "没有",
    "待定",
    "未定",
    "面议",
    "另议",
    "不详",
    "未知",
}
NOT_SAID |= {"n/a", "na", "none", "null", "nil", "tbd", "negotiable"}


def fold(text: str) -> str:
    """Return ``text`` with full-width forms as plain ones: ``"ＴＲＬ６"`` → ``"TRL6"``."""
    return text if text.isascii() else text.translate(_WIDE)


def shown(cell: Cell) -> str:
    """Return a cell as the person sees it."""
    if isinstance(cell, Broken):
        return cell.shown
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_EXACT:
        return str(int(cell))
    return "" if cell is None else str(cell)


def read_text(cell: Cell) -> str:
    """Read running text; line breaks stay, characters that cannot be printed go."""
    text = (cell if isinstance(cell, str) else _as_text(cell)).strip()
    if len(text) > MAX_TEXT:
        raise CellError(
            say(
                f"有 {len(text):,} 个字，最多 {MAX_TEXT:,} 个",
                f"has {len(text):,} characters; {MAX_TEXT:,} is the most",
            ),
            say("请只留下要点", "keep what matters"),
        )
    return text if text.isprintable() else _UNPRINTABLE.sub("", text)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, Broken):
        raise CellError(cell.reason, cell.advice)
    if isinstance(cell, list | dict):
        raise CellError(
            say("里面还套着列表或对象，应为一段文字", "is a nested value, but should be plain text"),
            say("请把它写成一段文字", "write it as one text"),
        )
    return shown(cell)


def read_title(cell: Cell) -> str:
    """Read a name on one line."""
    text = read_text(cell)
    return text if text.isprintable() else " ".join(text.split())


def read_word(cell: Cell) -> str:
    """Read a short entry such as a field or a region, by name or by code; "无" and the like are not said."""
    text = read_title(cell)
    return "" if text.casefold() in NOT_SAID else text


def read_id(cell: Cell) -> str:
    """Read a number or code that names a row: 7.0 from a spreadsheet is "7", full-width digits are plain ones."""
    if isinstance(cell, float) and abs(cell) >= MAX_EXACT:
        raise CellError(
            say("超过 15 位，被表格软件当作数存了近似值", "has more than 15 digits, which a spreadsheet rounds"),
            say("请把这一列设为“文本”后重新填写", "format the column as text and enter it again"),
        )
    text = fold(read_title(cell)).strip()
    if len(text) > 200:
        raise CellError(
            say("超过 200 个字，不像编号", "is too long for an id"), say("请填一个短编号", "enter a short id")
        )
    return text


_SEPARATORS = re.compile(r"[；;，,、|/\n\t]+|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


def read_keywords(cell: Cell) -> tuple[str, ...]:
    """Read keywords, split at ；;，,、|/ and at blanks between Chinese words; a JSON list is taken as it is."""
    if isinstance(cell, list):
        words = [read_title(word) if not isinstance(word, list | dict) else read_text(word) for word in cell]  # type: ignore[arg-type]
    else:
        words = [word.strip() for word in _SEPARATORS.split(read_text(cell))]
    return tuple(dict.fromkeys(word for word in words if word.casefold() not in NOT_SAID))
