"""An offer (成果与供给): an achievement, a team's expertise, equipment or a patent, with its stage and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.kernel.conditions import any_of
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.offers.choices import Attribute, ExitReason, OfferKind, Stage
from duijie.site.offers.models.visibility import blurred, in_full, over, own
from duijie.site.offers.states import EDITABLE, ON_OFFER, State
from duijie.site.parties.models.grant import Role
from duijie.site.parties.models.team import stale_before

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region

_ASKED = ("state", "disclosure", "region", "organisation", "field", "kind", "started_by")


class OfferQuerySet(RecordedQuerySet):
    """Which offers."""

    def counted(self) -> Self:
        """Return what figures count: reviewed by an officer; a merged one is counted under the one that stands."""
        return self.filter(state__in=(*ON_OFFER, State.EXPIRED))

    def on_offer(self) -> Self:
        """Return what can be had now."""
        return self.filter(state__in=ON_OFFER)

    def within(self, region: Region) -> Self:
        """Return those of the region's subtree."""
        return self.filter(region__code__range=region.span)

    def in_full_to(self, user: User | AnonymousUser) -> Self:
        """Return those the user may read in full."""
        return self.filter(in_full(user))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return those of which the user may read at least title and field."""
        return self.filter(any_of(in_full(user), blurred(user)))

    def owned_by(self, user: User) -> Self:
        """Return those of the organisations the user acts for, and those he entered for others as an officer."""
        return self.filter(_of_own_organisation(user) | _on_behalf(user))

    def handled_by(self, user: User) -> Self:
        """Return those of the user's organisations and regions, whatever their disclosure."""
        return self.filter(own(user) | over(user))

    def waiting_for(self, user: User) -> Self:
        """Return those whose next step is the user's: to write, to review, to publish, to renew."""
        publishable = Q(state=State.REVIEWED, disclosure__in=(Disclosure.PUBLIC, Disclosure.BLURRED))
        official = user.scope.within("region", Role.OFFICER) & (Q(state=State.SUBMITTED) | publishable)
        # what an officer once entered for an organisation is its own to put right, as soon as it was handed in
        writing = _of_own_organisation(user) & Q(state__in=(*EDITABLE, State.EXPIRED))
        writing |= _on_behalf(user) & Q(state=State.DRAFT)
        return self.filter(official | Q(code__in=self.model.objects.filter(writing).values("code")))

    def stale(self, day: date) -> Self:
        """Return those on offer that nobody has confirmed for two years."""
        return self.on_offer().filter(confirmed_on__lt=stale_before(day))

    def overdue(self, day: date) -> Self:
        """Return those whose step should have been taken before ``day``."""
        return self.filter(due__lt=day)

    def lapsed(self, day: date) -> Self:
        """Return those on offer whose term has ended."""
        return self.on_offer().filter(valid_until__lt=day)


def _of_own_organisation(user: User) -> Q:
    scope = user.scope
    led = Q(organisation__in=scope.of(Role.LEADER)) & (Q(started_by=user.code) | Q(team__leader=user.pk))
    return Q(organisation__in=scope.of(Role.CONTACT, Role.RESEARCH)) | led


def _on_behalf(user: User) -> Q:
    return Q(started_by=user.code) & user.scope.within("region", Role.OFFICER)


