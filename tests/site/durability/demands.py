"""Demands in every usual state, made without their long way there."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .people import question, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.demands.models import Demand

STATES = ("published", "submitted", "matching", "local_review", "published", "regional_review", "accepted")


def demands(number: int, companies: Sequence[Any], state: str = "") -> list[Demand]:
    """Return new demands, not written yet; without ``state`` they are spread over the usual ones."""
    from duijie.site.demands.models import Demand
    from duijie.site.kernel import clock
    from duijie.site.kernel.codes import take_codes
    from duijie.site.registry.models import Field

    now, first = clock.now(), Demand.objects.count()
    field = Field.objects.get(name="农业").pk
    made = []
    for n in range(first, first + number):
        company, stands = companies[n % len(companies)], state or STATES[n // 3 % len(STATES)]
        row = Demand(organisation=company, region_id=company.region_id, title=title(n), question=question(n))
        row.state, row.state_since = stands, now
        if stands != "draft":
            row.submitted_at = row.accepted_at = row.published_at = now
        row.kind, row.field_id, row.budget, row.deadline = "research", field, Decimal(n % 900 + 1), date(2027, 6, 30)
        row.contact_name, row.contact_phone = "娜仁", "0471-1234567"
        row.disclosure = ("public", "public", "blurred", "directed")[n % 4]
        made.append(row)
    by_region = defaultdict(list)
    for row in made:
        by_region[row.region_id].append(row)
    for region, rows in by_region.items():
        for row, code in zip(rows, take_codes("D", region, count=len(rows)), strict=True):
            row.code = code
    return made
