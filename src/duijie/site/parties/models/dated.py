"""What holds from a day to a day: the first day counts, the last does not, so ending something today acts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from duijie.site.ledger.models import RecordedQuerySet

if TYPE_CHECKING:
    from datetime import date


class TermQuerySet(RecordedQuerySet):
    """Rows with ``valid_from`` and ``valid_to``."""

    def valid_on(self, day: date) -> Self:
        """Return those that hold on ``day``."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def ends_after_it_begins(noun: str) -> models.CheckConstraint:
    """Return the constraint that nothing ends before it begins."""
    return models.CheckConstraint(
        condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=f"{noun}_ends_after_it_begins"
    )
