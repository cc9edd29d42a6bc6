"""Cells that name a row of reference data: by code, name, short or former name; what is unknown is answered with the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.cells import Way
from duijie.site.kernel.cells import listed as joined
from duijie.site.registry.models import Field, Region
from duijie.site.registry.queries import gazetteer, hold, lexicon
from duijie.tables.cells import CellError, read_keywords, read_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.registry.models import Dated
    from duijie.tables.cells import Cell

MENU = 100
"""A template's drop-down offers so many at most; of a longer list one knows the code or the name."""


def _read_region(cell: Cell) -> str | None:
    text = read_word(cell)
    answer = gazetteer().find(text, day=clock.today()) if text else None
    if answer is not None and answer.found is None:
        raise CellError(_("没有这个地区") if not answer.ambiguous else _("地名不止一处"), answer.sentence.rstrip("。"))
    return str(answer.found.pk) if answer is not None and answer.found is not None else None


def region_name(code: str | None) -> object:
    """Return a region with what is above it, as the cell is read again; the site's own region is understood."""
    return hold("cells.regions", _region_names).get(code, code) if code else ""


def _region_names() -> dict[str | None, str]:
    rows = Region.objects.in_bulk()
    names: dict[str | None, str] = {}
    for code in sorted(rows, key=lambda code: (rows[code].parent_id is not None, code)):
        line = [rows[code]]
        while line[0].parent_id:
            line.insert(0, rows[line[0].parent_id])
        names[code] = "".join(row.name for row in line)
    return names


REGION = Way(parse=_read_region, write=region_name)


def listed(model: type[Dated], *, menu: bool = False) -> Way:
    """Return how one row of a classification is filled in; it is kept as its code."""
    way = Way(parse=_reader(model), write=lambda code: _called(model, code) if code else "")
    if menu:
        way["choices"] = lambda: [row.label for row in lexicon(model).rows[:MENU]]
    return way


def several(model: type[Dated]) -> Way:
    """Return how some rows of a classification are filled in."""
    one = listed(model)
    return Way(
        parse=lambda cell: [one["parse"](word) for word in read_keywords(cell)],
        write=lambda codes: joined([str(one["write"](code)) for code in codes]),
    )


def _reader(model: type[Dated]) -> Callable[[Cell], str | None]:
    def parse(cell: Cell) -> str | None:
        text = read_word(cell)
        answer = lexicon(model).find(text) if text else None
        if answer is not None and answer.found is None:
            reason = _("不止一项叫这个名字") if answer.ambiguous else _("没有这一项")
            raise CellError(reason, answer.sentence.rstrip("。"))
        return str(answer.found.pk) if answer is not None and answer.found is not None else None

    return parse


def _called(model: type[Dated], code: str) -> str:
    names: dict[str, str] = hold(("cells", model, get_language()), lambda: _names(model))
    return names.get(code, code)


def _names(model: Any) -> dict[str, str]:
    """A field has a name of its own; of the long classifications the code goes before the name."""
    alone = model is Field
    return {row.pk: row.label if alone else f"{row.pk} {row.label}" for row in model.objects.all()}
