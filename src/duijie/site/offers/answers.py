"""What an offer says, written as a person reads it; of a row and of its versions alike."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.kernel.fields import money
from duijie.site.kernel.parts import Answer
from duijie.site.offers.choices import EvidenceKind, Mode
from duijie.site.offers.document import measure
from duijie.site.offers.models import Offer
from duijie.site.offers.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.offers.sections import Section


def answers_of(offer: Any, section: Section, *, change: bool = False) -> list[Answer]:
    """Return the lines of one section; with ``change`` each links to where it is changed."""
    return [
        Answer(label_of(name), said(offer, name), _address(offer, section, name) if change else "")
        for name in section.fields
        if name not in Offer.PRIVATE or hasattr(offer, name)
    ]


def all_answers(offer: Any, *, private: bool) -> list[tuple[Section, list[Answer]]]:
    """Return what each section says, without what was left open; and without the contact's data for outsiders."""
    shown = [(section, answers_of(offer, section)) for section in SECTIONS]
    labels = {label_of(name) for name in Offer.PRIVATE} if not private else set()
    said_only = [(section, [one for one in lines if one.value and one.label not in labels]) for section, lines in shown]
    return [(section, lines) for section, lines in said_only if lines]


def said(offer: Any, name: str) -> str:
    """Return one answer; nothing where it was left open."""
    return written(name, getattr(offer, name, None))


def written(name: str, value: Any) -> str:
    """Write the value of one field."""
    if value in (None, "", []):
        return ""
    if name in _WRITTEN:
        return _WRITTEN[name](value)
    choices = dict(Offer._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value) or getattr(value, "label", value))


def label_of(name: str) -> str:
    """Return what a field is called."""
    return str(Offer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def evidence(one: dict[str, str]) -> str:
    """Write one proof: 科技奖励：自治区科技进步二等奖（2023-J-2-015，2023）."""
    kind = dict(EvidenceKind.choices).get(one.get("kind", ""), "")
    beside = _("，").join(part for part in (one.get("number"), one.get("year")) if part)
    words = _("%(kind)s：%(title)s") % {"kind": kind, "title": one.get("title", "")}
    return _("%(words)s（%(beside)s）") % {"words": words, "beside": beside} if beside else words


def _address(offer: Any, section: Section, name: str) -> str:
    return reverse("offers:section", args=[offer.code, section.key]) + f"#id_{name}"


def _joined(values: list[str]) -> str:
    return _("、").join(values)


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "keywords": _joined,
    "disciplines": _joined,
    "units": _joined,
    "people": _joined,
    "patents": _joined,
    "modes": lambda modes: _joined([str(Mode(mode).label) for mode in modes]),
    "measures": lambda rows: "\n".join(measure(one) for one in rows),
    "evidence": lambda rows: "\n".join(evidence(one) for one in rows),
    "price": lambda yuan: money(Decimal(yuan)),
    "trl": lambda level: _("%(level)s 级") % {"level": level},
    "chain_node": lambda node: _("%(chain)s · %(node)s") % {"chain": node.chain.label, "node": node.label},
}
