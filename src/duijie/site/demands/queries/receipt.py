"""What somebody is told who has just handed a demand in, or handed it back after refinement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _

from duijie.site.demands.queries.access import fetch_readable, is_insider
from duijie.site.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import User


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done last with the form, when, and what happens next."""

    demand: Demand
    title: str
    at: datetime
    next_steps: Sequence[str]


def receipt(code: str, user: User) -> Receipt:
    """Return the receipt of what was handed in last; who is not concerned, or handed nothing in, finds nothing."""
    demand = fetch_readable(code, user)
    if demand.submitted_at is None or not is_insider(demand, user):
        raise Http404
    handed = Entry.objects.of("demands.demand", code).filter(verb__in=("demand.submit", "demand.hand_back"))
    last = handed.order_by("-id").first()
    if last is not None and last.verb == "demand.hand_back":
        return Receipt(demand, _("凝练已完成"), last.at, _after_refinement(demand))
    return Receipt(demand, _("需求已提交"), last.at if last else demand.submitted_at, _after_submission(demand))


def _after_refinement(demand: Demand) -> list[str]:
    return [
        _("%(place)s科技主管部门接着初审，会看到您补充的内容。") % {"place": demand.region.label},
        *_after_first_review(demand),
    ]


def _after_submission(demand: Demand) -> list[str]:
    return [
        _("%(place)s科技主管部门初审，一般在 5 个工作日内接收。") % {"place": demand.region.label},
        _("内容不清楚的，会退回修改或送凝练，并写明要补充什么；轮到您时，待办里会提示。"),
        *_after_first_review(demand),
    ]


def _after_first_review(demand: Demand) -> list[str]:
    told = demand.disclosure in {"public", "blurred"}
    return [
        _("初审通过后由自治区复审，与已有需求比对后决定是否受理。"),
        _("受理后按您选择的公开程度发布，开始寻找合作方。") if told else _("受理后不公开发布，只按您选择的范围对接。"),
    ]
