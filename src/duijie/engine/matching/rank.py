"""From demands to ranked, levelled, explained matches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.features import FACTS, demand_query, facts, same_language, scores, specificity, title_query
from duijie.engine.matching.model import Model, default_model
from duijie.engine.matching.reasons import explain
from duijie.engine.matching.search import cosines, score_many, search, search_near
from duijie.engine.matching.types import Match

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.index import Index
    from duijie.engine.matching.search import Query
    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document, Verdict

    Chosen = Callable[[Sequence[Match]], Collection[str]]
    """Of a demand's matches, best first, the ids of the offers whose reasons are wanted."""

CANDIDATES = 400
"""Offers a leg proposes; those of both legs are scored exactly."""
_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one demand: a verdict, and the matches, best first (none unless the verdict is ``match``).

    ``specificity`` (0–1) is how much the demand says that others do not; ``best`` the score of the best candidate.
    """

    demand: str
    verdict: Verdict
    matches: tuple[Match, ...]
    specificity: float
    best: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of some demands: demand ``q``'s are ``ptr[q]:ptr[q + 1]``.

    ``positions`` int64 ``(c,)``, ``matrix`` float64 ``(c, len(FEATURES))``; ``queries`` as scored.
    """

    ptr: NDArray[np.int64]
    positions: NDArray[np.int64]
    matrix: NDArray[np.float64]
    queries: Sequence[Query]


class Matcher:
    """Answers demands from an index by a model. Takes the index's snapshot anew at each call; safe from many threads."""

    def __init__(self, index: Index, model: Model | None = None, *, threads: int = 1) -> None:
        self.index = index
        self.model = model or default_model()
        self.threads = threads

    def match(
        self,
        demands: Sequence[Document],
        top: int = 20,
        *,
        wanted: Mapping[str, Callable[[str], bool]] | None = None,
        explained: bool | Chosen = True,
        credible_only: bool = True,
    ) -> Iterator[Answer]:
        """Yield the answer to each demand, in order.

        ``wanted``: a predicate on values for each facet an offer must pass (see
        :meth:`duijie.engine.matching.index.Snapshot.mask`). ``explained``: whether matches have reasons, or which of a
        demand's; reasons are the dearest part. Without ``credible_only`` even hopeless offers are listed.
        Raises ``ValueError`` for ``top < 1`` or an unknown facet.
        """
        if top < 1:
            raise ValueError("top must be at least 1")
        snapshot = self.index.snapshot
        masks = snapshot.mask(wanted) if wanted else None
        for start in range(0, len(demands), _AT_ONCE):
            some = demands[start : start + _AT_ONCE]
            found = self.candidates(snapshot, some, max(CANDIDATES, 2 * top), masks)
            total = scores(found.matrix, self.model)
            for q, demand in enumerate(some):
                here = slice(found.ptr[q], found.ptr[q + 1])
                yield self._answer(
                    snapshot, demand, found.queries[q], found.positions[here], found.matrix[here], total[here], top,
                    explained=explained, credible_only=credible_only,
                )  # fmt: skip

    def candidates(
        self,
        snapshot: Snapshot,
        demands: Sequence[Document],
        each: int,
        masks: Sequence[NDArray[np.bool_]] | None = None,
    ) -> Candidates:
        """Return what either leg proposes for each demand, with its features."""
        language = self.model.language
        queries = [demand_query(d, language) for d in demands]
        legs = [search(snapshot, queries, each, masks=masks, threads=self.threads)]
        directions = self.index.encoder.encode_demands(demands)
        if directions is not None:
            legs.append(search_near(snapshot, directions, each, masks=masks, threads=self.threads))
        chosen = [np.unique(np.concatenate([leg[q].positions for leg in legs])) for q in range(len(demands))]
        return self._features(snapshot, demands, queries, directions, chosen)

    def features_of(self, demands: Sequence[Document], offers: Sequence[NDArray[np.int64]]) -> Candidates:
        """Return the features of given pairs: demand ``q`` with the offers at the positions ``offers[q]``."""
        queries = [demand_query(d, self.model.language) for d in demands]
        directions = self.index.encoder.encode_demands(demands)
        return self._features(self.index.snapshot, demands, queries, directions, offers)

    def _features(
        self,
        snapshot: Snapshot,
        demands: Sequence[Document],
        queries: Sequence[Query],
        directions: NDArray[np.float32] | None,
        chosen: Sequence[NDArray[np.int64]],
    ) -> Candidates:
        ptr = np.concatenate([[0], np.cumsum([len(c) for c in chosen])]).astype(np.int64)
        positions = np.concatenate([np.zeros(0, np.int64), *chosen])
        columns = []
        for some in (queries, [title_query(d, self.model.language) for d in demands]):
            got, most = score_many(snapshot, some, ptr, positions)
            columns.append(got / np.repeat(np.maximum(most, 1e-9), np.diff(ptr)))
        meaning = np.zeros(len(positions), np.float32)
        if directions is not None:
            meaning = np.maximum(cosines(snapshot, directions, ptr, positions), np.float32(0))
        pairs = list(zip(demands, chosen, strict=True))
        same = np.concatenate([np.zeros(0, np.bool_), *(same_language(d, snapshot, c) for d, c in pairs)])
        told = [np.where(same, column, 0.0) for column in (*columns, meaning)]
        beside = np.concatenate([np.zeros((0, len(FACTS))), *(facts(d, snapshot, c) for d, c in pairs)])
        return Candidates(ptr, positions, np.column_stack([*told, np.where(same, 0.0, meaning), beside]), queries)

    def _answer(
        self,
        snapshot: Snapshot,
        demand: Document,
        query: Query,
        positions: NDArray[np.int64],
        matrix: NDArray[np.float64],
        total: NDArray[np.float64],
        top: int,
        *,
        explained: bool | Chosen,
        credible_only: bool,
    ) -> Answer:
        model = self.model
        specific = specificity(demand, model.language)
        best = float(total.max(initial=0.0))
        verdict: Verdict = "match"
        if specific < model.specific:
            verdict = "too vague"
        elif best < model.credible:
            verdict = "no match"
        if verdict != "match" and credible_only:
            return Answer(demand.id, verdict, (), specific, best)
        order = np.argsort(-total, kind="stable")[: top + 1]
        least = total[order[min(top, len(order)) - 1]] if len(order) else 0.0
        tied = np.flatnonzero(total >= least)
        ids = {int(i): snapshot.id(int(positions[i])) for i in tied}
        order = np.array(sorted(ids, key=lambda i: (-total[i], ids[i]))[:top], np.int64)
        if credible_only:
            order = order[total[order] >= model.credible]
        matches = [
            Match(demand.id, ids[int(i)], rank + 1, float(total[i]), model.level(float(total[i])))
            for rank, i in enumerate(order)
        ]
        chosen = explained(matches) if callable(explained) else [match.offer for match in matches if explained]
        told = [rank for rank, match in enumerate(matches) if match.offer in chosen]
        reasons = explain(demand, query, snapshot, positions[order[told]], matrix[order[told]], model) if told else []
        for rank, why in zip(told, reasons, strict=True):
            matches[rank] = replace(matches[rank], reasons=why)
        return Answer(demand.id, verdict, tuple(matches), specific, best)
