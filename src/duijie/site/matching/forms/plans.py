"""What a plan is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel.forms import LineField, OfficeForm, WholeField
from duijie.site.matching.queries.plans import regions_of

if TYPE_CHECKING:
    from duijie.site.parties.models import User


class NumbersForm(OfficeForm):
    """How many teams a demand gets, and who gets at least how much."""

    wanted = WholeField(label=_("每项需求安排几个团队"), min_value=1, max_value=3, initial=1)
    least_small = WholeField(
        label=_("小单位至少安排"),
        min_value=0,
        max_value=20,
        initial=0,
        help_text=_("每个小单位至少承接的需求数，0 为不设保底。"),
    )
    small_teams = WholeField(label=_("小单位：在册团队不超过"), min_value=1, max_value=20, initial=2)
    least_league = WholeField(
        label=_("每个盟市至少安排"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=_("每个盟市至少有这么多需求得到团队，0 为不设保底。"),
    )


class PlanForm(NumbersForm):
    """A new plan."""

    region: Any = forms.ModelChoiceField(label=_("地区"), queryset=None)
    name = LineField(label=_("名称"), max_length=80, required=False)
    field_order = ("region", "name")

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:
        super().__init__(*arguments, **options)
        found = regions_of(user)
        self.fields["region"].queryset = found  # type: ignore[attr-defined]
        self.fields["region"].initial = found.first()
