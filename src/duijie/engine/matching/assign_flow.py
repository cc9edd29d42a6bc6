"""Minimum-cost flow under the allocation: solve, settle ties, and price what was not chosen.

The solver is OR-tools' ``SimpleMinCostFlow`` (cost scaling; Goldberg, J. Algorithms 22, 1997). It publishes flows but
no dual prices, so these come from shortest paths in the residual graph: an arc with room runs forward at its cost, an
arc with flow runs backward at minus its cost, and a flow is optimal exactly when that graph has no negative cycle
(Ahuja, Magnanti & Orlin, *Network Flows*, 1993, ch. 9). Costs and flows are int64 throughout: nothing here rounds.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Ints = npt.NDArray[np.int64]
Rows = tuple[Ints, Ints, Ints]
Bools = npt.NDArray[np.bool_]

FAR = np.iinfo(np.int64).max
"""The distance of a node not reached."""

MAX_COST_SPAN = 2**59
"""Largest ``cost × (nodes + 3)`` handed to the solver; it multiplies costs by nodes + 3 and answers BAD_COST_RANGE,
never a wrong flow, once a price leaves ±2^63."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Arcs ``tail → head`` with ``capacity`` and ``cost`` per unit, and ``supply`` per node (negative at the sink).

    The first four arrays have one entry per arc, ``supply`` one per node; supplies sum to zero.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints

    def solve(self) -> Ints | None:
        """Return the units on each arc at least total cost, or ``None`` where the costs are too large for the solver.

        Raises RuntimeError if no flow meets the supplies, which the unmatched arcs rule out.
        """
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - heavy; only an allocation needs it

        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            self.tail.astype(np.int32), self.head.astype(np.int32), self.capacity, self.cost
        )
        solver.set_nodes_supplies(np.arange(len(self.supply), dtype=np.int32), self.supply)
        status = solver.solve()
        if status == solver.BAD_COST_RANGE:
            return None
        if status != solver.OPTIMAL:
            raise RuntimeError(f"The flow solver answered {status} for a network that always has a flow; report this.")
        return np.asarray(solver.flows(np.arange(len(self.tail), dtype=np.int32)), dtype=np.int64)

    def part(self, arcs: Ints, flow: Ints, cost: Ints) -> Network:
        """Return the network of ``arcs`` alone, at another ``cost``, with supplies that the present ``flow`` meets."""
        nodes, ends = np.unique(np.concatenate([self.tail[arcs], self.head[arcs]]), return_inverse=True)
        tail, head = ends[: len(arcs)].astype(np.int64), ends[len(arcs) :].astype(np.int64)
        supply = np.zeros(len(nodes), dtype=np.int64)
        np.add.at(supply, tail, flow[arcs])
        np.subtract.at(supply, head, flow[arcs])
        return Network(tail, head, self.capacity[arcs], cost[arcs], supply)

    def residual(self, flow: Ints) -> tuple[Ints, Ints, Ints]:
        """Return tail, head and cost of residual arcs: forward where there is room, backward where there is flow."""
        room, used = flow < self.capacity, flow > 0
        return (
            np.concatenate([self.tail[room], self.head[used]]),
            np.concatenate([self.head[room], self.tail[used]]),
            np.concatenate([self.cost[room], -self.cost[used]]),
        )


