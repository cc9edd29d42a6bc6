"""The ground a score stands on, small enough to be kept with it, and scoring from it again.

A score depends on the two texts, the model, and of the corpus only on its size, its mean lengths and in how many documents
each of the demand's terms stands. With these numbers and the demand's direction a match is computed again to the last bit
long after the index has changed: the offers are put into a segment in memory, with the numbers in place of its own.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching.dense import NoEncoder, SentenceEncoder
from duijie.engine.matching.features import scores
from duijie.engine.matching.index import Index
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.reasons import explain
from duijie.engine.matching.segment import Params, Segment, count_rows
from duijie.engine.matching.snapshot import Part, Snapshot, term_statistics
from duijie.engine.matching.types import Match
from duijie.engine.matching.vectors import quantise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.dense import BundledEncoder, Encoder, FolderEncoder
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document


class OneByOne(SentenceEncoder):
    """An encoder that reads one text at a time.

    Texts read together come out different in the seventh digit from the same texts read alone, and that may turn a code of
    :func:`duijie.engine.matching.vectors.quantise`. Costs twice the time for short texts.
    """

    def __init__(self, encoder: BundledEncoder | FolderEncoder) -> None:
        self.encoder = encoder
        self.dimensions = encoder.dimensions
        self.save = encoder.save
        self.describe = encoder.describe

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, each as if its text were the only one."""
        found = [self.encoder.encode_texts([text]) for text in texts]
        return np.concatenate([np.zeros((0, self.dimensions), np.float32), *found])


class Demands:
    """An encoder for an index of demands: it stores the directions in which they look for offers."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.dimensions = encoder.dimensions
        self.encode_offers = encoder.encode_demands
        self.encode_demands = encoder.encode_demands
        self.save = encoder.save
        self.describe = encoder.describe


class Directed(NoEncoder):
    """The directions of some demands, known beforehand, by their ids; of every other demand ``encoder``'s."""

    def __init__(self, directions: Mapping[str, NDArray[np.float32]], encoder: Encoder | None = None) -> None:
        self.directions = directions
        self.encoder = encoder or NoEncoder()
        self.dimensions = self.encoder.dimensions

    def encode_demands(self, documents: Sequence[Document]) -> NDArray[np.float32] | None:  # type: ignore[override]
        """Return their directions."""
        unknown = [d for d in documents if d.id not in self.directions]
        made = self.encoder.encode_demands(unknown) if unknown else np.zeros((0, self.dimensions), np.float32)
        if made is None:
            return None
        known = {d.id: made[i] for i, d in enumerate(unknown)} | dict(self.directions)
        return np.array([known[d.id] for d in documents], np.float32)


@dataclass(frozen=True, slots=True)
class Ground:
    """What of the corpus the scores of one demand depend on.

    ``frequencies``: in how many documents each of the demand's terms and signs stands, in the order of their keys;
    ``direction``: the demand's, as :func:`duijie.engine.matching.vectors.quantise` writes it, empty without a dense leg.
    """

    documents: int
    mean_length: float
    mean_sign_length: float
    frequencies: tuple[int, ...]
    direction: bytes = b""

    @staticmethod
    def of(
        snapshot: Snapshot, demands: Sequence[Document], directions: NDArray[np.float32] | None = None
    ) -> list[Ground]:
        """Return the ground of each demand's scores in a snapshot; ``directions`` float32 ``(len(demands), d)``."""
        rows = count_rows(demands).ordered()
        distinct, place = np.unique(rows.keys, return_inverse=True)
        frequency = term_statistics(snapshot, distinct)[0][place].tolist()
        codes = [b""] * len(demands) if directions is None else [row.tobytes() for row in quantise(directions)[0]]
        return [
            Ground(
                snapshot.documents,
                snapshot.mean_length,
                snapshot.mean_sign_length,
                tuple(frequency[rows.ptr[i] : rows.ptr[i + 1]]),
                codes[i],
            )
            for i in range(len(demands))
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the ground as plain JSON; :meth:`from_json` reads it back to the same numbers."""
        return {
            "documents": self.documents,
            "mean_length": self.mean_length,
            "mean_sign_length": self.mean_sign_length,
            "frequencies": list(self.frequencies),
            "direction": b64encode(self.direction).decode(),
        }

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> Ground:
        """Read a ground. Raises ``ValueError`` where it is none."""
        try:
            return Ground(
                int(told["documents"]),
                float(told["mean_length"]),
                float(told["mean_sign_length"]),
                tuple(map(int, told["frequencies"])),
                b64decode(told["direction"], validate=True),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a ground: {error}") from error


def replay(
    demand: Document, offers: Sequence[Document], ground: Ground, model: Model, encoder: Encoder | None = None
) -> list[Match]:
    """Return the matches of a demand with some offers (ids distinct, in their order) as they were computed on ``ground``.

    Equal to the last bit to what :class:`duijie.engine.matching.rank.Matcher` answered from an index of these statistics,
    with the same ``encoder`` reading one text at a time. ``rank`` is the place among ``offers``. Raises ``ValueError``
    where the ground is another demand's.
    """
    if not offers:
        return []
    index = Index()
    index.snapshot = _snapshot(demand, offers, ground, encoder or NoEncoder())
    index.encoder = Directed({demand.id: direction_of(ground.direction)} if ground.direction else {})
    found = Matcher(index, model).features_of([demand], [np.arange(1, len(offers) + 1)])
    total = scores(found.matrix, model)
    reasons = explain(demand, found.queries[0], index.snapshot, found.positions, found.matrix, model)
    order = sorted(range(len(offers)), key=lambda i: (-total[i], offers[i].id))
    return sorted(
        (
            Match(demand.id, offers[i].id, rank, float(total[i]), model.level(float(total[i])), reasons[i])
            for rank, i in enumerate(order, 1)
        ),
        key=lambda match: match.rank,
    )


def direction_of(codes: bytes) -> NDArray[np.float32]:
    """Return the direction that is written so; written again it is the same."""
    vector = np.frombuffer(codes, np.int8).astype(np.float32)
    length = np.float32(np.sqrt(np.dot(vector, vector)))
    return np.asarray(vector / length if length else vector, np.float32)


def _snapshot(demand: Document, offers: Sequence[Document], ground: Ground, encoder: Encoder) -> Snapshot:
    """Return the offers as a snapshot with the ground's statistics.

    The demand's own text stands before them as a removed document, so that each of its terms has a place.
    """
    rows = count_rows([demand, *offers])
    own = np.sort(rows.keys[: rows.ptr[1]])
    if len(own) != len(ground.frequencies):
        raise ValueError("the ground is that of another text")
    vectors = encoder.encode_offers(offers)
    if vectors is not None:
        vectors = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    documents = [replace(demand, id=f"\0{demand.id}"), *offers]
    segment = Segment.from_rows(rows, documents, Params(), vectors)
    frequency = segment.arrays["frequency"].copy()
    frequency[np.searchsorted(segment.arrays["keys"], own)] = ground.frequencies
    part = replace(Part.whole("ground", segment), frequency=frequency)
    return replace(
        Snapshot.of([part]),
        documents=ground.documents,
        mean_length=ground.mean_length,
        mean_sign_length=ground.mean_sign_length,
    )
