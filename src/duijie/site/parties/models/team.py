"""A research team (科研团队): its leader, its members, what it can do, and how much more it can take on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.parties.models.dated import TermQuerySet, ends_after_it_begins
from duijie.site.parties.numbers import check_orcid

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser

    from duijie.site.parties.models.user import User
    from duijie.site.registry.models import Region

FRESH_YEARS = 2
"""An expert's record that nobody confirmed for two years is frozen: the practice of the national expert base."""


def stale_before(day: date) -> date:
    """Return the day before which a confirmation is too old on ``day``."""
    try:
        return day.replace(year=day.year - FRESH_YEARS)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - FRESH_YEARS, day=28)


class TeamQuerySet(RecordedQuerySet):
    """Which teams."""

    def present(self) -> Self:
        """Leave out dissolved teams."""
        return self.filter(dissolved_on=None)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return those the user may look up: the directory is open to everybody who has signed in."""
        return self if user.is_authenticated and user.is_active else self.none()

    def within(self, region: Region) -> Self:
        """Return those whose organisation lies in the region's subtree."""
        return self.filter(organisation__region__code__range=region.span)

    def stale(self, moment: datetime | None = None) -> Self:
        """Return those that nobody confirmed for two years."""
        return self.filter(confirmed_on__lt=stale_before(_day(moment)))

    def fresh(self, moment: datetime | None = None) -> Self:
        """Return those confirmed within two years."""
        return self.filter(confirmed_on__gte=stale_before(_day(moment)))

    def available(self, moment: datetime | None = None) -> Self:
        """Return present, fresh teams that can take on something new."""
        return self.present().fresh(moment).filter(capacity__gt=0)


class Team(Recorded):
    """A team of one organisation. Its record is stale two years after somebody last confirmed it."""

    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="teams", verbose_name=_("所属单位")
    )
    name = models.CharField(_("团队名称"), max_length=120, db_index=True)
    english = models.CharField(_("英文名称"), max_length=200, blank=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="teams_led",
        verbose_name=_("负责人账号"),
    )
    leader_name = models.CharField(_("负责人"), max_length=40)
    leader_title = models.CharField(_("负责人职称"), max_length=60, blank=True)
    leader_orcid = models.CharField(_("负责人 ORCID"), max_length=19, blank=True, validators=[check_orcid])
    fields = models.JSONField(_("技术领域"), default=list, blank=True)
    disciplines = models.JSONField(_("学科"), default=list, blank=True)
    keywords = models.JSONField(_("关键词"), default=list, blank=True)
    about = models.TextField(_("团队简介"), blank=True)
    evidence = models.JSONField(_("代表性成果"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("还能承接的合作数"), default=1)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("电子邮箱"), blank=True)
    confirmed_on = models.DateField(_("最近确认日期"))
    dissolved_on = models.DateField(_("解散日期"), null=True, blank=True)

    PRIVATE = frozenset({"contact_phone", "contact_email"})
    objects: Any = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("科研团队")
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(dissolved_on=None), name="team_named_once"
            ),
            models.CheckConstraint(condition=Q(capacity__lte=99), name="team_capacity_is_plausible"),
        )
        indexes = (models.Index(fields=["confirmed_on"], name="team_confirmed"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_stale(self) -> bool:
        """Whether nobody confirmed the record for two years."""
        return self.confirmed_on < stale_before(clock.today())


class TeamMember(Recorded):
    """Somebody who belongs to a team, from a day to a day; he need not have an account."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name=_("所属团队"))
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("职称"), max_length=60, blank=True)
    orcid = models.CharField(_("ORCID"), max_length=19, blank=True, validators=[check_orcid])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("账号"),
    )
    valid_from = models.DateField(_("加入日期"))
    valid_to = models.DateField(_("离开日期"), null=True, blank=True)

    objects: Any = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("团队成员")
        constraints = (
            models.UniqueConstraint(
                fields=["team", "name", "orcid"], condition=Q(valid_to=None), name="team_member_once"
            ),
            ends_after_it_begins("team_member"),
        )

    def __str__(self) -> str:
        return self.name


def _day(moment: datetime | None) -> date:
    return timezone.localdate(moment) if moment else clock.today()


with_versions(Team)
with_versions(TeamMember)
