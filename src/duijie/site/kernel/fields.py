"""Fields that accept what officers type: stray spaces, full-width digits, dates and amounts in every usual writing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def fold(text: str) -> str:
    """Return ``text`` with full-width letters and digits as plain ones and without any space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class LineField(forms.CharField):
    """One line of text: line breaks and repeated spaces become one space."""

    def to_python(self, value: Any) -> str | None:
        """Return the tidied line."""
        text = super().to_python(value)
        return text and " ".join(text.split())


class PhoneField(LineField):
    """A telephone number, as it is dialled: full-width digits and signs folded."""

    widget = forms.TextInput({"inputmode": "tel", "autocomplete": "tel"})

    def to_python(self, value: Any) -> str | None:
        """Return the number in plain digits."""
        text = super().to_python(value)
        return text and unicodedata.normalize("NFKC", text)


class TextField(forms.CharField):
    """Several lines of text. What is too long is kept and counted, never cut off while pasting."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        """Return the text with one kind of line break."""
        text = super().to_python(value)
        return text and text.replace("\r\n", "\n").replace("\r", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Give the counter its limit, and the browser none."""
        attrs = {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
        return attrs | {"rows": 5} | ({"data-most": self.max_length} if self.max_length else {})


class CodeField(forms.CharField):
    """A code or number plate of any kind: spaces dropped, full-width folded, upper case."""

    def to_python(self, value: Any) -> str | None:
        """Return the code as registers write it."""
        text = super().to_python(value)
        return text and fold(text).upper()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave room for the spaces people type."""
        attrs = {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
        return attrs | {"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off", "class": "medium"}


_GROUPED = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")


class NumberField(forms.DecimalField):
    """A number, with or without thousands separators."""

    widget = forms.TextInput
    default_error_messages: ClassVar[dict[str, _StrOrPromise]] = {
        "invalid": gettext_lazy("请填写数字，例如 1,200 或 0.85。")
    }

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Return the number, or None for nothing."""
        number: Decimal | None = super().to_python(_number(value))
        return number

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Bring up the digits on a phone."""
        return {"inputmode": "decimal", "autocomplete": "off", "class": "narrow"}


class WholeField(forms.IntegerField):
    """A whole number."""

    widget = forms.TextInput
    default_error_messages: ClassVar[dict[str, _StrOrPromise]] = {"invalid": gettext_lazy("请填写整数，例如 12。")}

    def to_python(self, value: Any) -> int | None:
        """Return the number, or None for nothing."""
        number: int | None = super().to_python(_number(value))
        return number

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Bring up the digits on a phone."""
        return {"inputmode": "numeric", "autocomplete": "off", "class": "narrow"}


class DayField(forms.DateField):
    """A day: 2026-11-23, 2026/11/23, 2026.11.23, 2026年11月23日 or 20261123."""

    widget = forms.DateInput(format="%Y-%m-%d")
    default_error_messages: ClassVar[dict[str, _StrOrPromise]] = {
        "invalid": gettext_lazy("请按“2026-11-23”的样子填写日期。"),
        "no_such_day": gettext_lazy("没有“%(value)s”这一天，请检查月份和日期。"),
    }

    def to_python(self, value: Any) -> date | None:
        """Return the day, or None for nothing."""
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        text = fold(str(value))
        if not text:
            return None
        found = _DAY.fullmatch(text)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, day)
        except ValueError:
            raise ValidationError(
                self.error_messages["no_such_day"], code="no_such_day", params={"value": text}
            ) from None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Bring up the digits on a phone, and show how a day is written."""
        return {"inputmode": "numeric", "autocomplete": "off", "placeholder": "2026-11-23", "class": "narrow"}


YUAN, WAN = "1", "10000"
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?|-?\.\d+)(亿元?|万元?|元)?")
_UNITS = {
    "元": Decimal(1),
    "万": Decimal(10_000),
    "万元": Decimal(10_000),
    "亿": Decimal(10**8),
    "亿元": Decimal(10**8),
}


class AmountWidget(forms.MultiWidget):
    """A number and the unit it is in, 元 or 万元, chosen by the person."""

    template_name = "kernel/widgets/amount.html"
    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        units = [(WAN, pgettext_lazy("money", "万元")), (YUAN, pgettext_lazy("money", "元"))]
        number = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "form-control"})
        unit = forms.Select({"class": "form-select", "aria-label": gettext_lazy("金额单位")}, choices=units)
        super().__init__([number, unit], attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Show yuan as 万元, unless that leaves more than two decimals."""
        if value in (None, ""):
            return ["", WAN]
        try:
            yuan = Decimal(str(value))
        except InvalidOperation:
            return [value, WAN]
        wan = yuan / 10_000
        return [_plain(wan), WAN] if wan == wan.quantize(Decimal("0.01")) else [_plain(yuan), YUAN]

    def id_for_label(self, id_: str) -> str:
        """The label belongs to the number."""
        return f"{id_}_0" if id_ else ""


