"""What a row must be before it is written, said as an ``Invalid`` with a sentence for each field."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from duijie.site.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from django.utils.functional import _StrOrPromise


def check_row(row: models.Model, *, fields: Collection[str] | None = None) -> None:
    """Refuse a row whose fields (all, or those named) are missing what they need; references are the database's to check."""
    references = {
        field.name for field in row._meta.concrete_fields if field.is_relation and not _is_missing(row, field)
    }
    written = {"code", "created_at", "changed_at"}
    skipped = {
        field.name
        for field in row._meta.concrete_fields
        if field.name in references | written or (fields is not None and field.name not in fields)
    }
    try:
        row.clean_fields(exclude=skipped)
    except ValidationError as error:
        found = {name: _sentence(row, name, errors) for name, errors in error.error_dict.items()}
        raise Invalid(next(iter(found.values())), found) from None


def check_change(row: models.Model, to: Mapping[str, Any]) -> None:
    """Refuse a change whose values the fields do not take."""
    # the signed-in user is a lazy object, whose type is not its class
    copy = row.__class__(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    for name, value in to.items():
        setattr(copy, name, value)
    check_row(copy, fields=to.keys())


@contextmanager
def one_of_each(sentences: Mapping[str, tuple[str, _StrOrPromise]]) -> Iterator[None]:
    """Turn a broken constraint into words: by its name, the field concerned and the sentence. All or nothing inside."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for name, (field, sentence) in sentences.items():
            if _names(error, name):
                raise Invalid(sentence, {field: sentence}) from error
        raise


def _names(error: IntegrityError, constraint: str) -> bool:
    """PostgreSQL names the constraint; SQLite names a unique constraint with a condition by its index, or its columns."""
    text = str(error)
    return any(name in text for name in constraint.split("|"))


def _is_missing(row: models.Model, field: models.Field[Any, Any]) -> bool:
    return getattr(row, field.attname) is None and not field.null


def _sentence(row: models.Model, name: str, errors: list[ValidationError]) -> str:
    label = row._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    first = errors[0]
    if first.code in {"blank", "null"}:
        return _("请填写“%(label)s”。") % {"label": label}
    if first.code == "invalid_choice":
        return _("“%(label)s”请从选项中选择。") % {"label": label}
    if first.code == "max_length":
        most, now = (first.params or {}).get("limit_value"), (first.params or {}).get("show_value")
        return _("“%(label)s”最多 %(most)s 个字，现有 %(now)s 个。") % {"label": label, "most": most, "now": now}
    if first.code == "wrong_number":
        return str(first.messages[0])
    return _("“%(label)s”填写有误：%(why)s") % {"label": label, "why": first.messages[0]}
