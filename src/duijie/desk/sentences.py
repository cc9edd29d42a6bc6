"""Levels, reasons and advice in words, Chinese and English side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duijie.desk.places import place_name
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from duijie.engine.matching.completeness import Part
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document, Reason, Verdict

_SHOWN = 5  # phrases a sentence names
_TELLING = re.compile(r"[\u3400-\u9fff]{2}|[a-z]{4}|[a-z]+[-\d]|\d+[a-z]{2}", re.IGNORECASE)


def level_word(level: int) -> str:
    """Return a level in words, as the tables read it back."""
    return say(("无", "弱", "较强", "强")[level - 1], ("none", "weak", "fairly strong", "strong")[level - 1])


def verdict_word(verdict: Verdict) -> str:
    """Return a verdict in words, as the tables read it back."""
    return {
        "match": say("匹配", "match"),
        "no match": say("无匹配", "no match"),
        "too vague": say("太笼统", "too vague"),
    }[verdict]


def listed(words: Sequence[str]) -> str:
    """Return words in quotation marks, one after the other."""
    return say("".join(f"“{w}”" for w in words), ", ".join(f"“{w}”" for w in words))


def _telling(words: Sequence[str]) -> tuple[str, ...]:
    """Return the phrases that tell a reader something: no bare numbers, no letters alone."""
    return tuple(" ".join(word.split()) for word in words if _TELLING.search(word))[:_SHOWN]


def reason_sentence(reason: Reason, demand: Document, offer: Document, model: Model) -> str:
    """Say one reason for or against a match."""
    code = reason.code
    if code in {"words", "title"}:
        return _of_words(code, reason)
    if code in {"meaning", "foreign"}:
        return _of_meaning(reason, model)
    if code == "lacking":
        words = _telling(reason.demand_words)
        return say(f"没有提到{listed(words)}", f"does not mention {listed(words)}") if words else ""
    if code in _FACTS:
        return _FACTS[code](reason.weight > 0, demand, offer)
    return say(f"其他依据：{code}", f"other ground: {code}")


def _of_words(code: str, reason: Reason) -> str:
    asked, met = _telling(reason.demand_words), _telling(reason.offer_words)
    if code == "title":
        if not asked:
            return say("题目和关键词用词相近", "title and keywords use similar words")
        return say(f"题目和关键词对得上：{listed(asked)}", f"title and keywords agree: {listed(asked)}")
    if not met:
        return say("正文用词相近", "the texts use similar words")
    if set(asked) == set(met):
        return say(f"双方都写到{listed(met)}", f"both speak of {listed(met)}")
    return say(
        f"需求写到{listed(asked)}，成果写到{listed(met)}", f"the demand says {listed(asked)}, the offer {listed(met)}"
    )


def _of_meaning(reason: Reason, model: Model) -> str:
    cosine = reason.weight / (model.weights.get(reason.code) or 1.0)
    far, near, very = ("有些接近", "somewhat near"), ("接近", "near"), ("很接近", "very near")
    how = say(*(very if cosine >= 0.6 else near if cosine >= 0.4 else far))
    if reason.code == "meaning":
        return say(f"整体意思{how}", f"{how} in meaning as a whole")
    asked, met = listed(_telling(reason.demand_words)), listed(_telling(reason.offer_words))
    if not asked or not met:
        return say(f"语言不同，意思{how}", f"another language, {how} in meaning")
    return say(
        f"语言不同，意思{how}：{asked}对应{met}", f"another language, {how} in meaning: {asked} stands for {met}"
    )


def _of_field(good: bool, demand: Document, offer: Document) -> str:
    if good:
        return say(f"技术领域相同：{offer.field}", f"the same field: {offer.field}")
    return say(
        f"技术领域不同：需求属{demand.field}，成果属{offer.field}",
        f"another field: {demand.field} asked, {offer.field} offered",
    )


def _of_industry(good: bool, demand: Document, offer: Document) -> str:
    pair = say(f"需求 {demand.industry}，成果 {offer.industry}", f"{demand.industry} asked, {offer.industry} offered")
    if good and demand.industry == offer.industry:
        return say(f"行业相同：{offer.industry}", f"the same industry: {offer.industry}")
    return (
        say(f"行业相近：{pair}", f"related industries: {pair}")
        if good
        else say(f"行业不同：{pair}", f"other industry: {pair}")
    )


def _of_region(good: bool, demand: Document, offer: Document) -> str:
    wide = demand.region[:4] != offer.region[:4]
    place = place_name(offer.region[:2] if wide else offer.region) or offer.region
    return say(f"同在{place}", f"both in {place}") if good else say("不在一地", "in another region")


def _of_maturity(good: bool, demand: Document, offer: Document) -> str:
    pair = say(f"希望 {demand.trl} 级，现为 {offer.trl} 级", f"level {demand.trl} wanted, now at {offer.trl}")
    if good and offer.trl is not None and demand.trl is not None and offer.trl < demand.trl:
        return say(f"成熟度接近要求（{pair}）", f"nearly as mature as wanted ({pair})")
    return (
        say(f"成熟度够（{pair}）", f"mature enough ({pair})")
        if good
        else say(f"成熟度不够（{pair}）", f"not yet mature ({pair})")
    )


def _of_budget(good: bool, demand: Document, offer: Document) -> str:
    pair = say(
        f"预算 {demand.budget:,.10g} 万元，报价 {offer.budget or 0:,.10g} 万元",
        f"budget {demand.budget:,.10g}, price {offer.budget or 0:,.10g}, in 10,000 yuan",
    )
    return (
        say(f"价格在预算内（{pair}）", f"within the budget ({pair})")
        if good
        else say(f"超出预算（{pair}）", f"over the budget ({pair})")
    )


_FACTS = {
    "field": _of_field,
    "industry": _of_industry,
    "region": _of_region,
    "maturity": _of_maturity,
    "budget": _of_budget,
}


def for_and_against(
    reasons: Sequence[Reason], demand: Document, offer: Document, model: Model
) -> tuple[list[str], list[str]]:
    """Return the sentences that speak for a match and those that speak against it, the weightiest first."""
    good: list[str] = []
    bad: list[str] = []
    worded = False
    for reason in reasons:
        if reason.code in {"words", "title"}:
            if worded:
                continue  # both stand on the same phrases
            worded = True
            reason = type(reason)("words", reason.weight, reason.demand_words, reason.offer_words)  # noqa: PLW2901
        text = reason_sentence(reason, demand, offer, model)
        if text:
            (good if reason.weight > 0 else bad).append(text)
    return good, bad


def advice(verdict: Verdict, missing: Collection[Part], *, filtered: bool = False) -> tuple[str, ...]:
    """Return what the person who wrote a demand without an answer can do, most useful first."""
    first = (
        say(
            "写得太笼统，说不出要找什么：请先用两三句话写清卡在哪里、想解决什么技术问题",
            "too vague to tell what is wanted: first say in a few sentences what fails and what is to be solved",
        )
        if verdict == "too vague"
        else say(
            "库里没有一条可信的成果：可换成行内常用的技术名词再试，或补充供给，或列入榜单公开征集",
            "no credible offer among those given: use the trade's terms, add offers, or publish an open call",
        )
    )
    loosen = say("放宽或去掉 --filter 的条件再试", "loosen or drop the --filter and try again")
    return (first, *((loosen,) if filtered else ()), *(_ADVICE[part]() for part in _ADVICE if part in missing))


_ADVICE = {
    "question": lambda: say(
        "补上技术问题：要解决哪一步、哪一种失效，例如“170 ℃ 下磁钢退磁”",
        "add the technical question: which step or which failure, such as “magnets lose flux at 170 °C”",
    ),
    "indicators": lambda: say(
        "补上量化指标，带数值和单位，例如“收率不低于 96%”“能耗低于 30 kWh/t”",
        "add indicators with value and unit, such as “yield at least 96 %” or “below 30 kWh/t”",
    ),
    "background": lambda: say(
        "补上背景和现状：做什么产品、规模多大、现在用什么办法、试过什么",
        "add the background: which product, on what scale, what is done today and what was tried",
    ),
    "use": lambda: say(
        "补上使用场景：用在哪条线、什么原料、什么环境，能提供什么试验条件",
        "add where it will be used: which line, material and surroundings, and what can be offered for trials",
    ),
    "benchmark": lambda: say(
        "补上对标水平：与国内外哪种产品或标准相比，例如“达到进口同类产品水平”",
        "add the benchmark: which product or standard it should equal, such as “as good as the imported one”",
    ),
    "maturity": lambda: say(
        "补上希望的成熟度（1–9 级），例如“要能直接上产线（8 级）”",
        "add the wanted maturity (level 1–9), such as “ready for the production line (8)”",
    ),
    "deadline": lambda: say(
        "补上期限，例如“2027 年 6 月前完成中试”", "add a deadline, such as “pilot done by June 2027”"
    ),
    "budget": lambda: say("补上预算和自有资金（万元）", "add the budget and own funds (in 10,000 yuan)"),
    "cooperation": lambda: say(
        "补上合作方式：联合攻关、委托开发、成果引进、技术服务，或希望引进人才",
        "add the way of cooperating: joint research, commission, bring-in of a result, service, or a person to hire",
    ),
}


def part_word(part: Part) -> str:
    """Return a part of a good demand in words."""
    return say(*_PARTS[part])


_PARTS: dict[Part, tuple[str, str]] = {
    "background": ("背景和现状", "background"),
    "question": ("技术问题", "technical question"),
    "indicators": ("量化指标", "indicators"),
    "benchmark": ("对标水平", "benchmark"),
    "use": ("使用场景", "use"),
    "maturity": ("成熟度", "maturity"),
    "deadline": ("期限", "deadline"),
    "budget": ("预算", "budget"),
    "cooperation": ("合作方式", "way of cooperating"),
}
