"""What speaks for a match: the features of a demand and its candidates.

=============  =====================================================================================================
``words``      share of what the demand says that the offer says too: BM25 over terms and signs, each term weighted
               by the root of its count, its rarity among offers and its rarity among demands, divided by the sum of
               all weights: 0–1
``title``      the same for the demand's title and keywords alone: 0–1
``meaning``    cosine of the directions, 0 where negative or without a dense leg: 0–1
``foreign``    the same where demand and offer are written in different languages; then the first three are 0: 0–1
``field``      technical field: 1 the same, −1 another, 0 not said
``industry``   GB/T 4754 code: 1 for four digits in common, ¾ for three, ½ for two, ¼ for the letter, −½ none
``region``     GB/T 2260 code: 1 the same league or city, ½ the same province, 0 else
``maturity``   technology readiness: 1 where the offer is at least as far as wanted, ⅓ less for each level it lacks
``budget``     1 where the price is within the budget, falling to −1 at twice the budget
=============  =====================================================================================================
"""

from __future__ import annotations

import re
from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.model import FEATURES
from duijie.engine.matching.search import Query
from duijie.engine.matching.segment import head
from duijie.engine.matching.text import fold, is_chinese, signs, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.model import Language, Model
    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document

_TERM_WEIGHT = 0.35  # of a term of several characters beside its characters, which count too
_HEAD_WEIGHT = 3
FACTS = FEATURES[4:]


def demand_query(demand: Document, language: Language) -> Query:
    """Return a demand as weighted terms and signs."""
    return _query(((head(demand), _HEAD_WEIGHT), (demand.text, 1)), language)


def title_query(demand: Document, language: Language) -> Query:
    """Return a demand's title and keywords as weighted terms and signs."""
    return _query(((head(demand), 1),), language)


def _query(parts: Sequence[tuple[str, int]], language: Language) -> Query:
    term_counts: Counter[str] = Counter()
    sign_counts: Counter[str] = Counter()
    for text, weight in parts:
        for term in terms(text):
            term_counts[term] += weight
        for sign in signs(text):
            sign_counts[sign] += weight
    return Query.of_terms(
        {term: _TERM_WEIGHT * sqrt(n) * language.rarity(term) for term, n in term_counts.items()},
        {sign: sqrt(n) * language.sign_rarity(sign) for sign, n in sign_counts.items()},
    )


def field_agreement(demand: str, offer: str) -> float:
    """Return 1 for the same technical field, −1 for another, 0 where one is not said."""
    if not demand or not offer:
        return 0.0
    return 1.0 if demand == offer else -1.0


def industry_agreement(demand: str, offer: str) -> float:
    """Return how far two GB/T 4754-2017 codes agree; a letter before the digits is optional."""
    a, b = (code[1:] if code[:1].isalpha() else code for code in (demand, offer))
    if not a or not b:
        return 0.0
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    letters = demand[:1].isalpha() and demand[:1] == offer[:1]
    return {0: 0.25 if letters else -0.5, 1: 0.25 if letters else -0.5, 2: 0.5, 3: 0.75}.get(same, 1.0)


def region_agreement(demand: str, offer: str) -> float:
    """Return 1 for the same league or city, ½ for the same province; names count when they are equal."""
    if not demand or not offer:
        return 0.0
    if demand.isdigit() and offer.isdigit():
        if demand[:4] == offer[:4] and demand[2:4] != "00":
            return 1.0
        return 0.5 if demand[:2] == offer[:2] else 0.0
    return 1.0 if demand == offer else 0.0


def maturity_fit(wanted: int | None, offered: int | None) -> float:
    """Return 1 where the offer is as ready as wanted, ⅓ less for each level it lacks, at least −1."""
    if wanted is None or offered is None:
        return 0.0
    return max(-1.0, 1.0 - max(0, wanted - offered) / 3)


def budget_fit(budget: float | None, price: float | None) -> float:
    """Return 1 where the price is within the budget, falling to −1 at twice the budget."""
    if not budget or price is None:
        return 0.0
    return float(min(1.0, max(-1.0, 3.0 - 2.0 * price / budget)))


def facts(demand: Document, snapshot: Snapshot, positions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the features beside the text of the offers at ``positions``, ``(len(positions), len(FACTS))``."""
    out = np.zeros((len(positions), len(FACTS)))
    bases = np.array(snapshot.bases)
    of = np.searchsorted(bases, positions, side="right") - 1
    for number, part in enumerate(snapshot.parts):
        here = np.flatnonzero(of == number)
        if not len(here):
            continue
        segment = part.segment
        places = positions[here] - bases[number]
        for column, (name, agree) in enumerate(_AGREEMENTS):
            wanted = getattr(demand, name)
            if wanted:
                values = np.array([agree(wanted, value) for value in segment.facets[name]])
                out[here, column] = values[segment.arrays[f"facet_{name}"][places]]
        if demand.trl is not None:
            trl = segment.arrays["trl"][places]
            fit = np.array([maturity_fit(demand.trl, level or None) for level in range(10)])
            out[here, 3] = fit[np.clip(trl, 0, 9)]
        if demand.budget:
            price = segment.arrays["budget"][places].astype(np.float64)
            fit = np.clip(3.0 - 2.0 * price / demand.budget, -1.0, 1.0)  # as budget_fit, for all at once
            out[here, 4] = np.where(np.isnan(price), 0.0, fit)
    return out


_AGREEMENTS = (("field", field_agreement), ("industry", industry_agreement), ("region", region_agreement))


def same_language(demand: Document, snapshot: Snapshot, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each offer is in the demand's language, Chinese or not, ``(len(positions),)``."""
    chinese = np.concatenate([np.zeros(0, np.bool_), *(p.segment.arrays["chinese"] for p in snapshot.parts)])
    out: NDArray[np.bool_] = chinese[positions] == is_chinese(demand.title or demand.text)
    return out


def specificity(demand: Document, language: Language) -> float:
    """Return how much a demand says that others do not, 0–1.

    The mean rarity of the terms of its title and of its text, half each; a tenth more where it names a measured value,
    half a tenth less where a long text names none. Terms that most demands have (公司, 质量, 合作) say nothing. 0 for an
    empty demand.
    """
    title, text = (
        [language.rarity(term) for term in terms(part) if len(term) > 1] for part in (head(demand), demand.text)
    )
    halves = [sum(r) / len(r) for r in (title, text) if r]
    if not halves:
        return 0.0
    measured = bool(_MEASURE.search(fold(f"{demand.title}\n{demand.text}")))
    extra = 0.1 if measured else -0.05 if len(demand.text) > _LONG else 0.0
    return max(0.0, min(1.0, sum(halves) / len(halves) / (language.rarity("") or 1.0) + extra))


_LONG = 60  # characters a text has before one may ask for a figure
_MEASURE = re.compile(
    r"\d\s*(?:%|‰|℃|°c|[kmg]?wh?\b|[kmg]?pa\b|[mcuμn]?m\b|[mk]?g\b|m?l\b|k?v\b|hz\b|ppm|db|m[²³23]|亿?吨|公斤|千克|毫米|厘米|微米"
    r"|纳米|米|亩|公顷|立方|升|度|倍|小时|分钟|秒|次|天|兆瓦|千瓦|伏|安|赫)"
)


def scores(matrix: NDArray[np.float64], model: Model) -> NDArray[np.float64]:
    """Return the score of each row, ``(n,)``.

    Added feature by feature: a matrix product may add in another order where there are more rows.
    """
    out = np.zeros(len(matrix))
    for column, weight in enumerate(model.vector()):
        out += matrix[:, column] * weight
    return out
