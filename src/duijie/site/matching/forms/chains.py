"""What the map of chains is narrowed by."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel.lists import FilterForm
from duijie.site.registry.models import Region


class ChainFilter(FilterForm):
    """Of which league the demands are; what is on offer may come from anywhere."""

    region = forms.ModelChoiceField(label=_("需求所在盟市"), queryset=Region.objects.none(), empty_label=_("全区"))

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self.fields["region"].queryset = Region.objects.valid().filter(parent=settings.HOME_REGION)  # type: ignore[attr-defined]
