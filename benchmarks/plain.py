"""Plain BM25 in double precision on sparse matrices: what the engine is measured against. Shares no code with it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_RUNS = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9\-.]+")


def bigrams(text: str) -> list[str]:
    """Return the character bigrams of Chinese runs, and Latin runs whole; spaces between Chinese words are gone.

    >>> bigrams("风机 防冰 Nd-Fe-B")
    ['风机', '机防', '防冰', 'nd-fe-b']
    """
    joined = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", text.lower())
    found: list[str] = []
    for run in _RUNS.findall(joined):
        if run[0] < "\u4e00" or len(run) == 1:
            found.append(run)
        else:
            found += map("".join, pairwise(run))
    return found


class PlainBm25:
    """BM25 of tokenised documents (Robertson & Zaragoza 2009, Lucene's inverse document frequency).

    A query's terms count as often as they stand in it.
    """

    def __init__(self, documents: Iterable[Sequence[str]], k1: float = 1.2, b: float = 0.75) -> None:
        self.number: dict[str, int] = {}
        weights = self._counts(documents, grow=True)
        n = weights.shape[0]
        lengths = np.asarray(weights.sum(axis=1)).ravel()
        frequency = np.bincount(weights.indices, minlength=len(self.number))
        idf = np.log(1 + (n - frequency + 0.5) / (frequency + 0.5))
        norm = np.repeat(k1 * (1 - b + b * lengths / lengths.mean()), np.diff(weights.indptr))
        weights.data = idf[weights.indices] * weights.data / (weights.data + norm)
        self.weights = weights.T.tocsr()

    def _counts(self, texts: Iterable[Sequence[str]], *, grow: bool) -> csr_matrix:
        data: list[float] = []
        cells: list[int] = []
        ptr = [0]
        for text in texts:
            for term, count in Counter(text).items():
                if grow:
                    self.number.setdefault(term, len(self.number))
                if term in self.number:
                    cells.append(self.number[term])
                    data.append(float(count))
            ptr.append(len(cells))
        return csr_matrix((data, cells, ptr), (len(ptr) - 1, len(self.number)), dtype=np.float64)

    def scores(self, queries: Iterable[Sequence[str]]) -> NDArray[np.float64]:
        """Return every document's score for every query, ``(queries, documents)``."""
        out: NDArray[np.float64] = (self._counts(queries, grow=False) @ self.weights).toarray()
        return out
