"""The sections of the offer form, in the order in which they are filled in, and what each kind must say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from duijie.site.offers.choices import OfferKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from duijie.site.offers.models import Offer


Progress = Literal["todo", "doing", "done"]
_GIVEN = frozenset({"title", "kind", "disclosure", "contact_name", "contact_phone", "contact_email"})


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form: its address, its name, its fields, and for which kinds it is asked."""

    key: str
    label: _StrPromise
    hint: _StrPromise
    fields: tuple[str, ...]


SECTIONS = (
    Section(
        "basics",
        _("基本信息"),
        _("名称、类型、领域和关键词"),
        ("title", "kind", "team", "field", "industry", "chain_node", "disciplines", "keywords"),
    ),
    Section(
        "content",
        _("内容与指标"),
        _("是什么、解决什么问题、能达到什么水平"),
        ("about", "problem", "indicators", "measures", "advantage", "use_case"),
    ),
    Section(
        "maturity",
        _("成熟度与登记信息"),
        _("所处阶段、成果属性、登记号、完成单位和完成人"),
        ("stage", "trl", "attribute", "registration", "units", "people"),
    ),
    Section("rights", _("知识产权与证明"), _("专利、权利人和证明材料"), ("patents", "holder", "evidence")),
    Section("cooperation", _("合作意向"), _("合作方式、价格和有效期"), ("modes", "price", "terms", "valid_until")),
    Section(
        "disclosure",
        _("公开程度与联系人"),
        _("谁可以看到，找谁联系"),
        ("disclosure", "contact_name", "contact_phone", "contact_email"),
    ),
)
BY_KEY = {section.key: section for section in SECTIONS}
SECTION_OF = {name: section.key for section in SECTIONS for name in section.fields}

_ALWAYS = ("title", "field", "about", "modes", "contact_name", "contact_phone")
REQUIRED: dict[str, tuple[str, ...]] = {
    OfferKind.ACHIEVEMENT: (*_ALWAYS, "keywords", "stage", "attribute", "units", "people"),
    OfferKind.PATENT: (*_ALWAYS, "patents", "holder"),
    OfferKind.EXPERTISE: (*_ALWAYS, "keywords"),
    OfferKind.EQUIPMENT: _ALWAYS,
}
"""What an offer must say before it can be handed in; for achievements the statutory registration form asks for it."""

MOST_KEYWORDS = {OfferKind.ACHIEVEMENT: 3}
"""The registration form has room for three."""
KEYWORDS = 10


def lacking(offer: Offer) -> tuple[str, ...]:
    """Return the fields that are still empty and must be filled in before it is handed in."""
    return tuple(name for name in REQUIRED[offer.kind] if not held(offer, name))


def held(offer: Offer, name: str) -> object:
    """Return what a field holds; a reference as the code it points to."""
    return getattr(offer, f"{name}_id") if hasattr(offer, f"{name}_id") else getattr(offer, name)


def keyword_limit(kind: str) -> int:
    """Return how many keywords this kind may have."""
    return MOST_KEYWORDS.get(OfferKind(kind), KEYWORDS)


def progress(section: Section, offer: Offer) -> Progress:
    """Return how far a section has come; what was filled from the start does not count as begun."""
    began = any(held(offer, name) for name in section.fields if name not in _GIVEN)
    wanted = [name for name in REQUIRED[offer.kind] if name in section.fields]
    if all(held(offer, name) for name in wanted) and (wanted or began):
        return "done"
    return "doing" if began else "todo"
