"""Reasons, parts of a score, levels and verdicts, as people read them.

A sentence quotes the two texts only where its reader may read both; of a text he may know by title and field alone,
reasons say that something agrees, never what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duijie.site.kernel.fields import money
from duijie.site.matching.models.verdict import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.utils.functional import _StrOrPromise

    from duijie.site.kernel.parts import Tone

    Reason = Mapping[str, Any]

PARTS: dict[str, _StrOrPromise] = {
    "words": gettext_lazy("正文用词"),
    "title": gettext_lazy("题目和关键词"),
    "meaning": gettext_lazy("整体意思"),
    "foreign": gettext_lazy("跨语言的意思"),
    "field": pgettext_lazy("score", "技术领域"),
    "industry": pgettext_lazy("score", "行业"),
    "region": pgettext_lazy("score", "地区"),
    "maturity": pgettext_lazy("score", "成熟度"),
    "budget": pgettext_lazy("score", "经费"),
}
"""What each part of a score is called, in the order of the bars."""
GROUPS: tuple[tuple[_StrOrPromise, tuple[str, ...]], ...] = (
    (gettext_lazy("用词"), ("words", "title")),
    (gettext_lazy("意思"), ("meaning", "foreign")),
    (gettext_lazy("条件"), ("field", "industry", "region", "maturity", "budget")),
)
"""The parts as a line of a list shows them."""
TONES: dict[int, Tone] = {4: "success", 3: "info", 2: "warning", 1: ""}

_SHOWN = 4  # phrases a sentence names
_TELLING = re.compile(r"[\u3400-\u9fff]{2}|[a-z]{4}|[a-z]+[-\d]|\d+[a-z]{2}", re.IGNORECASE)


def level_word(level: int | None) -> str:
    """Return a level in words; nothing where there is none."""
    return str(Level(level).label) if level in Level.values else ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a score: ``value`` on a scale that ends at ``most``; negative where it speaks against."""

    label: _StrOrPromise
    value: float
    most: float

    @property
    def length(self) -> str:
        """How long the bar is, as HTML wants it."""
        return f"{min(abs(self.value), self.most):.4f}"

    @property
    def whole(self) -> str:
        """The longest it can be."""
        return f"{max(self.most, 1e-4):.4f}"

    @property
    def words(self) -> str:
        """The value as text: +0.41, −0.02."""
        return f"{'−' if self.value < 0 else '+'}{abs(self.value):.2f}"


def bars(reasons: Iterable[Reason], weights: Mapping[str, float]) -> list[Bar]:
    """Return a bar for each part that counted, in the order of :data:`PARTS`, all on the scale of the weightiest."""
    counted = {one["code"]: float(one["weight"]) for one in reasons if one["code"] in PARTS}
    most = max((*weights.values(), *map(abs, counted.values())), default=1.0)
    return [Bar(PARTS[code], counted[code], most) for code in PARTS if code in counted]


def grouped_bars(reasons: Iterable[Reason], weights: Mapping[str, float]) -> list[Bar]:
    """Return a bar for each group of parts, empty ones as well, so that lines can be compared."""
    counted = {one["code"]: float(one["weight"]) for one in reasons}
    most = max(sum(weights.get(code, 0.0) for code in codes) for _label, codes in GROUPS)
    return [Bar(label, sum(counted.get(code, 0.0) for code in codes), most) for label, codes in GROUPS]


@dataclass(frozen=True, slots=True)
class Pair:
    """A demand and an offer as they were compared; ``open`` where the reader may read both."""

    demand: Any
    offer: Any
    open: bool
    weights: Mapping[str, float]


def for_and_against(reasons: Sequence[Reason], pair: Pair) -> tuple[list[str], list[str]]:
    """Return the sentences that speak for a match and those that speak against it, the weightiest first."""
    good: list[str] = []
    bad: list[str] = []
    worded = False
    for one in reasons:
        if one["code"] in {"words", "title"}:
            if worded:
                continue  # both stand on the same phrases
            worded = True
        if sentence := reason_sentence(one, pair):
            (good if one["weight"] > 0 else bad).append(sentence)
    return good, bad


def reason_sentence(reason: Reason, pair: Pair) -> str:
    """Say one reason for or against a match; nothing where it says nothing to this reader."""
    if reason["code"] in _SAID:
        return _SAID[reason["code"]](reason, pair)
    return _("其他依据：%(code)s") % {"code": reason["code"]}


