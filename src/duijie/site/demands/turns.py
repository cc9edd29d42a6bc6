"""Whose turn it is, in words, and what he should do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands import states
from duijie.site.demands.states import State

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrOrPromise

    from duijie.site.demands.models import Demand

WHAT: dict[str, _StrOrPromise] = {
    State.DRAFT: gettext_lazy("填写并提交"),
    State.SUBMITTED: gettext_lazy("接收，开始初审"),
    State.RETURNED: gettext_lazy("按退回意见修改后重新提交"),
    State.LOCAL_REVIEW: gettext_lazy("初审"),
    State.REFINEMENT: gettext_lazy("按诊断意见补充完善"),
    State.REGIONAL_REVIEW: gettext_lazy("复审，决定是否受理"),
    State.ACCEPTED: gettext_lazy("发布或定向推送"),
    State.PUBLISHED: gettext_lazy("组织对接"),
    State.DIRECTED: gettext_lazy("阅读并回应"),
    State.MATCHING: gettext_lazy("组织对接"),
    State.IN_TALKS: gettext_lazy("洽谈"),
    State.INTENDED: gettext_lazy("签订协议"),
    State.SIGNED: gettext_lazy("启动实施"),
    State.UNDER_WAY: gettext_lazy("实施并申请验收"),
    State.DELIVERED: gettext_lazy("回访"),
    State.FAILED: gettext_lazy("回访"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Who should act, what he should do, since when and until when; nobody where the path has ended."""

    who: str
    what: str
    due: date | None = None
    overdue: bool = False


def turn_of(demand: Demand, *, home: str = "") -> Turn | None:
    """Return whose turn it is; ``home`` is the home region's name. The demand's references should be loaded."""
    if demand.state not in WHAT:
        return None
    return Turn(_who(demand, home or _("自治区")), str(WHAT[demand.state]), demand.due, demand.is_overdue)


def _who(demand: Demand, home: str) -> str:
    if demand.state in states.BY_LOCAL:
        return _by_local(demand, home)
    if demand.state in states.BY_HOME or demand.state in {
        State.PUBLISHED,
        State.MATCHING,
        State.DELIVERED,
        State.FAILED,
    }:
        return _("%(place)s科技主管部门") % {"place": home}
    if demand.state == State.DIRECTED:
        return _("收到推送的单位")
    if demand.state in {State.IN_TALKS, State.INTENDED, State.SIGNED, State.UNDER_WAY}:
        return _("%(name)s与合作方") % {"name": demand.organisation.name}
    return demand.organisation.name


def _by_local(demand: Demand, home: str) -> str:
    who = _("%(place)s科技主管部门") % {"place": demand.region.label}
    if demand.department is not None:
        return _("%(first)s或%(second)s") % {"first": who, "second": demand.department.name}
    return who
