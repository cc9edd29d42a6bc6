"""When a step should have been taken: working days after the offer came to where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.offers.states import DAYS
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from datetime import date


def due_on(state: str, since: date) -> date | None:
    """Return the last day for the step out of ``state``; None where nobody is waiting."""
    return add_working_days(since, DAYS[state]) if state in DAYS else None
