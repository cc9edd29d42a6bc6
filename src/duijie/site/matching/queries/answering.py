"""What a side is asked, in what it may know: by its page without signing in, and by the letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel.parts import Answer
from duijie.site.matching.queries.supply import sight_of
from duijie.site.matching.states import Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.matching.models import Inquiry, Match


@dataclass(frozen=True, slots=True)
class Question:
    """One question: to whom, about what of his own, and what the other side lets him know; never a contact."""

    own: str
    other: str
    facts: Sequence[Answer]
    words: str
    blurred: bool


def question(inquiry: Inquiry) -> Question | None:
    """Return the question as its side may read it; None where the other side is hidden from it."""
    match: Match = inquiry.match
    sight = sight_of(match, inquiry.side)
    if sight == "none":
        return None
    if inquiry.side == Side.SUPPLY:
        own, other, facts = str(match.supply), match.demand, _of_demand(match.demand, full=sight == "full")
    else:
        own, other, facts = match.demand.title, match.supply, _of_supply(match, full=sight == "full")
    return Question(own, str(other), [one for one in facts if one.value], inquiry.words, sight == "blurred")


def _of_demand(demand: Any, *, full: bool) -> list[Answer]:
    facts = [Answer(_("技术领域"), str(demand.field or ""))]
    if not full:
        return facts
    return [
        Answer(_("需求单位"), demand.organisation.name),
        *facts,
        Answer(_("要解决的技术问题"), demand.question),
        Answer(_("技术指标要求"), demand.indicators),
        Answer(_("要求完成时间"), str(demand.deadline or "")),
    ]


def _of_supply(match: Match, *, full: bool) -> list[Answer]:
    if match.offer is None:
        team = match.team
        return [Answer(_("所属单位"), match.organisation.name), Answer(_("团队简介"), team.about if team else "")]
    facts = [Answer(_("技术领域"), str(match.offer.field or ""))]
    if not full:
        return facts
    return [Answer(_("供给单位"), match.organisation.name), *facts, Answer(_("简介"), match.offer.about)]
