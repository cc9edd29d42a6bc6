"""Who needs what we have: the demands an offer answers, each with the score the demand gives the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _

from duijie.engine.matching.features import scores, specificity
from duijie.engine.matching.ground import Ground, direction_of
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.reasons import explain
from duijie.engine.matching.search import Query, search, search_near
from duijie.engine.matching.segment import Params
from duijie.site.kernel.errors import Refusal
from duijie.site.matching import shelf
from duijie.site.matching.documents import revision_of
from duijie.site.matching.queries.ranking import OFFERS_SHOWN, Found, Proposal, directed, facts_of, plain, view

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from duijie.engine.matching.model import Model
    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document
    from duijie.site.matching.queries.ranking import Corpus

LOOKED_AT = 60
"""Demands that either leg, words and direction, proposes for an offer."""
_LOOKED_THROUGH = 1_000  # of them, for a reader who does not see every demand


def answer_offer(
    code: str, corpus: Corpus, model: Model, *, visible: Callable[[Collection[str]], Collection[str]] | None = None
) -> list[Found]:
    """Return the demands that an offer answers, best first; of them those that ``visible`` lets through, if it is given.

    Both indexes read a text the same way, so a pair has one score whichever side asks.
    """
    snapshot = corpus.snapshot
    place = int(snapshot.positions([code])[0])
    if place < 0:
        raise Refusal(_("这项成果现在不在可对接的范围内：请先审核入库；刚审核的，请过几秒再试。"))
    demands = _looked_at(place, snapshot, visible)
    if not demands:
        return []
    known = directed(demands, corpus.index)
    found = Matcher(view(snapshot, known), model).features_of(demands, [np.array([place])] * len(demands))
    total = scores(found.matrix, model)
    ranked = sorted(range(len(demands)), key=lambda q: (-total[q], demands[q].id))
    best = [q for q in ranked if _credible(demands[q], float(total[q]), model)][:OFFERS_SHOWN]
    chosen = [demands[q] for q in best]
    grounds = Ground.of(snapshot, chosen, known.encode_demands(chosen)) if chosen else []
    out = []
    for rank, (q, ground) in enumerate(zip(best, grounds, strict=True), 1):
        row = slice(q, q + 1)
        reasons = explain(demands[q], found.queries[q], snapshot, found.positions[row], found.matrix[row], model)[0]
        score = float(total[q])
        proposal = Proposal(code, facts_of(place, snapshot)[0], rank, score, model.level(score), plain(reasons), [])
        told = specificity(demands[q], model.language)
        demand = demands[q]
        out.append(Found(demand.id, revision_of(demand.kind), "match", told, score, ground, [proposal]))
    return out


def _credible(demand: Document, score: float, model: Model) -> bool:
    return score >= model.credible and specificity(demand, model.language) >= model.specific


def _looked_at(
    place: int, offers: Snapshot, visible: Callable[[Collection[str]], Collection[str]] | None
) -> list[Document]:
    """Return the demands that either leg proposes for the offer at a place."""
    index = shelf.DEMANDS.standing()
    if index is None or not index.snapshot.documents:
        return []
    demands = index.snapshot
    most = LOOKED_AT if visible is None else _LOOKED_THROUGH
    legs = [search(demands, [Query.of(offers.document(place), Params())], most)[0]]
    part, row = offers.locate(place)
    if "vectors" in part.segment.arrays:
        direction = direction_of(part.segment.arrays["vectors"][row].tobytes())
        legs.append(search_near(demands, direction[None], most)[0])
    proposed = [[demands.id(position) for position in leg.positions.tolist()] for leg in legs]
    if visible is not None:
        may = frozenset(visible({code for leg in proposed for code in leg}))
        proposed = [[code for code in leg if code in may][:LOOKED_AT] for leg in proposed]
    codes = sorted({code for leg in proposed for code in leg})
    return [demands.document(position) for position in demands.positions(codes).tolist()]
