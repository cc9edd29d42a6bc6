"""The statutory working-day calendar: the week, corrected by the State Council's notices (``CalendarDay``)."""

from __future__ import annotations

from datetime import date, timedelta

from duijie.site.registry.models import CalendarDay
from duijie.site.registry.queries import hold


def is_working_day(day: date) -> bool:
    """Say whether public offices work on ``day``."""
    return _exceptions().get(day, day.weekday() < 5)


def add_working_days(day: date, count: int) -> date:
    """Return the ``count``-th working day after ``day`` (before it, where negative); ``day`` itself does not count.

    With 0 it is ``day`` or, if nobody works then, the next working day: a deadline that falls on a holiday moves on.
    """
    exceptions = _exceptions()
    step = timedelta(days=-1 if count < 0 else 1)
    left = abs(count)
    if left == 0:
        while not exceptions.get(day, day.weekday() < 5):
            day += step
        return day
    while left:
        day += step
        left -= exceptions.get(day, day.weekday() < 5)
    return day


def working_days_between(first: date, last: date) -> int:
    """Count the working days after ``first`` up to and including ``last``."""
    exceptions = _exceptions()
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(exceptions.get(day, day.weekday() < 5) for day in days)


def is_announced(year: int) -> bool:
    """Say whether the notice for ``year`` is in the calendar; before that, deadlines in it may still move by a day."""
    return year in hold(is_announced, lambda: frozenset(_announced()))


def _announced() -> set[int]:
    return {day.year for day in CalendarDay.objects.filter(announced=True).values_list("day", flat=True)}


def _exceptions() -> dict[date, bool]:
    return hold(CalendarDay, lambda: dict(CalendarDay.objects.values_list("day", "working")))
