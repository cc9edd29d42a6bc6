"""Teams found through their evidence: the offers of a team that answer a demand speak for the team."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duijie.engine.matching.types import Level, Match


@dataclass(frozen=True, slots=True)
class TeamMatch:
    """One team proposed for one demand, with its place, score and level, and the matches it rests on, best first."""

    demand: str
    team: str
    rank: int
    score: float
    level: Level
    evidence: tuple[Match, ...]


def team_score(scores: Iterable[float]) -> float:
    """Return ``(s₁ + s₂/2 + s₃/4 + …) / 2`` for scores, best first.

    The best offer decides, each further one counts half of the one before, and no number of weak ones outweighs two
    strong ones. Of the same range as the scores themselves.
    """
    return sum(score * 0.5 ** (place + 1) for place, score in enumerate(sorted(scores, reverse=True)))


def rank_teams(matches: Iterable[Match], team_of: Mapping[str, str]) -> tuple[TeamMatch, ...]:
    """Return the teams behind one demand's matches, best first, equal scores in the order of their ids.

    ``team_of`` names the team behind an offer; offers without one speak for nobody. A team's level is that of its best
    offer. Matches with a score of 0 or less are no evidence.
    """
    evidence: defaultdict[str, list[Match]] = defaultdict(list)
    for match in sorted(matches, key=lambda m: (-m.score, m.offer)):
        if match.score > 0 and (team := team_of.get(match.offer, "")):
            evidence[team].append(match)
    ranked = sorted((-team_score(m.score for m in found), team) for team, found in evidence.items())
    return tuple(
        TeamMatch(evidence[team][0].demand, team, rank, -score, evidence[team][0].level, tuple(evidence[team]))
        for rank, (score, team) in enumerate(ranked, 1)
    )
