"""Demands side by side: what each two of them share, quickly for many pairs, and with all evidence for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from duijie.engine.matching.kernel import SIGN
from duijie.engine.matching.likeness import ENOUGH, LIKELY, Duplicate, Parts, reservations, verdict
from duijie.engine.matching.phrases import Reading, common_phrases, compare_numbers
from duijie.engine.matching.search import inverse_frequency
from duijie.engine.matching.snapshot import term_statistics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.segment import Rows
    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document

_SMOOTHING = 1000  # documents more, none with the term: a pair in a small corpus scores nearly as in a large one


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba publishes no types
def _weigh(
    ptr: NDArray[np.int64],
    keys: NDArray[np.uint64],
    counts: NDArray[np.uint16],
    weights: NDArray[np.float64],
    pairs: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the weight of the terms two rows share: in the titles, in the texts, anywhere; float64 ``(pairs, 3)``."""
    out = np.zeros((len(pairs), 3))
    for p in range(len(pairs)):
        i, i_end = ptr[pairs[p, 0]], ptr[pairs[p, 0] + 1]
        j, j_end = ptr[pairs[p, 1]], ptr[pairs[p, 1] + 1]
        while i < i_end and j < j_end:
            if keys[i] < keys[j]:
                i += 1
            elif keys[i] > keys[j]:
                j += 1
            else:
                if counts[i] >> 8 and counts[j] >> 8:
                    out[p, 0] += weights[i]
                if counts[i] & 255 and counts[j] & 255:
                    out[p, 1] += weights[i]
                out[p, 2] += weights[i]
                i += 1
                j += 1
    return out


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(1.0, part / np.maximum(whole, 1e-9))


def _stack(
    ids: Sequence[str], directions: Mapping[str, NDArray[np.float32]]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the directions ``(n, d)``, zeros where there is none, and which there are ``(n,)``."""
    vectors = np.zeros((len(ids), len(next(iter(directions.values()), ()))), np.float32)
    for i, name in enumerate(ids):
        if name in directions:
            vectors[i] = directions[name]
    return vectors, np.any(vectors != 0, axis=1)


class Pool:
    """Demands ready to be compared: ``rows`` are their terms; term weights come from the statistics of ``snapshots``.

    What a large share of all demands has in common (a form's text) therefore weighs little. ``directions`` gives unit
    vectors of one space by id; a demand without one is compared by its words.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        rows: Rows,
        snapshots: Sequence[Snapshot],
        directions: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> None:
        self.documents = documents
        self.rows = rows
        self.vectors, self.directed = _stack([d.id for d in documents], directions or {})
        keys, place = np.unique(rows.keys, return_inverse=True)
        frequency = sum((term_statistics(s, keys)[0] for s in snapshots), np.zeros(len(keys), np.int64))
        total = sum(s.documents for s in snapshots) + _SMOOTHING
        weights = np.where(keys < np.uint64(SIGN), inverse_frequency(total, np.maximum(frequency, 1)), 0.0)
        self._weights = weights[place]
        everyone = np.arange(len(documents))
        self._totals = self._shared(everyone, everyone)
        self._readings: dict[int, Reading] = {}

    def _shared(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
        r = self.rows
        return np.asarray(_weigh(r.ptr, r.keys, r.counts, self._weights, np.column_stack([first, second])), np.float64)

    def overlaps(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return ``title``, ``text``, ``contained``, ``said`` of :class:`Parts` and whether both texts say something.

        ``first`` and ``second`` are places int64 ``(p,)``; the answer is float64 ``(p, 5)``.
        """
        shared = self._shared(first, second)
        a, b = self._totals[first], self._totals[second]
        jaccard = _share(shared, a + b - shared)
        contained = _share(shared, np.minimum(a, b))
        texts = np.minimum(a[:, 1], b[:, 1]) >= ENOUGH
        text = np.where(texts, jaccard[:, 1], jaccard[:, 2])
        title = np.where(np.minimum(a[:, 0], b[:, 0]) > 0, jaccard[:, 0], text)
        part = np.where(texts, contained[:, 1], contained[:, 2])
        return np.column_stack([title, text, part, np.minimum(1.0, shared[:, 2] / ENOUGH), texts])

    def promising(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which pairs could reach :data:`LIKELY` if all their letters were in common: the others never do."""
        title, text, contained, said, _ = self.overlaps(first, second).T
        best = said * (0.25 * title + 0.25 * text + 0.4 * contained + 0.1)
        directed = self.directed[first] & self.directed[second]
        return np.asarray(np.where(directed, 0.65 * best + 0.35, best) >= LIKELY - 1e-9)

    def cosine(self, first: int, second: int) -> float | None:
        """Return the cosine of two demands, ``None`` where either has no direction."""
        if not (self.directed[first] and self.directed[second]):
            return None
        return float(np.dot(self.vectors[first].astype(np.float64), self.vectors[second].astype(np.float64)))

    def compare(self, first: int, second: int) -> Duplicate:
        """Return the evidence on two demands at their places, in either order."""
        if self.documents[first].id > self.documents[second].id:
            first, second = second, first
        title, text, contained, said, texts = self.overlaps(np.array([first]), np.array([second]))[0].tolist()
        a, b = self._reading(first), self._reading(second)
        phrases, run = common_phrases(a, b)
        numbers, differing = compare_numbers(a, b)
        parts = Parts(title, text, contained, run, said, numbers, self.cosine(first, second))
        doubts = reservations(parts, both_texts=bool(texts), differing=differing)
        ids = self.documents[first].id, self.documents[second].id
        return Duplicate(*ids, parts.score, verdict(parts.score, doubts), parts, phrases, differing, doubts)

    def _reading(self, place: int) -> Reading:
        if place not in self._readings:
            self._readings[place] = Reading.of(self.documents[place])
        return self._readings[place]
