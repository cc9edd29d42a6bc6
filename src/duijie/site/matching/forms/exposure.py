"""What the table of exposure is narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.kernel.fields import DayField
from duijie.site.kernel.forms import LineField
from duijie.site.kernel.lists import AnyChoice, FilterForm
from duijie.site.matching.queries.exposure import Extent
from duijie.site.registry.models import Region

if TYPE_CHECKING:
    from duijie.site.parties.models import User

ONLY = (("few", _("偏少的")), ("many", _("偏多的")), ("small", _("小机构")))


class ExposureFilter(FilterForm):
    """The filter bar: from a day to a day, of which institutions. The region is chosen by the tabs."""

    since = DayField(label=_("自"))
    until = DayField(label=_("至"))
    q = LineField(label=_("单位名称"), max_length=60)
    only = AnyChoice(label=_("只看"), choices=ONLY)
    region = forms.CharField(label=_("地区"), max_length=6, widget=forms.HiddenInput)

    def clean_region(self) -> Region | None:
        """Find the region by its code."""
        code = self.cleaned_data["region"]
        if not code:
            return None
        found: Region | None = Region.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("没有这个地区。"))
        return found

    def clean(self) -> dict[str, Any]:
        """A period ends after it begins."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束日期早于开始日期。"))
        return self.cleaned_data

    def extent(self, user: User) -> Extent:
        """Return what is counted; by default this year, of every region."""
        given, today = self.given, clock.today()
        until = given.get("until") or today
        since = given.get("since") or until.replace(month=1, day=1)
        return Extent(user, since, until, given.get("region"))


def leagues() -> list[Region]:
    """Return the leagues and cities, in official order."""
    return list(Region.objects.valid().filter(parent=settings.HOME_REGION))
