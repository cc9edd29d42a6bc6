"""A mechanism (合作机制): a named, dated list of members in tiers, with a lead group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.models import Recorded, with_versions
from duijie.site.parties.models.dated import TermQuerySet, ends_after_it_begins

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from duijie.site.parties.models.user import User


class MechanismKind(models.TextChoices):
    """How its members stand to each other."""

    TIERED = "tiered", _("多层级合作（如“4+8+N”）")
    PAIRED = "paired", _("厅际协同（“1+1”）")
    BILATERAL = "bilateral", _("双边合作")


class MechanismQuerySet(TermQuerySet):
    """Which mechanisms."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return those the user may look up: the directory is open to everybody who has signed in."""
        return self if user.is_authenticated and user.is_active else self.none()


class Mechanism(Recorded):
    """A way of working together that has a name, members and a beginning."""

    name = models.CharField(_("机制名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=20, choices=MechanismKind.choices)
    region = models.ForeignKey("registry.Region", models.PROTECT, verbose_name=_("适用地区"))
    about = models.TextField(_("机制说明"), blank=True)
    valid_from = models.DateField(_("建立日期"))
    valid_to = models.DateField(_("终止之日"), null=True, blank=True)

    objects: Any = MechanismQuerySet.as_manager()

    class Meta:
        verbose_name = _("合作机制")
        constraints = (
            models.UniqueConstraint(fields=["region", "name"], condition=Q(valid_to=None), name="mechanism_named_once"),
            ends_after_it_begins("mechanism"),
        )

    def __str__(self) -> str:
        return self.name


class MechanismMember(Recorded):
    """An organisation or a region's government that belongs to a tier of a mechanism, from a day to a day."""

    mechanism = models.ForeignKey(Mechanism, models.PROTECT, related_name="members", verbose_name=_("合作机制"))
    tier = models.CharField(_("层级"), max_length=20)
    place = models.PositiveSmallIntegerField(_("排序"), default=0)
    organisation = models.ForeignKey(
        "parties.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("成员单位"),
    )
    region = models.ForeignKey("registry.Region", models.PROTECT, null=True, blank=True, verbose_name=_("地区"))
    valid_from = models.DateField(_("加入日期"))
    valid_to = models.DateField(_("退出日期"), null=True, blank=True)

    objects: Any = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("机制成员")
        constraints = (
            models.CheckConstraint(
                condition=Q(organisation=None, region__isnull=False) | Q(organisation__isnull=False, region=None),
                name="mechanism_member_is_one_party",
            ),
            models.UniqueConstraint(
                fields=["mechanism", "organisation"], condition=Q(valid_to=None), name="mechanism_organisation_once"
            ),
            models.UniqueConstraint(
                fields=["mechanism", "region"], condition=Q(valid_to=None), name="mechanism_region_once"
            ),
            ends_after_it_begins("mechanism_member"),
        )

    def __str__(self) -> str:
        return str(self.party)

    @property
    def party(self) -> Any:
        """The organisation or the region that is the member."""
        return self.organisation or self.region


class LeadOffice(models.TextChoices):
    """What somebody is in a lead group."""

    HEAD = "head", _("组长")
    DEPUTY = "deputy", _("副组长")
    MEMBER = "member", _("成员")


class LeadGroupMember(Recorded):
    """Somebody who sits in a mechanism's lead group (领导小组), from a day to a day."""

    mechanism = models.ForeignKey(Mechanism, models.PROTECT, related_name="lead_group", verbose_name=_("合作机制"))
    office = models.CharField(_("组内职务"), max_length=10, choices=LeadOffice.choices)
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("单位职务"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        "parties.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lead_groups",
        verbose_name=_("所在单位"),
    )
    valid_from = models.DateField(_("任职日期"))
    valid_to = models.DateField(_("卸任日期"), null=True, blank=True)

    objects: Any = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("领导小组成员")
        constraints = (
            models.UniqueConstraint(
                fields=["mechanism"], condition=Q(valid_to=None, office="head"), name="lead_group_has_one_head"
            ),
            ends_after_it_begins("lead_group_member"),
        )

    def __str__(self) -> str:
        return self.name


with_versions(Mechanism)
with_versions(MechanismMember)
with_versions(LeadGroupMember)
