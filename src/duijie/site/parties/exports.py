"""The directories as files, in the columns of the sheets, so that what goes out can come in again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel.exports import file_of
from duijie.site.parties import permissions
from duijie.site.parties.cells import directory
from duijie.site.parties.models import Organisation, Team
from duijie.site.parties.sheet import ORGANISATIONS, TEAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet
    from django.http import FileResponse

    from duijie.site.kernel.sheets import Sheet
    from duijie.site.parties.models import User


def organisations_file(rows: QuerySet[Any], user: User, *, ending: str) -> FileResponse:
    """Hand out the organisations, with the contacts that the user may see."""
    may_see = permissions.may_see_contact
    return _file(ORGANISATIONS, rows, user, Organisation.PRIVATE, may_see, ending=ending)


def teams_file(rows: QuerySet[Any], user: User, *, ending: str) -> FileResponse:
    """Hand out the teams, with the contacts and the leaders' accounts that the user may see."""
    may_see = permissions.may_see_team_contact
    return _file(
        TEAMS, rows.select_related("organisation", "leader"), user, Team.PRIVATE | {"leader"}, may_see, ending=ending
    )


def _file(
    sheet: Sheet,
    rows: QuerySet[Any],
    user: User,
    private: frozenset[str],
    may_see: Callable[[User, Any], bool],
    *,
    ending: str,
) -> FileResponse:
    directory.look(now=True)

    def lines() -> Iterator[list[Any]]:
        for row in rows.iterator(chunk_size=1000):
            shown = may_see(user, row)
            yield [row.code, *(_cell(sheet, row, column.name, private, shown=shown) for column in sheet.columns)]

    return file_of(sheet.title, [_("编号"), *(column.header for column in sheet.columns)], lines(), ending=ending)


def _cell(sheet: Sheet, row: Any, name: str, private: frozenset[str], *, shown: bool) -> object:
    if name in private and not shown:
        return ""
    if name == "leader":
        return row.leader.username if row.leader else ""
    return sheet.cell(row, name)
