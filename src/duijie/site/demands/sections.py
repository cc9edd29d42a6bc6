"""The demand form as a task list: its sections, their questions, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands.models import Demand
from duijie.site.kernel.fields import money

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Progress = Literal["todo", "doing", "done"]


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that are answered in one sitting. ``wanted`` make the section complete, ``given`` are filled from the start."""

    key: str
    label: _StrOrPromise
    hint: _StrOrPromise
    fields: tuple[str, ...]
    wanted: tuple[str, ...]
    given: tuple[str, ...] = ()


SECTIONS = (
    Section(
        "basics",
        gettext_lazy("基本情况"),
        gettext_lazy("需求名称、类型、所属领域和产业"),
        ("title", "kind", "region", "field", "industry", "chain_node", "department", "keywords"),
        ("title", "kind", "region", "field", "keywords"),
        ("title", "region", "industry"),
    ),
    Section(
        "problem",
        gettext_lazy("技术问题"),
        gettext_lazy("现在怎么做、卡在哪里、解决了用在哪里"),
        ("background", "question", "use_case"),
        ("background", "question", "use_case"),
    ),
    Section(
        "targets",
        gettext_lazy("技术指标"),
        gettext_lazy("要达到的指标、对标水平和成熟度"),
        ("indicators", "measures", "benchmark", "trl"),
        ("measures", "benchmark", "trl"),
    ),
    Section(
        "resources",
        gettext_lazy("期限与经费"),
        gettext_lazy("什么时候要、能投入多少、谁来决定"),
        ("deadline", "budget", "own_funds", "decider"),
        ("deadline", "budget", "decider"),
    ),
    Section(
        "cooperation",
        gettext_lazy("合作意向"),
        gettext_lazy("合作方式、意向单位、已有基础和知识产权"),
        ("mode", "partner", "base", "rights"),
        ("mode", "rights"),
    ),
    Section(
        "disclosure",
        gettext_lazy("公开程度与联系人"),
        gettext_lazy("哪些人能看到这条需求，怎样联系您"),
        ("disclosure", "recommended_by", "contact_name", "contact_phone", "contact_email"),
        ("disclosure", "contact_name", "contact_phone"),
        ("disclosure", "contact_name", "contact_phone", "contact_email"),
    ),
)
BY_KEY = {section.key: section for section in SECTIONS}
SECTION_OF = {name: section.key for section in SECTIONS for name in section.fields}

REQUIRED = ("title", "kind", "field", "question", "contact_name", "contact_phone")
"""What a demand must say before it can be handed in; everything else is advice."""


def label_of(name: str) -> str:
    """Return the form's word for a field."""
    return str(Demand._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # every field of the form is a column


def is_answered(demand: Any, name: str) -> bool:
    """Say whether a question has an answer; a version has none for private ones."""
    value = getattr(demand, f"{name}_id", None) if hasattr(demand, f"{name}_id") else getattr(demand, name, None)
    return value not in (None, "", [])


def unanswered(demand: Demand) -> dict[str, str]:
    """Return the required questions without an answer, each with its label."""
    return {name: label_of(name) for name in REQUIRED if not is_answered(demand, name)}


def progress(section: Section, demand: Demand) -> Progress:
    """Return how far a section has come."""
    if all(is_answered(demand, name) for name in section.wanted):
        return "done"
    began = any(is_answered(demand, name) for name in section.fields if name not in section.given)
    return "doing" if began else "todo"


def answer(demand: Any, name: str) -> str:
    """Write one answer as a person reads it; "" where there is none. Works for a row and for its versions."""
    if not is_answered(demand, name):
        return ""
    value = getattr(demand, name)
    if name in _WRITTEN:
        return str(_WRITTEN[name](value))
    shown = getattr(demand, f"get_{name}_display", None)
    return str(shown() if shown else value)


def measure(one: dict[str, str]) -> str:
    """Write one indicator: 发芽率 ≥ 85 %."""
    return " ".join(part for part in (one.get("name", ""), one.get("value", ""), one.get("unit", "")) if part)


def _amount(value: Any) -> str:
    return money(value * 10_000)


_WRITTEN: dict[str, Any] = {
    "keywords": lambda words: _("、").join(words),
    "measures": lambda rows: _("；").join(measure(one) for one in rows),
    "budget": _amount,
    "own_funds": _amount,
    "deadline": lambda day: day.strftime("%Y-%m-%d"),
    "trl": lambda level: _("TRL %(level)s") % {"level": level},
}
