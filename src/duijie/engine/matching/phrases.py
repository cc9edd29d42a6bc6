"""What two demands say in the same words: the phrases they share, and the numbers in which they differ.

Shared phrases are longest common substrings, taken one after another (string tiling, Wise 1993), of letters and digits
only, so that a comma or a line break more or less changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from duijie.engine.matching.text import fold, fold_characters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duijie.engine.matching.types import Document

SHORTEST_PHRASE = 4
PHRASES = 3
_READ = 4000  # characters of a document that are searched for phrases: the cost grows with the square

_SPELLINGS = (
    "°c=℃ 摄氏度=℃ 公里=km 米=m 厘米=cm 毫米=mm 微米=μm um=μm 纳米=nm 吨=t 千克=kg 公斤=kg 克=g 毫克=mg 升=l 毫升=ml"
    " 千瓦=kw 兆瓦=mw 兆帕=mpa 小时=h 分钟=min 秒=s"
)
_UNITS = dict(pair.split("=") for pair in _SPELLINGS.split())
_NUMBER = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)\s?"
    r"(%|‰|°c|℃|°|摄氏度|公里|厘米|毫米|微米|纳米|千克|公斤|毫克|毫升|千瓦|兆瓦|兆帕|小时|分钟"
    r"|亿元|万元|亿吨|万吨|万|亿|元|吨|克|升|米|秒|年|月|天|个|台|套|倍|亩|项|种|人|家|次|伏|度|级"
    r"|(?:[kmg]?wh?|[kmgt]?pa|[kcnμum]?m|[km]?g|t|m?l|k?v|m?a|[kmg]?hz|ppm|db|rpm|min|h|s)(?![a-z0-9]))"
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of one unit that stand in one of two demands only: the two say different things."""

    unit: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A demand made ready to be compared.

    ``codes`` int64 ``(c,)`` are its letters and digits, folded; ``places`` int64 ``(c,)`` where each stands in
    ``words``; ``numbers`` those with a unit, by value and unit.
    """

    words: str
    codes: NDArray[np.int64]
    places: NDArray[np.int64]
    numbers: dict[tuple[float, str], str]

    @staticmethod
    def of(document: Document) -> Reading:
        """Return the reading of a demand: phrases are of its first 4,000 characters, numbers of all."""
        whole = "\n".join((document.title, *document.keywords, document.text))
        words = whole[:_READ]
        folded = fold_characters(words)
        places = np.array([i for i, sign in enumerate(folded) if sign.isalnum()], np.int64)
        codes = np.array([ord(sign) for sign in folded if sign.isalnum()], np.int64)
        numbers: dict[tuple[float, str], str] = {}
        for found in _NUMBER.finditer(fold(whole)):
            numbers.setdefault((float(found[1]), _UNITS.get(found[2], found[2])), found[0].replace(" ", ""))
        return Reading(words, codes, places, numbers)

    def phrase(self, end: int, length: int) -> str:
        """Return the words under the ``length`` letters before ``end``, as they stand in the demand."""
        return self.words[self.places[end - length] : self.places[end - 1] + 1]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba publishes no types
def _longest_run(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[int, int, int]:
    """Return length and ends of the longest run of equal codes ≥ 0, of several the first. Cost: ``len(a) × len(b)``."""
    best, end_a, end_b = 0, 0, 0
    lengths = np.zeros(b.size + 1, np.int64)
    for i in range(a.size):
        code = a[i]
        for j in range(b.size, 0, -1):
            if b[j - 1] == code and code >= 0:
                lengths[j] = lengths[j - 1] + 1
                if lengths[j] > best:
                    best, end_a, end_b = lengths[j], i + 1, j
            else:
                lengths[j] = 0
    return best, end_a, end_b


def common_phrases(a: Reading, b: Reading) -> tuple[tuple[str, ...], float]:
    """Return up to three phrases both have, and their share of the shorter's letters.

    Longest first, as ``a`` spells them, of at least four letters.
    """
    left, right = a.codes.copy(), b.codes.copy()
    phrases: list[str] = []
    covered = 0
    while len(phrases) < PHRASES and len(left) and len(right):
        length, end_a, end_b = _longest_run(left, right)
        if length < SHORTEST_PHRASE:
            break
        phrases.append(a.phrase(end_a, length))
        covered += length
        left[end_a - length : end_a] = -1
        right[end_b - length : end_b] = -1
    return tuple(phrases), covered / max(1, min(len(left), len(right)))


def compare_numbers(a: Reading, b: Reading) -> tuple[float | None, tuple[Numbers, ...]]:
    """Return the share of the shorter list of numbers that the other has too, and the units in which the two disagree.

    Two demands disagree in a unit if each gives a number in it that the other does not. ``None``: one gives no numbers.
    """
    fewer = min(len(a.numbers), len(b.numbers))
    if not fewer:
        return None, ()
    both = a.numbers.keys() & b.numbers.keys()
    differing = []
    for unit in sorted({u for _, u in a.numbers} & {u for _, u in b.numbers}):
        left, right = (
            tuple(words for (value, u), words in sorted(x.numbers.items()) if u == unit and (value, u) not in both)
            for x in (a, b)
        )
        if left and right:
            differing.append(Numbers(unit, left, right))
    return len(both) / fewer, tuple(differing)