def quoted(words: Sequence[str]) -> str:
    """Return phrases in quotation marks, one after the other."""
    return "".join(_("“%(words)s”") % {"words": one} for one in words)


def telling(words: Sequence[str]) -> tuple[str, ...]:
    """Return the phrases that tell a reader something: no bare numbers, no letters alone."""
    return tuple(" ".join(word.split()) for word in words if _TELLING.search(word))[:_SHOWN]


def _words(reason: Reason, pair: Pair) -> str:
    asked, met = telling(reason["demand_words"]), telling(reason["offer_words"])
    if not pair.open or not met:
        return _("双方用词相近")
    if set(asked) == set(met) or not asked:
        return _("双方都写到%(words)s") % {"words": quoted(met)}
    return _("需求写到%(asked)s，成果写到%(met)s") % {"asked": quoted(asked), "met": quoted(met)}


def _meaning(reason: Reason, pair: Pair) -> str:
    near = reason["weight"] / (pair.weights.get(reason["code"]) or 1.0)
    if reason["code"] == "meaning":
        return _("整体意思很接近") if near >= 0.6 else _("整体意思接近") if near >= 0.4 else _("整体意思有些接近")
    asked, met = telling(reason["demand_words"]), telling(reason["offer_words"])
    if not pair.open or not asked or not met:
        return _("语言不同，意思相近")
    return _("语言不同，意思相近：%(asked)s对应%(met)s") % {"asked": quoted(asked), "met": quoted(met)}


def _lacking(reason: Reason, pair: Pair) -> str:
    words = telling(reason["demand_words"])
    return _("成果没有提到%(words)s") % {"words": quoted(words)} if pair.open and words else ""


def _field(reason: Reason, pair: Pair) -> str:
    asked, offered = pair.demand.field, pair.offer.field
    if reason["weight"] > 0:
        return _("技术领域相同：%(field)s") % {"field": asked}
    return _("技术领域不同：需求属%(asked)s，成果属%(offered)s") % {"asked": asked, "offered": offered}


def _industry(reason: Reason, pair: Pair) -> str:
    good = reason["weight"] > 0
    if not pair.open:
        return _("行业相近") if good else _("行业不同")
    told = {"asked": pair.demand.industry, "offered": pair.offer.industry}
    if good and pair.demand.industry_id == pair.offer.industry_id:
        return _("行业相同：%(asked)s") % told
    sentence = (
        _("行业相近：需求属%(asked)s，成果属%(offered)s") if good else _("行业不同：需求属%(asked)s，成果属%(offered)s")
    )
    return sentence % told


def _region(reason: Reason, pair: Pair) -> str:
    if reason["weight"] <= 0:
        return _("不在同一地区")
    near = pair.demand.region_id[:4] == pair.offer.region_id[:4] and pair.demand.region_id[2:4] != "00"
    return _("双方在同一盟市") if near else _("双方在同一省区")


def _maturity(reason: Reason, pair: Pair) -> str:
    good = reason["weight"] > 0
    if not pair.open or pair.demand.trl is None or pair.offer.trl is None:
        return _("成熟度够") if good else _("成熟度不够")
    told = {"wanted": pair.demand.trl, "now": pair.offer.trl}
    if good and pair.offer.trl < pair.demand.trl:
        return _("成熟度接近要求：希望 %(wanted)s 级，现为 %(now)s 级") % told
    sentence = (
        _("成熟度够：希望 %(wanted)s 级，现为 %(now)s 级")
        if good
        else _("成熟度不够：希望 %(wanted)s 级，现为 %(now)s 级")
    )
    return sentence % told


def _budget(reason: Reason, pair: Pair) -> str:
    good = reason["weight"] > 0
    if not pair.open or pair.demand.budget is None or pair.offer.price is None:
        return _("价格在预算内") if good else _("价格超出预算")
    told = {"budget": money(pair.demand.budget * 10_000), "price": money(pair.offer.price)}
    sentence = (
        _("价格在预算内：预算 %(budget)s，意向价格 %(price)s")
        if good
        else _("价格超出预算：预算 %(budget)s，意向价格 %(price)s")
    )
    return sentence % told


_SAID: dict[str, Callable[[Reason, Pair], str]] = {
    "words": _words,
    "title": _words,
    "meaning": _meaning,
    "foreign": _meaning,
    "lacking": _lacking,
    "field": _field,
    "industry": _industry,
    "region": _region,
    "maturity": _maturity,
    "budget": _budget,
}
