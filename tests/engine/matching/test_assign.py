"""Allocation against the list of all allocations (small) and scipy's assignment (medium): figures, ties and prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from duijie.engine.matching.assign import Allocation, GroupFloor, Missed, Price, allocate, greedy
from duijie.engine.matching.assign_flow import Network

FAST = settings(max_examples=100, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Case:
    edges: tuple[tuple[int, int, float], ...]
    capacity: tuple[int, ...]
    wanted: tuple[int, ...]
    floor: tuple[int, ...]
    taker_group: tuple[int, ...]
    taker_group_floor: tuple[int, ...]
    demand_group: tuple[int, ...]
    demand_group_floor: tuple[int, ...]
    pins: tuple[tuple[int, int], ...] = ()

    def solve(self, edges=None) -> Allocation:
        demand, taker, score = zip(*(edges or self.edges), strict=True) if self.edges else ((), (), ())
        return allocate(
            demand,
            taker,
            score,
            n_demands=len(self.wanted),
            capacity=self.capacity,
            wanted=self.wanted,
            floor=self.floor,
            taker_groups=GroupFloor(self.taker_group, self.taker_group_floor),
            demand_groups=GroupFloor(self.demand_group, self.demand_group_floor),
            pins=self.pins,
        )

    @cached_property
    def scores(self) -> dict[tuple[int, int], float]:
        best: dict[tuple[int, int], float] = {}
        for d, t, s in sorted(self.edges):
            best[d, t] = s
        return best

    @cached_property
    def every(self) -> np.ndarray:
        """Every allocation that keeps capacities, wishes and pins: one row each, one column per pair of ``scores``."""
        pairs = list(self.scores)
        rows = np.arange(2 ** len(pairs))[:, None] >> np.arange(len(pairs)) & 1
        load, served = self.counts(rows)
        fits = (load <= self.capacity).all(axis=1) & (served <= self.wanted).all(axis=1)
        return rows[fits & rows[:, [pairs.index(pin) for pin in self.pins]].all(axis=1)]

    def counts(self, rows):
        demand, taker = np.array(list(self.scores), dtype=int).reshape(-1, 2).T
        return rows @ np.eye(len(self.capacity), dtype=int)[taker], rows @ np.eye(len(self.wanted), dtype=int)[demand]

    def keys(self, rows) -> np.ndarray:
        """What is to be least, in order: floor places missed, −score, −places, takers, low demands to low takers."""
        load, served = self.counts(rows)
        missed = np.maximum(np.subtract(self.floor, load), 0).sum(axis=1)
        for group, floors, got in (
            (self.taker_group, self.taker_group_floor, load),
            (self.demand_group, self.demand_group_floor, served > 0),
        ):
            for g, floor in enumerate(floors):
                missed += np.maximum(floor - got[:, np.array(group) == g].sum(axis=1), 0)
        demand, taker = np.array(list(self.scores), dtype=int).reshape(-1, 2).T
        score = rows @ np.array(list(self.scores.values()), dtype=float)
        ties = rows.sum(axis=1), rows @ taker, rows @ (demand * (len(self.capacity) - taker))
        return np.column_stack([missed, -score, -ties[0], ties[1], ties[2]]).astype(float)

    def row(self, allocation: Allocation) -> np.ndarray:
        chosen = pairs_of(allocation)
        assert chosen <= set(self.scores)
        return np.array([[pair in chosen for pair in self.scores]], dtype=int).reshape(1, len(self.scores))

    def least(self, rows) -> tuple[float, ...]:
        return min(map(tuple, self.keys(rows).tolist()))

    def plain(self) -> Case:
        """The same without floors and pins."""
        return replace(
            self, floor=(0,) * len(self.capacity), taker_group_floor=(0, 0), demand_group_floor=(0, 0), pins=()
        )

    def price(self, demand: int, taker: int, instead_of: int | None = None) -> Price | None:
        """What forcing a pair costs (and forbidding another), from the list of all allocations."""
        pairs = list(self.scores)
        forced = self.every[:, pairs.index((demand, taker))] == 1
        if instead_of is not None:
            forced &= self.every[:, pairs.index((instead_of, taker))] == 0
        if not forced.any():
            return None
        now, then = self.least(self.every), self.least(self.every[forced])
        return Price(then[1] - now[1], int(then[0] - now[0]))


def case_of(seed: int) -> Case:
    """A small instance drawn from a seed (drawing every number through hypothesis takes five times as long)."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5, 2)
    edges = [(int(rng.integers(n)), int(rng.integers(m)), rng.integers(9) / 4) for _ in range(rng.integers(9))]
    kinds = rng.integers(0, 3, 2) * rng.integers(2)
    numbers = lambda size, most: tuple(rng.integers(0, most + 1, size).tolist())  # noqa: E731
    case = Case(
        tuple(edges),
        capacity=numbers(m, 2),
        wanted=numbers(n, 2) if rng.integers(2) else (1,) * n,
        floor=numbers(m, 2 * rng.integers(2)),
        taker_group=tuple(rng.integers(-1, kinds[0], m).tolist()),
        taker_group_floor=numbers(kinds[0], 3),
        demand_group=tuple(rng.integers(-1, kinds[1], n).tolist()),
        demand_group_floor=numbers(kinds[1], 2),
    )
    pinned = replace(case, pins=tuple({(d, t) for d, t, _ in edges[: rng.integers(3)]}))
    return pinned if len(pinned.every) else case