class AmountField(forms.MultiValueField):
    """Money, as yuan with two decimals, whatever unit it was written in. A unit in the text (50万) wins."""

    widget = AmountWidget
    default_error_messages: ClassVar[dict[str, _StrOrPromise]] = {
        "invalid": gettext_lazy("请填写金额，例如 1,200，并选择“元”或“万元”。"),
        "negative": gettext_lazy("金额不能小于 0。"),
        "too_fine": gettext_lazy("金额最多精确到分，请检查小数。"),
        "too_much": gettext_lazy("金额太大，请检查单位是否选对。"),
    }

    def __init__(self, *, most: Decimal = Decimal(10**13), **options: Any) -> None:
        self.most = most
        super().__init__(
            [forms.CharField(required=False), forms.CharField(required=False)], require_all_fields=False, **options
        )

    def clean(self, value: Any) -> Any:
        """Let a lone unit count as nothing said."""
        number = value[0] if isinstance(value, list | tuple) and value else value
        return super().clean(value if str(number or "").strip() else None)

    def compress(self, data_list: list[Any]) -> Decimal | None:
        """Return yuan, or None for nothing."""
        if not data_list:
            return None
        number, unit = (*data_list, WAN)[:2]
        found = _AMOUNT.fullmatch(_GROUPED.sub("", fold(number).lstrip("¥￥")))
        if found is None or unit not in {"", YUAN, WAN}:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        yuan = Decimal(found[1]) * _UNITS.get(found[2] or "", Decimal(unit or WAN))
        self._check(yuan)
        return yuan.quantize(Decimal("0.01"))

    def _check(self, yuan: Decimal) -> None:
        wrong = (
            "negative" if yuan < 0 else "too_much" if yuan > self.most else "too_fine" if yuan % Decimal("0.01") else ""
        )
        if wrong:
            raise ValidationError(self.error_messages[wrong], code=wrong)

    def readable(self, yuan: Any) -> str:
        """Write an amount with its unit: 260 万元."""
        return money(Decimal(str(yuan)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare amounts, not writings: 1 万元 is 10,000 元."""
        try:
            given = self.clean(data)
        except ValidationError:
            return True
        return bool((Decimal(str(initial)) if initial not in (None, "") else None) != given)


def money(yuan: Decimal) -> str:
    """Write an amount as the reader's language does: 1,234.56 万元, and in English 12,345,600 yuan."""
    if (get_language() or "").startswith("en"):
        return _("%(number)s 元") % {"number": f"{yuan:,.2f}".removesuffix(".00")}
    wan = (yuan / 10_000).quantize(Decimal("0.01"))
    return _("%(number)s 万元") % {"number": f"{wan:,f}".removesuffix(".00")}


def _number(value: Any) -> Any:
    return _GROUPED.sub("", fold(value)) if isinstance(value, str) else value


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
