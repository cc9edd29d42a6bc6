"""Finding the best documents for demands: by their words (exact BM25), and by their direction.

BM25 as in Robertson & Zaragoza 2009 with Lucene's never negative inverse document frequency
``ln(1 + (N − n + ½) / (n + ½))``, the query's own term counts as weights. The impact blocks give approximate scores;
every document whose exact score could be among the best k is scored again in double precision, so the answer is exact.
"""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from duijie.engine.matching import kernel
from duijie.engine.matching.best import find_best, rank, room
from duijie.engine.matching.binding import bind
from duijie.engine.matching.exact import score_positions
from duijie.engine.matching.memory import with_masks
from duijie.engine.matching.segment import head
from duijie.engine.matching.text import term_keys, terms
from duijie.engine.matching.vectors import quantise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from threadpoolctl import ThreadpoolController

    from duijie.engine.matching.segment import Params
    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document

MAX_TERMS = 192
"""Query terms that are searched for, the heaviest first; a long demand has 600, of which most weigh nothing."""
_AT_ONCE = 256  # queries bound together, so that a term they share is looked for once


@dataclass(frozen=True, slots=True)
class Query:
    """Weighted terms and signs.

    ``names`` for people, ``keys`` uint64 ``(t,)`` ascending and distinct (terms, then signs), ``weights`` float64
    ``(t,)``.
    """

    names: tuple[str, ...]
    keys: NDArray[np.uint64]
    weights: NDArray[np.float64]

    @staticmethod
    def of_terms(counts: Mapping[str, float], signs: Mapping[str, float] | None = None) -> Query:
        """Return the query of some terms (and signs) and their weights (> 0)."""
        names = [*counts, *signs] if signs else [*counts]
        values = [*counts.values(), *signs.values()] if signs else [*counts.values()]
        keys = term_keys(names)
        if signs:
            keys[len(counts) :] |= np.uint64(kernel.SIGN)
        order = np.argsort(keys)
        return Query(tuple([names[i] for i in order.tolist()]), keys[order], np.array(values, np.float64)[order])

    @staticmethod
    def of(document: Document, params: Params) -> Query:
        """Return the query of a text's terms, each as often as it stands there, in the head ``head_weight`` times."""
        counts: dict[str, float] = {}
        for text, weight in ((head(document), params.head_weight), (document.text, 1)):
            for term in terms(text):
                counts[term] = counts.get(term, 0.0) + weight
        return Query.of_terms(counts)


@dataclass(frozen=True, slots=True)
class Hits:
    """Positions int64 ``(h,)`` and scores float64 ``(h,)``, best first, equal scores by document id."""

    positions: NDArray[np.int64]
    scores: NDArray[np.float64]


_NOTHING = Hits(np.zeros(0, np.int64), np.zeros(0))


