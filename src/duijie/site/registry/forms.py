"""Questions answered with a name: the reader types, picks from what comes near, and may as well write an alias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from duijie.site.kernel.forms import LineField
from duijie.site.registry.models import Industry, Region
from duijie.site.registry.queries import find_industry, find_region

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class PickerWidget(forms.TextInput):
    """A line whose suggestions come from ``source`` while one types; without JavaScript it is a plain line."""

    template_name = "registry/widgets/picker.html"

    def __init__(self, source: _StrOrPromise, attrs: dict[str, Any] | None = None) -> None:
        self.source = source
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add where suggestions come from and the list that takes them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        options = f"{context['widget']['attrs'].get('id', name)}_options"
        context["widget"] |= {"source": self.source, "options": options}
        context["widget"]["attrs"]["list"] = options
        return context


class RegionField(LineField):
    """A region by any of its names or its code, as a :class:`Region`; ``within`` limits it to a subtree."""

    def __init__(self, *, within: Region | None = None, **options: Any) -> None:
        self.within = within
        options.setdefault("widget", PickerWidget(reverse_lazy("registry:regions")))
        super().__init__(**options)

    def clean(self, value: Any) -> Region | None:
        """Return the region, or say which it may be."""
        text = super().clean(value)
        answer = find_region(text, within=self.within)
        if text and answer.found is None:
            raise ValidationError(answer.sentence, code="unknown")
        return answer.found

    def prepare_value(self, value: Any) -> Any:
        """Show a region, or its code, as its full name."""
        found = value if isinstance(value, Region) else find_region(value).found if value else None
        return found.full_name if found else value


class IndustryField(LineField):
    """A class of GB/T 4754-2017 by its code, its name or both, as an :class:`Industry`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", PickerWidget(reverse_lazy("registry:industries")))
        super().__init__(**options)

    def clean(self, value: Any) -> Industry | None:
        """Return the class, or say what comes near."""
        text = super().clean(value)
        answer = find_industry(text)
        if text and answer.found is None:
            raise ValidationError(answer.sentence, code="unknown")
        return answer.found

    def prepare_value(self, value: Any) -> Any:
        """Show a class, or its code, with its name."""
        found = value if isinstance(value, Industry) else find_industry(value).found if value else None
        return f"{found.pk} {found.label}" if found else value
