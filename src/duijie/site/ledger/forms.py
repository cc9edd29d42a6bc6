"""By what the ledger's list can be narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel.forms import DayField, LineField
from duijie.site.kernel.lists import AnyChoice, FilterForm
from duijie.site.ledger.labels import verb_choices

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duijie.site.ledger.models import Entry


class EntryFilter(FilterForm):
    """Who, what, to which thing, on which day."""

    subject = LineField(label=_("对象编号"), max_length=40)
    actor = LineField(label=_("经办人"), max_length=40)
    verb = AnyChoice(label=_("事项"), choices=verb_choices)
    day = DayField(label=_("日期"))

    def narrow(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:  # type: ignore[override]
        """Return the entries that answer what was given; an actor is found by code or by part of the name."""
        given = dict(self.given)
        if "day" in given:
            rows = rows.on(given.pop("day"))  # type: ignore[attr-defined]
        if "actor" in given:
            word = given.pop("actor")
            rows = rows.filter(Q(actor=word) | Q(actor_name__icontains=word))
        return rows.filter(**given)
