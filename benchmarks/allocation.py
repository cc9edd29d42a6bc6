"""Allocation: known optima, a peer beside it, and how the time grows.

``python benchmarks/allocation.py [--data ../shared/data] [--small] [--large] [--repeat 3]``

The real instances are reviewer–paper matrices, one row a reviewer, one column a paper, three reviewers a paper. A paper
plays the demand and a reviewer the taker; a conflict, or in midl a negative score, is a missing edge. midl has 177 × 2
= 118 × 3 places, so its floor of 2 makes every load exactly 2; its sum without the floor keeps the cap of 4 (208.924
without one).

The peer is scipy: ``linear_sum_assignment`` on the full matrix where each demand wants one taker, each taker repeated
as often as its capacity; ``linprog`` (HiGHS) on the real instances, where repeating a reviewer would let it have
a paper twice.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching.assign import allocate, greedy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt


@dataclass(frozen=True)
class Instance:
    """One problem: edges sorted by demand, limits, and the optimum where it is published."""

    name: str
    demand: npt.NDArray[np.int64]
    taker: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    n_demands: int
    capacity: npt.NDArray[np.int64]
    wanted: int = 1
    floor: int = 0
    known: float | None = None
    peer: Callable[[Instance], float] | None = field(default=None)

    @property
    def limits(self) -> dict[str, Any]:
        """The arguments that both our functions take."""
        return {"n_demands": self.n_demands, "capacity": self.capacity, "wanted": self.wanted}

    def edges(self) -> tuple[Any, Any, Any]:
        """The three edge arrays."""
        return self.demand, self.taker, self.score


def with_linprog(instance: Instance) -> float:
    """Return the optimum by linear programming: the constraints are totally unimodular, so it is integral."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    n, edges = len(instance.score), np.arange(len(instance.score))
    rows = coo_array((np.ones(n), (instance.demand, edges)), shape=(instance.n_demands, n))
    columns = coo_array((np.ones(n), (instance.taker, edges)), shape=(len(instance.capacity), n))
    limits = [
        np.full(instance.n_demands, instance.wanted),
        instance.capacity,
        np.full(columns.shape[0], -instance.floor),
    ]
    matrix = vstack([rows, columns, -columns])
    return -float(linprog(-instance.score, A_ub=matrix, b_ub=np.concatenate(limits), bounds=(0, 1)).fun)


def with_assignment(instance: Instance) -> float:
    """Return the optimum by the Hungarian method on the full matrix, absent edges at 0 (harmless: scores are ≥ 0)."""
    from scipy.optimize import linear_sum_assignment

    matrix = np.zeros((instance.n_demands, len(instance.capacity)))
    matrix[instance.demand, instance.taker] = instance.score
    matrix = np.repeat(matrix, instance.capacity, axis=1)
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    return float(matrix[rows, columns].sum())


def read_real(folder: Path) -> Iterator[Instance]:
    """Yield the published instances, or nothing but a message if the folder is not there."""
    if not folder.is_dir():
        print(f"{folder}: not found, skipped")
        return
    for name, cap, known in (("bids1", 6, 497.0), ("bids2", 7, 566.0), ("bids3", 6, 1817.0)):
        score = np.loadtxt(folder / f"{name}_similarity.csv", delimiter=",")
        allowed = np.loadtxt(folder / f"{name}_conflict.csv", delimiter=",") == 0
        yield _real(f"{name}, load ≤ {cap}", score, allowed, cap=cap, known=known)
    score = np.loadtxt(folder / "midl_scores.csv", delimiter=",")
    yield _real("midl, load 2–4", score, score >= 0, cap=4, floor=2, known=150.043)
    yield _real("midl, load ≤ 4", score, score >= 0, cap=4, known=201.885)


def _real(
    name: str, score: npt.NDArray[np.float64], allowed: npt.NDArray[np.bool_], *, cap: int, known: float, floor: int = 0
) -> Instance:
    paper, reviewer = np.nonzero(allowed.T)
    capacity = np.full(len(score), cap)
    return Instance(
        name, paper, reviewer, score[reviewer, paper], score.shape[1], capacity, 3, floor, known, with_linprog
    )


