"""A grant (授权): one role of one user over one region, department or organisation, from a day to a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.models import Recorded, with_versions
from duijie.site.parties.models.dated import TermQuerySet, ends_after_it_begins

if TYPE_CHECKING:
    from duijie.site.parties.models.organisation import Organisation
    from duijie.site.registry.models import Region


class Role(models.TextChoices):
    """What somebody is here. An officer's level follows from his region: the home region, a league, a banner."""

    ADMIN = "admin", _("系统管理员")
    OFFICER = "officer", _("科技主管部门经办人")
    DEPARTMENT = "department", _("行业厅局经办人")
    CONTACT = "contact", _("需求单位联系人")
    RESEARCH = "research", _("科研单位管理员")
    LEADER = "team_leader", _("团队负责人")
    BROKER = "broker", _("技术经理人")
    ORGANISER = "organiser", _("会议组织者")
    READER = "reader", _("领导")


BY_REGION = frozenset({Role.ADMIN, Role.OFFICER, Role.BROKER, Role.ORGANISER, Role.READER})
"""Roles held over a region; the others are held over an organisation."""

OVER_WHAT_ITS_ROLE_NEEDS = Q(role__in=sorted(BY_REGION), region__isnull=False, organisation=None) | (
    ~Q(role__in=sorted(BY_REGION)) & Q(region=None, organisation__isnull=False)
)


class Grant(Recorded):
    """What one user may do, and where."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    region = models.ForeignKey("registry.Region", models.PROTECT, null=True, blank=True, verbose_name=_("地区"))
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("授权单位")
    )
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    objects: Any = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        constraints = (
            models.CheckConstraint(condition=OVER_WHAT_ITS_ROLE_NEEDS, name="grant_over_what_its_role_needs"),
            ends_after_it_begins("grant"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.get_role_display()}"

    @property
    def place(self) -> Region | Organisation | None:
        """The region or organisation over which the role is held."""
        return self.region or self.organisation


with_versions(Grant)
