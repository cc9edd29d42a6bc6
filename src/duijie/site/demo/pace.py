"""The story's pace: lives that go on side by side, each told when its moment comes, and the office's days between them."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from duijie.site.demands.actions import freeze_overdue
from duijie.site.kernel import clock
from duijie.site.ledger.actions import seal
from duijie.site.offers.actions import expire_lapsed
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Life = Iterator[datetime]

SEED = "duijie"


def chance(*keys: object) -> random.Random:
    """Return a source of chance of its own for everything that has a name, so that one more of them changes no other."""
    return random.Random("/".join([SEED, *map(str, keys)]))


def at(day: date, dice: random.Random) -> datetime:
    """Return a moment of that day's office hours, or of the next day on which somebody works."""
    day = add_working_days(day, 0)
    return timezone.make_aware(datetime.combine(day, time(dice.choice((9, 10, 11, 14, 15, 16)), dice.randrange(60))))


@dataclass
class Pace:
    """Tells lives in the order of their moments. A life is a generator: it yields when it wants to go on, and acts then.

    A month is one transaction: past months are told, nobody is waiting for their acknowledgement.
    """

    end: datetime
    _waiting: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _day: date | None = None

    def begin(self, *lives: Life) -> None:
        """Let lives begin; a life does nothing before its first moment."""
        for life in lives:
            self._wait(life, None)

    def run(self, tell: Callable[[str], None]) -> None:
        """Tell everything up to the end, a month at a time."""
        while self._waiting and self._waiting[0][0] < self.end:
            first = self._waiting[0][0]
            tell(f"{timezone.localtime(first):%Y-%m}")
            with transaction.atomic():
                self._tell_month((first.year, first.month))
        with clock.told(self.end):
            self._close_day()

    def _tell_month(self, month: tuple[int, int]) -> None:
        while self._waiting and self._waiting[0][0] < self.end:
            moment, _number, life = self._waiting[0]
            if (moment.year, moment.month) != month:
                return
            heapq.heappop(self._waiting)
            self._turn_to(timezone.localdate(moment))
            with clock.told(moment):
                self._wait(life, moment)

    def _wait(self, life: Life, now: datetime | None) -> None:
        moment = next(life, None)
        if moment is not None:
            later = moment if now is None else max(moment, now + timedelta(minutes=7))
            heapq.heappush(self._waiting, (later, next(self._numbers), life))

    def _turn_to(self, day: date) -> None:
        """Do what the worker does between two days."""
        if day == self._day:
            return
        with clock.told(timezone.make_aware(datetime.combine(day, time(0, 5)))):
            self._close_day()
        self._day = day

    def _close_day(self) -> None:
        seal()
        freeze_overdue(clock.now())
        expire_lapsed()