def draw(n_demands: int, n_takers: int, *, levels: int = 0, popular: bool = False, peer: bool = False) -> Instance:
    """Return a random instance, 50 edges a demand; scores uniform or of few ``levels``; or takers of unequal fame."""
    rng = np.random.default_rng(n_demands)
    weight = np.arange(1, n_takers + 1) ** (-0.5 if popular else 0.0)
    demand = np.repeat(np.arange(n_demands), min(50, n_takers))
    taker = rng.choice(n_takers, len(demand), p=weight / weight.sum())
    demand, taker = np.divmod(np.unique(demand * n_takers + taker), n_takers)
    score = rng.integers(1, levels + 1, len(demand)).astype(float) if levels else rng.random(len(demand))
    kind = f"{levels} levels" if levels else "popular takers" if popular else "uniform"
    name = f"{n_demands:,} × {n_takers:,}, {kind}"
    capacity = np.full(n_takers, -(-n_demands // n_takers))
    return Instance(name, demand, taker, score, n_demands, capacity, peer=with_assignment if peer else None)


def read_drawn(*, small: bool, large: bool) -> Iterator[Instance]:
    """Yield random instances by size."""
    yield draw(200, 50, peer=True)
    yield draw(1_000, 1_000, peer=True)
    yield draw(1_000, 200, popular=True, peer=True)
    if small:
        return
    yield draw(5_000, 5_000)
    yield draw(10_000, 10_000)
    yield draw(20_000, 20_000)
    yield draw(20_000, 20_000, levels=4)
    yield draw(20_000, 4_000, popular=True)
    if large:
        yield draw(50_000, 50_000)
        yield draw(100_000, 100_000)


def clock(work: Callable[[], Any], repeat: int) -> tuple[Any, float]:
    """Return the last answer and the median seconds."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return answer, statistics.median(seconds)


def report(instance: Instance, repeat: int) -> list[str]:
    """Return one row of the table."""
    floor = np.full(len(instance.capacity), instance.floor)
    given = instance.limits | {"floor": floor}
    found, plain = clock(lambda: allocate(*instance.edges(), **given, prices=False), repeat)
    _, priced = clock(lambda: allocate(*instance.edges(), **given), repeat)
    first, greedy_seconds = clock(lambda: greedy(*instance.edges(), **instance.limits), repeat)
    equal = "" if instance.known is None else "yes" if abs(found.objective - instance.known) < 5e-4 else "NO"
    lost = "no floor" if instance.floor else f"{1 - first.objective / found.objective:.1%}"
    peer = ["", "", ""]
    if instance.peer:
        best, seconds = clock(lambda: instance.peer(instance), repeat)  # type: ignore[misc] # checked the line before
        peer = [f"{best:,.3f}", "yes" if abs(best - found.objective) <= found.error + 1e-6 else "NO", f"{seconds:.3f}"]
    return [
        instance.name,
        f"{len(instance.score):,}",
        f"{found.objective:,.3f}",
        f"{instance.known or ''}",
        equal,
        f"{plain:.3f}",
        f"{priced:.3f}",
        f"{len(found.missed):,}",
        lost,
        f"{greedy_seconds:.3f}",
        *peer,
    ]


HEAD = ["what", "edges", "objective", "known", "equal", "s", "s priced", "missed", "greedy −", "greedy s"]
HEAD += ["scipy", "equal", "scipy s"]


def main() -> None:
    """Print the table, a row as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--small", action="store_true", help="nothing beyond 1,000 demands")
    parser.add_argument("--large", action="store_true", help="also 50,000 and 100,000 demands (minutes)")
    parser.add_argument("--repeat", type=int, default=3, help="timings are medians of so many runs")
    asked = parser.parse_args()
    report(draw(20, 5), 1)  # compiles and imports
    widths = [34, 11, 12, 8, 6, 8, 9, 8, 9, 9, 11, 6, 8]
    print(
        "".join(
            f"{text:<{w}}" if i == 0 else f"{text:>{w}}" for i, (text, w) in enumerate(zip(HEAD, widths, strict=True))
        )
    )
    for instances in (read_real(asked.data / "assignment"), read_drawn(small=asked.small, large=asked.large)):
        for instance in instances:
            row = zip(report(instance, asked.repeat), widths, strict=True)
            print("".join(f"{text:<{w}}" if i == 0 else f"{text:>{w}}" for i, (text, w) in enumerate(row)), flush=True)


if __name__ == "__main__":
    main()
