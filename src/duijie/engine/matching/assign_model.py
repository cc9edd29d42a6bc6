"""The allocation as a network: checked input, integer costs, floors as split arcs, and prices in the same units.

Nodes: one a demand, a taker, a taker group and a demand group, and one sink. Units are places: a demand sends as many
as it wants. ``demand → taker`` (capacity 1) costs minus the score; ``demand → sink`` carries what stays unmatched;
``taker → (its group →) sink`` carries the load.

*Floors.* The flow has no lower bounds, so the arc that carries a load is split: ``floor`` units at cost −M, the rest
at 0. The cheap arc fills first, hence together the floors fall short by as few places as any allocation can. A demand
group's floor works on the last unmatched unit of each of its demands (a demand is served if that unit is not used):
``size − floor`` such units are free, each further one costs M. M = 2U + 1, U being the sum over demands of places ×
best score in integers; no two allocations differ by more than U, so one floor place outweighs every score, and a cost
splits back uniquely into (floor places, score).

*Integers.* Scores are multiplied by ``scale``, a power of ten, and rounded: the smallest that keeps all exact,
otherwise the largest that fits, at most nine digits of the best score. It fits if the largest cost (M with floors,
otherwise the best score) × (nodes + 3) ≤ 2^59, since the solver multiplies costs by nodes + 3 in int64, and U ≤ 2^59.
Rounding moves each pair by at most ½/scale, so the result is within ``places/scale`` of the optimum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from duijie.engine.matching.assign_flow import FAR, MAX_COST_SPAN, Bools, Ints, Network, Residual

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]
MOST_DIGITS = 9
"""Digits kept of the largest score, at most."""
MOST_SCALE = 300
"""Largest power of ten to multiply with: floats end at 10^308."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupFloor:
    """Groups of takers or of demands with the least each group is to have.

    ``group``: index of each member's group, shape ``(members,)``, −1 for none; ``floor``: shape ``(groups,)``. A taker
    group counts the places its takers fill; a demand group counts its demands that get at least one taker.
    """

    group: npt.ArrayLike
    floor: npt.ArrayLike


@dataclass(frozen=True, slots=True)
class Price:
    """What a change would cost: ``total``, the fall of the sum of scores, and ``floor_places``, more missed on floors.

    ``total`` may be negative where a floor is what stands in the way: the sum would rise and ``floor_places`` be
    missed.
    """

    total: float
    floor_places: int


@dataclass(frozen=True, eq=False)
class Problem:
    """Checked input in canonical order: edges sorted by (demand, taker), each pair once.

    Per edge: ``demand``, ``taker``, ``score``, ``pinned``; per taker: ``capacity``, ``floor``, ``taker_group``; per
    demand: ``wanted``, ``demand_group``; per group: ``taker_group_floor``, ``demand_group_floor``.
    """

    demand: Ints
    taker: Ints
    score: Floats
    pinned: Bools
    capacity: Ints
    wanted: Ints
    floor: Ints
    taker_group: Ints
    taker_group_floor: Ints
    demand_group: Ints
    demand_group_floor: Ints

    @cached_property
    def degree(self) -> Ints:
        """How many takers each demand could have."""
        return np.bincount(self.demand, minlength=len(self.wanted))

    @cached_property
    def best(self) -> float:
        """The sum of each demand's own best ``wanted`` scores, as if no taker were ever full."""
        return float(self.score[self.top(-self.score)].sum())

    def top(self, *keys: npt.NDArray[np.generic]) -> Ints:
        """Return the first ``wanted`` edges of each demand, least key first, then lower taker."""
        order = np.lexsort((*reversed(keys), self.demand))
        starts = np.concatenate([[0], np.cumsum(self.degree)])
        rank = np.arange(len(order)) - starts[self.demand]
        return np.asarray(order[rank < self.wanted[self.demand]], dtype=np.int64)

    def edge(self, demand: int, taker: int) -> int:
        """Return the index of a pair among the edges; ValueError if the pair is not among them."""
        start, end = np.searchsorted(self.demand, [demand, demand + 1])
        at = int(start + np.searchsorted(self.taker[start:end], taker))
        if at >= end or self.taker[at] != taker:
            raise ValueError(f"Demand {demand} and taker {taker} are not a possible pair: no edge joins them.")
        return at


