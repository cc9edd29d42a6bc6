"""The ranking model: what counts how much, as a small file people can read.

A score is the sum of a few features, each between −1 and 1 and each better when larger, times their weights, which are
never negative: a model can be read aloud. Cuts turn scores into the four levels people judge by.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from math import log1p
from typing import TYPE_CHECKING, cast

from duijie.engine.matching.segment import head
from duijie.engine.matching.text import signs, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duijie.engine.matching.types import Document, Level

FEATURES = ("words", "title", "meaning", "foreign", "field", "industry", "region", "maturity", "budget")
"""In the order of the columns of a feature matrix; each is explained in :mod:`duijie.engine.matching.features`."""

_SIGN = "·"  # before a sign's name, to tell the character 稀 from a term
_RARE = 3  # demands a term must stand in to be listed; below, it is simply rare


@dataclass(frozen=True, slots=True)
class Language:
    """How demands speak: in how many of ``documents`` demands each common term and sign stands.

    What every demand says (公司, 合作, 目标) tells nothing about what this one needs.
    """

    documents: int
    frequency: Mapping[str, int]

    @staticmethod
    def of(demands: Iterable[Document]) -> Language:
        """Return the language of some demands; 20 suffice, 70 are better."""
        counts: Counter[str] = Counter()
        documents = 0
        for demand in demands:
            documents += 1
            text = f"{head(demand)}\n{demand.text}"
            counts.update({*terms(text), *(_SIGN + sign for sign in signs(text))})
        return Language(documents, {name: n for name, n in sorted(counts.items()) if n >= _RARE})

    def rarity(self, term: str) -> float:
        """Return ``ln(1 + (N − n + ½) / (n + ½))`` for a term in ``n`` of ``N`` demands; 1 where there are none."""
        return self._rarity(self.frequency.get(term, 0))

    def sign_rarity(self, sign: str) -> float:
        """Return the rarity of a sign."""
        return self._rarity(self.frequency.get(_SIGN + sign, 0))

    def _rarity(self, n: int) -> float:
        if not self.documents:
            return 1.0
        n = min(max(n, 1), self.documents)
        return log1p((self.documents - n + 0.5) / (n + 0.5))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the :data:`FEATURES`, cuts between levels, and how demands speak.

    ``cuts``: the least scores of levels 2, 3 and 4. ``credible``: the least score an offer must have to be shown as an
    answer at all. ``specific``: the least specificity of a demand that can be answered (see
    :func:`duijie.engine.matching.features.specificity`).
    """

    name: str
    weights: Mapping[str, float]
    cuts: tuple[float, float, float]
    credible: float
    specific: float
    language: Language
    learned_from: Mapping[str, float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = set(self.weights) - set(FEATURES)
        if unknown:
            raise ValueError(f"unknown features: {', '.join(sorted(unknown))}")
        if any(w < 0 for w in self.weights.values()):
            raise ValueError("weights must not be negative")
        if list(self.cuts) != sorted(self.cuts):
            raise ValueError("cuts must ascend")

    def vector(self) -> Sequence[float]:
        """Return the weights in the order of :data:`FEATURES`."""
        return [self.weights.get(name, 0.0) for name in FEATURES]

    def level(self, score: float) -> Level:
        """Return the level people would give a match of this score."""
        return cast("Level", 1 + sum(score >= cut for cut in self.cuts))

    def to_json(self) -> str:
        """Return the model as text; :meth:`from_json` reads it back to the same numbers."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> Model:
        """Read a model. Raises ``ValueError`` where it is none."""
        try:
            told = json.loads(text)
            told["language"] = Language(**told["language"])
            told["cuts"] = tuple(told["cuts"])
            return Model(**told)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a ranking model: {error}") from error


@cache
def default_model() -> Model:
    """Return the model that comes with the package; ``docs/matching.md`` says what it was learned from."""
    return Model.from_json((files("duijie.engine.matching") / "model.json").read_text("utf-8"))
