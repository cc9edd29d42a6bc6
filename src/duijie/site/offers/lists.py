"""The list of offers: its columns, its filters, and what an export of it holds.

What is shown only in part is found only by what is shown: a filter on anything but title, field, region and state looks
through the offers that the reader may read in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.kernel.conditions import any_of
from duijie.site.kernel.forms import LineField
from duijie.site.kernel.lists import AnyChoice, Column, FilterForm
from duijie.site.offers.answers import said
from duijie.site.offers.choices import OfferKind, Stage
from duijie.site.offers.models import Offer
from duijie.site.offers.models.visibility import in_full
from duijie.site.offers.queries.access import RELATED
from duijie.site.offers.sections import SECTIONS
from duijie.site.offers.sheet import SHEET
from duijie.site.offers.states import State
from duijie.site.parties.cells import directory
from duijie.site.parties.models import Organisation
from duijie.site.registry.models import Field, Region
from duijie.site.registry.queries import find_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from duijie.site.parties.models import User
    from duijie.tables.write import Value

COLUMNS = (
    Column("title", _("名称"), ("title",)),
    Column("organisation", _("提供单位")),
    Column("region", _("登记地区"), ("region",)),
    Column("field", _("技术领域"), ("field",)),
    Column("kind", _("类型")),
    Column("state", _("状态"), ("state",)),
    Column("changed", _("更新时间"), ("changed_at",)),
)
ORDER = "-changed"
MINE = (
    ("own", _("本单位的")),
    ("todo", _("待我办理的")),
    ("stale", _("需要核实的")),
    ("started", _("我登记的")),
)


class OfferFilter(FilterForm):
    """What the list can be narrowed by."""

    q = LineField(label=_("关键词"), max_length=100)
    state = AnyChoice(label=_("状态"), choices=State.choices)
    kind = AnyChoice(label=_("类型"), choices=OfferKind.choices)
    field = forms.ModelChoiceField(label=_("技术领域"), queryset=Field.objects.none(), empty_label=_("全部"))
    region = LineField(label=_("地区"), max_length=60)
    stage = AnyChoice(label=_("成果阶段"), choices=Stage.choices)
    mine = AnyChoice(label=_("范围"), choices=MINE)

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.user = user
        self.fields["field"].queryset = Field.objects.valid()  # type: ignore[attr-defined]

    def clean_region(self) -> Region | None:
        """Find the region by code or name; 巴盟 is understood."""
        text = self.cleaned_data["region"]
        if not text:
            return None
        answer = find_region(text)
        if answer.found is None:
            raise forms.ValidationError(answer.sentence)
        return answer.found

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that answer what was given."""
        given = self.given
        for name in ("state", "field"):
            rows = rows.filter(**{name: given[name]}) if name in given else rows
        if "region" in given:
            rows = rows.filter(region__code__range=given["region"].span)
        hidden = {name: given[name] for name in ("kind", "stage") if name in given}
        if hidden:
            rows = rows.filter(in_full(self.user), **hidden)
        if "q" in given:
            rows = rows.filter(_says(given["q"], self.user))
        return self._of(rows, given.get("mine", ""))

    def _of(self, rows: QuerySet[Any], mine: str) -> QuerySet[Any]:
        if mine == "own":
            return rows & Offer.objects.owned_by(self.user)
        if mine == "todo":
            return rows & Offer.objects.waiting_for(self.user)
        if mine == "stale":
            return rows & Offer.objects.owned_by(self.user).stale(clock.today())
        return rows.filter(started_by=self.user.code) & Offer.objects.handled_by(self.user) if mine else rows


def _says(text: str, user: User) -> Q:
    named = Organisation.objects.filter(name__icontains=text).values("code")
    said_inside = Q(about__icontains=text) | Q(organisation__in=named) | Q(registration=text.upper())
    return any_of(Q(title__icontains=text), Q(code=text.upper()), in_full(user) & said_inside)


def listed(user: User) -> QuerySet[Any]:
    """Return the offers the user may know of, with what a line of the list shows."""
    rows: QuerySet[Any] = Offer.objects.visible_to(user).select_related("organisation", "region", "field")
    return rows.defer("about", "problem", "indicators", "advantage", "use_case", "evidence", "measures")


def readable_codes(rows: Sequence[Offer], user: User) -> frozenset[str]:
    """Return the codes of those of ``rows`` that the user reads in full, by one query."""
    codes = [row.code for row in rows]
    return frozenset(Offer.objects.in_full_to(user).filter(code__in=codes).values_list("code", flat=True))


FIELDS = tuple(name for section in SECTIONS for name in section.fields if name not in Offer.PRIVATE)
_SHOWN = ("code", "title", "field", "region")


def export_heads() -> list[str]:
    """Return the headings of an export."""
    names = ("code", "state", "organisation", "region", *FIELDS, "confirmed_on")
    return [SHEET.header(name) or str(Offer._meta.get_field(name).verbose_name) for name in names]  # type: ignore[union-attr]


def _cell(offer: Offer, name: str) -> Any:
    return SHEET.cell(offer, name) if SHEET.header(name) else said(offer, name)


def export_rows(rows: QuerySet[Any], user: User) -> Iterator[list[Value]]:
    """Give the lines of an export; of what is shown in part only what is shown."""
    directory.look(now=True)
    names = ("code", "state", "organisation", "region", *FIELDS, "confirmed_on")
    full = set(rows.order_by().filter(in_full(user)).values_list("code", flat=True))
    for offer in rows.select_related(None).select_related(*RELATED).defer(None).iterator(chunk_size=500):
        shown = names if offer.code in full else _SHOWN
        yield [_cell(offer, name) if name in shown else "" for name in names]