def check_problem(
    demand: npt.ArrayLike,
    taker: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    n_demands: int,
    capacity: npt.ArrayLike,
    wanted: npt.ArrayLike,
    floor: npt.ArrayLike | None,
    taker_groups: GroupFloor | None,
    demand_groups: GroupFloor | None,
    pins: npt.ArrayLike | Sequence[tuple[int, int]],
) -> Problem:
    """Return the input in canonical order, or raise ValueError saying in one sentence what is wrong with it."""
    if n_demands < 0:
        raise ValueError(f"n_demands must not be negative; it is {n_demands}.")
    places = _whole("capacity", capacity)
    many = np.full(n_demands, wanted) if np.ndim(wanted) == 0 else wanted
    demands = _index("demand", demand, n_demands)
    takers = _index("taker", taker, len(places), len(demands))
    scores = np.asarray(score, dtype=np.float64)
    if scores.shape != demands.shape:
        raise ValueError(f"score must have one entry per edge: {len(demands)} edges, shape {scores.shape}.")
    if not np.all(np.isfinite(scores) & (scores >= 0)):
        raise ValueError("score must be finite and at least 0 on every edge.")
    order = np.lexsort((-scores, takers, demands))
    key = demands[order] * max(1, len(places)) + takers[order]
    first = order[np.concatenate([[True], key[1:] != key[:-1]])] if len(order) else order
    groups = _group("taker_groups", taker_groups, len(places)), _group("demand_groups", demand_groups, n_demands)
    problem = Problem(
        demands[first],
        takers[first],
        scores[first],
        np.zeros(len(first), dtype=np.bool_),
        places,
        _whole("wanted", many, n_demands),
        np.zeros_like(places) if floor is None else _whole("floor", floor, len(places)),
        *groups[0],
        *groups[1],
    )
    _pin(problem, pins)
    return problem


def _pin(problem: Problem, pins: npt.ArrayLike | Sequence[tuple[int, int]]) -> None:
    pairs = np.asarray(pins)
    if pairs.size == 0:
        return
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise ValueError("pins must be pairs of whole numbers (demand, taker).")
    problem.pinned[[problem.edge(int(demand), int(taker)) for demand, taker in pairs]] = True
    held = np.bincount(problem.taker[problem.pinned], minlength=len(problem.capacity))
    if (over := np.flatnonzero(held > problem.capacity)).size:
        at = over[0]
        raise ValueError(f"pins give taker {at} {held[at]} places, more than its capacity of {problem.capacity[at]}.")
    given = np.bincount(problem.demand[problem.pinned], minlength=len(problem.wanted))
    if (over := np.flatnonzero(given > problem.wanted)).size:
        at = over[0]
        raise ValueError(f"pins give demand {at} {given[at]} takers, more than the {problem.wanted[at]} it wants.")


def _whole(name: str, values: npt.ArrayLike, length: int | None = None, least: int = 0) -> Ints:
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be a one-dimensional array of whole numbers.")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} entries; it has {len(array)}.")
    if array.size and array.min() < least:
        raise ValueError(f"{name} must be at least {least} everywhere; the least entry is {array.min()}.")
    return array.astype(np.int64)


def _index(name: str, values: npt.ArrayLike, below: int, length: int | None = None, least: int = 0) -> Ints:
    array = _whole(name, values, length, least)
    if array.size and array.max() >= below:
        raise ValueError(f"{name} must be below {below}; the largest entry is {array.max()}.")
    return array


