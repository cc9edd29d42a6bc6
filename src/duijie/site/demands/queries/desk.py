"""What an officer's or a contact's desk shows of demands: to do, done, started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Max
from django.urls import reverse

from duijie.site.demands.models import Demand
from duijie.site.demands.turns import WHAT
from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry

if TYPE_CHECKING:
    from datetime import date, datetime

    from duijie.site.demands.models.queryset import DemandQuerySet
    from duijie.site.parties.models import User

_KIND = "demands.demand"
_LOOKING = ("demand.open",)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One line of the desk; ``what`` is what to do, or where it stands."""

    code: str
    title: str
    url: str
    what: str
    since: datetime
    due: date | None
    overdue: bool


def todo(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what waits for the user, what is due first on top."""
    return [_row(one, waiting=True) for one in waiting(user)[:most]]


def waiting(user: User) -> DemandQuerySet:
    """Return the demands behind :func:`todo`; its length is the number on the desk's tab."""
    return Demand.objects.waiting_for(user).order_by(F("due").asc(nulls_last=True), "state_since", "code")


def handled(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what the user has acted on and may still see, the latest first."""
    entries = Entry.objects.filter(actor=user.code, kind=_KIND).exclude(verb__in=_LOOKING)
    latest = entries.values("subject").annotate(last=Max("id")).order_by("-last")[: most * 2]
    codes = [one["subject"] for one in latest]
    rows = Demand.objects.handled_by(user).in_bulk(codes)
    return [_row(rows[code]) for code in codes if code in rows][:most]


def started(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what the user started, the latest first."""
    mine = Demand.objects.handled_by(user).filter(started_by=user.code)
    return [_row(one) for one in mine.order_by("-created_at", "code")[:most]]


def _row(demand: Demand, *, waiting: bool = False) -> DeskRow:
    what = str(WHAT[demand.state]) if waiting else demand.get_state_display()
    overdue = demand.due is not None and demand.due < clock.today()
    url = reverse("demands:demand", args=[demand.code])
    return DeskRow(demand.code, demand.title, url, what, demand.state_since, demand.due, overdue)
