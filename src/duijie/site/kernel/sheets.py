"""What a noun's sheet looks like: the columns of its template, how each cell is read, and how it is written.

A room describes its sheets in ``sheet.py``: ``demands.sheet.SHEET``, ``offers.sheet.SHEET``, ``parties.sheet.ORGANISATIONS`` and
``TEAMS``. The room of imports reads files by them; exports write the same headers, so that an export can be imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel.cells import written
from duijie.tables import columns as tables
from duijie.tables.cells import RowError
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Check = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the attribute it fills, its header in both languages, and other headers people use.

    ``parse`` takes the cell as it came (text, number) and returns the value meant, or raises
    ``duijie.tables.cells.CellError(reason, advice)``; ``write`` is its reverse. ``choices`` fills the template's drop-down. Of a
    ``unit`` column the header may name a unit of money, see ``amounts.read_budget``; a ``joined`` one may be spread over several.
    """

    name: str
    title: str
    english: str
    parse: Callable[..., object]
    required: bool = False
    example: str = ""
    choices: Callable[[], list[str]] | None = None
    aliases: tuple[str, ...] = ()
    unit: bool = False
    joined: bool = False
    write: Callable[[Any], object] = written

    @property
    def header(self) -> str:
        """Return the header in the reader's language."""
        return say(self.title, self.english)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A noun that can be imported and exported.

    ``check`` begins one reading for an actor and returns what looks at each row: it raises ``duijie.tables.cells.RowError``
    where the values do not go together, or are not the actor's to bring. No two rows may agree in all columns of one of
    ``once``. ``import_rows`` is the noun's bulk action: all rows or none, each entry with ``source``; it returns the codes.
    ``undo`` takes such a batch back.
    """

    noun: str
    name: str
    english: str
    columns: tuple[Column, ...]
    check: Callable[[Any], Check]
    import_rows: Callable[..., Sequence[str]]
    undo: Callable[..., int]
    may_import: Callable[[Any], bool]
    url_name: str
    once: tuple[tuple[str, ...], ...] = ()

    @property
    def title(self) -> str:
        """Return what the sheet is of, in the reader's language."""
        return say(self.name, self.english)

    def column(self, name: str) -> Column:
        """Return the column that fills this attribute."""
        return next(column for column in self.columns if column.name == name)

    def header(self, name: str) -> str | None:
        """Return the header of the column that fills this attribute, or None."""
        return next((column.header for column in self.columns if column.name == name), None)

    def cell(self, row: Any, name: str) -> object:
        """Write one attribute of a record as the sheet's own cell."""
        held = getattr(row, f"{name}_id") if hasattr(row, f"{name}_id") else getattr(row, name)
        return self.column(name).write(held)

    def shape(
        self,
        mapping: Mapping[str, str] | None = None,
        *,
        actor: Any = None,
        heed: Callable[[], None] | None = None,
    ) -> tables.Shape[dict[str, Any]]:
        """Return how one file is read for ``actor``.

        ``mapping`` gives, by header as written, the column a person chose for it; other headers are then not read. ``heed``
        is called at each good row.
        """
        looks = [self.check(actor), *(_once(names, self) for names in self.once)]

        def build(**values: Any) -> dict[str, Any]:
            if heed is not None:
                heed()
            for look in looks:
                look(values)
            return values

        return tables.Shape(build, tuple(self._read_by(mapping)), (), ("title", "name"))

    def _read_by(self, mapping: Mapping[str, str] | None) -> list[tables.Column]:
        if mapping is None:
            return [_reading(column, column.title, column.english, *column.aliases) for column in self.columns]
        chosen: dict[str, list[str]] = {}
        for header, name in mapping.items():
            chosen.setdefault(name, []).append(header)
        return [_reading(column, *chosen[column.name]) for column in self.columns if column.name in chosen]


def unchecked(actor: Any) -> Check:
    """Begin a reading whose rows need no look."""
    return lambda values: None


def _once(names: tuple[str, ...], sheet: Sheet) -> Check:
    seen: set[tuple[Any, ...]] = set()

    def look(values: dict[str, Any]) -> None:
        key = tuple(values.get(name) for name in names)
        if None in key:
            return
        if key in seen:
            headers = _("、").join(sheet.column(name).header for name in names)
            raise RowError(
                names[-1], _("前面已有一行的“%(headers)s”相同") % {"headers": headers}, _("请改正，或删去重复的一行")
            )
        seen.add(key)

    return look


def _reading(column: Column, *headers: str) -> tables.Column:
    return tables.Column(
        column.name,
        headers,
        column.parse,
        required=column.required,
        joined=column.joined,
        unit=column.unit,
        varies=True,
    )