cases = st.integers(0, 2**32 - 1).map(case_of)


def pairs_of(allocation) -> set[tuple[int, int]]:
    pairs = getattr(allocation, "pairs", allocation)
    return set(zip(pairs.demand.tolist(), pairs.taker.tolist(), strict=True))


def dense(score, **more) -> Allocation:
    """Allocate over every pair of a matrix, demands in rows, one place a taker unless said otherwise."""
    demand, taker = np.indices(np.shape(score)).reshape(2, -1)
    given = {"n_demands": len(score), "capacity": np.ones(np.shape(score)[1], dtype=int)} | more
    return allocate(demand, taker, np.ravel(score), **given)


@given(cases)
@FAST
def test_allocate_finds_the_first_of_all_allocations(case):
    found = case.solve()

    row = case.row(found)
    assert case.least(row) == case.least(case.every)
    missed = [found.floor_missed.sum(), found.taker_group_missed.sum(), found.demand_group_missed.sum()]
    assert (sum(missed), -found.objective) == case.least(row)[:2]
    load, served = case.counts(row)
    assert (found.load.tolist(), found.served.tolist()) == (load[0].tolist(), served[0].tolist())


@given(cases)
@FAST
def test_price_is_what_solving_with_that_pair_pinned_costs(case):
    found = case.solve()

    for demand, taker in case.scores:
        assert found.price(demand, taker) == case.price(demand, taker)
    for missed in found.missed:
        assert missed.taker == -1 or missed.price == case.price(missed.demand, missed.taker)


@given(cases)
@FAST
def test_rivals_are_the_holders_and_what_each_hand_over_costs(case):
    found = case.solve()

    for demand, taker in set(case.scores) - pairs_of(found):
        rivals = found.rivals(demand, taker)
        assert [r.demand for r in rivals] == sorted(d for d, t in pairs_of(found) if t == taker)
        assert [r.score for r in rivals] == [case.scores[r.demand, taker] for r in rivals]
        assert [r.price for r in rivals] == [case.price(demand, taker, instead_of=r.demand) for r in rivals]
        prices = [(r.price.floor_places, r.price.total) for r in rivals if r.price]
        if found.load[taker] == case.capacity[taker] and prices:
            assert found.price(demand, taker) == Price(min(prices)[1], min(prices)[0])


@given(cases)
@FAST
def test_missed_names_each_first_choice_not_got_with_a_true_reason(case):
    found = case.solve()

    held = pairs_of(found)
    for demand, wanted in enumerate(case.wanted):
        mine = {t: s for (d, t), s in case.scores.items() if d == demand}
        first = sorted(mine, key=lambda t: (-mine[t], (demand, t) not in held, t))[:wanted]
        told = [m for m in found.missed if m.demand == demand]
        if wanted and not mine:
            assert told == [Missed(demand, -1, 0.0, "no edges", None)]
            continue
        assert [m.taker for m in told] == sorted(t for t in first if (demand, t) not in held)
        for m in told:
            full = found.load[m.taker] == case.capacity[m.taker]
            assert (m.reason == "zero capacity") == (case.capacity[m.taker] == 0)
            assert m.price is not None or m.reason in {"zero capacity", "pinned"}
            if m.reason == "floor":
                assert any(case.floor) or any(case.taker_group_floor) or any(case.demand_group_floor)
                assert not full or m.price.floor_places > 0
            elif m.reason == "pinned":
                assert case.pins
            else:
                assert full
            if m.reason == "unmatched":
                assert found.served[demand] == 0
    assert found.best == pytest.approx(
        sum(
            sum(sorted((s for (d, _), s in case.scores.items() if d == e), reverse=True)[:w])
            for e, w in enumerate(case.wanted)
        )
    )


@given(cases, st.integers(0, 2**32 - 1))
@FAST
def test_order_and_worse_duplicates_of_edges_change_nothing(case, seed):
    found = case.solve()
    edges = list(case.edges) + [(d, t, s / 2) for d, t, s in case.edges]
    edges = [edges[at] for at in np.random.default_rng(seed).permutation(len(edges))]

    again = case.solve(edges)

    assert pairs_of(again) == pairs_of(found)
    assert again.missed == found.missed


