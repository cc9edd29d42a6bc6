"""Demands as a workbook or a text file: what the reader may read, and nothing live in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.demands import actions
from duijie.site.demands.sections import SECTION_OF
from duijie.site.demands.sheet import SHEET
from duijie.site.kernel.exports import file_of
from duijie.site.parties.cells import directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import FileResponse

    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import User

_KNOWN = ("title", "field", "region")
"""What is shown of a blurred demand."""
_CONTENT = tuple(name for name in SECTION_OF if not name.startswith("contact_") and name not in _KNOWN)


def export_file(rows: Iterator[tuple[Demand, bool]], *, user: User, format: str) -> FileResponse:  # noqa: A002
    """Write the rows to a file and hand it out. Reading a demand that is not public this way is an opening, too."""
    directory.look(now=True)
    lines = (_row(one, user, full=full) for one, full in rows)
    return file_of(_("技术需求"), _headers(), lines, ending=format)


def _headers() -> list[str]:
    headers = [SHEET.column(name).header for name in (*_KNOWN, "organisation", *_CONTENT)]
    return [_("编号"), *headers, _("状态"), _("首次提交时间"), _("受理时间")]


def _row(demand: Demand, user: User, *, full: bool) -> list[Any]:
    known = [demand.code, *(SHEET.cell(demand, name) for name in _KNOWN)]
    if not full:
        return [*known, *[""] * (len(_CONTENT) + 4)]
    actions.record_opening(demand, actor=user)
    content = [SHEET.cell(demand, name) for name in ("organisation", *_CONTENT)]
    moments = [f"{at:%Y-%m-%d}" if at else "" for at in (demand.submitted_at, demand.accepted_at)]
    return [*known, *content, demand.get_state_display(), *moments]
