"""A match (对接): a demand with an offer or a team on which people work, and what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models import Demand
from duijie.site.kernel import clock
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.matching.states import OPEN, WAITING, DeclineReason, InquiryState, Side, State, TaskState
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from datetime import date

    from duijie.site.parties.models import User


class MatchQuerySet(RecordedQuerySet):
    """Which matches."""

    def counted(self) -> Self:
        """Return what figures count: somebody took it up; a mere suggestion is not a match."""
        return self.exclude(state=State.SUGGESTED)

    def open(self) -> Self:
        """Return those somebody is at work on."""
        return self.filter(state__in=OPEN)

    def lapsing(self, day: date) -> Self:
        """Return those whose time for an answer ended before ``day``."""
        return self.filter(state__in=WAITING, due__lt=day)

    def overdue(self, day: date) -> Self:
        """Return those that should have been heard of before ``day``: what the desk marks."""
        return self.lapsing(day)

    def visible_to(self, user: User) -> Self:
        """Return those of which the user may see both sides, and that are his to know of.

        Officers see the matches of demands they handle, brokers their own, the two organisations theirs. Who may not see
        the demand, or the offer, never learns of the match.
        """
        scope = user.scope
        demands = Demand.objects.visible_to(user).values("code")
        offers = Offer.objects.visible_to(user).values("code")
        theirs = Q(organisation__in=scope.of(Role.RESEARCH, Role.LEADER, Role.CONTACT))
        mine = Q(broker=user.pk) | Q(demand__in=Demand.objects.handled_by(user).values("code")) | theirs
        return self.filter(mine, Q(offer=None) | Q(offer__in=offers), demand__in=demands)


class Match(Recorded):
    """One demand with one offer or one team, once; a match that lapsed or failed is taken up again, not made twice.

    ``organisation`` is the supplying side's; ``suggestion`` where the engine proposed it, which is how it is replayed;
    ``due`` the day after which silence lets it lapse. Moved by ``actions``: take_up, contact, answer, begin_talks, meet,
    intend, decline, lapse, resume.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="matches", verbose_name=_("需求"))
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="matches", verbose_name=_("成果"))
    team = models.ForeignKey("parties.Team", models.PROTECT, null=True, related_name="matches", verbose_name=_("团队"))
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="matches", verbose_name=_("供给单位")
    )
    region = models.ForeignKey("registry.Region", models.PROTECT, related_name="+", verbose_name=_("需求所在地"))
    suggestion = models.ForeignKey(
        "matching.Suggestion", models.PROTECT, null=True, related_name="matches", verbose_name=_("推荐记录")
    )
    score = models.FloatField(_("得分"), null=True)
    level = models.PositiveSmallIntegerField(_("等级"), null=True)
    broker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="matches", verbose_name=_("经办人")
    )
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.SUGGESTED)
    state_since = models.DateTimeField(_("进入本状态的时间"))
    due = models.DateField(_("等待回复至"), null=True)
    demand_says = models.CharField(_("需求方意见"), max_length=10, blank=True)
    supply_says = models.CharField(_("供给方意见"), max_length=10, blank=True)
    declined_by = models.CharField(_("由谁提出"), max_length=10, choices=Side.choices, blank=True)
    reason = models.CharField(_("未成的原因"), max_length=20, choices=DeclineReason.choices, blank=True)
    words = models.TextField(_("原因说明"), blank=True)
    meeting_at = models.DateTimeField(_("会面时间"), null=True)
    contacted_at = models.DateTimeField(_("首次联系时间"), null=True)
    intended_at = models.DateTimeField(_("形成意向时间"), null=True)

    COUNTED_BY = ("state", "region")
    objects: Any = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("对接")
        constraints = (
            models.CheckConstraint(
                condition=Q(offer=None, team__isnull=False) | Q(offer__isnull=False, team=None),
                name="match_of_offer_or_team",
            ),
            models.UniqueConstraint(
                fields=["demand", "offer"], condition=Q(offer__isnull=False), name="match_demand_offer_once"
            ),
            models.UniqueConstraint(
                fields=["demand", "team"], condition=Q(team__isnull=False), name="match_demand_team_once"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="match_state_known"),
            models.CheckConstraint(
                condition=(Q(state=State.DECLINED) & ~Q(reason="") & ~Q(declined_by=""))
                | (~Q(state=State.DECLINED) & Q(reason="")),
                name="match_declined_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.SUGGESTED, State.DECLINED, State.LAPSED)) | Q(contacted_at__isnull=False),
                name="match_contacted_before_talks",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.INTENDED) | Q(intended_at__isnull=False), name="match_intended_has_a_time"
            ),
        )
        indexes = (
            models.Index(fields=["state", "region", "-changed_at"], name="match_state_region"),
            models.Index(fields=["broker", "state"], name="match_broker"),
            models.Index(fields=["organisation", "state"], name="match_organisation"),
            models.Index(fields=["due"], name="match_due", condition=Q(state__in=sorted(WAITING))),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def supply(self) -> Any:
        """What answers: the offer or the team."""
        return self.offer or self.team

    @property
    def is_overdue(self) -> bool:
        """Whether an answer should have come before today."""
        return self.due is not None and self.state in WAITING and self.due < clock.today()


class ContactWay(models.TextChoices):
    """How people spoke."""

    PHONE = "phone", _("电话")
    MAIL = "mail", _("邮件")
    VISIT = "visit", _("走访")
    VIDEO = "video", _("视频")
    MEETING = "meeting", _("会面")
    OTHER = "other", _("其他")


class Contact(Recorded):
    """One contact about a match: when, how, with whom, what was said."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="contacts", verbose_name=_("对接"))
    at = models.DateTimeField(_("时间"))
    way = models.CharField(_("方式"), max_length=10, choices=ContactWay.choices)
    side = models.CharField(_("联系了谁"), max_length=10, choices=Side.choices)
    words = models.TextField(_("谈了什么"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人"))

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("联系记录")
        constraints = (models.CheckConstraint(condition=~Q(words=""), name="contact_says_something"),)
        indexes = (models.Index(fields=["match", "-at"], name="contact_of_match"),)


class Task(Recorded):
    """Something somebody is to do about a match, until a day."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="tasks", verbose_name=_("对接"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="match_tasks", verbose_name=_("办理人")
    )
    what = models.CharField(_("要做什么"), max_length=200)
    due = models.DateField(_("期限"))
    state = models.CharField(_("状态"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    outcome = models.CharField(_("结果"), max_length=200, blank=True)
    reminded_on = models.DateField(_("提醒日期"), null=True)

    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("任务")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(condition=~Q(what=""), name="task_says_what"),
        )
        indexes = (models.Index(fields=["owner", "state", "due"], name="task_of_owner"),)


class Inquiry(Recorded):
    """A question to one side of a match, whether it wants to talk; answered by a signed link or on the desk, once."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="inquiries", verbose_name=_("对接"))
    side = models.CharField(_("问谁"), max_length=10, choices=Side.choices)
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="inquiries", verbose_name=_("单位")
    )
    email = models.EmailField(_("发往"), blank=True)
    words = models.TextField(_("附言"), blank=True)
    expires_at = models.DateTimeField(_("有效期至"))
    state = models.CharField(_("状态"), max_length=10, choices=InquiryState.choices, default=InquiryState.SENT)
    says = models.CharField(_("答复"), max_length=10, blank=True)
    reason = models.CharField(_("原因"), max_length=20, choices=DeclineReason.choices, blank=True)
    reply = models.TextField(_("说明"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    PRIVATE = frozenset({"email"})
    objects: Any = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("征询")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=InquiryState.values), name="inquiry_state_known"),
            models.CheckConstraint(
                condition=~Q(state=InquiryState.ANSWERED) | (~Q(says="") & Q(answered_at__isnull=False)),
                name="inquiry_answered_says_what",
            ),
            models.UniqueConstraint(
                fields=["match", "side"], condition=Q(state=InquiryState.SENT), name="inquiry_one_open_a_side"
            ),
        )
        indexes = (models.Index(fields=["organisation", "state"], name="inquiry_of_organisation"),)


with_versions(Match)
with_versions(Contact)
with_versions(Task)
with_versions(Inquiry)
