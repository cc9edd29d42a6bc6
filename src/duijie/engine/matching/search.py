"""Finding the best documents for demands: by their words (exact BM25), and by their direction.

BM25 as in Robertson & Zaragoza 2009 with Lucene's never negative inverse document frequency
``ln(1 + (N − n + ½) / (n + ½))``, the query's own term counts as weights. The impact blocks give approximate scores;
every document whose exact score could be among the best k is scored again in double precision, so the answer is exact.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching import kernel
from duijie.engine.matching.index import term_statistics
from duijie.engine.matching.segment import head
from duijie.engine.matching.text import sign_keys, term_keys, terms
from duijie.engine.matching.vectors import quantise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.index import Snapshot
    from duijie.engine.matching.segment import Params
    from duijie.engine.matching.types import Document

_ROOM = 2 * kernel.BLOCK  # candidates: a block's worth may come before the weakest are dropped
MAX_TERMS = 192
"""Query terms that are searched for, the heaviest first; a long demand has 600, of which most weigh nothing."""
_AT_ONCE = 128  # queries whose candidates are held together: 20 MB
_FULL_SCALE = 60_000  # of the uint16 accumulators, with room for rounding


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
        signs = signs or {}
        names = [*counts, *signs]
        keys = np.concatenate([term_keys(list(counts)), sign_keys(list(signs))])
        order = np.argsort(keys, kind="stable")
        weights = np.array([*counts.values(), *signs.values()], np.float64)
        return Query(tuple(names[i] for i in order), keys[order], weights[order])

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


_NO_LENGTHS = np.zeros(0, np.int32)
_NOTHING = Hits(np.zeros(0, np.int64), np.zeros(0))


def inverse_frequency(documents: int, frequency: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ``ln(1 + (N − n + ½) / (n + ½))`` for each document frequency ``n``, 0 where ``n`` is 0."""
    value = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
    return np.where(frequency > 0, value, 0.0)


@dataclass(frozen=True, slots=True)
class _Bound:
    """Queries against a snapshot: query ``q`` has the terms ``ptr[q]:ptr[q + 1]``, its heaviest.

    ``weights`` ``(t,)`` are query weight × inverse document frequency, ``numbers`` the terms' numbers in each part.
    """

    ptr: NDArray[np.int64]
    weights: NDArray[np.float64]
    numbers: list[NDArray[np.int64]]


def _weigh(
    snapshot: Snapshot, queries: Sequence[Query]
) -> tuple[NDArray[np.float64], list[NDArray[np.int64]], NDArray[np.uint64]]:
    keys = np.concatenate([q.keys for q in queries])
    frequency, numbers = term_statistics(snapshot, keys)
    weights = np.concatenate([q.weights for q in queries]) * inverse_frequency(snapshot.documents, frequency)
    return weights, numbers, keys


def _bind_one(snapshot: Snapshot, query: Query) -> tuple[_Bound, NDArray[np.int64]]:
    """Bind one query whole; return also the places of the terms kept."""
    weights, numbers, _ = _weigh(snapshot, [query])
    kept = np.flatnonzero(weights > 0)
    return _Bound(np.array([0, len(kept)]), weights[kept], [n[kept] for n in numbers]), kept


def _bind(snapshot: Snapshot, queries: Sequence[Query], *, whole: bool) -> _Bound:
    """Bind queries: ``whole`` with their signs and all their terms, else the heaviest terms, which are searched for."""
    weights, numbers, keys = _weigh(snapshot, queries)
    kept = weights > 0
    ends = np.cumsum([len(q.keys) for q in queries])
    starts = np.concatenate([[0], ends[:-1]])
    if not whole:
        kept &= keys < np.uint64(kernel.SIGN)
        for start, end in zip(starts, ends, strict=True):
            here = start + np.flatnonzero(kept[start:end])
            if len(here) > MAX_TERMS:
                kept[here[np.argsort(-weights[here], kind="stable")[MAX_TERMS:]]] = False
    ptr = np.concatenate([[0], np.cumsum(kept)])[np.concatenate([[0], ends])]
    return _Bound(ptr.astype(np.int64), weights[kept], [n[kept] for n in numbers])


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
    if len(queries) > _AT_ONCE:
        found = []
        for start in range(0, len(queries), _AT_ONCE):
            found += _search(snapshot, queries[start : start + _AT_ONCE], k, masks)
        return found
    bound = _bind(snapshot, queries, whole=False)
    room = _ROOM + 2 * k
    while (candidates := _candidates(snapshot, bound, k, masks, room)) is None:
        if len(queries) > 1:  # only the query that needs it shall have more room
            half = len(queries) // 2
            return _search(snapshot, queries[:half], k, masks) + _search(snapshot, queries[half:], k, masks)
        room *= 4
    ptr, positions = candidates
    return _rank(snapshot, ptr, positions, _score(snapshot, bound, ptr, positions), k)


