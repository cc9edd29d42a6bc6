"""Forms whose errors say what to do, and that know what their author saw when he opened them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.kernel.fields import (
    AmountField,
    CodeField,
    DayField,
    LineField,
    NumberField,
    TextField,
    WholeField,
    fold,
)
from duijie.site.kernel.parts import Difference, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model
    from django.forms.boundfield import BoundField
    from django.http import QueryDict
    from django.utils.functional import _StrOrPromise

    from duijie.site.kernel.errors import Invalid

__all__ = [
    "AmountField",
    "CodeField",
    "DayField",
    "LineField",
    "NumberField",
    "OfficeForm",
    "TextField",
    "WholeField",
    "fold",
    "problems",
    "readable",
]

SENTENCES: dict[str, _StrOrPromise] = {
    "invalid_choice": gettext_lazy("“%(value)s”不在选项里，请重新选择。"),
    "invalid_list": gettext_lazy("请从选项里选择。"),
    "invalid_pk_value": gettext_lazy("“%(pk)s”不在选项里，请重新选择。"),
    "max_length": gettext_lazy("最多 %(limit_value)d 个字，现有 %(show_value)d 个，请删减。"),
    "min_length": gettext_lazy("至少 %(limit_value)d 个字，现有 %(show_value)d 个，请补充。"),
    "max_value": gettext_lazy("不能大于 %(limit_value)s。"),
    "min_value": gettext_lazy("不能小于 %(limit_value)s。"),
    "max_digits": gettext_lazy("数字太长，请检查是否多写了几位。"),
    "max_whole_digits": gettext_lazy("数字太大，请检查单位和位数。"),
    "max_decimal_places": gettext_lazy("小数最多 %(max)s 位。"),
    "null_characters_not_allowed": gettext_lazy("文字里有不能保存的字符，请重新输入。"),
    "empty": gettext_lazy("文件是空的，请重新选择。"),
    "missing": gettext_lazy("请选择文件。"),
    "contradiction": gettext_lazy("请只做一件事：上传新文件，或者去掉原有文件。"),
}
"""What Django's own errors say here, by their codes."""

UNCHOSEN = "---------"
"""How Django calls a choice not made yet."""


class OfficeForm(forms.Form):
    """A form whose errors say what to do and whose fields are ready for the parts of ``kernel/parts``.

    Made from a row (:meth:`of`) it knows the revision its author saw, and can set what he saw, what stands and what he
    wants side by side (:meth:`against`).
    """

    use_required_attribute = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            _prepare(field)

    @classmethod
    def of(cls, row: Model, data: Any = None, **options: Any) -> Self:
        """Make the form for changing ``row``: its values as initial ones, and its revision hidden beside them."""
        names = cls.base_fields
        held = {name: _held(row, name) for name in names if hasattr(row, name)}
        form = cls(data, initial=held | options.pop("initial", {}), **options)
        form.fields["revision"] = WholeField(
            required=False, widget=forms.HiddenInput, initial=getattr(row, "revision", None)
        )
        return form

    @property
    def revision(self) -> int | None:
        """The revision that the form's author saw."""
        return self.cleaned_data.get("revision")

    @property
    def answers(self) -> dict[str, Any]:
        """The cleaned values by field, as an action's ``to`` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}

    def refuse(self, refusal: Invalid) -> None:
        """Show what an action found wrong beside the fields it names."""
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, str(sentence))
        if not refusal.fields:
            self.add_error(None, str(refusal))

    def against(self, seen: object, now: object) -> list[Difference]:
        """Compare a form that came too late, field by field; leave out what nobody changed.

        ``seen`` is the version its author read, ``now`` the row as it stands.
        """
        found = [
            Difference(
                self[name].label,
                readable(self.fields[name], _held(seen, name)),
                readable(self.fields[name], _held(now, name)),
                readable(self.fields[name], self.cleaned_data.get(name)),
            )
            for name in self.fields
            if name != "revision" and hasattr(now, name)
        ]
        return [one for one in found if not one.seen == one.now == one.given]

    def renewed(self, revision: int) -> Self:
        """Return the same answers as a form on the revision that stands now, so that they can be saved knowingly."""
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("revision")] = str(revision)
        self.data = data
        return self


def readable(field: forms.Field, value: Any) -> str:
    """Write a field's value as a person reads it: a choice's label, 是/否, a day, an amount with its unit."""
    if value in (None, "", []):
        return ""
    if isinstance(field, forms.BooleanField):
        return _("是") if value else _("否")
    if isinstance(field, AmountField):
        return field.readable(value)
    if isinstance(field, forms.ModelChoiceField):
        return str(value if hasattr(value, "pk") else field.queryset.filter(pk=value).first() or value)  # type: ignore[union-attr]
    if isinstance(field, forms.ChoiceField):
        return _labels(field, value)
    return f"{value.normalize():,f}" if isinstance(value, Decimal) else str(value)


def _labels(field: forms.ChoiceField, value: Any) -> str:
    choices: Any = field.choices
    labels = dict(_flat(choices))
    return _("、").join(
        str(labels.get(str(one), one)) for one in (value if isinstance(value, list | tuple) else [value])
    )


def problems(form: forms.BaseForm) -> list[Problem]:
    """Return every error of the form in the order of its fields, each with the id of the place to put it right."""
    found = [Problem(str(error), "") for error in form.non_field_errors()]
    for field in form:
        found += [Problem(_named(field, str(error)), _anchor(field)) for error in field.errors]
    return found


def _named(field: BoundField, sentence: str) -> str:
    """Away from its field a sentence names it, once."""
    if str(field.label) in sentence:
        return sentence
    return _("%(label)s：%(sentence)s") % {"label": field.label, "sentence": sentence}


def _anchor(field: BoundField) -> str:
    return field.auto_id if field.use_fieldset else field.id_for_label or field.auto_id


def _prepare(field: forms.Field) -> None:
    """Let Django's own sentences say what to do; those a room or a field of ours wrote stand."""
    chosen = isinstance(field, forms.ChoiceField | forms.FileField) or isinstance(field.widget, forms.CheckboxInput)
    required = _("请选择“%(label)s”。") if chosen else _("请填写“%(label)s”。")
    sentences = {**SENTENCES, **_invalid(field), "required": required % {"label": field.label or ""}}
    of_django: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            of_django |= getattr(kind, "default_error_messages", {})
    if isinstance(field, forms.ModelChoiceField) and field.empty_label == UNCHOSEN:
        field.empty_label = _("请选择")
    held = field.error_messages
    field.error_messages = held | {
        code: text for code, text in sentences.items() if code not in held or held[code] == of_django.get(code)
    }
    if not isinstance(field, AmountField):
        _dress(field.widget)


def _invalid(field: forms.Field) -> dict[str, str]:
    if isinstance(field, forms.EmailField):
        return {"invalid": _("请填写完整的电子邮箱，例如 name@example.com。")}
    if isinstance(field, forms.URLField):
        return {"invalid": _("请填写完整的网址，例如 https://example.com。")}
    return {}


def _dress(widget: forms.Widget) -> None:
    """Give the widget Tabler's classes, beside those it has."""
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        look = "form-check-input"
    elif isinstance(widget, forms.Select):
        look = "form-select"
    else:
        look = "form-control"
    if not widget.is_hidden:
        widget.attrs["class"] = " ".join(filter(None, [look, widget.attrs.get("class", "")]))


def _held(row: object, name: str) -> Any:
    """A reference is held as the code it points to."""
    return getattr(row, f"{name}_id") if hasattr(row, f"{name}_id") else getattr(row, name, None)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, object]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), label
