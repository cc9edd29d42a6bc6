"""How good a ranking is, measured against what people judged, and how sure the measure is.

Levels are those of :data:`duijie.engine.matching.types.Level`: 4 strong … 1 none. A pair judged more than once has the
mean of its levels, so levels are floats here. A measure that is undefined for a demand is ``nan``, never 0: leave such
demands out, as :func:`evaluate` does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.resample import Difference, Interval, bootstrap_interval, folds_by_title, paired_bootstrap

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "RELEVANT",
    "Difference",
    "Evaluation",
    "Interval",
    "bootstrap_interval",
    "evaluate",
    "folds_by_title",
    "gain",
    "mean_levels",
    "ndcg",
    "paired_bootstrap",
    "pairwise_loss",
    "recall_at",
    "reciprocal_rank",
]

RELEVANT = 3.0
"""Mean level from which on an offer is one that recall and reciprocal rank look for."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Measures by name: each demand's value float64 ``(len(demands),)``, the means, their 95 % bootstrap intervals."""

    demands: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]
    means: Mapping[str, float]
    intervals: Mapping[str, Interval]

    @staticmethod
    def of(demands: Sequence[str], values: Mapping[str, Sequence[float]], *, seed: int = 0) -> Evaluation:
        """Return the evaluation of some values; all in the order of ``demands`` (at least one)."""
        arrays = {name: np.asarray(row, np.float64) for name, row in values.items()}
        if any(len(row) != len(demands) for row in arrays.values()):
            raise ValueError("each measure needs one value a demand")
        means = {name: float(row.mean()) for name, row in arrays.items()}
        intervals = {name: bootstrap_interval(row, seed=seed) for name, row in arrays.items()}
        return Evaluation(tuple(demands), arrays, means, intervals)


def mean_levels(judgements: Iterable[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    """Return demand → offer → mean level, from ``(demand, offer, level)``; a pair may be judged several times."""
    levels: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for demand, offer, level in judgements:
        levels[demand][offer].append(level)
    return {demand: {offer: math.fsum(x) / len(x) for offer, x in pool.items()} for demand, pool in levels.items()}


def gain(level: float) -> float:
    """Return ``2^(level − 1) − 1`` (Burges et al. 2005). Raises ``ValueError`` below level 1."""
    if not level >= 1:
        raise ValueError(f"levels begin at 1, not {level}")
    return float(2.0 ** (level - 1) - 1)


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(g / math.log2(place + 2) for place, g in enumerate(gains))


def ndcg(levels_in_rank_order: Sequence[float], k: int = 10, *, pool: Iterable[float] | None = None) -> float:
    """Return the discounted gain of the first ``k`` over that of the best order (Järvelin & Kekäläinen 2002), 0 to 1.

    ``pool`` are the levels of all that was judged, if the ranking does not list all of it. ``nan`` without any gain.

    >>> round(ndcg([1, 4, 3]), 4)
    0.6653
    """
    gains = [gain(level) for level in levels_in_rank_order]
    best = sorted(gains if pool is None else map(gain, pool), reverse=True)
    ideal = _discounted(best[:k])
    return min(1.0, _discounted(gains[:k]) / ideal) if ideal else math.nan


def recall_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the share of ``relevant`` among the first ``k``; ``nan`` where nothing is relevant."""
    wanted = set(relevant)
    return len(wanted.intersection(ranked[:k])) / len(wanted) if wanted else math.nan


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 / the place of the first relevant, 0 where none is listed; ``nan`` where nothing is relevant."""
    wanted = set(relevant)
    first = next((place for place, name in enumerate(ranked, 1) if name in wanted), None)
    return math.nan if not wanted else 1 / first if first else 0.0


def pairwise_loss(ratings: Sequence[float], scores: Sequence[float], groups: Sequence[Hashable] | None = None) -> float:
    """Return the share of rating differences that the scores put the wrong way round, ties half.

    Stelmakh et al. 2023, "A gold standard dataset for the reviewer assignment problem". 0 is perfect, 0.5 is guessing.
    Only pairs of one group (one rater) count; without ``groups`` all are one. The pairs of all groups are pooled.
    ``nan`` where no two ratings of a group differ.
    """
    names = [0] * len(ratings) if groups is None else groups
    members: defaultdict[Hashable, list[tuple[float, float]]] = defaultdict(list)
    for name, rating, score in zip(names, ratings, scores, strict=True):
        members[name].append((rating, score))
    lost = possible = 0.0
    for rows in members.values():
        rating, score = np.array(rows, np.float64).T
        weight = np.maximum(rating[:, None] - rating[None, :], 0.0)
        ahead = score[:, None] - score[None, :]
        lost += float((weight * ((ahead < 0) + 0.5 * (ahead == 0))).sum())
        possible += float(weight.sum())
    return lost / possible if possible else math.nan


def evaluate(
    rankings: Mapping[str, Sequence[str]],
    judged: Mapping[str, Mapping[str, float]],
    *,
    k: int = 10,
    recall_k: int = 100,
    least_judged: int = 20,
    seed: int = 0,
) -> Evaluation:
    """Return ``ndcg@k`` over each demand's judged pool, ``recall@recall_k`` and ``mrr`` over the whole ranking.

    Of the demands ranked, those count with ``least_judged`` judged offers and one at :data:`RELEVANT`. ``judged`` is as
    of :func:`mean_levels`; judged offers that a ranking leaves out come last. Raises ``ValueError`` where none counts.
    """
    values: dict[str, list[float]] = {f"ndcg@{k}": [], f"recall@{recall_k}": [], "mrr": []}
    demands = []
    for demand in sorted(rankings):
        pool, ranked = judged.get(demand, {}), rankings[demand]
        relevant = {offer for offer, level in pool.items() if level >= RELEVANT}
        if len(pool) < least_judged or not relevant:
            continue
        demands.append(demand)
        row = (
            ndcg([pool[offer] for offer in ranked if offer in pool], k, pool=pool.values()),
            recall_at(ranked, relevant, recall_k),
            reciprocal_rank(ranked, relevant),
        )
        for measure, value in zip(values.values(), row, strict=True):
            measure.append(value)
    if not demands:
        raise ValueError(f"no ranked demand has {least_judged} judged offers and a relevant one")
    return Evaluation.of(demands, values, seed=seed)
