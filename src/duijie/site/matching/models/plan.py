"""A plan that shares scarce teams out over all open demands: made by the engine, adjusted and confirmed by an officer."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.matching.states import PlanState


class Plan(Recorded):
    """One plan. ``pins`` and ``forbidden`` are pairs of demand and team codes; ``outcome`` is what the engine answered.

    ``parameters``: teams wanted per demand, the least per small institution and per league. The outcome is computed anew
    whenever pins, bans or parameters change, so it never contradicts them.
    """

    name = models.CharField(_("名称"), max_length=80)
    region = models.ForeignKey("registry.Region", models.PROTECT, related_name="+", verbose_name=_("地区"))
    run = models.ForeignKey("matching.Run", models.PROTECT, related_name="plans", verbose_name=_("依据的匹配运行"))
    parameters = models.JSONField(_("参数"), default=dict)
    pins = models.JSONField(_("指定"), default=list)
    forbidden = models.JSONField(_("排除"), default=list)
    outcome = models.JSONField(_("结果"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("分配方案")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(
                condition=~Q(state=PlanState.CONFIRMED) | Q(confirmed_at__isnull=False), name="plan_confirmed_at"
            ),
        )


with_versions(Plan)
