"""How a cell of any sheet is read, and how a value is written so that the same cell is read again.

A way of filling a column is a :class:`Way`: ``Column("kind", …, **chosen(Kind))``. Rooms with rows to choose from have a
``cells.py`` of their own. What a cell cannot mean raises ``duijie.tables.cells.CellError`` with the reason and what to do.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from duijie.site.kernel.fields import DayField
from duijie.tables.amounts import read_budget
from duijie.tables.cells import CellError, Guess, fold, read_id, read_keywords, read_text, read_title, read_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import TextChoices

    from duijie.tables.cells import Cell

MOST_WAN = 10**9
"""万元; more than that is a wrong unit."""
MOST_MEASURES = 30


class Way(TypedDict):
    """What a column needs to know of its cells."""

    parse: Callable[..., object]
    write: NotRequired[Callable[[Any], object]]
    choices: NotRequired[Callable[[], list[str]]]


def plain(text: str) -> str:
    """Return ``text`` as names are compared: half-width, lower case, without spaces."""
    return "".join(fold(text).split()).casefold()


def listed(names: list[str]) -> str:
    """Join names as a sentence does."""
    return _("、").join(names)


# -- choices -----------------------------------------------------------------------------------------------------------


def chosen(choices: type[TextChoices], default: str = "") -> Way:
    """Return how one of some choices is filled in: by its label in either language, brackets and 阶段 left out at will."""

    def parse(cell: Cell) -> str:
        text = plain(read_word(cell))
        known = _labels(choices)
        beginning = {value for label, value in known.items() if len(text) > 1 and label.startswith(text)}
        found = known.get(text) or (beginning.pop() if len(beginning) == 1 else None)
        if text and found is None:
            labels = listed([str(label) for label in choices.labels])
            raise CellError(_("不在可选项里"), _("可以填：%(names)s") % {"names": labels})
        return found or default

    return Way(
        parse=parse,
        write=lambda value: str(choices(value).label) if value else "",
        choices=lambda: [str(label) for label in choices.labels],
    )


def several(choices: type[TextChoices]) -> Way:
    """Return how any of some choices are filled in, with any usual mark between them."""
    one = chosen(choices)
    return Way(
        parse=lambda cell: [one["parse"](word) for word in read_keywords(cell)],
        write=lambda values: listed([str(one["write"](value)) for value in values]),
    )


@cache
def _labels(choices: type[TextChoices]) -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for value, label in choices.choices:
                text = plain(str(label))
                short = re.split(r"[(（]", text)[0].removesuffix("阶段")
                known |= {short: value, text: value, value: value}
    return known


_YES = {"是", "有", "已认定", "y", "yes", "true", "1", "√", "✓", "对"}
_NO = {"", "否", "无", "不是", "未认定", "n", "no", "false", "0", "×", "x", "✗"}


def _read_yes(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    text = plain(read_title(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell))
    if text not in _YES | _NO:
        raise CellError(_("应为“是”或“否”"), _("请填“是”或“否”，不填即为“否”"))
    return True if text in _YES else None


YES = Way(parse=_read_yes, write=lambda value: _("是") if value else "", choices=lambda: [str(_("是")), str(_("否"))])


# -- text --------------------------------------------------------------------------------------------------------------


def line(most: int, read: Callable[[Cell], str] = read_title) -> Callable[[Cell], str]:
    """Return how one line of at most so many characters is read."""

    def parse(cell: Cell) -> str:
        text = read(cell)
        if len(text) > most:
            raise CellError(
                _("最多 %(most)s 个字，现有 %(now)s 个") % {"most": most, "now": len(text)}, _("请写得短一些")
            )
        return text

    return parse


def words(most: int, longest: int = 60) -> Way:
    """Return how a few words are filled in, with any usual mark between them."""

    def parse(cell: Cell) -> list[str]:
        found = list(read_keywords(cell))
        if len(found) > most:
            raise CellError(
                _("最多 %(most)s 个，现有 %(now)s 个") % {"most": most, "now": len(found)}, _("请只留主要的")
            )
        if long := next((word for word in found if len(word) > longest), None):
            raise CellError(_("“%(word)s…”太长") % {"word": long[:10]}, _("请用顿号把词语分开"))
        return found

    return Way(parse=parse, write=listed)


def paragraphs(most: int, longest: int = 300) -> Way:
    """Return how a list of sentences is filled in, one a line or between ；."""

    def parse(cell: Cell) -> list[str]:
        items = [" ".join(item.split()) for item in re.split(r"[\n；;]+", read_text(cell))]
        found = list(dict.fromkeys(item for item in items if item))
        if len(found) > most:
            raise CellError(
                _("最多 %(most)s 项，现有 %(now)s 项") % {"most": most, "now": len(found)}, _("请只留主要的")
            )
        if long := next((item for item in found if len(item) > longest), None):
            raise CellError(_("“%(word)s…”太长") % {"word": long[:10]}, _("请用分号或换行把各项分开"))
        return found

    return Way(parse=parse, write="\n".join)


read_phone = line(40, read_id)


def read_email(cell: Cell) -> str:
    """Read an address for mail."""
    return _valid(fold(read_word(cell)).replace(" ", ""), validate_email, _("不是电子邮箱"), "name@example.cn")


def read_website(cell: Cell) -> str:
    """Read an address of the web, with or without its beginning."""
    text = read_word(cell)
    whole = text if not text or "://" in text else f"https://{text}"
    return _valid(whole, URLValidator(schemes=["http", "https"]), _("不是网址"), "https://www.example.cn")


def _valid(text: str, check: Callable[[str], None], reason: str, example: str) -> str:
    try:
        if text:
            check(line(200)(text))
    except ValidationError:
        raise CellError(reason, _("请写成 %(example)s 的样子") % {"example": example}) from None
    return text


# -- days, amounts, indicators -----------------------------------------------------------------------------------------

_DAY = DayField(required=False)


def read_day(cell: Cell) -> object:
    """Read a day in every usual writing."""
    text = read_word(cell).removesuffix(" 00:00:00").removesuffix("T00:00:00")
    try:
        return _DAY.clean(text)
    except ValidationError as error:
        told = error.messages[0].rstrip("。") if error.error_list[0].code == "no_such_day" else _("看不出是哪一天")
        raise CellError(told, _("请写成 2026-11-23 的样子")) from None


DAY = Way(parse=read_day, write=lambda day: f"{day:%Y-%m-%d}" if day else "")


def read_wan(cell: Cell, *, unit: float = 1e4) -> float | Guess | None:
    """Read money as 万元; what is more than anybody has is a wrong unit."""
    read = read_budget(cell, unit=unit)
    value = read.value if isinstance(read, Guess) else read
    if isinstance(value, int | float) and value > MOST_WAN:
        raise CellError(_("金额太大"), _("请检查单位是元还是万元"))
    return read


def read_yuan(cell: Cell, *, unit: float = 1e4) -> Decimal | Guess | None:
    """Read money as yuan; a bare number counts in the header's unit, 万元 by default."""
    read = read_wan(cell, unit=unit)
    if isinstance(read, Guess):
        return Guess(_yuan(read.value), read.why)
    return None if read is None else _yuan(read)


