"""Learning what counts from people's judgements, and taking a new model only if it is better.

Weights: for each demand every pair of offers judged differently is a wish that the better one score higher, weighted by the
difference in gain (RankNet, Burges et al. 2005, with gains as in nDCG); logistic loss, weights never negative, drawn
towards the present model's so that few or noisy judgements move little. Cuts: as often as people gave each level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.features import scores
from duijie.engine.matching.model import FEATURES, Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.rank import Matcher
    from duijie.engine.matching.types import Document

_TEXT = ("words", "title", "meaning")
_APART = 0.5  # levels; smaller differences are noise (repeated judgements agree in 78 of 100)
_SHARPNESS = 6.0  # score differences × this are log-odds; 0.2 of score is then a clear preference
_ENOUGH = 5  # demands with something to learn from


class TooFewJudgements(ValueError):
    """Fewer judged demands than anything can be learned from."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Features and levels of judged pairs: demand ``q``'s are ``ptr[q]:ptr[q + 1]``."""

    ptr: NDArray[np.int64]
    matrix: NDArray[np.float64]
    levels: NDArray[np.float64]

    def only(self, chosen: Sequence[int]) -> Judged:
        """Return the judgements of some of the demands."""
        rows = [np.arange(self.ptr[q], self.ptr[q + 1]) for q in chosen]
        cells = np.concatenate([np.zeros(0, np.int64), *rows])
        ptr = np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int64)
        return Judged(ptr, self.matrix[cells], self.levels[cells])


def judged_pairs(matcher: Matcher, demands: Sequence[Document], judgements: Mapping[tuple[str, str], float]) -> Judged:
    """Return the features of all judged pairs whose offer is in the index; unknown ids are left out."""
    by_demand: dict[str, dict[str, float]] = {d.id: {} for d in demands}
    for (demand, offer), level in judgements.items():
        if demand in by_demand:
            by_demand[demand][offer] = level
    places, levels = [], []
    for offers in by_demand.values():
        found = matcher.index.snapshot.positions(list(offers))
        known = found >= 0
        places.append(found[known])
        levels.append(np.array(list(offers.values()), np.float64)[known])
    candidates = matcher.features_of(demands, places)
    return Judged(candidates.ptr, candidates.matrix, np.concatenate([np.zeros(0), *levels]))


def learn(judged: Judged, prior: Model, *, name: str, pull: float = 0.02) -> Model:
    """Return a model learned from judgements; ``pull`` is how strongly weights are drawn to the prior's.

    Raises :class:`TooFewJudgements` where fewer than five demands have offers of different levels. A feature that never
    differs in the judgements keeps the weight it had. Deterministic.
    """
    from scipy.optimize import minimize  # noqa: PLC0415

    differences, weights = _wishes(judged)
    if len(np.unique(weights[:, 0])) < _ENOUGH:
        raise TooFewJudgements(f"{len(np.unique(weights[:, 0]))} of at least {_ENOUGH} demands")
    share = weights[:, 1] / len(np.unique(weights[:, 0]))
    spread = differences.std(axis=0)
    known = spread > 1e-9
    unit = np.where(known, spread, 1.0)
    start = np.asarray(prior.vector()) * unit

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = _SHARPNESS * ((differences / unit) @ w)
        value = float(share @ np.logaddexp(0.0, -margin))
        slope = -_SHARPNESS * ((differences / unit).T @ (share / (1.0 + np.exp(margin))))
        away = (w - start) / unit.mean()
        return value + pull * float(away @ away), slope + 2 * pull * away / unit.mean()

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(FEATURES))
    vector = np.where(known, found.x / unit, prior.vector())
    free = [FEATURES.index(f) for f in _TEXT if known[FEATURES.index(f)]]
    scale = sum(prior.vector()[i] for i in free) / max(1e-9, float(vector[free].sum()))
    vector = np.where(known, vector * scale, vector)
    model = replace(prior, name=name, weights={f: round(float(w), 4) for f, w in zip(FEATURES, vector, strict=True)})
    return replace(
        model,
        cuts=learn_cuts(judged, model),
        learned_from={"pairs": len(judged.levels), "demands": len(judged.ptr) - 1},
    )


def _wishes(judged: Judged) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return feature differences better − worse ``(w, f)``, and for each its demand and its weight ``(w, 2)``."""
    rows, told = [np.zeros((0, len(FEATURES)))], [np.zeros((0, 2))]
    for q in range(len(judged.ptr) - 1):
        here = slice(judged.ptr[q], judged.ptr[q + 1])
        levels, matrix = judged.levels[here], judged.matrix[here]
        better, worse = np.nonzero(levels[:, None] >= levels[None, :] + _APART)
        if len(better):
            gain = 2.0 ** levels[better] - 2.0 ** levels[worse]
            rows.append(matrix[better] - matrix[worse])
            told.append(np.column_stack([np.full(len(better), q), gain / gain.sum()]))
    return np.concatenate(rows), np.concatenate(told)


def kappa(told: NDArray[np.int64], judged: NDArray[np.int64]) -> float:
    """Return the quadratic weighted kappa (Cohen 1968) of two gradings 1–4, ``(n,)`` each: 1 agreement, 0 chance."""
    seen = np.zeros((4, 4))
    np.add.at(seen, (told - 1, judged - 1), 1.0)
    cost = (np.arange(4)[:, None] - np.arange(4)[None, :]) ** 2
    chance = np.outer(seen.sum(1), seen.sum(0)) / max(1.0, seen.sum())
    expected = float((cost * chance).sum())
    return 1.0 - float((cost * seen).sum()) / expected if expected else 0.0


def learn_cuts(judged: Judged, model: Model) -> tuple[float, float, float]:
    """Return the cuts that give each level as often as people gave it (equipercentile equating, Kolen & Brennan 2014).

    Cuts that maximise agreement would call every better pair strong, as a wrong "strong" costs little where strong is rare.
    """
    total = scores(judged.matrix, model)
    below = [float((judged.levels < level - 0.5).mean()) for level in (2, 3, 4)]
    low, middle, high = (round(float(np.quantile(total, q)), 4) for q in below)
    return low, middle, high
