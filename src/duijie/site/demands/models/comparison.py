"""A comparison (比对结论): somebody read two demands that looked alike, and found them different."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models.demand import Demand
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions


class ComparisonQuerySet(RecordedQuerySet):
    """Which comparisons."""

    def of(self, demand: Demand) -> ComparisonQuerySet:
        """Return those in which ``demand`` is one of the two."""
        return self.filter(Q(first=demand.code) | Q(second=demand.code))


class Comparison(Recorded):
    """Two demands, in the order of their codes, that are not one need. The entry says who found so, and why."""

    first = models.ForeignKey(Demand, models.PROTECT, related_name="+", verbose_name=_("需求一"))
    second = models.ForeignKey(Demand, models.PROTECT, related_name="+", verbose_name=_("需求二"))
    why = models.TextField(_("理由"), blank=True)

    objects: Any = ComparisonQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="comparison_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="comparison_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


with_versions(Comparison)
