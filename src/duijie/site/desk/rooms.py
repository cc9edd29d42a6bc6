"""Which rooms have something to do, and what each must answer. A later room adds one line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models import Demand
from duijie.site.demands.queries import desk as demands
from duijie.site.matching.queries import desk as matching
from duijie.site.offers.models import Offer
from duijie.site.offers.queries import desk as offers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from duijie.site.matching.models import Match
    from duijie.site.parties.models import User


class Row(Protocol):
    """One line of the desk; ``what`` is what to do, or where it stands."""

    @property
    def code(self) -> str:
        """The noun's code."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def url(self) -> str:
        """Where its page is."""

    @property
    def what(self) -> str:
        """What to do, or where it stands."""

    @property
    def since(self) -> datetime:
        """Since when it is so."""

    @property
    def due(self) -> date | None:
        """Until when it should be done."""

    @property
    def overdue(self) -> bool:
        """Whether that day has passed."""


class Asked(Protocol):
    """A question to a room: lines for one person, ``most`` at most."""

    def __call__(self, user: User, *, most: int = ...) -> Iterable[Row]:
        """Return the lines, the most pressing or latest first."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the desk asks of one room. ``waiting`` is counted, ``handled_by`` says whose events one may read."""

    noun: _StrPromise
    kind: str
    todo: Asked
    handled: Asked
    started: Asked
    waiting: Callable[[User], QuerySet[Demand] | QuerySet[Offer] | QuerySet[Match]]
    handled_by: Callable[[User], QuerySet[Any]]
    looking: tuple[str, ...]


ROOMS = (
    Room(
        _("需求"), "demands.demand", demands.todo, demands.handled, demands.started,
        demands.waiting, Demand.objects.handled_by, ("demand.open",),
    ),
    Room(
        _("成果"), "offers.offer", offers.todo, offers.handled, offers.started,
        offers.waiting, Offer.objects.handled_by, offers.LOOKING,
    ),
    Room(
        _("对接"), matching.KIND, matching.todo, matching.handled, matching.started,
        matching.waiting, matching.titled, matching.LOOKING,
    ),
)  # fmt: skip
