"""A recipient (定向推送对象): an organisation a directed demand was shown to, from when to when."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models.demand import Demand
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions


class RecipientQuerySet(RecordedQuerySet):
    """Which recipients."""


class Recipient(Recorded):
    """One organisation that was named; taking the name back ends it, and leaves it on record."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="recipients", verbose_name=_("需求"))
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位"))
    since = models.DateTimeField(_("推送时间"))
    until = models.DateTimeField(_("终止时间"), null=True, blank=True)

    objects: Any = RecipientQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["demand", "organisation"], condition=Q(until=None), name="recipient_named_once"
            ),
        )

    def __str__(self) -> str:
        return self.code


with_versions(Recipient)
