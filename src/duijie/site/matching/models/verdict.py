"""What people judged, and the ranking models learned from it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models import Demand
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.matching.states import ModelState
from duijie.site.offers.models import Offer


class Level(models.IntegerChoices):
    """How well an offer answers a demand, as people judge it."""

    STRONG = 4, _("很合适")
    FAIR = 3, _("比较合适")
    WEAK = 2, _("关系不大")
    NONE = 1, _("不相关")


class Verdict(Recorded):
    """One person's judgement of one demand with one offer or team; judged again, it is changed, not doubled."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="verdicts", verbose_name=_("需求"))
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="verdicts", verbose_name=_("成果"))
    team = models.ForeignKey("parties.Team", models.PROTECT, null=True, related_name="verdicts", verbose_name=_("团队"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="verdicts", verbose_name=_("评判人"))
    level = models.PositiveSmallIntegerField(_("评判"), choices=Level.choices)
    words = models.CharField(_("理由"), max_length=300, blank=True)

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("评判")
        constraints = (
            models.CheckConstraint(
                condition=Q(offer=None, team__isnull=False) | Q(offer__isnull=False, team=None),
                name="verdict_of_offer_or_team",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="verdict_of_four_levels"),
            models.UniqueConstraint(
                fields=["demand", "offer", "by"], condition=Q(offer__isnull=False), name="verdict_offer_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["demand", "team", "by"], condition=Q(team__isnull=False), name="verdict_team_once_a_person"
            ),
        )


class RankingModel(Recorded):
    """A ranking model: what counts how much, what it was learned from, and how it did on verdicts held back.

    ``content`` is the engine's model as JSON text, kept whole so that old matches replay with their own model.
    """

    name = models.CharField(_("名称"), max_length=80)
    content = models.TextField(_("内容"))
    verdicts = models.PositiveIntegerField(_("评判数"), default=0)
    judges = models.PositiveIntegerField(_("评判人数"), default=0)
    scores = models.JSONField(_("留出评判上的成绩"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=ModelState.choices)
    why = models.TextField(_("采用或不采用的理由"), blank=True)
    adopted_at = models.DateTimeField(_("采用时间"), null=True)

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("排序模型")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ModelState.values), name="model_state_known"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=ModelState.PRESENT), name="model_one_in_use"),
        )


with_versions(Verdict)
with_versions(RankingModel)
