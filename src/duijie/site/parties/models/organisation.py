"""An organisation (单位): government, department, enterprise, university, institute, hospital, platform, association."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.parties.numbers import check_credit_code, check_ror

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from duijie.site.parties.models.user import User
    from duijie.site.registry.models import Region


class OrganisationKind(models.TextChoices):
    """What sort of body it is."""

    GOVERNMENT = "government", _("政府")
    DEPARTMENT = "department", _("厅局")
    ENTERPRISE = "enterprise", _("企业")
    UNIVERSITY = "university", _("高校")
    INSTITUTE = "institute", _("科研院所")
    HOSPITAL = "hospital", _("医疗机构")
    PLATFORM = "platform", _("创新平台")
    ASSOCIATION = "association", _("社会组织")


PRESENT = Q(merged_into=None, withdrawn_on=None)
"""What the directory holds; the others stay on record and give their numbers free."""


class OrganisationQuerySet(RecordedQuerySet):
    """Which organisations."""

    def present(self) -> Self:
        """Leave out those merged into another, and those whose registration was taken back."""
        return self.filter(PRESENT)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return those the user may look up: the directory is open to everybody who has signed in."""
        return self if user.is_authenticated and user.is_active else self.none()

    def within(self, region: Region) -> Self:
        """Return those of the region's subtree."""
        return self.filter(region__code__range=region.span)

    def named(self, name: str) -> Self:
        """Return those of exactly this name, present or former."""
        return self.filter(Q(name=name) | Q(short_name=name) | _has_line("former_names", name))


class Organisation(Recorded):
    """A body that needs, offers, signs or decides; counted once, however often it was entered."""

    name = models.CharField(_("单位名称"), max_length=120, db_index=True)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    english = models.CharField(_("英文名称"), max_length=200, blank=True)
    former_names = models.TextField(_("曾用名"), blank=True)
    credit_code = models.CharField(
        _("统一社会信用代码"), max_length=18, null=True, blank=True, validators=[check_credit_code]
    )
    ror = models.CharField(_("ROR 编号"), max_length=9, null=True, blank=True, validators=[check_ror])
    kind = models.CharField(_("单位类型"), max_length=20, choices=OrganisationKind.choices)
    region = models.ForeignKey("registry.Region", models.PROTECT, verbose_name=_("所在地"))
    industry = models.ForeignKey("registry.Industry", models.PROTECT, null=True, blank=True, verbose_name=_("所属行业"))
    high_tech = models.BooleanField(_("高新技术企业"), default=False)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    website = models.URLField(_("网址"), blank=True)
    about = models.TextField(_("简介"), blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("电子邮箱"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("已合并到")
    )
    withdrawn_on = models.DateField(_("撤销登记日期"), null=True, blank=True)

    PRIVATE = frozenset({"contact_name", "contact_phone", "contact_email"})
    objects: Any = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位")
        constraints = (
            models.UniqueConstraint(fields=["credit_code"], condition=PRESENT, name="organisation_credit_code_once"),
            models.UniqueConstraint(fields=["ror"], condition=PRESENT, name="organisation_ror_once"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("code")), name="organisation_not_into_itself"),
            models.CheckConstraint(condition=~Q(credit_code="") & ~Q(ror=""), name="organisation_number_or_none"),
        )
        indexes = (models.Index(fields=["region", "kind", "name"], name="organisation_region"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_present(self) -> bool:
        """Whether the directory holds it."""
        return self.merged_into_id is None and self.withdrawn_on is None

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, its short name and the names it had."""
        return tuple(
            dict.fromkeys(name for name in (self.name, self.short_name, *self.former_names.splitlines()) if name)
        )


def _has_line(field: str, line: str) -> Q:
    return (
        Q(**{field: line})
        | Q(**{f"{field}__startswith": f"{line}\n"})
        | Q(**{f"{field}__endswith": f"\n{line}"})
        | Q(**{f"{field}__contains": f"\n{line}\n"})
    )


with_versions(Organisation)
