"""How sure a measured mean is, and how to hold demands back: bootstrap intervals and folds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duijie.engine.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.types import Document

_AT_ONCE = 1 << 22  # cells of resampled values held together: 64 MB


class Interval(NamedTuple):
    """Both ends of an interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better ``a`` is than ``b``: mean, its interval, and the share of resamples in which ``a`` is better."""

    mean: float
    interval: Interval
    share: float


def bootstrap_interval(
    values: Sequence[float] | NDArray[np.float64], *, seed: int, rounds: int = 2000, level: float = 0.95
) -> Interval:
    """Return the percentile bootstrap interval of the mean over demands (Efron & Tibshirani 1993, ch. 13).

    The same seed gives the same interval. Raises ``ValueError`` without values, or where one is not finite.
    """
    return _percentiles(_resampled_means(np.asarray(values, np.float64), seed, rounds), level)


def paired_bootstrap(
    a: Sequence[float] | NDArray[np.float64],
    b: Sequence[float] | NDArray[np.float64],
    *,
    seed: int,
    rounds: int = 2000,
    level: float = 0.95,
) -> Difference:
    """Return how much better ``a`` is than ``b`` on the same demands, which are resampled in pairs (Sakai 2006)."""
    if np.shape(a) != np.shape(b):
        raise ValueError("a and b must be of the same demands")
    difference = np.subtract(a, b, dtype=np.float64)
    means = _resampled_means(difference, seed, rounds)
    return Difference(float(difference.mean()), _percentiles(means, level), float((means > 0).mean()))


def _resampled_means(values: NDArray[np.float64], seed: int, rounds: int) -> NDArray[np.float64]:
    if not values.size or not np.isfinite(values).all():
        raise ValueError("a bootstrap needs at least one value, and all of them finite")
    rng = np.random.default_rng(seed)
    step = max(1, _AT_ONCE // values.size)
    sizes = [min(step, rounds - start) for start in range(0, rounds, step)]
    return np.concatenate([values[rng.integers(values.size, size=(n, values.size))].mean(axis=1) for n in sizes])


def _percentiles(means: NDArray[np.float64], level: float) -> Interval:
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Interval(low, high)


def folds_by_title(demands: Sequence[Document], folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each demand, int64 ``(len(demands),)`` from 0 on; equal titles are always in the same fold.

    Titles are compared folded and without spaces; demands without a title by their text. The most frequent titles are
    dealt first, each to the smallest fold; the seed decides among equals. Sizes differ by at most the most frequent
    title's count. Raises ``ValueError`` for ``folds < 1``.
    """
    if folds < 1:
        raise ValueError("folds must be at least 1")
    members: defaultdict[str, list[int]] = defaultdict(list)
    for i, demand in enumerate(demands):
        members["".join(fold(demand.title or demand.text).split())].append(i)
    titles = sorted(members)
    order = np.random.default_rng(seed).permutation(len(titles))
    out = np.zeros(len(demands), np.int64)
    sizes = [0] * folds
    for title in sorted((titles[i] for i in order), key=lambda t: -len(members[t])):
        smallest = sizes.index(min(sizes))
        out[members[title]] = smallest
        sizes[smallest] += len(members[title])
    return out