@given(st.integers(0, 2**32 - 1))
@settings(FAST, max_examples=25)
def test_objective_equals_scipy_where_capacities_are_expanded(seed):
    rng = np.random.default_rng(seed)
    score = rng.random((rng.integers(1, 40), rng.integers(1, 20)))
    capacity = rng.integers(0, 4, score.shape[1])
    expanded = np.repeat(score, capacity, axis=1)

    found = dense(score, capacity=capacity)

    rows, columns = linear_sum_assignment(expanded, maximize=True)
    assert found.objective == pytest.approx(expanded[rows, columns].sum(), abs=max(found.error, 1e-12))
    assert len(found.pairs) == len(rows)


@given(cases)
@FAST
def test_greedy_takes_the_best_remaining_pair(case):
    demand, taker, score = zip(*case.edges, strict=True) if case.edges else ((), (), ())

    found = greedy(demand, taker, score, n_demands=len(case.wanted), capacity=case.capacity, wanted=case.wanted)

    room, want, expected = list(case.capacity), list(case.wanted), set()
    for d, t in sorted(case.scores, key=lambda pair: (-case.scores[pair], pair[1], pair[0])):
        if room[t] and want[d]:
            room[t], want[d] = room[t] - 1, want[d] - 1
            expected.add((d, t))
    assert pairs_of(found) == expected
    assert found.objective >= case.plain().solve().objective / 2


def test_ties_go_to_the_lower_taker_and_the_lower_demand():
    alike = dense(np.ones((2, 2)))
    scarce = dense(np.ones((3, 2)))

    assert pairs_of(alike) == {(0, 0), (1, 1)}
    assert pairs_of(scarce) == {(0, 0), (1, 1)}
    assert scarce.missed == (Missed(2, 0, 1.0, "unmatched", Price(0.0, 0)),)


def test_a_score_of_zero_is_better_than_nobody():
    found = dense(np.zeros((2, 3)))

    assert pairs_of(found) == {(0, 0), (1, 1)}
    assert found.relative_loss == 0.0


def test_who_misses_the_first_choice_is_told_what_it_would_cost():
    found = dense([[9.0, 8.0], [7.0, 1.0]])

    assert pairs_of(found) == {(0, 1), (1, 0)}
    assert found.missed == (Missed(0, 0, 9.0, "full", Price(5.0, 0)),)
    assert [(r.demand, r.score, r.price) for r in found.rivals(0, 0)] == [(1, 7.0, Price(5.0, 0))]
    assert (found.best, found.objective, found.loss, found.relative_loss) == (16.0, 15.0, 1.0, 1 / 16)


def test_a_floor_is_met_and_named_as_the_reason():
    found = dense([[9.0, 1.0]], capacity=[5, 5], floor=[0, 1])

    assert pairs_of(found) == {(0, 1)}
    assert found.missed == (Missed(0, 0, 9.0, "floor", Price(-8.0, 1)),)


def test_a_floor_out_of_reach_is_met_as_far_as_it_goes():
    found = dense([[9.0, 1.0], [9.0, 1.0]], capacity=[5, 1], floor=[0, 4], wanted=2)

    assert found.load.tolist() == [2, 1]
    assert found.floor_missed.tolist() == [0, 3]


def test_floors_outweigh_scores_of_any_size():
    found = dense([[1e12, 1e-6]], capacity=[1, 1], floor=[0, 1])

    assert pairs_of(found) == {(0, 1)}


def test_a_league_is_served_to_its_floor():
    score = [[5.0], [4.0], [1.0]]

    free = dense(score, capacity=[2])
    fair = dense(score, capacity=[2], demand_groups=GroupFloor([-1, -1, 0], [1]))

    assert pairs_of(free) == {(0, 0), (1, 0)}
    assert pairs_of(fair) == {(0, 0), (2, 0)}
    assert [(m.demand, m.reason, m.price) for m in fair.missed] == [(1, "unmatched", Price(1.0, 0))]


def test_a_class_of_small_institutions_gets_its_floor_together():
    score = [[9.0, 2.0, 1.0], [9.0, 1.0, 3.0]]

    found = dense(score, capacity=[2, 2, 2], taker_groups=GroupFloor([-1, 0, 0], [1]))

    assert pairs_of(found) == {(0, 0), (1, 2)}
    assert found.taker_group_missed.tolist() == [0]


def test_pins_hold_and_shut_out_others():
    found = dense([[9.0, 0.0], [7.0, 1.0]], pins=[(0, 1)])

    assert pairs_of(found) == {(0, 1), (1, 0)}
    assert [(m.demand, m.taker, m.reason) for m in found.missed] == [(0, 0, "pinned")]
    assert found.price(1, 1) is None


