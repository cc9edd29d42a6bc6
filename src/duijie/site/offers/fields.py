"""Questions that only offers ask: lists of words, tables of a few rows, and classes looked up by code or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duijie.site.kernel.forms import LineField
from duijie.tables.cells import CellError, fold, read_keywords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.utils.functional import _StrOrPromise

    from duijie.site.registry.lookup import Answer


class WordsField(forms.CharField):
    """Several words in one line, with any usual mark between them; kept as a list."""

    def __init__(self, *, most: int = 50, longest: int = 60, **options: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(**options)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Return the words, each once."""
        try:
            return list(read_keywords(value or ""))
        except CellError as error:
            raise ValidationError(_("%(reason)s，%(advice)s。") % vars(error)) from error

    def validate(self, value: Any) -> None:
        """Say which are too many or too long."""
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                _("最多 %(most)s 个，现有 %(now)s 个，请删减。") % {"most": self.most, "now": len(value)}
            )
        if long := next((word for word in value if len(word) > self.longest), None):
            raise ValidationError(_("“%(word)s…”太长，请用标点把词语分开。") % {"word": long[:10]})

    def run_validators(self, value: Any) -> None:
        """Check each word as text."""
        for word in value:
            super().run_validators(word)

    def prepare_value(self, value: Any) -> Any:
        """Show the list as a line."""
        return _("、").join(value) if isinstance(value, list) else value


class LookupField(LineField):
    """A class of a long classification, written as code, as name, or as both; kept as its row."""

    def __init__(self, *, find: Callable[[str], Answer[Any]], **options: Any) -> None:
        self.find = find
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """Return the row named, or None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        answer = self.find(text)
        if answer.found is None:
            raise ValidationError(answer.sentence)
        return answer.found

    def prepare_value(self, value: Any) -> Any:
        """Show a code with its name."""
        found = self.find(value).found if isinstance(value, str) and value else None
        return f"{found.pk} {found.label}" if found else value


class RowsWidget(forms.Widget):
    """A table of a few rows: each column a line of text or a choice. Saved rows come back with room for more."""

    template_name = "offers/widgets/rows.html"

    def __init__(self, columns: Sequence[Column], *, most: int, spare: int = 3) -> None:
        self.columns, self.most, self.spare = columns, most, spare
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Lay the rows out as cells."""
        context = super().get_context(name, value, attrs)
        rows = list(value or [])
        rows += [{}] * min(self.spare, self.most - len(rows))
        context["widget"]["columns"] = self.columns
        context["widget"]["rows"] = [
            [
                {
                    "name": f"{name}-{number}-{column.key}",
                    "id": f"id_{name}-{number}-{column.key}",
                    "label": f"{column.label} {number + 1}",
                    "heading": column.label,
                    "value": row.get(column.key, ""),
                    "choices": column.choices,
                }
                for column in self.columns
            ]
            for number, row in enumerate(rows)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        """Return the rows that say anything."""
        rows = [
            {column.key: column.cell(data.get(f"{name}-{number}-{column.key}", "")) for column in self.columns}
            for number in range(self.most)
        ]
        return [row for row in rows if any(row[column.key] for column in self.columns if not column.choices)]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Rows left blank are an answer."""
        return not any(key.startswith(f"{name}-") for key in data)

    def id_for_label(self, id_: str) -> str:
        """The label belongs to the first cell."""
        return f"{id_}-0-{self.columns[0].key}"


class Column:
    """One column of such a table: its key in the row, its heading, its choices if any, and how long a cell may be.

    In a ``folded`` one full-width digits and signs are as good as plain ones.
    """

    def __init__(
        self,
        key: str,
        label: _StrOrPromise,
        *,
        choices: Sequence[Any] = (),
        longest: int = 120,
        required: bool = False,
        folded: bool = False,
    ) -> None:
        self.key, self.label, self.choices, self.longest, self.required = key, label, choices, longest, required
        self.read = fold if folded else str

    def cell(self, value: Any) -> str:
        """Return what was written in a cell."""
        return self.read(str(value)).strip()


class RowsField(forms.Field):
    """A list of rows, each a mapping by column."""

    def __init__(self, columns: Sequence[Column], *, most: int = 20, **options: Any) -> None:
        self.columns = columns
        super().__init__(widget=RowsWidget(columns, most=most), **options)

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Refuse a cell that is missing, too long, or not among the choices."""
        rows: list[dict[str, str]] = value or []
        for number, row in enumerate(rows, 1):
            for column in self.columns:
                if sentence := _wrong(column, row[column.key]):
                    raise ValidationError(
                        _("第 %(number)s 行：%(sentence)s") % {"number": number, "sentence": sentence}
                    )
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the rows."""
        return (initial or []) != (data or [])


def _wrong(column: Column, cell: str) -> str:
    if column.required and not cell:
        return _("请填写“%(label)s”。") % {"label": column.label}
    if len(cell) > column.longest or "\0" in cell:
        return _("“%(label)s”最多 %(most)s 个字。") % {"label": column.label, "most": column.longest}
    if cell and column.choices and cell not in dict(column.choices):
        return _("请从选项里选择“%(label)s”。") % {"label": column.label}
    return ""
