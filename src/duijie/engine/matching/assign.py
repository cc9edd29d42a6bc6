"""Allocation: all demands at once over all takers (teams or offers), within capacities, at the largest sum of scores.

:func:`allocate` is exact and explains itself; :func:`greedy` is the plain baseline it is reported beside. How the
problem becomes a network is in :mod:`~duijie.engine.matching.assign_model`, how that is solved in
:mod:`~duijie.engine.matching.assign_flow`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from duijie.engine.matching.assign_flow import Bools, Ints, settle_ties
from duijie.engine.matching.assign_model import Floats, GroupFloor, Model, Price, Problem, WhatIf, check_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["Allocation", "GroupFloor", "Missed", "Pairs", "Price", "Rival", "allocate", "greedy"]

Reason = Literal["full", "floor", "unmatched", "zero capacity", "pinned", "no edges"]
"""Why a demand did not get a taker among its first choices.

``full``: the taker's places all went to demands that would, with those they move, lose more. ``unmatched``: the same,
and the demand got nobody, because all its possible takers are full. ``floor``: given up so that a floor holds. ``zero
capacity``: the taker takes nobody. ``pinned``: pins leave no place at the taker, or none of the demand's own. ``no
edges``: the demand has no possible pair.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Who goes to whom: three arrays of one length, sorted by demand, then taker."""

    demand: Ints
    taker: Ints
    score: Floats

    @property
    def objective(self) -> float:
        """The sum of the scores."""
        return float(self.score.sum())

    def __len__(self) -> int:
        return len(self.demand)


@dataclass(frozen=True, slots=True)
class Missed:
    """A taker among a demand's first choices that it did not get.

    ``taker`` is −1 and ``score`` 0 for a demand without edges. ``price`` is what it would cost to give the demand this
    taker and arrange all others anew as well as possible; ``None`` where that is ruled out or was not asked for.
    """

    demand: int
    taker: int
    score: float
    reason: Reason
    price: Price | None


@dataclass(frozen=True, slots=True)
class Rival:
    """A demand that holds a place at the taker another one wanted.

    ``score``: what it has there; ``price``: what it would cost to hand its place over, all others arranged anew as well
    as possible; ``None`` if the place is pinned.
    """

    demand: int
    score: float
    price: Price | None


@dataclass(frozen=True, eq=False)
class Allocation:
    """An optimal allocation with its account.

    ``best``: the sum of each demand's own best scores; ``error``: bound on the distance from the true optimum,
    0 if the scores fit into integers; ``load``: places filled per taker; ``served``: takers got per demand;
    ``floor_missed``, ``taker_group_missed``, ``demand_group_missed``: by how much each floor fell short, together the
    least possible; ``missed``: each first choice not got, sorted by demand, then taker.
    """

    pairs: Pairs
    best: float
    error: float
    load: Ints
    served: Ints
    floor_missed: Ints
    taker_group_missed: Ints
    demand_group_missed: Ints
    missed: tuple[Missed, ...]
    _what_if: WhatIf = field(repr=False)

    @property
    def objective(self) -> float:
        """The sum of the scores of all pairs."""
        return self.pairs.objective

    @property
    def loss(self) -> float:
        """By how much the sum falls short of every demand having its own best, in score."""
        return self.best - self.objective

    @property
    def relative_loss(self) -> float:
        """The loss as a share of that best; 0 if there was nothing to gain."""
        return self.loss / self.best if self.best else 0.0

    def price(self, demand: int, taker: int) -> Price | None:
        """Return what it would cost to give ``taker`` to ``demand``: zero if it has it, ``None`` if that is ruled out.

        Exact, as if solved again with that pair pinned (up to :attr:`error`); pins and capacity 0 rule a pair out.
        Raises ValueError if the pair has no edge.
        """
        edge = self._what_if.model.problem.edge(demand, taker)
        if self._holds(demand, taker):
            return Price(0.0, 0)
        return self._what_if.give(np.array([edge]))[0]

    def rivals(self, demand: int, taker: int) -> tuple[Rival, ...]:
        """Return who holds the places of ``taker``, and what it would cost if each handed its own over to ``demand``.

        If the taker is full, the least of these prices is :meth:`price`. Raises ValueError if the pair has no edge or
        ``demand`` holds a place there already.
        """
        edge = self._what_if.model.problem.edge(demand, taker)
        if self._holds(demand, taker):
            raise ValueError(f"Demand {demand} already has taker {taker}; ask about a taker it did not get.")
        at = np.flatnonzero(self.pairs.taker == taker)
        holders, scores = self.pairs.demand[at], self.pairs.score[at]
        held = np.array([self._what_if.model.problem.edge(int(holder), taker) for holder in holders], dtype=np.int64)
        prices = self._what_if.hand_over(edge, held)
        return tuple(Rival(int(d), float(s), price) for d, s, price in zip(holders, scores, prices, strict=True))

    def _holds(self, demand: int, taker: int) -> bool:
        return bool(np.any((self.pairs.demand == demand) & (self.pairs.taker == taker)))


def allocate(
    demand: npt.ArrayLike,
    taker: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    n_demands: int,
    capacity: npt.ArrayLike,
    wanted: npt.ArrayLike = 1,
    floor: npt.ArrayLike | None = None,
    taker_groups: GroupFloor | None = None,
    demand_groups: GroupFloor | None = None,
    pins: npt.ArrayLike | Sequence[tuple[int, int]] = (),
    prices: bool = True,
) -> Allocation:
    """Return the allocation of largest total score, and why each demand that missed a first choice did.

    ``demand``, ``taker`` (whole numbers) and ``score`` (≥ 0, any unit) have shape ``(edges,)``; a pair not among them
    is forbidden, of a pair given twice the better counts. ``capacity``: places per taker, shape ``(takers,)``;
    ``wanted``: takers per demand, one number or shape ``(n_demands,)``; ``floor``: least load per taker, shape
    ``(takers,)``; the groups set a least number for several together; ``pins``: pairs that must be in, shape
    ``(pins, 2)``.

    In this order: pins hold; as few floor places as possible are missed; the sum of scores is largest; most places are
    filled; the sum of taker indices is least; lower demands have the lower takers. The order of the edges never
    matters. Demands that nobody can take stay unmatched and are told so.

    ``prices=False`` leaves the prices of ``missed`` out (they are half of the time, and most of it beyond 20,000
    demands) and tells ``floor`` only where the wanted taker has room; :meth:`Allocation.price` still answers for single
    pairs. Raises ValueError for unusable input.
    """
    problem = check_problem(
        demand,
        taker,
        score,
        n_demands=n_demands,
        capacity=capacity,
        wanted=wanted,
        floor=floor,
        taker_groups=taker_groups,
        demand_groups=demand_groups,
        pins=pins,
    )
    model, flow = _solve(problem)
    chosen = problem.pinned.copy()
    chosen[model.edges[flow[: len(model.edges)] > 0]] = True
    return _account(problem, model, WhatIf(model, flow), chosen, prices)


def greedy(
    demand: npt.ArrayLike,
    taker: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    n_demands: int,
    capacity: npt.ArrayLike,
    wanted: npt.ArrayLike = 1,
) -> Pairs:
    """Return what best-first gives: the best remaining pair for which both sides have a place, until none is left.

    The baseline for reports: at least half of the optimum without floors and pins, never more than it. Ties go to the
    lower taker, then the lower demand. Arguments and errors as in :func:`allocate`.
    """
    problem = check_problem(
        demand,
        taker,
        score,
        n_demands=n_demands,
        capacity=capacity,
        wanted=wanted,
        floor=None,
        taker_groups=None,
        demand_groups=None,
        pins=(),
    )
    room, want = problem.capacity.tolist(), problem.wanted.tolist()
    order = np.lexsort((problem.demand, problem.taker, -problem.score))
    chosen = np.zeros(len(order), dtype=np.bool_)
    for edge, d, t in zip(order.tolist(), problem.demand[order].tolist(), problem.taker[order].tolist(), strict=True):
        if want[d] and room[t]:
            want[d] -= 1
            room[t] -= 1
            chosen[edge] = True
    return _pairs(problem, chosen)


def _solve(problem: Problem) -> tuple[Model, Ints]:
    """Return the model and its settled optimal flow, a digit less as long as the solver finds costs too large."""
    model = Model(problem)
    while (flow := model.network.solve()) is None:
        model = Model(problem, model.digits - 1)
    return model, settle_ties(model.network, flow, model.preferences(), len(model.edges))


def _pairs(problem: Problem, chosen: Bools) -> Pairs:
    return Pairs(problem.demand[chosen], problem.taker[chosen], problem.score[chosen])


def _account(problem: Problem, model: Model, what_if: WhatIf, chosen: Bools, prices: bool) -> Allocation:
    load = np.bincount(problem.taker[chosen], minlength=len(problem.capacity))
    served = np.bincount(problem.demand[chosen], minlength=len(problem.wanted))
    return Allocation(
        pairs=_pairs(problem, chosen),
        best=problem.best,
        error=model.error,
        load=load,
        served=served,
        floor_missed=np.maximum(problem.floor - load, 0),
        taker_group_missed=_short(problem.taker_group, problem.taker_group_floor, load),
        demand_group_missed=_short(problem.demand_group, problem.demand_group_floor, served > 0),
        missed=_missed(model, what_if if prices else None, chosen, load, served),
        _what_if=what_if,
    )


def _short(group: Ints, floor: Ints, got: Ints | Bools) -> Ints:
    inside = group >= 0
    total = np.bincount(group[inside], weights=got[inside], minlength=len(floor))
    return np.maximum(floor - total.astype(np.int64), 0)


def _missed(model: Model, what_if: WhatIf | None, chosen: Bools, load: Ints, served: Ints) -> tuple[Missed, ...]:
    """Return the first choices not got: of equal scores, those held come first; without ``what_if`` no prices."""
    problem = model.problem
    first = problem.top(-model.units, ~chosen)
    edges = np.sort(first[~chosen[first]])
    price = what_if.give(edges) if what_if else [None] * len(edges)
    full = load >= problem.capacity
    open_edges = np.bincount(problem.demand[~full[problem.taker]], minlength=len(served))
    lost = (served == 0) & (open_edges == 0)
    missed = [
        Missed(d, t, s, _reason(p, bool(problem.capacity[t] == 0), shut, bool(full[t]), bool(lost[d])), p)
        for d, t, s, shut, p in zip(
            problem.demand[edges].tolist(),
            problem.taker[edges].tolist(),
            problem.score[edges].tolist(),
            _shut_by_pins(model, chosen, edges),
            price,
            strict=True,
        )
    ]
    alone = np.flatnonzero((problem.degree == 0) & (problem.wanted > 0))
    missed += [Missed(int(d), -1, 0.0, "no edges", None) for d in alone]
    return tuple(sorted(missed, key=lambda m: (m.demand, m.taker)))


def _shut_by_pins(model: Model, chosen: Bools, edges: Ints) -> list[bool]:
    """Say of each edge whether pins leave no place for it: at its taker, or at its demand beside choices as good."""
    problem = model.problem
    free = np.zeros(len(chosen), dtype=np.bool_)
    free[model.edges] = True
    shut = ~free[edges]
    has_pin = np.bincount(problem.demand[problem.pinned], minlength=len(problem.wanted)) > 0
    for at in np.flatnonzero(has_pin[problem.demand[edges]] & ~shut):
        edge = edges[at]
        mine = slice(*np.searchsorted(problem.demand, [problem.demand[edge], problem.demand[edge] + 1]))
        as_good = chosen[mine] & free[mine] & (model.units[mine] >= model.units[edge])
        shut[at] = as_good.sum() >= model.places[problem.demand[edge]]
    return [bool(is_shut) for is_shut in shut]


def _reason(price: Price | None, closed: bool, shut: bool, full: bool, lost: bool) -> Reason:
    if closed:
        return "zero capacity"
    if shut:
        return "pinned"
    if not full or (price is not None and price.floor_places > 0):
        return "floor"
    return "unmatched" if lost else "full"
