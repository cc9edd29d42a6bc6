"""The desk as one page: what waits, what was done, what was started, and what happened lately."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from duijie.site.desk.rooms import ROOMS
from duijie.site.desk.shortcuts import shortcuts
from duijie.site.kernel import clock
from duijie.site.kernel.parts import Tab
from duijie.site.ledger.labels import verb_label
from duijie.site.ledger.models import Entry
from duijie.site.offers.queries.desk import unconfirmed
from duijie.site.parties.models import Role, Team

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from duijie.site.desk.rooms import Row
    from duijie.site.desk.shortcuts import Shortcut
    from duijie.site.parties.models import User

MOST = 50
"""Lines shown at once; the room's own list has the rest."""
_LATEST = 200
_EVENTS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the desk, and of which noun it is."""

    noun: str
    row: Row


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to what the reader handles."""

    at: datetime
    actor: str
    verb: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class StaleTeam:
    """A team nobody has confirmed for two years."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page shows. ``overdue`` counts what should have been done before today."""

    tab: str
    tabs: Sequence[Tab]
    lines: Sequence[Line]
    total: int
    overdue: int
    stale_offers: Sequence[Row]
    stale_teams: Sequence[StaleTeam]
    shortcuts: Sequence[Shortcut]
    events: Sequence[Event]

    @property
    def cut(self) -> bool:
        """Say whether there is more than the page shows."""
        return self.total > len(self.lines)


def desk(user: User, tab: str) -> Desk:
    """Assemble the desk of one person."""
    tab = tab if tab in ("todo", "handled", "started") else "todo"
    waiting = sum(room.waiting(user).count() for room in ROOMS)
    overdue = sum(room.waiting(user).overdue(clock.today()).count() for room in ROOMS)  # type: ignore[union-attr]
    lines = _lines(user, tab)
    return Desk(
        tab=tab,
        tabs=_tabs(tab, waiting),
        lines=lines,
        total=waiting if tab == "todo" else len(lines),
        overdue=overdue,
        stale_offers=list(unconfirmed(user, most=5)),
        stale_teams=_stale_teams(user),
        shortcuts=shortcuts(user),
        events=_events(user),
    )


def _tabs(tab: str, waiting: int) -> list[Tab]:
    home = reverse("desk:desk")
    return [
        Tab(_("待办"), home, tab == "todo", waiting),
        Tab(_("已办"), f"{home}?tab=handled", tab == "handled"),
        Tab(_("我发起的"), f"{home}?tab=started", tab == "started"),
    ]


def _lines(user: User, tab: str) -> list[Line]:
    """Take turns by date: what is due first, or what happened last, whichever room it is of."""
    found = [Line(str(room.noun), row) for room in ROOMS for row in getattr(room, tab)(user, most=MOST)]
    if tab == "todo":
        found.sort(key=lambda line: (line.row.due is None, line.row.due, line.row.since))
    else:
        found.sort(key=lambda line: line.row.since, reverse=True)
    return found[:MOST]


def _stale_teams(user: User) -> list[StaleTeam]:
    scope = user.scope
    mine = Team.objects.present().filter(organisation__in=scope.of(Role.RESEARCH))
    mine |= Team.objects.present().filter(leader=user.pk)
    return [
        StaleTeam(team.name, _address("parties:team", team.code)) for team in mine.stale().order_by("confirmed_on")[:5]
    ]


def _events(user: User) -> list[Event]:
    """Return the latest of what happened to what the reader handles, by three statements whatever there is."""
    kinds = {room.kind: room for room in ROOMS}
    looking = list(chain.from_iterable(room.looking for room in ROOMS))
    latest = list(Entry.objects.filter(kind__in=kinds).exclude(verb__in=looking).order_by("-id")[:_LATEST])
    titles: dict[str, str] = {}
    for room in ROOMS:
        codes = {entry.subject for entry in latest if entry.kind == room.kind}
        titles |= dict(room.handled_by(user).filter(code__in=codes).values_list("code", "title"))
    mine = (entry for entry in latest if entry.subject in titles)
    return [_event(entry, titles[entry.subject]) for entry in islice(mine, _EVENTS)]


def _event(entry: Entry, title: str) -> Event:
    url = _address(entry.kind.replace(".", ":"), entry.subject)
    return Event(entry.at, entry.actor_name, str(verb_label(entry.verb)), title, url)


def _address(name: str, code: str) -> str:
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""
