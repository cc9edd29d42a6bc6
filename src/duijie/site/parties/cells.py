"""Cells that name an organisation: by its name, short or former name, credit code, ROR id or number."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from duijie.site.kernel.cells import Way, listed, plain
from duijie.site.parties.models import Organisation, OrganisationKind
from duijie.site.registry.lookup import nearest
from duijie.tables.cells import CellError, read_word

if TYPE_CHECKING:
    from duijie.tables.cells import Cell

SHARED = ""
"""Stands for the code where several organisations have one name."""


@dataclass(slots=True)
class Directory:
    """The organisations by everything they are called, read again when one of them changed; looked at once a second."""

    stamp: object = None
    checked: float = float("-inf")
    codes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    departments: list[str] = field(default_factory=list)

    def find(self, text: str) -> str | None:
        """Return the organisation's code; None where there is none, :data:`SHARED` where there are several."""
        self.look()
        return self.codes.get(plain(text))

    def near(self, text: str) -> list[str]:
        """Return the names most like ``text``."""
        likely = nearest(plain(text), [name for name in self.codes if not name.isascii()], limit=3)
        return list(dict.fromkeys(self.names.get(self.codes[name], name) for name in likely))

    def name_of(self, code: str) -> str:
        """Return how the organisation is written so that it is found again: its name, or its number where others share it."""
        self.look()
        name = self.names.get(code, code)
        return name if self.codes.get(plain(name)) == code else code

    def look(self, *, now: bool = False) -> None:
        """Read the organisations again if one was changed; ``now``, however short ago that was looked into."""
        if not now and time.monotonic() - self.checked < 1:
            return
        present = Organisation.objects.present()
        stamp = tuple(present.aggregate(Count("pk"), Max("changed_at"), Max("pk")).values())
        if stamp != self.stamp:
            self._read(present)
        self.stamp, self.checked = stamp, time.monotonic()

    def _read(self, present: Any) -> None:
        self.codes, self.names, self.regions, self.departments = {}, {}, {}, []
        columns = ("code", "name", "short_name", "former_names", "credit_code", "ror", "kind", "region_id")
        for one in present.only(*columns).iterator():
            self.names[one.code], self.regions[one.code] = one.name, one.region_id
            for name in {plain(name) for name in (*one.names, one.credit_code or "", one.ror or "", one.code)} - {""}:
                self.codes[name] = SHARED if self.codes.get(name, one.code) != one.code else one.code
            if one.kind == OrganisationKind.DEPARTMENT:
                self.departments.append(one.name)


directory = Directory()


def _read_organisation(cell: Cell) -> str | None:
    text = read_word(cell)
    if not text:
        return None
    found = directory.find(text)
    if found == SHARED:
        raise CellError(_("有几个单位叫这个名字"), _("请改写统一社会信用代码或单位编号"))
    if found is None:
        near = listed(directory.near(text))
        advice = _("最接近的是：%(names)s") % {"names": near} if near else _("请先登记单位，或核对全称")
        raise CellError(_("名录里没有这个单位"), advice)
    return found


ORGANISATION = Way(parse=_read_organisation, write=lambda code: directory.name_of(code) if code else "")


def _departments() -> list[str]:
    directory.look()
    return sorted(directory.departments)


DEPARTMENT = Way(parse=_read_organisation, write=ORGANISATION["write"], choices=_departments)
