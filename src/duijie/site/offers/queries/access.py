"""The one door to an offer: what one may not know of looks like what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from duijie.site.offers.models import Offer
from duijie.site.offers.models.visibility import View, view_of

if TYPE_CHECKING:
    from duijie.site.parties.models import User

RELATED = (
    "organisation",
    "team",
    "region",
    "field",
    "industry",
    "chain_node__chain",
    "merged_into",
    "started_by",
)


def fetch(code: str, user: User) -> tuple[Offer, View]:
    """Return the offer and how much of it the user may read, full or blurred."""
    offer = Offer.objects.select_related(*RELATED).filter(code=code).first()
    view = View.NONE if offer is None else view_of(offer, user)
    if offer is None or view is View.NONE:
        raise Http404
    return offer, view


def fetch_readable(code: str, user: User) -> Offer:
    """Return an offer that the user may read in full."""
    offer, view = fetch(code, user)
    if view is not View.FULL:
        raise Http404
    return offer