@pytest.mark.parametrize(("n_demands", "capacity"), [(0, []), (0, [1]), (2, []), (2, [0, 3])])
def test_nothing_to_allocate_is_an_answer(n_demands, capacity):
    found = allocate([], [], [], n_demands=n_demands, capacity=capacity)

    assert (len(found.pairs), found.objective, found.loss, found.relative_loss) == (0, 0.0, 0.0, 0.0)
    assert [m.reason for m in found.missed] == ["no edges"] * n_demands


def test_prices_can_be_left_for_later():
    found = dense([[9.0, 8.0], [7.0, 1.0]], prices=False)

    assert found.missed == (Missed(0, 0, 9.0, "full", None),)
    assert found.price(0, 0) == Price(5.0, 0)
    assert found.price(0, 1) == Price(0.0, 0)


def test_scores_that_are_no_decimals_are_rounded_within_the_stated_error():
    score = np.random.default_rng(7).random((30, 30))

    found = dense(score)

    rows, columns = linear_sum_assignment(score, maximize=True)
    assert 0 < found.error <= 30e-9
    assert abs(score[rows, columns].sum() - found.objective) <= found.error
    assert dense(score.round(6)).error == 0.0


@pytest.mark.parametrize("unit", [1e-280, 1e-9, 1e9, 1e15, 1e300])
@pytest.mark.parametrize("floor", [0, 1])
def test_the_unit_of_the_scores_does_not_matter(unit, floor):
    score = np.random.default_rng(7).random((20, 20))

    found = dense(score * unit, floor=np.full(20, floor))

    assert pairs_of(found) == pairs_of(dense(score))
    assert found.error < 1e-6 * found.objective


def test_costs_the_solver_finds_too_large_are_tried_with_fewer_digits(monkeypatch):
    solve, seen = Network.solve, []

    def solve_small(network):
        seen.append(int(np.abs(network.cost).max()))
        return solve(network) if seen[-1] < 10**6 else None

    monkeypatch.setattr(Network, "solve", solve_small)
    found = dense([[0.123456789, 0.2], [0.2, 0.1]])

    assert pairs_of(found) == {(0, 1), (1, 0)}
    assert found.error == pytest.approx(2e-6)
    assert len(seen) > 1


EDGE = {"demand": [0, 1], "taker": [0, 1], "score": [1.0, 2.0], "n_demands": 2, "capacity": [1, 1]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_demands": -1}, "n_demands must not be negative"),
        ({"demand": [0, 2]}, "demand must be below 2; the largest entry is 2"),
        ({"taker": [0, 2]}, "taker must be below 2"),
        ({"taker": [0, -1]}, "taker must be at least 0 everywhere"),
        ({"taker": [0]}, "taker must have 2 entries; it has 1"),
        ({"demand": [0.0, 1.0]}, "demand must be a one-dimensional array of whole numbers"),
        ({"score": [1.0]}, "score must have one entry per edge"),
        ({"score": [1.0, np.nan]}, "score must be finite and at least 0"),
        ({"score": [1.0, np.inf]}, "score must be finite and at least 0"),
        ({"score": [1.0, -0.5]}, "score must be finite and at least 0"),
        ({"capacity": [1, -1]}, "capacity must be at least 0 everywhere"),
        ({"capacity": [[1, 1]]}, "capacity must be a one-dimensional array"),
        ({"wanted": [1]}, "wanted must have 2 entries"),
        ({"wanted": -1}, "wanted must be at least 0 everywhere"),
        ({"floor": [0, 0, 0]}, "floor must have 2 entries"),
        ({"taker_groups": GroupFloor([0, 1], [1])}, "taker_groups.group must be below 1"),
        ({"demand_groups": GroupFloor([0], [1])}, "demand_groups.group must have 2 entries"),
        ({"demand_groups": GroupFloor([0, 0], [-1])}, "demand_groups.floor must be at least 0"),
        ({"pins": [(0, 1)]}, "Demand 0 and taker 1 are not a possible pair"),
        ({"pins": [(5, 0)]}, "Demand 5 and taker 0 are not a possible pair"),
        ({"pins": [0, 1]}, "pins must be pairs of whole numbers"),
        ({"pins": [(0, 0)], "capacity": [0, 1]}, "pins give taker 0 1 places, more than its capacity of 0"),
        ({"pins": [(0, 0)], "wanted": 0}, "pins give demand 0 1 takers, more than the 0 it wants"),
    ],
)
def test_unusable_input_is_refused_in_one_sentence(change, message):
    with pytest.raises(ValueError, match=message):
        allocate(**(EDGE | change))


def test_questions_about_pairs_that_are_none_are_refused():
    found = allocate(**EDGE)

    with pytest.raises(ValueError, match="no edge joins them"):
        found.price(0, 1)
    with pytest.raises(ValueError, match="already has taker"):
        found.rivals(0, 0)
