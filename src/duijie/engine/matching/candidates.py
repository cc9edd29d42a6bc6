"""Which demands are worth comparing: each one's nearest by words (BM25) and, with directions, by direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.kernel import SIGN
from duijie.engine.matching.pool import Pool
from duijie.engine.matching.search import Query, search
from duijie.engine.matching.segment import Params, Rows, Segment, count_rows
from duijie.engine.matching.snapshot import Part, Snapshot
from duijie.engine.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.types import Document

_NEAR_K = 5
_NEAR_FROM = 0.7  # cosine from which a demand's nearest by direction are compared word by word
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs to compare, int64 ``(p,)`` places in ``pool``; ``places`` by id; ``copies``: what repeats a place."""

    pool: Pool
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    places: dict[str, int]
    copies: dict[int, tuple[str, ...]]

    @staticmethod
    def of(
        documents: Sequence[Document],
        against: Sequence[Document] | Snapshot,
        directions: Mapping[str, NDArray[np.float32]] | None,
        k: int,
    ) -> Candidates:
        """Look up the candidates."""
        check_ids(documents)
        mine = {d.id for d in documents}
        other = against if isinstance(against, Snapshot) else Snapshot.of(())
        rest = [] if isinstance(against, Snapshot) else [d for d in against if d.id not in mine]
        check_ids(rest)
        own, rest, copies = _without_copies(documents, rest)
        rows = count_rows([*own, *rest]).ordered()
        here = _snapshot([*own, *rest], rows)
        queries = [_query(rows, i) for i in range(len(own))]
        found = [(i, int(j)) for i, hits in enumerate(search(here, queries, k + 1)) for j in hits.positions]
        masks = [part.alive.copy() for part in other.parts]
        for base, mask in zip(other.bases, masks, strict=False):
            mask[[p - base for p in other.positions(sorted(mine)) if base <= p < base + len(mask)]] = False
        there = [hits.positions.tolist() for hits in search(other, queries, k, masks=masks)]
        guests = sorted({p for positions in there for p in positions}, key=other.id)
        place = {p: len(own) + len(rest) + i for i, p in enumerate(guests)}
        found += [(i, place[p]) for i, positions in enumerate(there) for p in positions]
        everyone = [*own, *rest, *map(other.document, guests)]
        pool = Pool(
            everyone, _joined(rows, count_rows(everyone[len(own) + len(rest) :]).ordered()), (here, other), directions
        )
        found += _near(pool, len(own))
        pairs = np.array(sorted({(min(p), max(p)) for p in found if p[0] != p[1]}), np.int64).reshape(-1, 2)
        places = {d.id: i for i, d in enumerate(everyone)}
        places |= {name: i for i, names in copies.items() for name in names}
        return Candidates(pool, pairs[:, 0], pairs[:, 1], places, copies)


def check_ids(documents: Sequence[Document]) -> None:
    """Raise ``ValueError`` where two demands have one id."""
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            raise ValueError(f"two demands have the id {document.id}; give each its own")
        seen.add(document.id)


def _without_copies(
    documents: Sequence[Document], rest: Sequence[Document]
) -> tuple[list[Document], list[Document], dict[int, tuple[str, ...]]]:
    """Return both by ids, without those that repeat one of ``documents`` word by word; and those, by its place.

    Whitespace, case, width and script make no difference.
    """
    own: list[Document] = []
    kept: list[Document] = []
    place: dict[tuple[str, ...], int] = {}
    copies: dict[int, list[str]] = {}
    for source, target in ((documents, own), (rest, kept)):
        for document in sorted(source, key=lambda d: d.id):
            words = tuple("".join(fold(t).split()) for t in (document.title, *document.keywords, document.text))
            if words in place:
                copies.setdefault(place[words], []).append(document.id)
                continue
            if target is own:
                place[words] = len(own)
            target.append(document)
    return own, kept, {i: tuple(names) for i, names in copies.items()}


def _snapshot(documents: Sequence[Document], rows: Rows) -> Snapshot:
    if not len(rows.keys):
        return Snapshot.of(())
    return Snapshot.of([Part.whole("demands", Segment.from_rows(rows, documents, Params()))])


def _query(rows: Rows, i: int) -> Query:
    lo, hi = rows.ptr[i : i + 2]
    keys, counts = rows.keys[lo:hi], rows.counts[lo:hi]
    weights = Params().head_weight * (counts >> 8).astype(np.float64) + (counts & 255)
    terms = keys < np.uint64(SIGN)
    return Query((), keys[terms], weights[terms])


def _joined(a: Rows, b: Rows) -> Rows:
    ptr = np.concatenate([a.ptr, a.ptr[-1] + b.ptr[1:]])
    return Rows(ptr, np.concatenate([a.keys, b.keys]), np.concatenate([a.counts, b.counts]))


def _near(pool: Pool, own: int) -> list[tuple[int, int]]:
    """Return each of the first ``own`` demands with its nearest by direction. Cost: ``own × n × d``."""
    found: list[tuple[int, int]] = []
    if not pool.directed.any():
        return found
    for start in range(0, own, _AT_ONCE):
        cosines = pool.vectors[start : min(own, start + _AT_ONCE)] @ pool.vectors.T
        nearest = np.argsort(-cosines, axis=1, kind="stable")[:, : _NEAR_K + 1]
        for i, row in enumerate(nearest.tolist()):
            found += [(start + i, j) for j in row if cosines[i, j] >= _NEAR_FROM]
    return found