def _group(name: str, groups: GroupFloor | None, members: int) -> tuple[Ints, Ints]:
    if groups is None:
        return np.full(members, -1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    floor = _whole(f"{name}.floor", groups.floor)
    return _index(f"{name}.group", groups.group, len(floor), members, least=-1), floor


class Model:
    """The network of a problem: what the pins leave free, in integers.

    ``edges``: index in the problem of the first ``len(edges)`` arcs; ``units``: integer score of *every* edge of the
    problem; ``places`` and ``room``: what is free per demand and per taker; ``scale``, ``span`` (U), ``penalty`` (M).
    """

    def __init__(self, problem: Problem, most_digits: int | None = None) -> None:
        self.problem = problem
        n_demands, n_takers = len(problem.wanted), len(problem.capacity)
        self.first_taker, first_group = n_demands, n_demands + n_takers
        self.first_class = first_group + len(problem.taker_group_floor)
        self.sink = self.first_class + len(problem.demand_group_floor)
        given = np.bincount(problem.demand[problem.pinned], minlength=n_demands)
        held = np.bincount(problem.taker[problem.pinned], minlength=n_takers)
        self.places = np.minimum(problem.wanted, problem.degree) - given
        left = problem.capacity - held
        self.edges = np.flatnonzero(~problem.pinned & (self.places[problem.demand] > 0) & (left[problem.taker] > 0))
        self.room = np.minimum(left, np.bincount(problem.taker[self.edges], minlength=n_takers))
        best = np.zeros(n_demands)
        np.maximum.at(best, problem.demand, problem.score)
        self.digits = self._fit(most_digits, float((self.places * best).sum()))
        self.scale = 10.0**self.digits
        self.units: Ints = np.rint(problem.score * self.scale).astype(np.int64)
        self.span = int((self.places * np.rint(best * self.scale).astype(np.int64)).sum())
        self.penalty = 2 * self.span + 1
        exact = np.array_equal(self.units / self.scale, problem.score)
        self.error = 0.0 if exact else float(np.minimum(problem.wanted, problem.degree).sum()) / self.scale
        self.network = self._network(given, held)

    def _fit(self, most_digits: int | None, span: float) -> int:
        """Return the digits kept after the decimal point: the fewest that keep every score, else the most that fit."""
        problem, score = self.problem, self.problem.score
        top = float(score.max(initial=0.0))
        if top == 0.0:
            return 0
        most = min(MOST_DIGITS - math.ceil(math.log10(top)), MOST_SCALE)
        if most_digits is not None:
            most = min(most, most_digits)
        elif span > 0:
            floors = problem.floor.any() or problem.taker_group_floor.any() or problem.demand_group_floor.any()
            largest = 2 * span if floors else max(top, span / (self.sink + 4))
            room = max(1.0, MAX_COST_SPAN / (self.sink + 4) - 2 * float(self.places.sum()))
            most = min(most, math.floor(math.log10(room) - math.log10(largest)))
        for digits in range(max(0, most - MOST_DIGITS), most):
            if np.array_equal(np.rint(score * 10.0**digits) / 10.0**digits, score):
                return digits
        return most

    def _network(self, given: Ints, held: Ints) -> Network:
        problem, sink, room, penalty = self.problem, self.sink, self.room, self.penalty
        demands, takers = np.arange(len(self.places)), np.arange(len(room)) + self.first_taker
        edges = self.edges
        wanted_takers = problem.taker[edges] + self.first_taker
        choice = (problem.demand[edges], wanted_takers, np.ones_like(edges), -self.units[edges])

        group = problem.taker_group
        onward = np.where(group >= 0, group + self.first_taker + len(room), sink)
        n_groups = len(problem.taker_group_floor)
        group_room = _sums(group, room, n_groups)
        due = np.minimum(np.maximum(problem.floor - held, 0), room)
        group_due = np.minimum(np.maximum(problem.taker_group_floor - _sums(group, held, n_groups), 0), group_room)
        groups = np.arange(n_groups) + self.first_taker + len(room)

        kind = problem.demand_group
        n_classes = len(problem.demand_group_floor)
        last = ((kind >= 0) & (given == 0) & (self.places > 0)).astype(np.int64)
        size = _sums(kind, last, n_classes)
        unserved_due = np.maximum(problem.demand_group_floor - _sums(kind, (given > 0).astype(np.int64), n_classes), 0)
        unserved_due = np.minimum(unserved_due, size)
        classes = np.arange(n_classes) + self.first_class

        zero = np.int64(0)
        arcs = [
            choice,
            _arcs(demands, sink, self.places - last, zero),
            _arcs(demands, kind + self.first_class, last, zero),
            _arcs(takers, onward, due, -penalty),
            _arcs(takers, onward, room - due, zero),
            _arcs(groups, sink, group_due, -penalty),
            _arcs(groups, sink, group_room - group_due, zero),
            _arcs(classes, sink, size - unserved_due, zero),
            _arcs(classes, sink, unserved_due, penalty),
        ]
        supply = np.zeros(sink + 1, dtype=np.int64)
        supply[demands] = self.places
        supply[sink] = -self.places.sum()
        tail, head, capacity, cost = (np.concatenate(column) for column in zip(*arcs, strict=True))
        return Network(tail, head, capacity, cost, supply)

    def preferences(self) -> list[Ints]:
        """Return what settles ties, as costs per arc: most places, then lower takers; then lower demands.

        The first is the least sum of taker indices among those that fill most places. The second is the least sum of
        ``demand × (takers − taker)``: of two demands alike for one place the lower gets it, and of two demands alike
        for two takers the lower demand gets the lower taker.
        """
        demand, taker = self.problem.demand[self.edges], self.problem.taker[self.edges]
        n_takers, rest = len(self.room), len(self.network.tail) - len(self.edges)
        most = n_takers * int(self.places.sum()) + 1
        return [np.pad(taker - most, (0, rest)), np.pad(demand * (n_takers - taker), (0, rest))]


class WhatIf:
    """Exact prices of changes to an optimal flow, by the cheapest cycle through the change in its residual graph."""

    def __init__(self, model: Model, flow: Ints) -> None:
        self.model, self._flow = model, flow
        self._arc = np.full(len(model.problem.demand), -1, dtype=np.int64)
        self._arc[model.edges] = np.arange(len(model.edges))

    @cached_property
    def _residual(self) -> Residual:
        return Residual(self.model.network, self._flow, self.model.sink)

    def give(self, edges: Ints) -> list[Price | None]:
        """Return the price of choosing each edge, none chosen now; ``None`` where pins or capacity 0 rule it out."""
        arcs = self._arc[edges]
        network, free = self.model.network, arcs >= 0
        cost = np.full(len(edges), FAR, dtype=np.int64)
        there = arcs[free]
        cost[free] = network.cost[there] + self._residual.distances(network.head[there], network.tail[there])
        return [self._price(int(cost)) if is_free else None for cost, is_free in zip(cost, free, strict=True)]

    def hand_over(self, edge: int, held: Ints) -> list[Price | None]:
        """Return the price of the pair ``edge`` taking the place of each pair of ``held`` (edges of the same taker)."""
        arc, arcs = self._arc[edge], self._arc[held]
        if arc < 0:
            return [None] * len(held)
        network, free = self.model.network, arcs >= 0
        sources = network.tail[arcs[free]]
        paths = self._residual.distances(sources, np.full_like(sources, network.tail[arc]))
        cost = np.zeros(len(held), dtype=np.int64)
        cost[free] = network.cost[arc] - network.cost[arcs[free]] + paths
        return [self._price(int(cost)) if is_free else None for cost, is_free in zip(cost, free, strict=True)]

    def _price(self, cost: int) -> Price:
        floor_places = (cost + self.model.span) // self.model.penalty
        return Price((cost - floor_places * self.model.penalty) / self.model.scale, floor_places)


def _sums(group: Ints, value: Ints, n_groups: int) -> Ints:
    total = np.zeros(n_groups, dtype=np.int64)
    np.add.at(total, group[group >= 0], value[group >= 0])
    return total


def _arcs(tail: Ints, head: Ints | int, capacity: Ints, cost: int | np.int64) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the arcs that have any capacity; ``head`` and ``cost`` may be one value for all."""
    kept = np.flatnonzero(capacity)
    heads = np.broadcast_to(np.asarray(head, dtype=np.int64), tail.shape)
    return tail[kept], heads[kept], capacity[kept], np.full(len(kept), cost, dtype=np.int64)
