"""What people are told of, and the ways in which they can be."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What happened."""

    MATCH_TAKEN = "match.taken", _("对接有人经办或换了经办人")
    MATCH_ASKED = "match.asked", _("征询合作意愿")
    MATCH_ANSWERED = "match.answered", _("对方答复了征询")
    MATCH_MOVED = "match.moved", _("对接有了进展")
    MATCH_DECLINED = "match.declined", _("对接未成")
    MATCH_LAPSED = "match.lapsed", _("对接逾期未复")
    MATCH_DUE = "match.due", _("对接即将到期")
    TASK_GIVEN = "task.given", _("有新任务")
    TASK_DUE = "task.due", _("任务即将到期")
    DEMAND_RETURNED = "demand.returned", _("需求退回或送凝练")
    DEMAND_ACCEPTED = "demand.accepted", _("需求已受理")
    OFFER_RETURNED = "offer.returned", _("成果退回修改")
    OFFER_REVIEWED = "offer.reviewed", _("成果审核通过")
    JOB_DONE = "job.done", _("后台任务办完")


class Way(models.TextChoices):
    """How somebody wants to be told; on the desk he is told in every way but the last."""

    AT_ONCE = "at_once", _("立即发邮件")
    DAILY = "daily", _("每个工作日汇总一封")
    DESK = "desk", _("不发邮件，只在站内提示")
    OFF = "off", _("不提示")


USUAL: dict[str, Way] = {Kind.DEMAND_ACCEPTED: Way.DAILY, Kind.OFFER_REVIEWED: Way.DAILY, Kind.JOB_DONE: Way.DESK}
"""How people are told who never chose; everything else at once."""


def usual_way(kind: str) -> Way:
    """Return how somebody is told of this who never chose."""
    return USUAL.get(kind, Way.AT_ONCE)
