"""Where a match, a run, a task, an inquiry, a ranking model and a sharing plan stand, and where each may go from there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """The work on a match, in order; the last two end it."""

    SUGGESTED = "suggested", _("已推荐")
    CONTACTED = "contacted", _("已联系")
    TALKING = "talking", _("洽谈中")
    MEETING = "meeting", _("已约会面")
    INTENDED = "intended", _("拟签约")
    DECLINED = "declined", _("未成")
    LAPSED = "lapsed", _("逾期未复")


S = State
NEXT: dict[str, frozenset[str]] = {
    state: frozenset(following)
    for state, following in {
        S.SUGGESTED: (S.CONTACTED, S.TALKING, S.DECLINED, S.LAPSED),
        S.CONTACTED: (S.TALKING, S.MEETING, S.DECLINED, S.LAPSED),
        S.TALKING: (S.MEETING, S.INTENDED, S.DECLINED, S.LAPSED),
        S.MEETING: (S.TALKING, S.INTENDED, S.DECLINED, S.LAPSED),
        S.INTENDED: (S.TALKING, S.DECLINED),
        S.DECLINED: (S.CONTACTED,),
        S.LAPSED: (S.CONTACTED, S.TALKING, S.DECLINED),
    }.items()
}
OPEN = frozenset({S.SUGGESTED, S.CONTACTED, S.TALKING, S.MEETING, S.INTENDED})
"""Somebody is at work on it."""
IN_TALKS = frozenset({S.TALKING, S.MEETING})
"""Both sides are speaking: the demand is in talks."""
WAITING = frozenset({S.SUGGESTED, S.CONTACTED, S.TALKING, S.MEETING})
"""Silence lets it lapse; it never blocks another candidate."""

DAYS = {S.SUGGESTED: 10, S.CONTACTED: 10, S.TALKING: 30, S.MEETING: 30}
"""Working days of silence after which a match lapses."""


class Side(models.TextChoices):
    """Who answers, or who declined."""

    DEMAND = "demand", _("需求方")
    SUPPLY = "supply", _("供给方")
    OFFICE = "office", _("科技主管部门")
    CLOCK = "clock", _("系统到期处理")


class DeclineReason(models.TextChoices):
    """Why a match did not come about."""

    NOT_FITTING = "not_fitting", _("方向不符")
    INDICATORS = "indicators", _("达不到技术指标")
    MATURITY = "maturity", _("成熟度不够")
    PRICE = "price", _("价格或经费谈不拢")
    RIGHTS = "rights", _("知识产权谈不拢")
    TIME = "time", _("进度要求谈不拢")
    BUSY = "busy", _("近期无力承接")
    OTHER_PARTNER = "other_partner", _("已选定其他合作方")
    DEMAND_GONE = "demand_gone", _("需求已撤回或了结")
    OFFER_GONE = "offer_gone", _("成果已撤回或到期")
    NO_INTEREST = "no_interest", _("没有合作意愿")
    OTHER = "other", _("其他")


class RunState(models.TextChoices):
    """A run is written whole, or it failed."""

    RUNNING = "running", _("计算中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


RUN_NEXT: dict[str, tuple[str, ...]] = {RunState.RUNNING: (RunState.DONE, RunState.FAILED)}


class TaskState(models.TextChoices):
    """Something to do about a match."""

    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    DROPPED = "dropped", _("不再需要")


TASK_NEXT: dict[str, tuple[str, ...]] = {TaskState.OPEN: (TaskState.DONE, TaskState.DROPPED)}


class InquiryState(models.TextChoices):
    """A question to one side, answered by a link in a mail or on the desk."""

    SENT = "sent", _("待回复")
    ANSWERED = "answered", _("已回复")
    LAPSED = "lapsed", _("逾期未复")
    RECALLED = "recalled", _("已收回")


INQUIRY_NEXT: dict[str, tuple[str, ...]] = {
    InquiryState.SENT: (InquiryState.ANSWERED, InquiryState.LAPSED, InquiryState.RECALLED),
    InquiryState.LAPSED: (InquiryState.ANSWERED,),
}


class ModelState(models.TextChoices):
    """A ranking model: learned, in use, laid aside or turned down."""

    PRESENT = "present", _("使用中")
    RETIRED = "retired", _("曾使用")
    REFUSED = "refused", _("未采用")


MODEL_NEXT: dict[str, tuple[str, ...]] = {
    ModelState.PRESENT: (ModelState.RETIRED,),
    ModelState.RETIRED: (ModelState.PRESENT,),
}


class PlanState(models.TextChoices):
    """A plan of who takes what."""

    DRAFT = "draft", _("拟定中")
    CONFIRMED = "confirmed", _("已确认")
    DISCARDED = "discarded", _("已作废")


PLAN_NEXT: dict[str, tuple[str, ...]] = {PlanState.DRAFT: (PlanState.CONFIRMED, PlanState.DISCARDED)}
