"""How alike two demands are: parts that a person can read, and one score made of them.

Terms weigh by their inverse document frequency; overlap is Jaccard's (1912), containment as in Broder 1997, "On the
resemblance and containment of documents". The score is a weighted mean, so it can be checked with a pencil.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from duijie.engine.matching.phrases import Numbers

SAME = 0.85
LIKELY = 0.6
"""Scores from which on two demands are the same, or likely the same; how they were found: :func:`Parts.score`."""
ENOUGH = 80.0
"""Weight of terms (nats, about a dozen) below which a text says nothing, and what two demands share proves nothing."""
WITHIN = 0.85
"""Share of the shorter text in the longer from which on it is within the other, if the two texts are not much alike."""
_ALIKE = 0.7
_FAR, _NEAR = 0.6, 0.9  # cosines of the bundled encoder: as of other demands, as of the same in other words

Verdict = Literal["same", "likely", "unlike"]
Reservation = Literal["no text", "numbers differ", "one within the other"]
"""Why two demands with a high score are only likely the same: a person should read them."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of, each from 0 to 1.

    ``title``: weighted share of the terms of either title (and keywords) that stand in both; where either has none, as
    ``text``. ``text``: the same of the texts. ``contained``: share of the shorter text that stands in the longer. Where
    either text says nothing (below :data:`ENOUGH`), both are of title and text together. ``run``: the share of the
    shorter's letters in at most three longest phrases both have. ``said``: whether what both share is enough to prove
    anything. ``numbers``: the share of the shorter list of numbers with a unit that the other gives too. ``cosine``: of
    the directions. These two are ``None`` where there is nothing to compare.
    """

    title: float
    text: float
    contained: float
    run: float
    said: float
    numbers: float | None = None
    cosine: float | None = None

    @property
    def score(self) -> float:
        """Return ``said × (0.25 title + 0.25 text + 0.4 contained + 0.1 run)``.

        With directions, 0.65 of that and 0.35 of the place of the cosine between 0.6 and 0.9. Numbers are not in the
        score: see :data:`Reservation`. The weights are round figures near a logistic fit, whose boundary is 0.6, on
        real demands: 3,430 pairs of different needs (nearest neighbours; the same title over another text; 30–60 % of
        the text copied) and 1,225 copies altered by program (typos, other title, words exchanged, sentences dropped or
        added, cut to a third, traditional characters). Of these same pairs, 0.3 % of the first and 99.6 % of the second
        reach 0.6; none of the first reaches 0.85. The share of the cosine and 0.85 are chosen, not fitted.
        """
        words = self.said * (0.25 * self.title + 0.25 * self.text + 0.4 * self.contained + 0.1 * self.run)
        if self.cosine is None:
            return words
        return 0.65 * words + 0.35 * min(1.0, max(0.0, (self.cosine - _FAR) / (_NEAR - _FAR)))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two demands (ids ``first < second``) with the evidence that they are one.

    ``phrases`` stand in both, longest first, spelled as in the first; ``differing`` are the numbers in which they
    disagree.
    """

    first: str
    second: str
    score: float
    verdict: Verdict
    parts: Parts
    phrases: tuple[str, ...]
    differing: tuple[Numbers, ...]
    reservations: tuple[Reservation, ...]


def reservations(parts: Parts, *, both_texts: bool, differing: tuple[Numbers, ...]) -> tuple[Reservation, ...]:
    """Return why two demands may not be called the same, however high the score."""
    grounds: tuple[tuple[bool, Reservation], ...] = (
        (not both_texts, "no text"),
        (bool(differing), "numbers differ"),
        (parts.contained >= WITHIN and parts.text < _ALIKE, "one within the other"),
    )
    return tuple(name for holds, name in grounds if holds)


def verdict(score: float, doubts: tuple[Reservation, ...]) -> Verdict:
    """Return "same" from :data:`SAME` on without doubts, "likely" from :data:`LIKELY` on, else "unlike"."""
    if score < LIKELY:
        return "unlike"
    return "likely" if score < SAME or doubts else "same"