def settle_ties(network: Network, flow: Ints, preferences: Sequence[Ints], n_choices: int) -> Ints:
    """Return, among all optimal flows, one that is least in each of the ``preferences`` in turn.

    A flow is optimal exactly if it fills every arc of negative and leaves empty every arc of positive reduced cost
    (complementary slackness), whatever dual prices are taken. So each preference, a cost per arc, is minimised over the
    arcs of reduced cost zero alone: the optimum before it cannot change, by construction and not by the smallness of
    a number. Arcs outside every residual cycle are fixed first; where no tie exists nothing is solved again. Only the
    first ``n_choices`` arcs carry preferences.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    flow, arcs, cost = flow.copy(), np.arange(len(flow)), network.cost
    for preference in preferences:
        part = network.part(arcs, flow, cost)
        tail, head, price = part.residual(flow[arcs])
        dual = shortest(len(part.supply), tail, head, price, np.arange(len(part.supply)))
        tied = part.cost + dual[part.tail] - dual[part.head] == 0
        tight = price + dual[tail] - dual[head] == 0
        graph = coo_array((np.ones(tight.sum(), np.int8), (tail[tight], head[tight])), shape=(len(dual), len(dual)))
        ring = connected_components(graph, connection="strong")[1]
        arcs = arcs[tied & (ring[part.tail] == ring[part.head])]
        if not (arcs < n_choices).any():
            break
        cost = preference
        better = network.part(arcs, flow, cost).solve()
        if better is None:
            break
        flow[arcs] = better
    return flow


class Residual:
    """The residual graph of an optimal flow, ready for exact distances between any two nodes.

    Distances are Dijkstra's, from both ends at once, on reduced costs. The dual prices used are the mean of the
    distances from and to the sink: both are feasible, so is their mean, and it keeps the two searches small (20,000 ×
    20,000 × 50: 0.3 ms a pair, where one-sided search takes 13 ms). Rounding the mean down keeps reduced costs ≥ 0
    because they are integers.
    """

    def __init__(self, network: Network, flow: Ints, sink: int) -> None:
        n = len(network.supply)
        tail, head, cost = network.residual(flow)
        start = np.array([sink])
        self.dual = (shortest(n, tail, head, cost, start) - shortest(n, head, tail, cost, start)) // 2
        reduced = cost + self.dual[tail] - self.dual[head]
        self._out = _rows(n, tail, head, reduced, cheapest_first=True)
        self._in = _rows(n, head, tail, reduced, cheapest_first=True)

    def distances(self, sources: Ints, targets: Ints) -> Ints:
        """Return the cost of the cheapest residual path for each pair of nodes; shape ``(n,)``; :data:`FAR` if none."""
        sources, targets = sources.astype(np.int64), targets.astype(np.int64)
        found: Ints = _compiled(_meet)(self._out, self._in, sources, targets)
        return np.where(found == FAR, FAR, found - self.dual[sources] + self.dual[targets])


def shortest(n_nodes: int, tail: Ints, head: Ints, cost: Ints, start: Ints) -> Ints:
    """Return distances from the nearest node of ``start``, shape ``(n_nodes,)``; costs may have any sign.

    Bellman–Ford with a queue; there must be no negative cycle, and after an optimal flow there is none. Nodes out of
    reach get a value beyond all others that still keeps ``cost + distance[tail] − distance[head] ≥ 0`` on every arc, so
    the result is always a feasible dual price.
    """
    starts, heads, costs = _rows(n_nodes, tail, head, cost)
    distance = np.full(n_nodes, FAR, dtype=np.int64)
    distance[start] = 0
    _compiled(_relax)(starts, heads, costs, distance, start.astype(np.int64))
    lost = np.flatnonzero(distance == FAR)
    if len(lost):
        reach = int(distance.max(initial=0, where=distance < FAR))
        distance[lost] = reach + 2 * int(np.abs(cost).max(initial=0)) + 1
        _compiled(_relax)(starts, heads, costs, distance, lost)
    return distance


def _rows(n_nodes: int, tail: Ints, head: Ints, cost: Ints, *, cheapest_first: bool = False) -> Rows:
    """Return the arcs by tail: node ``v`` has ``heads[starts[v]:starts[v + 1]]``, and costs likewise."""
    order = np.lexsort((cost, tail)) if cheapest_first else np.argsort(tail, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=n_nodes))])
    return starts.astype(np.int64), head[order], cost[order]


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with numba when first called: an import of the engine should not pay for it."""
    from numba import njit  # noqa: PLC0415

    compiled: Callable[..., Any] = njit(cache=True)(function)
    return compiled


def _relax(starts: Ints, heads: Ints, costs: Ints, distance: Ints, start: Ints) -> None:
    """Lower ``distance`` in place along arcs, from the ``start`` nodes on, until no arc lowers it further."""
    n = len(distance)
    queue = np.empty(n, np.int64)
    queued = np.zeros(n, np.bool_)
    queue[: len(start)] = start
    queued[start] = True
    first, count = 0, len(start)
    while count > 0:
        node = queue[first]
        first = (first + 1) % n
        count -= 1
        queued[node] = False
        for arc in range(starts[node], starts[node + 1]):
            reached = distance[node] + costs[arc]
            other = heads[arc]
            if reached < distance[other]:
                distance[other] = reached
                if not queued[other]:
                    queued[other] = True
                    queue[(first + count) % n] = other
                    count += 1


def _meet(outward: Rows, inward: Rows, sources: Ints, targets: Ints) -> Ints:
    """Dijkstra from both ends for each pair, on costs ≥ 0 that rise within a row; it stops where the fronts meet."""
    far = np.iinfo(np.int64).max
    ahead = np.full(len(outward[0]) - 1, far, np.int64)
    behind = ahead.copy()
    found = np.full(len(sources), far, np.int64)
    for pair in range(len(sources)):
        source, target = sources[pair], targets[pair]
        best = np.int64(0) if source == target else far
        forward, backward = [(np.int64(0), source)], [(np.int64(0), target)]
        seen_ahead, seen_behind = [source], [target]
        ahead[source], behind[target] = 0, 0
        while len(forward) > 0 and len(backward) > 0 and forward[0][0] + backward[0][0] < best:
            if len(forward) <= len(backward):
                here, there, front, seen = ahead, behind, forward, seen_ahead
                starts, ends, costs = outward
            else:
                here, there, front, seen = behind, ahead, backward, seen_behind
                starts, ends, costs = inward
            walked, node = heapq.heappop(front)
            if walked > here[node]:
                continue
            for arc in range(starts[node], starts[node + 1]):
                reached = walked + costs[arc]
                if reached >= best:
                    break
                other = ends[arc]
                if reached < here[other]:
                    if here[other] == far:
                        seen.append(other)
                    here[other] = reached
                    heapq.heappush(front, (reached, other))
                    if there[other] != far:
                        best = min(best, reached + there[other])
        found[pair] = best
        for node in seen_ahead:
            ahead[node] = far
        for node in seen_behind:
            behind[node] = far
    return found
