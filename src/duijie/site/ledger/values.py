"""How a field's value is written in an entry: plain JSON, the same for a value just typed and for one read back."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from duijie.site.kernel.errors import Invalid

if TYPE_CHECKING:
    from django.db.models import Field

HIDDEN = "•"
"""Stands in an entry for a private value: that it changed is recorded, what it says is not."""


def plain(field: Field[Any, Any], value: Any) -> Any:
    """Return ``value`` of ``field`` as JSON holds it; dates in ISO, amounts as text, a reference as the code it points to."""
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        return plain(field.target_field, column_value(field, value))
    value = column_value(field, value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _json(value)


def column_value(field: Field[Any, Any], value: Any) -> Any:
    """Return what the row's column holds for ``value``: of an object, the key by which ``field`` refers to it."""
    if isinstance(field, models.ForeignKey):
        return getattr(value, field.target_field.attname) if isinstance(value, models.Model) else value
    value = field.to_python(value)
    if isinstance(value, Decimal) and isinstance(field, models.DecimalField):
        # rounded here, because the two databases round halves differently
        return value.quantize(Decimal(1).scaleb(-field.decimal_places), ROUND_HALF_UP) + 0
    return value


def check_text(field: Field[Any, Any], value: Any) -> None:
    """Refuse what SQLite would keep and PostgreSQL fail on, so that both say the same sentence."""
    if isinstance(value, str) and field.max_length and len(value) > field.max_length:
        sentence = _("“%(field)s”最多 %(most)s 个字，现有 %(now)s 个。") % {
            "field": field.verbose_name,
            "most": field.max_length,
            "now": len(value),
        }
        raise Invalid(sentence, {field.name: sentence})
    if not _storable(value):
        raise Invalid(_("文字里有不能保存的字符，请重新输入。"), {field.name: _("文字里有不能保存的字符。")})


def _json(value: Any) -> Any:
    """Return ``value`` in the form in which both databases give JSON back."""
    if isinstance(value, dict):
        return {str(key): _json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # PostgreSQL keeps numbers, not their spelling: 1e22 comes back without its exponent
    return value


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(_storable(key) and _storable(one) for key, one in value.items())
    if isinstance(value, list | tuple):
        return all(map(_storable, value))
    return not isinstance(value, float) or math.isfinite(value)
