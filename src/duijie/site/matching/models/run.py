"""A run of the engine, and what it answered: enough to compute every score again.

A run is in the ledger with a digest of its answers; the answers and suggestions themselves are derived, many, and never
changed, so they are plain rows that the digest proves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models import Demand
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.matching.states import RunState
from duijie.site.offers.models import Offer
from duijie.site.offers.states import ON_OFFER

if TYPE_CHECKING:
    from duijie.site.parties.models import User


class Scope(models.TextChoices):
    """What a run answers."""

    DEMAND = "demand", _("一项需求")
    OFFER = "offer", _("一项成果找需求")
    ALL = "all", _("全部在找合作的需求")


class Run(Recorded):
    """One computation: what was asked, with which engine, parameters, model and corpus, and the digest of the answers."""

    scope = models.CharField(_("范围"), max_length=10, choices=Scope.choices)
    subject = models.CharField(_("针对"), max_length=40, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发起人")
    )
    state = models.CharField(_("状态"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    engine = models.CharField(_("引擎版本"), max_length=40)
    model = models.CharField(_("排序模型"), max_length=40)
    parameters = models.JSONField(_("参数"), default=dict)
    corpus = models.CharField(_("语料摘要"), max_length=64)
    corpus_size = models.PositiveIntegerField(_("语料条数"), default=0)
    demands = models.PositiveIntegerField(_("需求数"), default=0)
    answered = models.PositiveIntegerField(_("有答案的需求数"), default=0)
    seconds = models.FloatField(_("用时（秒）"), default=0.0)
    digest = models.CharField(_("结果摘要"), max_length=64, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("匹配运行")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_known"),
            models.CheckConstraint(condition=~Q(state=RunState.DONE) | ~Q(digest=""), name="run_done_has_a_digest"),
        )
        indexes = (models.Index(fields=["scope", "subject", "-created_at"], name="run_scope_subject"),)


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Which answers."""

    def latest_of(self, demand: Demand) -> Answer | None:
        """Return the newest finished answer to a demand."""
        return self.filter(demand=demand, run__state=RunState.DONE).order_by("-id").first()


class Answer(models.Model):
    """What one run answered to one demand, and the ground the scores stand on.

    ``ground``: size and mean lengths of the corpus and, for the demand's terms, in how many documents each stands: with
    the two texts as they were (``revision``), this is all a score depends on.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.PROTECT, related_name="answers")
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="answers", db_index=False)
    revision = models.PositiveIntegerField()
    verdict = models.CharField(_("结论"), max_length=10)
    specificity = models.FloatField(_("具体程度"))
    best = models.FloatField(_("最高得分"))
    ground = models.JSONField(default=dict)

    objects: Any = AnswerQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "demand"], name="answer_once_a_run"),)
        indexes = (models.Index(fields=["demand", "-id"], name="answer_of_demand"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.demand_id}"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Which suggestions."""

    def visible_to(self, user: User) -> Self:
        """Return those whose demand and offer the user may both see, at least by title and field."""
        demands = Demand.objects.visible_to(user).values("code")
        offers = Offer.objects.visible_to(user).values("code")
        return self.filter(Q(offer=None) | Q(offer__in=offers), answer__demand__in=demands)

    def standing(self) -> Self:
        """Leave out what has gone since the run: offers withdrawn, expired or merged, teams dissolved."""
        return self.filter(Q(offer__state__in=ON_OFFER) | Q(team__isnull=False, team__dissolved_on=None))


class Suggestion(models.Model):
    """One offer, or one team, proposed for one demand.

    ``reasons``: the engine's, as data (code, weight, demand's words, offer's words); the weights are the parts of the score.
    ``evidence``: of a team, the offers it is found by, each with revision and score, best first.
    """

    id = models.BigAutoField(primary_key=True)
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="suggestions", db_index=False)
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="suggestions", db_index=False)
    team = models.ForeignKey("parties.Team", models.PROTECT, null=True, related_name="suggestions", db_index=False)
    revision = models.PositiveIntegerField()
    rank = models.PositiveSmallIntegerField(_("名次"))
    score = models.FloatField(_("得分"))
    level = models.PositiveSmallIntegerField(_("等级"))
    reasons = models.JSONField(default=list)
    evidence = models.JSONField(default=list)

    objects: Any = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(offer=None, team__isnull=False) | Q(offer__isnull=False, team=None),
                name="suggestion_of_offer_or_team",
            ),
        )
        indexes = (
            models.Index(fields=["answer", "rank"], name="suggestion_in_order"),
            models.Index(F("offer"), name="suggestion_of_offer", condition=Q(offer__isnull=False)),
            models.Index(F("team"), name="suggestion_of_team", condition=Q(team__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.answer_id} {self.offer_id or self.team_id}"


with_versions(Run)