def inverse_frequency(documents: int, frequency: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ``ln(1 + (N − n + ½) / (n + ½))`` for each document frequency ``n``, 0 where ``n`` is 0."""
    value = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
    return np.where(frequency > 0, value, 0.0)


class _Room(threading.local):
    """Arrays that :func:`duijie.engine.matching.best.find_best` works in, of each thread its own.

    Asking for them anew at each query would cost 0.07 ms in pages that the system must clear.
    """

    def __init__(self) -> None:
        self.arrays = room()


_room = _Room()


class _Bound(NamedTuple):
    """Queries against a snapshot, as :func:`duijie.engine.matching.binding.bind` returns them."""

    ptr: NDArray[np.int64]
    kept: NDArray[np.int64]
    weights: NDArray[np.float64]
    frequency: NDArray[np.int64]
    numbers: NDArray[np.int64]


def _bind(snapshot: Snapshot, queries: Sequence[Query], *, whole: bool) -> _Bound:
    """Bind queries: ``whole`` with their signs and all their terms, else the heaviest terms, which are searched for."""
    ptr = np.array([0, *itertools.accumulate(len(q.keys) for q in queries)], np.int64)
    if len(queries) == 1:
        keys, weights = queries[0].keys, queries[0].weights
        distinct, place = keys, np.arange(len(keys))
    else:
        keys, weights = (np.concatenate(arrays) for arrays in zip(*((q.keys, q.weights) for q in queries), strict=True))
        distinct, place = np.unique(keys, return_inverse=True)
    return _Bound(*bind(snapshot.table, snapshot.documents, ptr, keys, weights, distinct, place, whole, MAX_TERMS))


def search(
    snapshot: Snapshot,
    queries: Sequence[Query],
    k: int,
    *,
    masks: Sequence[NDArray[np.bool_]] | None = None,
    threads: int = 1,
) -> list[Hits]:
    """Return, for each query, the ``k`` documents of highest BM25 (> 0), of those in ``masks`` (one bitmap a part).

    Exact over the query's :data:`MAX_TERMS` heaviest terms, and the same whatever the segmentation and the number of
    threads; equal scores in the order of their ids. Raises ``ValueError`` for ``k < 1``.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    if threads > 1 and len(queries) > 1:
        shares = [list(queries[i::threads]) for i in range(min(threads, len(queries)))]
        with ThreadPoolExecutor(len(shares)) as pool:
            found = list(pool.map(lambda share: _search(snapshot, share, k, masks), shares))
        return [found[i % len(shares)][i // len(shares)] for i in range(len(queries))]
    return _search(snapshot, list(queries), k, masks)


def _search(snapshot: Snapshot, queries: list[Query], k: int, masks: Sequence[NDArray[np.bool_]] | None) -> list[Hits]:
    if not queries or not snapshot.parts:
        return [_NOTHING] * len(queries)
    table = snapshot.table if masks is None else with_masks(snapshot.table, masks)
    params = snapshot.parts[0].segment.params
    k = min(k, snapshot.bases[-1])
    out = []
    for start in range(0, len(queries), _AT_ONCE):
        bound = _bind(snapshot, queries[start : start + _AT_ONCE], whole=False)
        m = len(bound.ptr) - 1
        positions, scores, counts = np.empty((m, k), np.int64), np.empty((m, k)), np.empty(m, np.int64)
        find_best(
            table, snapshot.log_lengths, bound.ptr, bound.numbers, bound.weights, bound.frequency,
            snapshot.mean_length, params.head_weight, params.k1, params.b, k, *_room.arrays, positions, scores, counts,
        )  # fmt: skip
        out += [Hits(positions[q, :n].copy(), scores[q, :n].copy()) for q, n in enumerate(counts.tolist())]
    return out


def score(snapshot: Snapshot, query: Query, positions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the exact BM25 of the documents at ``positions`` over the query's terms and signs, ``(len(positions),)``.

    With signs in the query, a document's length is that of its terms and signs together.
    """
    return score_many(snapshot, [query], np.array([0, len(positions)]), positions)[0]


def score_many(
    snapshot: Snapshot, queries: Sequence[Query], ptr: NDArray[np.int64], positions: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score many queries' documents: query ``q``'s are ``positions[ptr[q]:ptr[q + 1]]``.

    Returns their scores ``(len(positions),)`` and, for each query, the most any document could have ``(m,)``: the sum
    of its weights.
    """
    if not queries:
        return np.zeros(0), np.zeros(0)
    bound = _bind(snapshot, queries, whole=True)
    signed = any(len(q.keys) and q.keys[-1] >= np.uint64(kernel.SIGN) for q in queries)
    # each by itself: how a sum is grouped, and so its last digit, depends on the number of summands
    most = np.array([bound.weights[first:last].sum() for first, last in itertools.pairwise(bound.ptr.tolist())])
    return _score(snapshot, bound, ptr, positions, signed=signed), most


def _score(
    snapshot: Snapshot,
    bound: _Bound,
    ptr: NDArray[np.int64],
    positions: NDArray[np.int64],
    *,
    signed: bool = False,
) -> NDArray[np.float64]:
    if not snapshot.parts:
        return np.zeros(len(positions))
    mean_length = snapshot.mean_length + (snapshot.mean_sign_length if signed else 0.0)
    params = snapshot.parts[0].segment.params
    scores: NDArray[np.float64] = score_positions(
        snapshot.table, ptr, positions, bound.ptr, bound.numbers, bound.weights,
        mean_length, params.head_weight, params.k1, params.b, signed,
    )  # fmt: skip
    return scores


def search_near(
    snapshot: Snapshot,
    directions: NDArray[np.float32],
    k: int,
    *,
    masks: Sequence[NDArray[np.bool_]] | None = None,
    threads: int = 1,
) -> list[Hits]:
    """Return, for each direction ``(m, d)``, the ``k`` documents with the largest cosine (> 0). No approximation.

    Of documents that tie for the last places those first in the index are taken. Raises ``ValueError`` for ``k < 1``.
    Cost: 0.1 ms for 1,000 documents and one direction, a quarter of it where there are many.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    m = len(directions)
    near = _Near(*quantise(directions), k)
    legs = []
    for number, (base, part) in enumerate(zip(snapshot.bases, snapshot.parts, strict=False)):
        a = part.segment.arrays
        if "vectors" in a:
            legs.append((base, part.alive if masks is None else masks[number], a["vectors"], a["scales"]))
    found = near.found(legs, threads)
    out = []
    for q in range(m):
        positions = np.concatenate([np.zeros(0, np.int64), *(f.docs[q, : f.state[q]] for f in found)])
        cosine = np.concatenate([np.zeros(0, np.float32), *(f.scores[q, : f.state[q]] for f in found)])
        here = cosine > 0
        positions, cosine = positions[here], cosine[here].astype(np.float64)
        best = Hits(np.empty(min(k, len(positions)), np.int64), np.empty(min(k, len(positions))))
        rank(snapshot.table, positions, cosine, k, best.positions, best.scores)
        out.append(best)
    return out


_Leg = tuple[int, "NDArray[np.bool_]", "NDArray[np.int8]", "NDArray[np.float32]"]
"""Documents of one segment: position of the first, which may be found, their directions and scales."""
_TOGETHER = 8  # directions from which on one matrix product is quicker than as many passes
_EXACT = 1040  # dimensions up to which a sum of products of two bytes is a whole number below 2²⁴, exact in 32 bits
_BLOCK = 1024  # documents whose directions stay in the cache as floats


class _Found:
    """The nearest documents so far, of each direction: see :func:`duijie.engine.matching.kernel.nearest`."""

    def __init__(self, m: int, k: int) -> None:
        self.docs = np.empty((m, max(256, 2 * k)), np.int64)
        self.scores = np.empty(self.docs.shape, np.float32)
        self.state = np.zeros(m, np.int64)
        self.least = np.full(m, -2.0, np.float32)


@dataclass(frozen=True, slots=True)
class _Near:
    """Directions as :func:`duijie.engine.matching.vectors.quantise` writes them, and how many documents each looks for."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    k: int

    def found(self, legs: Sequence[_Leg], threads: int) -> list[_Found]:
        """Return what each thread has found in its share of the documents."""
        few = len(self.codes) < _TOGETHER or self.codes.shape[1] > _EXACT
        look = self._alone if few else self._together
        shares = [[_share(leg, share, threads) for leg in legs] for share in range(threads)]
        with _lone_blas().limit(limits=1, user_api="blas"):  # its own threads spin while others work
            if threads < 2:
                return [look(shares[0])]
            with ThreadPoolExecutor(threads) as pool:
                return list(pool.map(look, shares))

    def _alone(self, legs: Sequence[_Leg]) -> _Found:
        """Go through the documents once a direction."""
        found = _Found(len(self.codes), self.k)
        for base, alive, vectors, scales in legs:
            kernel.nearest(
                base, alive, vectors, scales, self.codes, self.scales,
                self.k, found.docs, found.scores, found.state, found.least,
            )  # fmt: skip
        return found

    def _together(self, legs: Sequence[_Leg]) -> _Found:
        """Multiply a block of documents with all directions at once."""
        found = _Found(len(self.codes), self.k)
        directions = self.codes.astype(np.float32)
        for base, alive, vectors, scales in legs:
            for first in range(0, len(scales), _BLOCK):
                some = slice(first, first + _BLOCK)
                dots = directions @ vectors[some].astype(np.float32).T
                kernel.keep_near(
                    base + first, alive[some], scales[some], dots, self.scales,
                    self.k, found.docs, found.scores, found.state, found.least,
                )  # fmt: skip
        return found


def _share(leg: _Leg, share: int, of: int) -> _Leg:
    base, alive, vectors, scales = leg
    first, last = (len(scales) * n // of for n in (share, share + 1))
    return base + first, alive[first:last], vectors[first:last], scales[first:last]


@cache
def _lone_blas() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415

    return ThreadpoolController()


def cosines(
    snapshot: Snapshot, directions: NDArray[np.float32], ptr: NDArray[np.int64], positions: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the cosine of direction ``q`` with each of ``positions[ptr[q]:ptr[q + 1]]``; 0 without a dense leg."""
    codes, scales = quantise(directions)
    out = np.zeros(len(positions), np.float32)
    for base, part in zip(snapshot.bases, snapshot.parts, strict=False):
        a = part.segment.arrays
        if "vectors" in a:
            kernel.cosine_rows(base, ptr, positions, a["vectors"], a["scales"], codes, scales, out)
    return out


def contributions(
    snapshot: Snapshot, query: Query, positions: NDArray[np.int64]
) -> tuple[list[str], NDArray[np.float64]]:
    """Return the query's names that are known and what each adds to the score of each document, ``(p, names)``.

    A row sums to what :func:`score` returns for the document.
    """
    bound = _bind(snapshot, [query], whole=True)
    signed = bool(len(query.keys)) and bool(query.keys[-1] >= np.uint64(kernel.SIGN))
    mean = snapshot.mean_length + (snapshot.mean_sign_length if signed else 0.0)
    out = np.zeros((len(positions), len(bound.weights)))
    bases = np.array(snapshot.bases)
    of = np.searchsorted(bases, positions, side="right") - 1
    for i, number in enumerate(of):
        segment = snapshot.parts[number].segment
        a = segment.arrays
        p = segment.params
        d = int(positions[i] - bases[number])
        length = float(a["lengths"][d] + (a["sign_lengths"][d] if signed else 0))
        out[i] = kernel.contributions(
            d,
            a["ptr"],
            a["terms"],
            a["counts"],
            length,
            bound.numbers[number],
            bound.weights,
            mean,
            p.head_weight,
            p.k1,
            p.b,
        )
    return [query.names[i] for i in bound.kept], out
