"""Numbers and grades as people write them: "TRL 6", "1,200 万元", "20-50万", "3 项", "较强"."""

from __future__ import annotations

import math
import re

from duijie.tables.cells import NOT_SAID, Cell, CellError, Guess, fold, read_title, read_word, shown
from duijie.words import say

_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}
_DIGITS |= {str(value): value for value in range(1, 10)}
_LEVEL = r"(?:trl|level|技术成熟度|成熟度|第|[-:：])*([1-9一二三四五六七八九])(?:\.0)?(?:等?级)?"
_TRL = re.compile(rf"{_LEVEL}(?:[-~～–—至到]{_LEVEL})?(?:[(（].*[)）])?")


def read_trl(cell: Cell) -> int | Guess | None:
    """Read a technology readiness level, 1–9: "TRL 6", "6级", "第六级"; of "6-7级" the lower, as what is sure."""
    text = "".join(fold(read_word(shown(cell) if isinstance(cell, float) else cell)).casefold().split())
    if text in _DIGITS:
        return _DIGITS[text]
    if not text:
        return None
    found = None if isinstance(cell, bool) else _TRL.fullmatch(text)
    if found is None:
        raise CellError(
            say("应为 1–9 的整数", "should be a whole number from 1 to 9"),
            say("请改为 1–9", "enter a number from 1 to 9"),
        )
    low, high = _DIGITS[found[1]], _DIGITS[found[2] or found[1]]
    if low == high:
        return low
    return Guess(min(low, high), say("写的是区间，取了较低的一级", "a range; the lower level was taken"))


_UNITS = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_AMOUNT = r"(\d+(?:\.\d+)?(?:e\+?\d{1,2})?)(百万|千万|十万|亿|万|千|百)?(元|圆|块|rmb|人民币)?"
_BUDGET = re.compile(
    rf"(?:约|大约|大概|不超过|不少于|不低于|≤|≥|<|>|人民币|rmb|¥|￥)*{_AMOUNT}"
    rf"(?:[-~～–—至到]+{_AMOUNT})?(?:以上|以下|以内|左右|起|余|整)*(?:[(（].*[)）])?"
)
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def read_budget(cell: Cell, *, unit: float = 1e4) -> float | Guess | None:
    """Read money as 万元; a bare number counts in ``unit`` yuan, the header's unit.

    Of a range such as "20-50万" the middle is taken: it is nearest to whatever is agreed in the end.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not (math.isfinite(cell) and cell >= 0):
            raise _bad_budget()
        return round(cell * unit / 1e4, 6)
    text = _GROUPED.sub("", "".join(fold(read_word(cell)).casefold().split()))
    if text in NOT_SAID:
        return None
    found = _BUDGET.fullmatch(text)
    if found is None:
        raise _bad_budget()
    first, scale, yuan, last, last_scale, last_yuan = found.groups()
    high = None if last is None else _amount(last, last_scale, last_yuan, unit)
    low = (
        _amount(first, scale, yuan, unit) if scale or yuan or not last else _amount(first, last_scale, last_yuan, unit)
    )
    if high is None:
        return low
    if high < low:
        raise _bad_budget()
    return Guess(round((low + high) / 2, 6), say("写的是区间，取了中间值", "a range; its middle was taken"))


def _amount(number: str, scale: str | None, yuan: str | None, unit: float) -> float:
    return round(float(number) * (_UNITS[scale or ""] if scale or yuan else unit) / 1e4, 6)


def _bad_budget() -> CellError:
    return CellError(
        say("应为人民币金额", "should be an amount of money in yuan"),
        say("请填数字，如 50、50万、1,200万元，未定就留空", "enter a number such as 50 or 50万, or leave it blank"),
    )


def read_count(cell: Cell) -> int | None:
    """Read a whole number from 0 on, with or without a measure word: "3", "3 项", 3.0."""
    text = "".join(fold(read_word(shown(cell) if isinstance(cell, float) else cell)).split())
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,9})(?:\.0+)?[个项家人次名支]?", text)
    if found is None:
        raise CellError(
            say("应为不小于 0 的整数", "should be a whole number, 0 or more"),
            say("请填整数，如 3", "enter a number such as 3"),
        )
    return int(found[1])


def read_number(cell: Cell) -> float | None:
    """Read a finite number."""
    if isinstance(cell, float) and math.isfinite(cell):
        return cell
    text = fold(read_word(cell))
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if isinstance(cell, bool) or not math.isfinite(number):
        raise CellError(
            say("应为数字", "should be a number"), say("请改为数字，如 0.85", "enter a number such as 0.85")
        )
    return number


_GRADES = {"1": 1, "2": 2, "3": 3, "4": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_GRADES |= {"无": 1, "不相关": 1, "不匹配": 1, "无关": 1, "弱": 2, "较弱": 2, "弱相关": 2}
_GRADES |= {"较强": 3, "较强相关": 3, "强": 4, "强相关": 4, "很强": 4}
_GRADES |= {"none": 1, "weak": 2, "fairly strong": 3, "strong": 4}


def read_level(cell: Cell) -> int | None:
    """Read how well an offer answers a demand: 4 strong 强, 3 fairly strong 较强, 2 weak 弱, 1 none 无."""
    text = fold(read_title(shown(cell) if isinstance(cell, float) else cell)).casefold().removesuffix("级").strip()
    if not text:
        return None
    if text not in _GRADES or isinstance(cell, bool):
        raise CellError(
            say("应为 1–4（4 强、3 较强、2 弱、1 无）", "should be 1 to 4 (4 strong, 3 fairly strong, 2 weak, 1 none)"),
            say("请改为 1–4", "enter a number from 1 to 4"),
        )
    return _GRADES[text]


_VERDICTS = {"match": "match", "匹配": "match", "有匹配": "match", "推荐": "match"}
_VERDICTS |= {"no match": "no match", "无匹配": "no match", "没有匹配": "no match", "不匹配": "no match"}
_VERDICTS |= {"too vague": "too vague", "太笼统": "too vague", "过于笼统": "too vague", "写得太笼统": "too vague"}


def read_verdict(cell: Cell) -> str:
    """Read what was concluded for a demand: match 匹配, no match 无匹配, too vague 太笼统."""
    text = read_title(cell).casefold()
    if text and text not in _VERDICTS:
        raise CellError(
            say("应为“匹配”“无匹配”或“太笼统”", "should be “match”, “no match” or “too vague”"),
            say("请改为其中之一", "enter one of the three"),
        )
    return _VERDICTS.get(text, "")
