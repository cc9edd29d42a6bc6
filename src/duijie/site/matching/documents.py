"""Offers, teams and demands as the engine reads them.

A document's kind says its noun and the revision it was read from, so that an answer knows what exactly it scored.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from duijie.engine.matching.types import Document
from duijie.site.offers.document import document_of, measure

_ASKED = ("background", "question", "indicators", "benchmark", "use_case")
_WAN = Decimal(10_000)


def offer_document(offer: Any) -> Document:
    """Return an offer, or a version of it; its price in 万元."""
    price = None if offer.price is None else float(offer.price / _WAN)
    return replace(document_of(offer), kind=_kind("offer", offer.revision), budget=price)


def team_document(team: Any) -> Document:
    """Return a team's own record, or a version of it: it speaks for the team beside its offers."""
    return Document(
        id=team.code,
        title=team.name,
        text=team.about,
        keywords=tuple(team.keywords),
        kind=_kind("team", team.revision),
        field=team.fields[0] if len(team.fields) == 1 else "",
        region=team.organisation.region_id,
        team=team.code,
    )


def demand_document(demand: Any) -> Document:
    """Return a demand, or a version of it: what is asked, not who else was thought of or what is there already."""
    texts = [getattr(demand, name) for name in _ASKED] + [measure(one) for one in demand.measures]
    return Document(
        id=demand.code,
        title=demand.title,
        text="\n".join(text for text in texts if text),
        keywords=tuple(demand.keywords),
        kind=_kind("demand", demand.revision),
        field=demand.field_id or "",
        industry=demand.industry_id or "",
        region=demand.region_id,
        trl=demand.trl,
        budget=None if demand.budget is None else float(demand.budget),
    )


def revision_of(document_kind: str) -> int:
    """Return the revision a document was read from."""
    return int(document_kind.split()[1])


def _kind(noun: str, revision: int) -> str:
    return f"{noun} {revision}"
