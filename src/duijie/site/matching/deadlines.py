"""Until when an answer is waited for: working days after a match came to where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.matching.states import DAYS, State
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from datetime import date

ANSWER_DAYS = 10
"""Working days for which the link in a mail can be answered."""


def due_on(state: str, since: date) -> date | None:
    """Return the last day of waiting in ``state``; None where nobody is waiting."""
    return None if (days := DAYS.get(State(state))) is None else add_working_days(since, days)
