"""What the list of demands can be narrowed by.

What a filter asks of a demand must not tell what its reader may not know: everything but words of the title, the field
and the region is asked only of demands he may read in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands import choices
from duijie.site.demands.models import Disclosure, Kind
from duijie.site.demands.models.queryset import readable
from duijie.site.demands.states import State
from duijie.site.kernel import clock
from duijie.site.kernel.conditions import any_of
from duijie.site.kernel.forms import LineField
from duijie.site.kernel.lists import WordsFilter
from duijie.site.parties.models import Organisation
from duijie.site.registry.models import Region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from duijie.site.parties.models import User

SCOPES = [("waiting", _("轮到我办")), ("own", _("本单位的")), ("started", _("我填报的")), ("overdue", _("已逾期"))]


def _all(labels: Iterable[Any]) -> list[Any]:
    return [("", _("全部")), *labels]


class DemandFilter(WordsFilter):
    """The filter bar."""

    q = LineField(label=_("名称、单位或编号"), max_length=100)
    mine = forms.ChoiceField(label=_("范围"), choices=_all(SCOPES))
    state = forms.ChoiceField(label=_("状态"), choices=_all(State.choices))
    kind = forms.ChoiceField(label=_("需求类型"), choices=_all(Kind.choices))
    field = forms.ChoiceField(label=_("技术领域"), choices=lambda: _all(choices.fields()[1:]))
    region = forms.ChoiceField(label=_("地区"), choices=lambda: _all(choices.regions()[1:]))
    department = forms.ChoiceField(label=_("主管厅局"), choices=lambda: _all(choices.departments()[1:]))
    disclosure = forms.ChoiceField(label=_("公开程度"), choices=_all(Disclosure.choices))

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that answer what was given."""
        given = dict(self.given)
        if words := given.pop("q", ""):
            rows = rows.filter(self._said(" ".join(words.split())))
        if region := given.pop("region", ""):
            rows = rows.within(Region.objects.get(code=region))  # type: ignore[attr-defined]
        if field := given.pop("field", ""):
            rows = rows.filter(field=field)
        if given:
            rows = rows.readable_by(self.user)  # type: ignore[attr-defined]
        if mine := given.pop("mine", ""):
            rows = self._mine(rows, mine)
        return rows.filter(**given)

    def _said(self, words: str) -> Q:
        """Words of the title are asked of everything, the organisation's name of what may be read."""
        named = Organisation.objects.filter(name__icontains=words).values("code")
        return any_of(Q(title__icontains=words), Q(code__iexact=words), Q(organisation__in=named) & readable(self.user))

    def _mine(self, rows: Any, mine: str) -> Any:
        if mine == "waiting":
            return rows.waiting_for(self.user)
        if mine == "overdue":
            return rows.handled_by(self.user).overdue(clock.today())
        return rows.owned_by(self.user) if mine == "own" else rows.filter(started_by=self.user.code)
