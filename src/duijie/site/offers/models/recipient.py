"""A recipient (定向推送对象): an organisation to which one offer was shown by name, from a day to a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions

if TYPE_CHECKING:
    from collections.abc import Iterable


class RecipientQuerySet(RecordedQuerySet):
    """Which recipients."""

    def present(self) -> Self:
        """Return those who have not been taken off the list."""
        return self.filter(until=None)

    def among(self, organisations: Iterable[str]) -> Self:
        """Return those that are one of these organisations."""
        return self.filter(organisation__in=organisations)


class Recipient(Recorded):
    """An organisation named to read a directed offer."""

    offer = models.ForeignKey("offers.Offer", models.PROTECT, related_name="recipients", verbose_name=_("供给"))
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="offers_shown", verbose_name=_("单位")
    )
    since = models.DateTimeField(_("推送时间"))
    until = models.DateTimeField(_("终止时间"), null=True, blank=True)

    objects: Any = RecipientQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["offer", "organisation"], condition=Q(until=None), name="offer_recipient_named_once"
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "offer"], condition=Q(until=None), name="offer_recipient_present"),
        )

    def __str__(self) -> str:
        return f"{self.offer_id} → {self.organisation_id}"


with_versions(Recipient)
