"""Two indexes that follow the ledger: what can be had (offers and teams), and what is being looked for (demands).

The demands' index keeps the directions in which they look, so that a run need not read their texts again with the encoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from duijie.engine.matching.dense import BundledEncoder
from duijie.engine.matching.ground import Demands, OneByOne
from duijie.site.demands.models import Demand
from duijie.site.demands.states import EXPIRING
from duijie.site.matching.documents import demand_document, offer_document, team_document
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Team
from duijie.site.search.following import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    from duijie.engine.matching.dense import Encoder
    from duijie.engine.matching.types import Document


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind, and how the engine reads each."""

    rows: Callable[[], QuerySet[Any]]
    document: Callable[[Any], Document]

    def documents(self, row: Any) -> Iterable[Document]:
        """Return the row's only document."""
        return (self.document(row),)


@cache
def encoder() -> Encoder:
    """Return what reads texts for their direction."""
    return OneByOne(BundledEncoder())


def sought() -> QuerySet[Any]:
    """Return the demands for which an answer is looked for, those accepted and not yet published included."""
    return Demand.objects.filter(state__in=EXPIRING)


def _supplied() -> dict[str, Source]:
    return {
        Offer._meta.label_lower: Source(Offer.objects.on_offer, offer_document),
        Team._meta.label_lower: Source(lambda: Team.objects.present().select_related("organisation"), team_document),
    }


def _demanded() -> dict[str, Source]:
    return {Demand._meta.label_lower: Source(sought, demand_document)}


def _reading_offers() -> Encoder:
    return encoder()


def _reading_demands() -> Encoder:
    return Demands(encoder())


OFFERS = Shelf("offers", _supplied, encoder=_reading_offers)
DEMANDS = Shelf("demands", _demanded, encoder=_reading_demands)


def follow() -> int:
    """Take over into both indexes what the ledger says has happened; return how many records changed."""
    return OFFERS.follow() + DEMANDS.follow()


def rebuild() -> int:
    """Write both indexes anew; return how many documents they hold."""
    return OFFERS.rebuild() + DEMANDS.rebuild()
