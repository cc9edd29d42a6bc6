"""How somebody wants to be told of each kind of thing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel.forms import OfficeForm
from duijie.site.notices.kinds import Kind, Way


class WaysForm(OfficeForm):
    """One choice a kind, and the language of mails."""

    language = forms.ChoiceField(label=_("邮件语言"), choices=settings.LANGUAGES)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for kind in Kind:
            field = forms.ChoiceField(label=kind.label, choices=Way.choices)
            field.widget.attrs["class"] = "form-select"
            self.fields[kind.value.replace(".", "_")] = field

    @property
    def ways(self) -> dict[str, str]:
        """The chosen way by kind."""
        return {kind.value: self.cleaned_data[kind.value.replace(".", "_")] for kind in Kind}
