"""An offer as the engine reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duijie.engine.matching.types import Document

TEXTS = ("about", "problem", "indicators", "advantage", "use_case")


def document_of(offer: Any) -> Document:
    """Return the offer, or a version of it, as the engine reads it."""
    from duijie.engine.matching.types import Document  # noqa: PLC0415  the engine only where it works

    texts = [getattr(offer, name) for name in TEXTS] + [measure(one) for one in offer.measures]
    return Document(
        id=offer.code,
        title=offer.title,
        text="\n".join(text for text in texts if text),
        keywords=tuple(offer.keywords),
        kind=offer.kind,
        field=offer.field_id or "",
        industry=offer.industry_id or "",
        region=offer.region_id,
        trl=offer.trl,
        team=offer.team_id or "",
    )


def measure(one: dict[str, str]) -> str:
    """Write one indicator: 亩产 ≥ 4,500 公斤."""
    return " ".join(part for part in (one.get("name"), one.get("value"), one.get("unit")) if part)
