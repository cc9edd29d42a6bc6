"""Why: the words that met, what agrees and what does not, each with its share of the score.

A reason is data (:class:`duijie.engine.matching.types.Reason`), so that it can be stored, replayed and said in any language.
Its words stand in the two texts as written there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.bilingual import meeting_words, split
from duijie.engine.matching.model import FEATURES
from duijie.engine.matching.search import contributions
from duijie.engine.matching.segment import head
from duijie.engine.matching.text import fold_characters, is_chinese, words
from duijie.engine.matching.types import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.model import Model
    from duijie.engine.matching.search import Query
    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document

_SHOWN = 8  # phrases a reason names
_TERMS = 24  # heaviest terms they are made of
_LEAST = 0.02  # of what all terms add: less is chance
_TELLS = 0.45  # of the greatest rarity: what a sixth of all demands says (研究, 提供) is not worth marking
_LACKING = 4
_TELLING = re.compile(r"[\u3400-\u9fff]{2}|[a-z]{3}")


def full_text(document: Document) -> str:
    """Return all a document says, title and keywords first."""
    return "\n".join((document.title, "；".join(document.keywords), document.text))


def spans(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Return where in ``text`` the folded terms stand, overlapping and touching ones joined, in order.

    Positions are those of ``text`` itself; ``text`` is folded character by character.
    """
    return _spans(fold_characters(text), wanted)


def _spans(folded: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for term in wanted:
        at = folded.find(term)
        while at >= 0:
            if not term.isascii() or _stands_alone(folded, at, at + len(term)):
                found.append((at, at + len(term)))
            at = folded.find(term, at + 1)
    found.sort()
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalpha() and after != "s")


def _phrases(text: str, weights: Mapping[str, float], folded: str) -> tuple[str, ...]:
    """Return the heaviest distinct phrases of ``text`` that the weighted terms make up; ``folded``: the text so."""
    found: dict[str, float] = {}
    for start, end in _spans(folded, weights):
        phrase = text[start:end].strip()
        if phrase and phrase not in found:
            inside = folded[start:end]
            found[phrase] = sum(w for term, w in weights.items() if term in inside)
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
    text = full_text(demand)
    least = _TELLS * model.language.rarity("")
    known = {word for word in words(text) if _TELLING.search(word) and model.language.rarity(word) > least}
    named = np.array([name in known for name in names], np.bool_)
    parts = parts * named
    weights = np.asarray(model.vector())
    weight = dict(zip(query.names, query.weights, strict=True))
    most = sorted(known & weight.keys(), key=lambda word: (-weight[word], word))
    texts = {"words": text, "title": head(demand)}
    folded = {code: fold_characters(part) for code, part in texts.items()}
    body = f"{demand.title}\n{demand.text}"
    folded_body = fold_characters(body)
    out = []
    for row, position in enumerate(positions):
        offer = full_text(snapshot.document(int(position)))
        folded_offer = fold_characters(offer)
        shares = _heaviest(names, parts[row])
        reasons = []
        for column, weight in enumerate(weights * matrix[row]):
            code = FEATURES[column]
            if weight != 0.0:
                both: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
                if code in texts:
                    asked = _phrases(texts[code], shares, folded[code])
                    inside = fold_characters("\n".join(asked))
                    met_here = {t: w for t, w in shares.items() if t in inside}
                    both = asked, _phrases(offer, met_here, folded_offer)
                elif code == "foreign":
                    both = _across(text, offer)
                reasons.append(Reason(code, float(weight), *both))
        reasons.sort(key=lambda r: (-abs(r.weight), r.code))
        met = {name for name, part in zip(names, parts[row], strict=True) if part > 0}
        missing = [name for name in most if name not in met][: 2 * _LACKING]
        lacking = _phrases(body, dict.fromkeys(missing, 1.0), folded_body)[:_LACKING]
        if lacking:
            reasons.append(Reason("lacking", 0.0, lacking))
        out.append(tuple(reasons))
    return out


def _across(demand: str, offer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    chinese = is_chinese(demand)
    pairs = meeting_words(demand, offer) if chinese else meeting_words(offer, demand)
    return split(pairs[:_SHOWN], demand_is_chinese=chinese)


def _heaviest(names: Sequence[str], parts: NDArray[np.float64]) -> dict[str, float]:
    """Return the terms that carry a match and what each adds; those that add next to nothing are left out."""
    order = np.argsort(-parts, kind="stable")[:_TERMS]
    least = _LEAST * float(parts.sum())
    return {names[int(i)]: float(parts[i]) for i in order if parts[i] > least}
