"""Questions whose answer is a name: a region, an industry, an organisation; and lists that are typed as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.kernel.forms import TextField, fold
from duijie.site.parties.models import Organisation
from duijie.site.registry import queries as registry
from duijie.site.registry.lookup import title
from duijie.site.registry.models import Industry, Region

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db import models

_BETWEEN = re.compile(r"[、,，;；\n]+")


class _Answer(Protocol):
    @property
    def found(self) -> Any: ...

    @property
    def sentence(self) -> str: ...


class NamedField(forms.ModelChoiceField[Any]):
    """One row of a long list, written as its name or code; what is not found is answered with what comes nearest."""

    widget = forms.TextInput

    def __init__(
        self, model: type[models.Model], find: Callable[[str], _Answer], call: Callable[[Any], str], **options: Any
    ) -> None:
        self.find = find
        self.call = call
        super().__init__(model._default_manager.all(), **options)

    def to_python(self, value: Any) -> Any:
        """Return the row that the text names, or None for nothing."""
        if value is None or hasattr(value, "pk"):
            return value
        text = " ".join(str(value).split())
        if not text:
            return None
        answer = self.find(text)
        if answer.found is None:
            raise ValidationError(answer.sentence, code="unknown")
        return answer.found

    def prepare_value(self, value: Any) -> Any:
        """Show the row's name instead of its code; show again what was typed."""
        if isinstance(value, str):
            value = self.queryset.filter(pk=value).first() or value  # type: ignore[union-attr]
        return self.call(value) if hasattr(value, "pk") else value


def region_field(**options: Any) -> NamedField:
    """Ask for a region of any height."""
    options.setdefault("help_text", gettext_lazy("写名称或代码均可，例如：呼和浩特市新城区、150102。"))
    return NamedField(Region, registry.find_region, title, **options)


def industry_field(**options: Any) -> NamedField:
    """Ask for a class of GB/T 4754."""
    options.setdefault("help_text", gettext_lazy("写国民经济行业（GB/T 4754-2017）的名称或代码，例如：C3985。"))
    return NamedField(Industry, registry.find_industry, title, **options)


def organisation_field(**options: Any) -> NamedField:
    """Ask for an organisation of the directory."""
    options.setdefault("help_text", gettext_lazy("写单位全称、编号或统一社会信用代码。"))
    return NamedField(Organisation, find_organisation, str, **options)


class FoundOrganisation:
    """What a text says of the directory: one organisation, or why none."""

    def __init__(self, found: Organisation | None, sentence: str = "") -> None:
        self.found = found
        self.sentence = sentence


def find_organisation(text: str) -> FoundOrganisation:
    """Return the organisation with this code, credit code or name, present or former."""
    from duijie.site.parties.duplicates import likely_duplicates  # noqa: PLC0415  only where nothing fits exactly

    present = Organisation.objects.present()
    plate = fold(text).upper()
    for found in (present.filter(pk=plate), present.filter(credit_code=plate), present.named(text)[:6]):
        rows = list(found)
        if len(rows) == 1:
            return FoundOrganisation(rows[0])
        if rows:
            names = "、".join(f"{row.name}（{row.code}）" for row in rows[:5])
            return FoundOrganisation(
                None, _("叫“%(text)s”的单位不止一个：%(names)s。请填写编号。") % {"text": text, "names": names}
            )
    near = [found.organisation.name for found in likely_duplicates(name=text)]
    if near:
        return FoundOrganisation(
            None, _("名录里没有“%(text)s”。最接近的是：%(names)s。") % {"text": text, "names": "、".join(near)}
        )
    return FoundOrganisation(None, _("名录里没有“%(text)s”。请核对名称，或先登记该单位。") % {"text": text})


class NumberPlateField(forms.CharField):
    """A number with a check, as :mod:`duijie.site.parties.numbers` reads it."""

    def __init__(self, read: Callable[[str], str | None], **options: Any) -> None:
        self.read = read
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Return the number, clean and checked."""
        return self.read(super().to_python(value) or "") or ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave it to people how they group the digits."""
        return {"autocomplete": "off", "spellcheck": "false"}


class LinesField(TextField):
    """A list, one item a line."""

    between = re.compile(r"\n+")
    joiner = "\n"

    def __init__(self, *, most: int = 50, longest: int = 300, **options: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Return the items, each once."""
        if isinstance(value, list):
            return value
        items = [" ".join(item.split()) for item in self.between.split(super().to_python(value) or "")]
        found = list(dict.fromkeys(item for item in items if item))
        if len(found) > self.most:
            raise ValidationError(_("最多 %(most)s 项，现有 %(now)s 项。") % {"most": self.most, "now": len(found)})
        long = next((item for item in found if len(item) > self.longest), None)
        if long:
            raise ValidationError(
                _("“%(item)s…”太长，每项最多 %(most)s 个字。") % {"item": long[:12], "most": self.longest}
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show the items as they are typed."""
        return self.joiner.join(value) if isinstance(value, list) else value


class WordsField(LinesField):
    """A list of short words on one line, between 、 or commas."""

    between = _BETWEEN
    joiner = "、"

    def __init__(self, *, most: int = 20, longest: int = 30, **options: Any) -> None:
        super().__init__(most=most, longest=longest, **{"widget": forms.TextInput, **options})
