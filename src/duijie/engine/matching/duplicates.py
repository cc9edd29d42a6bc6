"""Demands that were probably handed in twice, with the evidence, for a person to decide.

Candidates are each demand's nearest by words (BM25) and, where directions are given, by direction; every candidate is
then compared word by word (:mod:`duijie.engine.matching.likeness`). Nothing depends on the order of the input.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from duijie.engine.matching.index import Index, Part, Snapshot
from duijie.engine.matching.kernel import SIGN
from duijie.engine.matching.likeness import LIKELY, SAME, Duplicate, Parts, Pool, Reservation, Verdict
from duijie.engine.matching.phrases import Numbers
from duijie.engine.matching.search import Query, search
from duijie.engine.matching.segment import Params, Rows, Segment, count_rows
from duijie.engine.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.dense import Encoder
    from duijie.engine.matching.types import Document

__all__ = [
    "LIKELY",
    "SAME",
    "Duplicate",
    "Group",
    "Numbers",
    "Parts",
    "Reservation",
    "Verdict",
    "encode_directions",
    "find_duplicates",
    "find_groups",
    "group_pairs",
]

_NEAR_K = 5
_NEAR_FROM = 0.7  # cosine from which a demand's nearest by direction are compared word by word
_LOOKS = 8  # members of each of two groups that are compared before the groups become one
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Group:
    """Demands that are likely one: ids ascending, their pairs best first, and the mean score of those pairs."""

    members: tuple[str, ...]
    pairs: tuple[Duplicate, ...]
    score: float


def encode_directions(documents: Sequence[Document], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """Return the direction of each demand by its id, of its folded words: encoders know simplified characters best.

    About 50 demands a second and core with the bundled encoder. Empty without an encoder.
    """
    from dataclasses import replace  # noqa: PLC0415

    folded = [replace(d, title=fold(d.title), text=fold(d.text)) for d in documents]
    vectors = encoder.encode_demands(folded)
    return {} if vectors is None else {d.id: v for d, v in zip(documents, vectors, strict=True)}
