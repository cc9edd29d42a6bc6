"""A demand (技术需求): what an organisation needs from research, and how far it has come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models.choices import Kind, Mode, Rights, Source
from duijie.site.demands.models.queryset import DemandQuerySet
from duijie.site.demands.states import EXITS, PASSED_REVIEW, WITH_REASON, ExitReason, State
from duijie.site.kernel import clock
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.ledger.models import Recorded, with_versions

_ASKED = (
    "state",
    "disclosure",
    "region",
    "organisation",
    "department",
    "field",
    "kind",
    "submitted_at",
    "published_at",
    "started_by",
)
_ASKED_BY_REGION = tuple(name for name in _ASKED if name not in {"state", "region"})


class Demand(Recorded):
    """One need. Its states are moved by ``actions``: start, submit, review, accept, publish, and every exit."""

    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="demands", verbose_name=_("需求单位")
    )
    region = models.ForeignKey(
        "registry.Region", models.PROTECT, db_index=False, related_name="demands", verbose_name=_("所在盟市旗县")
    )
    department = models.ForeignKey(
        "parties.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_demands",
        verbose_name=_("行业主管厅局"),
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        to_field="code",
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("填报人"),
    )
    token = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    title = models.CharField(_("需求名称"), max_length=120)
    kind = models.CharField(_("需求类型"), max_length=20, choices=Kind.choices, blank=True)
    field = models.ForeignKey("registry.Field", models.PROTECT, null=True, blank=True, verbose_name=_("技术领域"))
    industry = models.ForeignKey(
        "registry.Industry", models.PROTECT, null=True, blank=True, verbose_name=_("国民经济行业")
    )
    chain_node = models.ForeignKey(
        "registry.ChainNode", models.PROTECT, null=True, blank=True, verbose_name=_("产业链环节")
    )
    keywords = models.JSONField(_("关键词"), default=list, blank=True)

    background = models.TextField(_("背景与现状"), blank=True)
    question = models.TextField(_("要解决的技术问题"), blank=True)
    indicators = models.TextField(_("技术指标要求"), blank=True)
    measures = models.JSONField(_("量化指标"), default=list, blank=True)
    benchmark = models.TextField(_("对标水平"), blank=True)
    use_case = models.TextField(_("应用场景"), blank=True)
    trl = models.PositiveSmallIntegerField(
        _("期望技术成熟度"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    deadline = models.DateField(_("要求完成时间"), null=True, blank=True)
    budget = models.DecimalField(_("总预算（万元）"), max_digits=14, decimal_places=4, null=True, blank=True)
    own_funds = models.DecimalField(_("其中自筹（万元）"), max_digits=14, decimal_places=4, null=True, blank=True)
    mode = models.CharField(_("合作方式"), max_length=20, choices=Mode.choices, blank=True)
    partner = models.CharField(_("意向合作单位"), max_length=200, blank=True)
    base = models.TextField(_("已有工作基础"), blank=True)
    rights = models.CharField(_("知识产权意向"), max_length=20, choices=Rights.choices, blank=True)
    decider = models.CharField(_("决策人（职务）"), max_length=100, blank=True)

    disclosure = models.CharField(_("公开程度"), max_length=20, choices=Disclosure.choices, default=Disclosure.PUBLIC)
    source = models.CharField(_("来源渠道"), max_length=20, choices=Source.choices, default=Source.ONLINE)
    recommended_by = models.CharField(_("推荐单位"), max_length=120, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("电子邮箱"), blank=True)

    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.DRAFT)
    state_since = models.DateTimeField(_("进入本状态的时间"))
    due = models.DateField(_("办理期限"), null=True, blank=True)
    opinion = models.TextField(_("审核意见"), blank=True)
    exit_reason = models.CharField(_("原因"), max_length=20, choices=ExitReason.choices, blank=True)
    exit_words = models.TextField(_("原因说明"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged",
        verbose_name=_("已合并到"),
    )
    submitted_at = models.DateTimeField(_("首次提交时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    directed_at = models.DateTimeField(_("定向推送时间"), null=True, blank=True)

    PRIVATE = frozenset({"contact_name", "contact_phone", "contact_email", "token"})
    COUNTED_BY = ("state", "region")
    objects: Any = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("技术需求")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="demand_state_known"),
            models.CheckConstraint(condition=Q(disclosure__in=Disclosure.values), name="demand_disclosure_known"),
            models.CheckConstraint(condition=Q(kind__in=["", *Kind.values]), name="demand_kind_known"),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into=None)),
                name="demand_merged_iff_into_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("code")), name="demand_not_into_itself"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=WITH_REASON) & ~Q(exit_reason=""))
                | (~Q(state__in=WITH_REASON) & Q(exit_reason="")),
                name="demand_exit_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RETURNED, State.REFINEMENT]) | ~Q(opinion=""),
                name="demand_sent_back_with_an_opinion",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN) | Q(state=State.DRAFT) | Q(submitted_at__isnull=False),
                name="demand_submitted_before_review",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PASSED_REVIEW) | Q(accepted_at__isnull=False),
                name="demand_accepted_before_use",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False), name="demand_published_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DIRECTED) | Q(directed_at__isnull=False), name="demand_directed_on_a_day"
            ),
            models.CheckConstraint(condition=Q(budget=None) | Q(budget__gte=0), name="demand_budget_not_negative"),
            models.CheckConstraint(condition=Q(own_funds=None) | Q(own_funds__gte=0), name="demand_funds_not_negative"),
            models.CheckConstraint(condition=Q(trl=None) | Q(trl__range=(1, 9)), name="demand_trl_1_to_9"),
            models.CheckConstraint(condition=~Q(title=""), name="demand_has_a_title"),
        )
        indexes = (
            # who sees what is asked of every row: these answer it, in the list's orders, without reading the rows
            models.Index(fields=["state", "changed_at", "code", *_ASKED[1:]], name="demand_state"),
            models.Index(fields=["region", "state", "changed_at", "code", *_ASKED_BY_REGION], name="demand_region"),
            models.Index(fields=["changed_at", "code", *_ASKED, "title"], name="demand_changed"),
            models.Index(fields=["title", "code", *_ASKED], name="demand_title"),
            models.Index(fields=["organisation", "state"], name="demand_organisation_state"),
            models.Index(fields=["merged_into"], name="demand_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["due"], name="demand_due", condition=Q(due__isnull=False)),
            models.Index(
                fields=["deadline"],
                name="demand_deadline",
                condition=Q(state__in=["accepted", "published", "directed", "matching"]),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether its step should have been taken before today."""
        return self.due is not None and self.due < clock.today()

    @property
    def is_ended(self) -> bool:
        """Whether it left the path."""
        return self.state in EXITS


with_versions(Demand)
