"""Codes people can say on the telephone: ``D-150100-2026-0007``. They stand in addresses and in the ledger, never ids."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from duijie.site.kernel import clock
from duijie.site.kernel.models import Series


def take_codes(letter: str, *parts: str, count: int = 1) -> list[str]:
    """Return the next ``count`` codes of the series ``letter-part-…-year``.

    The series' row stays locked until the transaction ends, so no number is given twice, and one rolled back is reused.
    """
    prefix = "-".join((letter, *parts, str(clock.today().year)))
    with transaction.atomic():
        if not Series.objects.filter(prefix=prefix).update(last=F("last") + count):
            Series.objects.bulk_create([Series(prefix=prefix)], ignore_conflicts=True)
            Series.objects.filter(prefix=prefix).update(last=F("last") + count)
        last = Series.objects.values_list("last", flat=True).get(prefix=prefix)
    return [f"{prefix}-{number:04}" for number in range(last - count + 1, last + 1)]


def take_code(letter: str, *parts: str) -> str:
    """Return the next code of the series."""
    return take_codes(letter, *parts)[0]
