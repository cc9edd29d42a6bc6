"""What a demand or an offer says of itself, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.page.markup import Markup, lang_of, tag
from duijie.desk.places import place_name
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duijie.engine.matching.types import Document


def title_of(document: Document) -> str:
    """Return the title, or words that say there is none."""
    return document.title.strip() or say("（没有题名）", "(untitled)")


def keywords_of(document: Document) -> str:
    """Return the keywords as one line."""
    return "、".join(word for word in document.keywords if word.strip())


def demand_facts(demand: Document) -> list[tuple[str, str]]:
    """Return what a demand says beside its text, label and value."""
    facts = _facts(demand, say("要求成熟度", "TRL wanted"))
    if demand.budget is not None:
        facts.append((say("预算", "Budget"), _amount(demand.budget)))
    return facts


def offer_facts(offer: Document) -> list[tuple[str, str]]:
    """Return what an offer says beside its text, label and value."""
    facts = _facts(offer, say("成熟度", "TRL"))
    if offer.budget is not None:
        facts.append((say("报价", "Price"), _amount(offer.budget)))
    return facts


def _facts(document: Document, maturity: str) -> list[tuple[str, str]]:
    facts = [
        (say("地区", "Region"), _region(document.region)),
        (say("领域", "Field"), document.field),
        (say("类型", "Kind"), document.kind),
        (say("行业", "Industry"), document.industry),
    ]
    if document.trl is not None:
        facts.append((maturity, say(f"{document.trl} 级", str(document.trl))))
    return [(label, value) for label, value in facts if value.strip()]


def _amount(budget: float) -> str:
    """Return an amount given in 万元."""
    return say(f"{budget:,.2f}".rstrip("0").rstrip(".") + " 万元", f"CNY {10_000 * budget:,.0f}")


def _region(code: str) -> str:
    """Return a region's code with the name of its league, city or province."""
    name = place_name(code.strip())
    return f"{name} {code}" if name else code


def chips(facts: Iterable[tuple[str, str]]) -> Markup:
    """Return facts as a list of small labels."""
    items = [tag("li", tag("span", label), tag("span", value, class_="t", **lang_of(value))) for label, value in facts]
    return tag("ul", *items, class_="chips") if items else Markup()
