"""What can be imported: the sheets that the rooms describe, by the name that stands in addresses and commands."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from duijie.site.kernel.sheets import Sheet
    from duijie.site.parties.models import User

_SHEETS = (
    "duijie.site.demands.sheet.SHEET",
    "duijie.site.offers.sheet.SHEET",
    "duijie.site.parties.sheet.ORGANISATIONS",
    "duijie.site.parties.sheet.TEAMS",
)


@cache
def sheets() -> dict[str, Sheet]:
    """Return every sheet by its noun."""
    return {sheet.noun: sheet for sheet in map(import_string, _SHEETS)}


def open_to(user: User) -> list[Sheet]:
    """Return the sheets the user may import."""
    return [sheet for sheet in sheets().values() if sheet.may_import(user)]
