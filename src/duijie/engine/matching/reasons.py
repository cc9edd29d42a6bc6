"""Why: the words that met, what agrees and what does not, each with its share of the score.

A reason is data (:class:`duijie.engine.matching.types.Reason`), so that it can be stored, replayed and said in any language.
Its words stand in the two texts as written there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.model import FEATURES
from duijie.engine.matching.search import contributions
from duijie.engine.matching.text import fold_characters
from duijie.engine.matching.types import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.index import Snapshot
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.search import Query
    from duijie.engine.matching.types import Document

_SHOWN = 8  # phrases a reason names
_TERMS = 24  # heaviest terms they are made of
_LACKING = 4


def full_text(document: Document) -> str:
    """Return all a document says, title and keywords first."""
    return "\n".join((document.title, "；".join(document.keywords), document.text))


def spans(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Return where in ``text`` the folded terms stand, overlapping and touching ones joined, in order.

    Positions are those of ``text`` itself; ``text`` is folded character by character.
    """
    folded = fold_characters(text)
    marked = np.zeros(len(folded) + 1, np.bool_)
    for term in wanted:
        at = folded.find(term)
        while at >= 0:
            if not term.isascii() or _stands_alone(folded, at, at + len(term)):
                marked[at : at + len(term)] = True
            at = folded.find(term, at + 1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalpha() and after != "s")


def _phrases(text: str, terms: Sequence[str], weights: dict[str, float]) -> tuple[str, ...]:
    """Return the heaviest distinct phrases of ``text`` that the terms make up."""
    found: dict[str, float] = {}
    for start, end in spans(text, terms):
        phrase = text[start:end].strip()
        if phrase:
            folded = fold_characters(phrase)
            found.setdefault(phrase, sum(w for term, w in weights.items() if term in folded))
    ranked = sorted(found, key=lambda p: (-found[p], p))
    kept: list[str] = []
    for phrase in ranked:
        if not any(phrase in other for other in kept):
            kept.append(phrase)
    return tuple(kept[:_SHOWN])


def explain(
    demand: Document,
    query: Query,
    snapshot: Snapshot,
    positions: NDArray[np.int64],
    matrix: NDArray[np.float64],
    model: Model,
) -> list[tuple[Reason, ...]]:
    """Return the reasons of each match, heaviest first; their weights sum to its score.

    ``query``: the demand's, as scored; ``positions`` ``(n,)`` and ``matrix`` ``(n, len(FEATURES))``: the matches and their
    features. A last reason ``lacking`` of weight 0 names what the demand says rarest and the offer does not.
    """
    names, parts = contributions(snapshot, query, positions)
    parts = parts * np.array([len(name) > 1 for name in names]) if names else parts
    weights = np.asarray(model.vector())
    most = _importance(snapshot, query, names)
    text = full_text(demand)
    out = []
    for row, position in enumerate(positions):
        offer = full_text(snapshot.document(int(position)))
        heavy = [int(i) for i in np.argsort(-parts[row], kind="stable")[:_TERMS] if parts[row, i] > 0]
        terms = [names[i] for i in heavy]
        shares = {names[i]: float(parts[row, i]) for i in heavy}
        met = _phrases(text, terms, shares), _phrases(offer, terms, shares)
        reasons = []
        for column, weight in enumerate(weights * matrix[row]):
            code = _CODES[column]
            if weight != 0.0:
                words = met if code in {"words", "title"} else ((), ())
                reasons.append(Reason(code, float(weight), *words))
        reasons.sort(key=lambda r: (-abs(r.weight), r.code))
        missing = [names[i] for i in most if parts[row, i] == 0.0][: 2 * _LACKING]
        lacking = _phrases(demand.title + "\n" + demand.text, missing, dict.fromkeys(missing, 1.0))[:_LACKING]
        if lacking:
            reasons.append(Reason("lacking", 0.0, lacking))
        out.append(tuple(reasons))
    return out


_CODES = FEATURES


def _importance(snapshot: Snapshot, query: Query, names: Sequence[str]) -> list[int]:
    """Return the places in ``names`` of words and phrases, the weightiest of the demand first."""
    weight = dict(zip(query.names, query.weights, strict=True))
    return sorted((i for i, name in enumerate(names) if len(name) > 1), key=lambda i: (-weight[names[i]], names[i]))
