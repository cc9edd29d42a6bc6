"""Questions of the demand form that take what people write and keep what they mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands.sections import measure
from duijie.site.kernel.cells import MOST_MEASURES, measure_of
from duijie.site.kernel.fields import AmountField, AmountWidget, LineField, TextField
from duijie.site.registry.models import Industry
from duijie.site.registry.queries import find_industry
from duijie.tables.cells import read_keywords

WAN = 10_000


class KeywordsField(LineField):
    """Words, however they are separated, kept as a list."""

    def clean(self, value: Any) -> list[str]:
        """Return the words, each once."""
        words = list(read_keywords(super().clean(value)))
        if len(words) > 10:
            raise ValidationError(_("关键词最多 10 个，现有 %(now)s 个，请删减。") % {"now": len(words)})
        return words

    def prepare_value(self, value: Any) -> Any:
        """Show a list as people write it."""
        return _("、").join(value) if isinstance(value, list) else value


class MeasuresField(TextField):
    """Indicators, one a line: 发芽率 ≥85 %. Kept as name, value and unit."""

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Return the indicators; a line without a number is refused with its place."""
        lines = [line.strip(" \t·•-") for line in str(super().clean(value)).splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_MEASURES:
            raise ValidationError(_("量化指标最多 %(most)s 项，请只留主要的。") % {"most": MOST_MEASURES})
        return [self._read(line, place) for place, line in enumerate(lines, 1)]

    def _read(self, line: str, place: int) -> dict[str, str]:
        found = measure_of(line)
        if found is None:
            sentence = _("第 %(place)s 行“%(line)s”看不出数值，请写成“发芽率 ≥85 %%”的样子，每行一项。")
            raise ValidationError(sentence % {"place": place, "line": line[:20]})
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show one indicator a line."""
        return "\n".join(measure(one) for one in value) if isinstance(value, list) else value


class IndustryField(LineField):
    """A class of GB/T 4754-2017, by its code or its name."""

    def clean(self, value: Any) -> Industry | None:
        """Return the class, or say what comes near."""
        text = super().clean(value)
        if not text:
            return None
        answer = find_industry(text)
        if answer.found is None:
            raise ValidationError(answer.sentence)
        return answer.found

    def prepare_value(self, value: Any) -> Any:
        """Show the code with its name."""
        if isinstance(value, str) and value:
            found = Industry.objects.filter(pk=value).first()
            return f"{found.pk} {found.label}" if found else value
        return value


class WanWidget(AmountWidget):
    """Shows an amount that is kept in 万元."""

    def decompress(self, value: Any) -> list[Any]:
        """Show 万元, unless that leaves more than two decimals."""
        return super().decompress(Decimal(str(value)) * WAN if value not in (None, "") else None)


class WanField(AmountField):
    """Money kept as 万元, to the yuan, whatever unit it was written in."""

    widget = WanWidget
    default_error_messages: ClassVar[dict[str, Any]] = {
        "below_a_yuan": gettext_lazy("金额精确到元即可，请去掉角和分。")
    }

    def compress(self, data_list: list[Any]) -> Decimal | None:
        """Return 万元, or None for nothing."""
        yuan = super().compress(data_list)
        if yuan is None:
            return None
        if yuan % 1:
            raise ValidationError(self.error_messages["below_a_yuan"], code="below_a_yuan")
        return (yuan / WAN).quantize(Decimal("0.0001"))