def _candidates(
    snapshot: Snapshot, bound: _Bound, k: int, masks: Sequence[NDArray[np.bool_]] | None, room: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return every document whose exact score could be among a query's best ``k``; None if ``room`` is too small."""
    m = len(bound.ptr) - 1
    sizes = np.diff(bound.ptr)
    drift = max(abs(float(np.log(p.segment.mean_length / snapshot.mean_length))) for p in snapshot.parts)
    total = np.add.reduceat(np.append(bound.weights, 0.0), bound.ptr[:-1])
    scale = np.where(sizes > 0, _FULL_SCALE / np.where(total > 0, total, 1.0), 0.0)
    weights = np.ceil(bound.weights * np.repeat(scale, sizes) * (256 / 255)).astype(np.uint32)
    # two documents may change places by: the rounding of impacts (½ down, 1 up, of 255), the drift of the mean length
    # since the impacts were computed (a share moves by at most a quarter of its logarithm, either way), and the
    # rounding up of weights and products (2 a term)
    margins = (_FULL_SCALE * (1.5 / 255 + 0.5 * drift) + 2 * sizes).astype(np.int64) + 2
    heavy_first = np.lexsort((-bound.weights, np.repeat(np.arange(m), sizes)))
    weights = weights[heavy_first]
    docs = np.empty((m, room), np.int64)
    scores = np.empty((m, room), np.uint16)
    state = np.zeros((m, 2), np.int64)
    state[:, 1] = 1
    for number, (base, part) in enumerate(zip(snapshot.bases, snapshot.parts, strict=False)):
        a = part.segment.arrays
        if not len(a["keys"]):  # no document of the part says anything
            continue
        terms_here = bound.numbers[number][heavy_first]
        at = np.maximum(terms_here, 0)
        starts = a["entry_ptr"][at]
        ends = np.where(terms_here >= 0, a["entry_ptr"][at + 1], starts)
        enough = kernel.accumulate(
            base,
            part.segment.documents,
            part.alive if masks is None else masks[number],
            a["entry_block"],
            a["entry_count"],
            a["entry_start"],
            a["post_doc"],
            a["post_impact"],
            a["columns"],
            bound.ptr,
            starts,
            ends,
            weights,
            margins,
            k,
            docs,
            scores,
            state,
        )
        if not enough:
            return None
    kernel.compact_all(docs, scores, state, margins, k)
    ptr = np.concatenate([[0], np.cumsum(state[:, 0])])
    return ptr, np.concatenate([docs[q, : state[q, 0]] for q in range(m)])


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
    most = np.add.reduceat(np.append(bound.weights, 0.0), bound.ptr[:-1]) * (np.diff(bound.ptr) > 0)
    return _score(snapshot, bound, ptr, positions, signed=signed), most


def _score(
    snapshot: Snapshot,
    bound: _Bound,
    ptr: NDArray[np.int64],
    positions: NDArray[np.int64],
    *,
    signed: bool = False,
) -> NDArray[np.float64]:
    scores = np.zeros(len(positions))
    for number, (base, part) in enumerate(zip(snapshot.bases, snapshot.parts, strict=False)):
        a = part.segment.arrays
        p = part.segment.params
        kernel.score_rows(
            base,
            ptr,
            positions,
            a["ptr"],
            a["terms"],
            a["counts"],
            a["lengths"],
            a["sign_lengths"] if signed else _NO_LENGTHS,
            bound.ptr,
            bound.numbers[number],
            bound.weights,
            snapshot.mean_length + (snapshot.mean_sign_length if signed else 0.0),
            p.head_weight,
            p.k1,
            p.b,
            scores,
        )
    return scores


def _rank(
    snapshot: Snapshot, ptr: NDArray[np.int64], positions: NDArray[np.int64], scores: NDArray[np.float64], k: int
) -> list[Hits]:
    """Return each query's best ``k`` with a score above 0, equal scores in the order of their ids."""
    rank_ptr, order, tied = kernel.rank_rows(ptr, scores, k)
    out = []
    for q in range(len(ptr) - 1):
        best = order[rank_ptr[q] : rank_ptr[q + 1]]
        if tied[q]:
            _break_ties(snapshot, positions, scores, best)
        best = best[:k]
        best = best[scores[best] > 0]
        out.append(Hits(positions[best], scores[best]))
    return out


def _break_ties(
    snapshot: Snapshot, positions: NDArray[np.int64], scores: NDArray[np.float64], best: NDArray[np.int64]
) -> None:
    """Put each run of equal scores in the order of the ids; ``best`` is sorted by score and changed in place."""
    edges = np.flatnonzero(np.diff(scores[best])) + 1
    for start, stop in zip([0, *edges], [*edges, len(best)], strict=True):
        if stop - start > 1:
            run = best[start:stop].tolist()
            best[start:stop] = sorted(run, key=lambda i: snapshot.id(int(positions[i])))


def search_near(
    snapshot: Snapshot,
    directions: NDArray[np.float32],
    k: int,
    *,
    masks: Sequence[NDArray[np.bool_]] | None = None,
) -> list[Hits]:
    """Return, for each direction ``(m, d)``, the ``k`` documents with the largest cosine (> 0). No approximation.

    Of documents that tie for the last places those first in the index are taken. Raises ``ValueError`` for ``k < 1``.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    m = len(directions)
    codes, scales = quantise(directions)
    docs = np.empty((m, max(256, 2 * k)), np.int64)
    scores = np.empty(docs.shape, np.float32)
    state = np.zeros(m, np.int64)
    least = np.full(m, -2.0, np.float32)
    for number, (base, part) in enumerate(zip(snapshot.bases, snapshot.parts, strict=False)):
        a = part.segment.arrays
        if "vectors" in a:
            alive = part.alive if masks is None else masks[number]
            kernel.nearest(base, alive, a["vectors"], a["scales"], codes, scales, k, docs, scores, state, least)
    ptr = np.concatenate([[0], np.cumsum(state)])
    found = [docs[q, : state[q]] for q in range(m)], [scores[q, : state[q]].astype(np.float64) for q in range(m)]
    return _rank(snapshot, ptr, np.concatenate(found[0]), np.concatenate(found[1]), k) if m else []


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
    bound, kept = _bind_one(snapshot, query)
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
    return [query.names[i] for i in kept], out