def _yuan(wan: object) -> Decimal:
    return (Decimal(str(wan)) * 10_000).quantize(Decimal("0.01"))


def _number(value: Any) -> object:
    """Write a number as a number, so that a sheet can add it up."""
    if value is None:
        return ""
    number = float(value)
    return int(number) if math.isfinite(number) and number.is_integer() else number


WAN = Way(parse=read_wan, write=_number)
YUAN = Way(parse=read_yuan, write=lambda yuan: None if yuan is None else _number(yuan / 10_000))

_MEASURE = re.compile(
    r"(?P<name>.*?\D)??[\s:：,，;；|/]*"
    r"(?P<value>(?:不[低小少]于|不[高大多超]于|不超过|[≥≤<>＜＞=＝±约])*\s*-?\d[\d,.]*(?:\s*[-–~～至×x]\s*-?\d[\d,.]*)*)"
    r"\s*(?P<unit>[^\s\d；;。]{0,12})[。；;]?"
)


def measure_of(text: str) -> dict[str, str] | None:
    """Read one indicator, name, value and unit: 发芽率 ≥85 %; None where there is no number in it. Full-width is folded."""
    found = _MEASURE.fullmatch(fold(text))
    if found is None:
        return None
    name = (found["name"] or "").strip(" \t:：,，;；|/")
    return {"name": name, "value": "".join(found["value"].split()), "unit": found["unit"]}


def written_measure(one: dict[str, str]) -> str:
    """Write one indicator: 发芽率 ≥85 %."""
    return " ".join(part for part in (one.get("name", ""), one.get("value", ""), one.get("unit", "")) if part)


def _read_measures(cell: Cell) -> list[dict[str, str]]:
    lines = [text.strip(" \t·•-") for text in re.split(r"[\n;]+", fold(read_text(cell)))]
    found = [(text, measure_of(text)) for text in lines if text]
    if len(found) > MOST_MEASURES:
        raise CellError(_("最多 %(most)s 项指标") % {"most": MOST_MEASURES}, _("请只留主要的"))
    if wrong := next((text for text, read in found if read is None), None):
        raise CellError(_("“%(text)s”看不出数值") % {"text": wrong[:20]}, _("请写成“发芽率 ≥85%”的样子，每行一项"))
    return [read for _text, read in found if read]


MEASURES = Way(parse=_read_measures, write=lambda rows: "\n".join(written_measure(row) for row in rows))


def written(value: Any) -> object:
    """Write a value that needs no words of its own."""
    return "" if value is None else listed([str(one) for one in value]) if isinstance(value, list | tuple) else value
