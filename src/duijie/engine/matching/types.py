"""The nouns of matching: what is compared, and what a comparison answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Level = Literal[1, 2, 3, 4]
"""How well an offer answers a demand as people judge it: 4 strong, 3 fairly strong, 2 weak, 1 none."""

Verdict = Literal["match", "no match", "too vague"]


@dataclass(frozen=True, slots=True)
class Document:
    """A demand or an offer, as text and as the facts beside it.

    ``trl`` is the technology readiness level (GB/T 22900-2022), 1–9; ``budget`` is in 10,000 yuan (万元);
    ``region`` a GB/T 2260 code, ``industry`` a GB/T 4754-2017 code, ``team`` the id of the team behind an offer.
    An empty string or ``None`` means "not said", never "none".
    """

    id: str
    title: str
    text: str = ""
    keywords: tuple[str, ...] = ()
    kind: str = ""
    field: str = ""
    industry: str = ""
    region: str = ""
    trl: int | None = None
    budget: float | None = None
    team: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A research team: ``capacity`` is how many new cooperations it can take; ``None`` means not said."""

    id: str
    title: str
    organisation: str = ""
    text: str = ""
    keywords: tuple[str, ...] = ()
    field: str = ""
    region: str = ""
    size: str = ""
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground for or against a match, as data: a code, its weight in the score, and the words it stands on.

    ``code`` names a feature of :mod:`duijie.engine.matching.rank`; ``weight`` is its signed share of the score;
    ``demand_words`` and ``offer_words`` are phrases that stand in the demand and in the offer.
    """

    code: str
    weight: float
    demand_words: tuple[str, ...] = ()
    offer_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One offer (or team) proposed for one demand, with its place, score, level and reasons."""

    demand: str
    offer: str
    rank: int
    score: float
    level: Level
    reasons: tuple[Reason, ...] = field(default=())
