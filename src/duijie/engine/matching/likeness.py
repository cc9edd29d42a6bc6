"""How alike two demands are: parts that a person can read, and one score made of them.

Terms weigh by their inverse document frequency; overlap is Jaccard's (1912), containment as in Broder 1997, "On the
resemblance and containment of documents". The score is a weighted mean, so it can be checked with a pencil.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numba import njit

from duijie.engine.matching.index import term_statistics
from duijie.engine.matching.kernel import SIGN
from duijie.engine.matching.phrases import Numbers, Reading, common_phrases, compare_numbers
from duijie.engine.matching.search import inverse_frequency
from duijie.engine.matching.segment import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.index import Snapshot
    from duijie.engine.matching.types import Document

SAME = 0.85
LIKELY = 0.6
"""Scores from which on two demands are the same, or likely the same; how they were found: :func:`Parts.score`."""
ENOUGH = 80.0
"""Weight of terms (nats, about a dozen) below which a text says nothing, and what two demands share proves nothing."""
WITHIN = 0.7
_SMOOTHING = 1000  # documents more, none with the term: a pair in a small corpus scores nearly as in a large one
_FAR, _NEAR = 0.6, 0.9  # cosines of the bundled encoder: as of other demands, as of the same in other words

Verdict = Literal["same", "likely", "unlike"]
Reservation = Literal["no text", "numbers differ", "one within the other"]
"""Why two demands with a high score are only likely the same: a person should read them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of, each from 0 to 1.

    ``title``: weighted share of the terms of either title (and keywords) that stand in both; where either has none, as
    ``text``. ``text``: the same of the texts. ``contained``: share of the shorter text that stands in the longer. Where
    either text says nothing (below :data:`ENOUGH`), both are of title and text together. ``run``: the share of the
    shorter's letters in at most three longest phrases both have. ``said``: whether what both share is enough to prove
    anything. ``numbers``: the share of the shorter list of numbers with a unit that the other gives too. ``cosine``: of
    the directions. These two are ``None`` where there is nothing to compare.
    """

    title: float
    text: float
    contained: float
    run: float
    said: float
    numbers: float | None = None
    cosine: float | None = None

    @property
    def score(self) -> float:
        """Return ``said × (0.2 title + 0.3 text + 0.4 contained + 0.1 run)``.

        With directions, 0.65 of that and 0.35 of the place of the cosine between 0.6 and 0.9. The weights are a logistic
        fit, rounded, and the thresholds lie in the gap it left: on 245 real demands, 1,470 pairs of other needs with the
        same title or with 30–60 % of the text copied against 1,225 copies with typos, other titles, dropped, added or
        exchanged words, in traditional characters, or cut to a third. Numbers are not in the score: see ``Reservation``.
        """
        words = self.said * (0.2 * self.title + 0.3 * self.text + 0.4 * self.contained + 0.1 * self.run)
        if self.cosine is None:
            return words
        return 0.65 * words + 0.35 * min(1.0, max(0.0, (self.cosine - _FAR) / (_NEAR - _FAR)))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two demands (ids ``first < second``) with the evidence that they are one.

    ``phrases`` stand in both, longest first, spelled as in the first; ``differing`` are the numbers in which they disagree.
    """

    first: str
    second: str
    score: float
    verdict: Verdict
    parts: Parts
    phrases: tuple[str, ...]
    differing: tuple[Numbers, ...]
    reservations: tuple[Reservation, ...]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba publishes no types
def _weigh(
    ptr: NDArray[np.int64],
    keys: NDArray[np.uint64],
    counts: NDArray[np.uint16],
    weights: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the weight of the terms two rows share: in the titles, in the texts, anywhere; float64 ``(pairs, 3)``."""
    out = np.zeros((first.size, 3))
    for p in range(first.size):
        i, i_end = ptr[first[p]], ptr[first[p] + 1]
        j, j_end = ptr[second[p]], ptr[second[p] + 1]
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


class Pool:
    """Demands ready to be compared: ``rows`` are their terms; term weights come from the statistics of ``snapshots``.

    ``directions`` gives unit vectors of one space by id; a demand without one is compared by its words.
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
        self.directions = directions or {}
        keys, place = np.unique(rows.keys, return_inverse=True)
        frequency = sum((term_statistics(s, keys)[0] for s in snapshots), np.zeros(len(keys), np.int64))
        total = sum(s.documents for s in snapshots) + _SMOOTHING
        weights = np.where(keys < np.uint64(SIGN), inverse_frequency(total, np.maximum(frequency, 1)), 0.0)
        self._weights = weights[place]
        everyone = np.arange(len(documents))
        self._totals = self._shared(everyone, everyone)
        self._readings: dict[int, Reading] = {}

    def _shared(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = _weigh(*self.rows_arrays, self._weights, first, second)
        return found

    @property
    def rows_arrays(self) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint16]]:
        """Return pointers, keys and counts of the rows."""
        return self.rows.ptr, self.rows.keys, self.rows.counts

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

    def reading(self, place: int) -> Reading:
        """Return the reading of a demand."""
        if place not in self._readings:
            self._readings[place] = Reading.of(self.documents[place])
        return self._readings[place]

    def cosine(self, first: int, second: int) -> float | None:
        """Return the cosine of two demands, ``None`` where either has no direction."""
        a, b = (self.directions.get(self.documents[i].id) for i in (first, second))
        return None if a is None or b is None else float(np.dot(a.astype(np.float64), b.astype(np.float64)))

    def compare(self, first: int, second: int) -> Duplicate:
        """Return the evidence on two demands at their places, in either order."""
        if self.documents[first].id > self.documents[second].id:
            first, second = second, first
        title, text, contained, said, texts = self.overlaps(np.array([first]), np.array([second]))[0].tolist()
        a, b = self.reading(first), self.reading(second)
        phrases, run = common_phrases(a, b)
        numbers, differing = compare_numbers(a, b)
        parts = Parts(title, text, contained, run, said, numbers, self.cosine(first, second))
        reservations: list[Reservation] = [] if texts else ["no text"]
        if differing:
            reservations.append("numbers differ")
        if text < WITHIN:
            reservations.append("one within the other")
        ids = self.documents[first].id, self.documents[second].id
        score = parts.score
        verdict: Verdict = "unlike" if score < LIKELY else "likely" if score < SAME or reservations else "same"
        return Duplicate(*ids, score, verdict, parts, phrases, differing, tuple(reservations))