class Offer(Recorded):
    """What can be had, from whom, how far it has come, and what proves it.

    ``region`` is where it is registered and reviewed: the organisation's own, or the home region for one from outside.
    The steps of its life are ``submit_offer``, ``return_offer``, ``review_offer``, ``publish_offer``, ``unpublish_offer``,
    ``revise_offer``, ``expire_lapsed``, ``renew_offer``, ``withdraw_offer``, ``reopen_offer`` and ``merge_offer``.
    """

    kind = models.CharField(_("类型"), max_length=20, choices=OfferKind.choices)
    title = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="offers", verbose_name=_("提供单位")
    )
    team = models.ForeignKey(
        "parties.Team", models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("团队")
    )
    region = models.ForeignKey("registry.Region", models.PROTECT, verbose_name=_("登记地区"))
    field = models.ForeignKey("registry.Field", models.PROTECT, null=True, blank=True, verbose_name=_("技术领域"))
    industry = models.ForeignKey("registry.Industry", models.PROTECT, null=True, blank=True, verbose_name=_("应用行业"))
    chain_node = models.ForeignKey(
        "registry.ChainNode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("产业链环节")
    )
    disciplines = models.JSONField(_("学科"), default=list, blank=True)
    keywords = models.JSONField(_("关键词"), default=list, blank=True)

    about = models.TextField(_("内容简介"), blank=True)
    problem = models.TextField(_("解决的问题"), blank=True)
    indicators = models.TextField(_("技术指标"), blank=True)
    measures = models.JSONField(_("量化指标"), default=list, blank=True)
    advantage = models.TextField(_("先进性与对比"), blank=True)
    use_case = models.TextField(_("应用情况与场景"), blank=True)

    stage = models.CharField(_("成果阶段"), max_length=20, choices=Stage.choices, blank=True)
    trl = models.PositiveSmallIntegerField(_("技术成熟度"), null=True, blank=True)
    attribute = models.CharField(_("成果属性"), max_length=20, choices=Attribute.choices, blank=True)
    registration = models.CharField(_("成果登记号"), max_length=12, blank=True)
    units = models.JSONField(_("完成单位"), default=list, blank=True)
    people = models.JSONField(_("完成人"), default=list, blank=True)
    patents = models.JSONField(_("专利号"), default=list, blank=True)
    holder = models.CharField(_("知识产权权利人"), max_length=200, blank=True)
    evidence = models.JSONField(_("证明材料"), default=list, blank=True)

    modes = models.JSONField(_("合作方式"), default=list, blank=True)
    price = models.DecimalField(_("意向价格（元）"), max_digits=15, decimal_places=2, null=True, blank=True)
    terms = models.CharField(_("价格说明"), max_length=200, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    disclosure = models.CharField(_("公开程度"), max_length=20, choices=Disclosure.choices, default=Disclosure.PUBLIC)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("电子邮箱"), blank=True)

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    token = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.DRAFT)
    state_since = models.DateTimeField(_("进入本状态的时间"))
    due = models.DateField(_("办理期限"), null=True, blank=True)
    opinion = models.TextField(_("审核意见"), blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    confirmed_on = models.DateField(_("最近核实日期"), null=True, blank=True)
    exit_reason = models.CharField(_("撤回原因"), max_length=20, choices=ExitReason.choices, blank=True)
    exit_words = models.TextField(_("原因说明"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("已合并到")
    )

    PRIVATE = frozenset({"contact_name", "contact_phone", "contact_email", "token"})
    COUNTED_BY = ("state", "region")
    objects: Any = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("成果与供给")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into=None)),
                name="offer_merged_says_into_what",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="offer_state_known"),
            models.CheckConstraint(condition=Q(kind__in=OfferKind.values), name="offer_kind_known"),
            models.CheckConstraint(condition=Q(disclosure__in=Disclosure.values), name="offer_disclosure_known"),
            models.CheckConstraint(condition=~Q(title=""), name="offer_has_a_title"),
            models.CheckConstraint(
                condition=~Q(state=State.RETURNED) | ~Q(opinion=""), name="offer_returned_with_an_opinion"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("code")), name="offer_not_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN) & ~Q(exit_reason="") | ~Q(state=State.WITHDRAWN) & Q(exit_reason=""),
                name="offer_withdrawn_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.DRAFT, State.WITHDRAWN)) | Q(submitted_at__isnull=False),
                name="offer_submitted_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(*ON_OFFER, State.EXPIRED))
                | Q(reviewed_at__isnull=False, confirmed_on__isnull=False),
                name="offer_reviewed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED)
                | Q(published_at__isnull=False, disclosure__in=(Disclosure.PUBLIC, Disclosure.BLURRED)),
                name="offer_published_may_be_told",
            ),
            models.CheckConstraint(condition=Q(trl=None) | Q(trl__range=(1, 9)), name="offer_trl_of_nine"),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="offer_price_not_negative"),
            models.CheckConstraint(
                condition=Q(registration="") | Q(kind=OfferKind.ACHIEVEMENT), name="offer_registration_of_achievement"
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=~Q(registration="") & ~Q(state__in=(State.MERGED, State.WITHDRAWN)),
                name="offer_registration_once",
            ),
        )
        indexes = (
            models.Index(fields=["state", "changed_at", "code", *_ASKED[1:]], name="offer_state"),
            models.Index(fields=["region", "state", "-changed_at"], name="offer_region"),
            models.Index(fields=["organisation", "state"], name="offer_organisation"),
            models.Index(fields=["field", "state"], name="offer_field"),
            # who sees what is asked of every row: answered in the list's orders without reading the rows
            models.Index(fields=["changed_at", "code", *_ASKED, "title"], name="offer_changed"),
            models.Index(fields=["title", "code", *_ASKED], name="offer_title"),
            models.Index(fields=["due"], name="offer_due", condition=Q(due__isnull=False)),
            models.Index(fields=["confirmed_on"], condition=Q(state__in=ON_OFFER), name="offer_freshness"),
            models.Index(fields=["valid_until"], condition=Q(state__in=ON_OFFER), name="offer_term"),
            models.Index(fields=["started_by", "-changed_at"], name="offer_started"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Say whether the step out of its state should have been taken before today."""
        return self.due is not None and self.due < clock.today()

    @property
    def is_stale(self) -> bool:
        """Say whether nobody has confirmed it for two years though it stands on offer."""
        if self.state not in ON_OFFER or self.confirmed_on is None:
            return False
        return self.confirmed_on < stale_before(clock.today())


with_versions(Offer)
