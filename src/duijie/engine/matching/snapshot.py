"""What a reader sees: segments, what is alive in each, and the statistics of all of them together.

Document frequencies and mean length are global and count living documents only, so a score never depends on how the
documents are split into segments, nor on whether a merge has run. A snapshot never changes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.memory import ID_BYTES, table_row
from duijie.engine.matching.segment import FACETS, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.types import Document

_MASKS_KEPT = 16  # filters a snapshot remembers: a byte a document each


@dataclass(frozen=True, slots=True)
class Part:
    """A segment and what of it is alive: ``alive`` bool ``(n,)``, ``frequency`` int32 ``(v,)`` of the living."""

    name: str
    segment: Segment
    alive: NDArray[np.bool_]
    frequency: NDArray[np.int32]
    documents: int
    length: int
    sign_length: int

    @staticmethod
    def whole(name: str, segment: Segment) -> Part:
        """Return a part of which everything is alive."""
        a = segment.arrays
        alive = np.ones(segment.documents, np.bool_)
        length = int(a["lengths"].sum(dtype=np.int64))
        sign_length = int(a["sign_lengths"].sum(dtype=np.int64))
        return Part(name, segment, alive, a["frequency"], segment.documents, length, sign_length)

    def kill(self, places: NDArray[np.int64]) -> Part:
        """Return the part without the living documents at ``places``."""
        dying = np.zeros(self.segment.documents, np.bool_)
        dying[places] = True
        dying &= self.alive
        if not dying.any():
            return self
        a = self.segment.arrays
        lost = np.zeros(len(a["keys"]), np.int32)
        for d in np.flatnonzero(dying):
            lost[a["terms"][a["ptr"][d] : a["ptr"][d + 1]]] += 1
        return replace(
            self,
            alive=self.alive & ~dying,
            frequency=self.frequency - lost,
            documents=self.documents - int(dying.sum()),
            length=self.length - int(a["lengths"][dying].sum(dtype=np.int64)),
            sign_length=self.sign_length - int(a["sign_lengths"][dying].sum(dtype=np.int64)),
        )

    def passing(self, wanted: Mapping[str, Collection[str]]) -> NDArray[np.bool_]:
        """Return the bitmap of living documents, each of whose ``wanted`` facets has one of the values given."""
        mask = self.alive
        for name, values in wanted.items():
            allowed = np.array([value in values for value in self.segment.facets[name]], np.bool_)
            mask = mask & allowed[self.segment.arrays[f"facet_{name}"]]
        return mask


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The parts, and the statistics of their living documents.

    ``table`` int64 ``(p, …)`` says where each part's arrays stand (see :mod:`duijie.engine.matching.memory`),
    ``log_lengths`` float64 ``(p,)`` is the logarithm of the mean length its impacts were computed with.
    """

    parts: tuple[Part, ...]
    documents: int
    mean_length: float
    mean_sign_length: float
    bases: tuple[int, ...]
    table: NDArray[np.int64]
    log_lengths: NDArray[np.float64]
    _masks: dict[tuple[tuple[str, frozenset[str]], ...], list[NDArray[np.bool_]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @staticmethod
    def of(parts: Sequence[Part]) -> Snapshot:
        """Return the snapshot of some parts."""
        documents = sum(p.documents for p in parts)
        mean_length = max(1.0, sum(p.length for p in parts) / max(1, documents))
        mean_sign_length = max(1.0, sum(p.sign_length for p in parts) / max(1, documents))
        bases = (0, *itertools.accumulate(p.segment.documents for p in parts))
        rows = [table_row(base, p.segment.arrays, p.alive, p.frequency) for base, p in zip(bases, parts, strict=False)]
        table = np.array(rows, np.int64).reshape(len(parts), ID_BYTES + 1)
        log_lengths = np.log([p.segment.mean_length for p in parts])
        return Snapshot(tuple(parts), documents, mean_length, mean_sign_length, bases, table, log_lengths)

    def locate(self, position: int) -> tuple[Part, int]:
        """Return the part and the place of a position."""
        for part in self.parts:
            if position < part.segment.documents:
                return part, position
            position -= part.segment.documents
        raise IndexError(position)

    def document(self, position: int) -> Document:
        """Return the document at a position."""
        part, place = self.locate(position)
        return part.segment.document(place)

    def id(self, position: int) -> str:
        """Return the id of the document at a position."""
        part, place = self.locate(position)
        return part.segment.id(place)

    def living(self) -> Iterator[Document]:
        """Yield the living documents, in the order of their positions."""
        for part in self.parts:
            for place in np.flatnonzero(part.alive):
                yield part.segment.document(int(place))

    def positions(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the position of each living id, −1 where there is none, int64 ``(len(ids),)``."""
        out = np.full(len(ids), -1, np.int64)
        for base, part in zip(self.bases, self.parts, strict=False):
            places = part.segment.find(ids)
            here = places >= 0
            here[here] = part.alive[places[here]]
            out[here] = base + places[here]
        return out

    def mask(self, wanted: Mapping[str, Callable[[str], bool]]) -> list[NDArray[np.bool_]]:
        """Return, a part, the bitmap of living documents whose facets pass; each predicate sees each value once.

        The last few bitmaps are remembered. Raises ``ValueError`` for an unknown facet.
        """
        passing: dict[str, frozenset[str]] = {}
        for name, passes in wanted.items():
            if name not in FACETS:
                raise ValueError(f"no such filter: {name}; filters: {', '.join(FACETS)}")
            values = set().union(*(part.segment.facets[name] for part in self.parts))
            passing[name] = frozenset(value for value in values if passes(value))
        asked = tuple(sorted(passing.items(), key=lambda item: item[0]))
        masks = self._masks.get(asked)
        if masks is None:
            masks = [part.passing(passing) for part in self.parts]
            for old in list(self._masks)[: max(0, len(self._masks) + 1 - _MASKS_KEPT)]:
                self._masks.pop(old, None)
            self._masks[asked] = masks
        return masks


def term_statistics(snapshot: Snapshot, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the document frequency of each key over all parts, and its term number in each part (−1: not there)."""
    total = np.zeros(len(keys), np.int64)
    numbers = []
    for part in snapshot.parts:
        known = part.segment.arrays["keys"]
        if not len(known):  # no document of the part says anything
            numbers.append(np.full(len(keys), -1))
            continue
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        here = np.where(known[at] == keys, at, -1)
        total += np.where(here >= 0, part.frequency[np.maximum(here, 0)], 0)
        numbers.append(here)
    return total, numbers
