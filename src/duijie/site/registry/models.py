"""Reference data. Codes are the primary keys, so every reference to a row can be read.

A row holds from ``valid_from`` to the day before ``valid_to``. A row that no longer holds stays: what was registered
under it keeps its meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions

if TYPE_CHECKING:
    from datetime import date


class DatedQuerySet(models.QuerySet[Any]):
    """Which rows."""

    def valid_on(self, day: date) -> Self:
        """Return those that hold on ``day``."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def valid(self) -> Self:
        """Return those that hold today."""
        return self.valid_on(clock.today())


class Dated(models.Model):
    """A row of reference data, with the days from and to (exclusive) which it holds."""

    name = models.CharField(_("名称"), max_length=120)
    english = models.CharField(_("英文名称"), max_length=200, blank=True)
    order = models.PositiveIntegerField(_("次序"), default=0)
    valid_from = models.DateField(_("起始日期"), default="1949-10-01")
    valid_to = models.DateField(_("终止日期"), null=True, blank=True)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("order", "code")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="%(class)s_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.english if self.english and (get_language() or "").startswith("en") else self.name

    def is_valid(self, day: date | None = None) -> bool:
        """Say whether the row holds on ``day``, by default today."""
        day = day or clock.today()
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RegionQuerySet(DatedQuerySet):
    """Which regions."""

    def within(self, region: Region) -> Self:
        """Return the region and everything below it."""
        return self.filter(code__range=region.span)

    def provinces(self) -> Self:
        """Return the highest regions."""
        return self.filter(parent=None)


class Region(Dated):
    """A place of the GB/T 2260 tree. Whatever lies in it has a region code from ``code`` to ``last``."""

    class Kind(models.TextChoices):
        """Its height in the tree. Counties directly under a province are counties."""

        PROVINCE = "province", _("省级")
        PREFECTURE = "prefecture", _("地级")
        COUNTY = "county", _("县级")

    code = models.CharField(_("代码"), primary_key=True, max_length=6)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    kind = models.CharField(_("级别"), max_length=12, choices=Kind.choices)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    last = models.CharField(_("末位代码"), max_length=6)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    pinyin = models.CharField(_("拼音"), max_length=120, blank=True)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("现为")
    )

    objects: ClassVar[Any] = RegionQuerySet.as_manager()

    class Meta(Dated.Meta):
        constraints = (
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(last__gte=F("code")), name="region_holds_itself"),
        )

    @property
    def span(self) -> tuple[str, str]:
        """Return the first and last code of the subtree, for ``region__range=…``."""
        return self.code, self.last

    @property
    def path(self) -> list[Region]:
        """Return the regions from the province down to this one."""
        return [*(self.parent.path if self.parent else []), self]

    @property
    def full_name(self) -> str:
        """Return the name with those of the regions above, in the reader's language."""
        if (get_language() or "").startswith("en"):
            return ", ".join(region.label for region in reversed(self.path))
        return "".join(region.name for region in self.path)

    def holds(self, code: str) -> bool:
        """Say whether the region with this code lies in this one."""
        return self.code <= code <= self.last


def last_code(code: str) -> str:
    """Return the last code below ``code``: 150000 → 159999, 150100 → 150199, 150102 → 150102."""
    return code.removesuffix("00").removesuffix("00").ljust(6, "9") if code.endswith("00") else code


class Classified(Dated):
    """A class of a classification that is a tree."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )

    class Meta(Dated.Meta):
        abstract = True


class Industry(Classified):
    """A class of GB/T 4754-2017: section C, division C39, group C398, class C3985."""

    code = models.CharField(_("代码"), primary_key=True, max_length=6)

    class Meta(Classified.Meta):
        pass


class Discipline(Classified):
    """A discipline of GB/T 13745-2009: 430 and, below it, 43040."""

    code = models.CharField(_("代码"), primary_key=True, max_length=12)

    class Meta(Classified.Meta):
        pass


class Field(Dated):
    """One of the 11 technical fields of technology contract registration."""

    code = models.CharField(_("代码"), primary_key=True, max_length=12)
    aliases = models.JSONField(_("别名"), default=list, blank=True)

    class Meta(Dated.Meta):
        pass


class Kind(Dated):
    """A kind of paper, with what it is and is not."""

    code = models.CharField(_("代码"), primary_key=True, max_length=20)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    definition = models.TextField(_("定义"), blank=True)
    definition_english = models.TextField(_("英文定义"), blank=True)

    class Meta(Dated.Meta):
        abstract = True

    @property
    def meaning(self) -> str:
        """Return the definition in the reader's language."""
        return self.definition_english if (get_language() or "").startswith("en") else self.definition


class AgreementKind(Kind):
    """A kind of agreement: framework, platform, project, talent, technology."""

    class Meta(Kind.Meta):
        pass


class ContractKind(Kind):
    """A kind of technology contract; the Civil Code made licences one of their own from 2021-01-01."""

    class Meta(Kind.Meta):
        pass


class Chain(Dated):
    """An industry chain (产业链) with its nodes from upstream to downstream."""

    code = models.CharField(_("代码"), primary_key=True, max_length=20)
    keywords = models.JSONField(_("关键词"), default=list, blank=True)
    industries = models.JSONField(_("国民经济行业"), default=list, blank=True)

    class Meta(Dated.Meta):
        pass


class ChainNode(Dated):
    """A node (环节) of a chain; the words that show a demand or an offer to belong there."""

    code = models.CharField(_("代码"), primary_key=True, max_length=24)
    chain = models.ForeignKey(Chain, models.PROTECT, related_name="nodes", verbose_name=_("产业链"))
    keywords = models.JSONField(_("关键词"), default=list, blank=True)

    class Meta(Dated.Meta):
        pass


class CalendarDay(models.Model):
    """A day for which the State Council's notice says whether one works; all others follow the week.

    ``announced`` is false for days the law names before the year's notice has said how weekends are moved.
    """

    day = models.DateField(_("日期"), primary_key=True)
    name = models.CharField(_("名称"), max_length=40)
    english = models.CharField(_("英文名称"), max_length=80, blank=True)
    working = models.BooleanField(_("上班"))
    announced = models.BooleanField(_("已公布"), default=True)

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.label}"

    @property
    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.english if self.english and (get_language() or "").startswith("en") else self.name


@with_versions
class Edition(Recorded):
    """Which tables the reference data was last loaded from: one row, whose entries tell every load."""

    digest = models.CharField(_("摘要"), max_length=64)
    loaded_at = models.DateTimeField(_("载入时间"))
    rows = models.JSONField(_("行数"), default=dict)

    objects: ClassVar[Any] = RecordedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.digest[:12]
