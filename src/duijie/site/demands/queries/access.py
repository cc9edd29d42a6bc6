"""The one door to a demand: what one may not know of looks like what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from duijie.site.demands.models import Demand
from duijie.site.demands.permissions import View, is_handled_by, view_of

if TYPE_CHECKING:
    from typing import Any

    from duijie.site.parties.models import User

RELATED = ("organisation", "region", "department", "field", "industry", "chain_node", "merged_into", "started_by")


def fetch(code: str, user: User) -> tuple[Demand, View]:
    """Return the demand and how much of it the user may read, full or blurred."""
    demand = Demand.objects.select_related(*RELATED).filter(code=code).first()
    view: View = "none" if demand is None else view_of(demand, user)
    if demand is None or view == "none":
        raise Http404
    return demand, view


def fetch_readable(code: str, user: User) -> Demand:
    """Return a demand that the user may read in full."""
    demand, view = fetch(code, user)
    if view != "full":
        raise Http404
    return demand


def is_insider(demand: Demand, user: User) -> bool:
    """Say whether the user is of the organisation or handles the demand."""
    return is_handled_by(user, demand)


def version(demand: Demand, revision: int | None) -> Any:
    """Return the demand as it stood at a revision; None where there is no such."""
    return Demand.versions.filter(code=demand.code, revision=revision).select_related(*RELATED).first()
