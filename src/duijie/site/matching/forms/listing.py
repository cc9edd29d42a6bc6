"""What the list of matches can be narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.kernel.forms import LineField
from duijie.site.kernel.lists import AnyChoice, FilterForm
from duijie.site.matching.models.verdict import Level
from duijie.site.matching.queries.desk import waiting
from duijie.site.matching.states import State
from duijie.site.registry.models import Field, Region
from duijie.site.registry.queries import find_region

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duijie.site.parties.models import User

MINE = (("broker", _("我经办的")), ("waiting", _("轮到我办")), ("overdue", _("已逾期")), ("open", _("正在对接的")))


class MatchFilter(FilterForm):
    """The filter bar. It asks only what the list shows of both sides: titles, region, field, and the match's own facts."""

    q = LineField(label=_("需求、成果、团队或编号"), max_length=100)
    state = AnyChoice(label=_("状态"), choices=State.choices)
    region = LineField(label=_("地区"), max_length=60)
    field = forms.ModelChoiceField(label=_("技术领域"), queryset=Field.objects.none(), empty_label=_("全部"))
    level = AnyChoice(label=_("合适程度"), choices=Level.choices)
    mine = AnyChoice(label=_("范围"), choices=MINE)

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.user = user
        self.fields["field"].queryset = Field.objects.valid()  # type: ignore[attr-defined]

    def clean_region(self) -> Region | None:
        """Find the region by code or name."""
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
        for name, lookup in (("state", "state"), ("level", "level"), ("field", "demand__field")):
            rows = rows.filter(**{lookup: given[name]}) if name in given else rows
        if "region" in given:
            rows = rows.filter(region__code__range=given["region"].span)
        if "q" in given:
            rows = rows.filter(_says(given["q"]))
        return self._of(rows, given.get("mine", ""))

    def _of(self, rows: QuerySet[Any], mine: str) -> QuerySet[Any]:
        if mine == "broker":
            return rows.filter(broker=self.user.pk)
        if mine == "overdue":
            return rows.lapsing(clock.today())  # type: ignore[attr-defined, no-any-return]
        if mine == "open":
            return rows.open()  # type: ignore[attr-defined, no-any-return]
        return rows.filter(pk__in=waiting(self.user).order_by().values("pk")) if mine == "waiting" else rows


def _says(text: str) -> Q:
    titled = Q(demand__title__icontains=text) | Q(offer__title__icontains=text) | Q(team__name__icontains=text)
    return titled | Q(code=text.upper()) | Q(demand=text.upper()) | Q(offer=text.upper())
