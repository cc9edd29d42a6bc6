"""What a page is made of: demands with their answers, and the words for what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING

from duijie.desk.page.markup import Markup, tag
from duijie.desk.sentences import level_word
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duijie.engine.matching.model import Model
    from duijie.engine.matching.rank import Answer
    from duijie.engine.matching.types import Document, Team

SHOWN_MATCHES = 10
"""Matches a demand shows, best first."""

SHOWN_DEMANDS = 1000
"""Demands a page shows; a browser opens no more with pleasure."""

SHOWN_TEXT = 450_000
"""Characters of texts side by side a page shows, if that leaves each demand one comparison; about 1.5 MB."""

OUTCOMES = ("4", "3", "2", "1", "none", "vague")
"""What a demand can come to: the level of its best match, or no answer."""

PARTS = ("words", "title", "meaning", "facts")
"""What a score is made of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One demand on the page, at its ``place`` from 1."""

    place: int
    demand: Document
    answer: Answer
    advice: Sequence[str]

    @property
    def answered(self) -> bool:
        """Whether there is an offer to propose."""
        return self.answer.verdict == "match" and bool(self.answer.matches)

    @property
    def outcome(self) -> str:
        """The level of the best match, or what was found instead of one."""
        if self.answered:
            return str(self.answer.matches[0].level)
        return "vague" if self.answer.verdict == "too vague" else "none"


@dataclass(frozen=True, slots=True)
class Run:
    """What all parts of a page look things up in."""

    offers: Mapping[str, Document]
    teams: Mapping[str, Team]
    model: Model
    compared: int
    best: float = 0.0

    @property
    def full(self) -> int:
        """The points at which a bar is full: enough for the best score, so that bars can be told apart."""
        return min(100, max(40, 10 * ceil(10 * self.best)))


def comparisons(entries: Sequence[Entry], offers: Mapping[str, Document]) -> int:
    """Return how many matches of each demand can stand beside its text within :data:`SHOWN_TEXT`, at least one."""
    lengths = [0] * SHOWN_MATCHES
    for entry in entries:
        for place, match in enumerate(entry.answer.matches[:SHOWN_MATCHES]):
            offer = offers.get(match.offer)
            lengths[place] += len(entry.demand.text) + len(offer.text) if offer else 0
    return max(1, sum(total <= SHOWN_TEXT for total in accumulate(lengths)))


def outcome_words(outcome: str) -> str:
    """Return one of the :data:`OUTCOMES` in words."""
    if outcome == "vague":
        return say("太笼统", "too vague")
    return say("没有合适的", "no match") if outcome == "none" else level_word(int(outcome))


def sign(outcome: str) -> Markup:
    """Draw one of the :data:`OUTCOMES` by its shape, so that colour is not the only sign; words stand beside it."""
    name = {"none": "l0", "vague": "lv"}.get(outcome, f"l{outcome}")
    return Markup(f'<svg class="sign" aria-hidden="true"><use href="#{name}"/></svg>')


def part_words(part: str) -> str:
    """Return one of the :data:`PARTS`, or ``less``, what is taken off, in words."""
    return {
        "words": say("用词", "Wording"),
        "title": say("题名", "Title"),
        "meaning": say("语义", "Meaning"),
        "facts": say("事实", "Facts"),
        "less": say("扣分", "Less"),
    }[part]


def swatch(name: str) -> Markup:
    """Draw the colour that a legend explains."""
    return tag("i", class_=name)


def points_of(score: float) -> int:
    """Return a score of about 0–1 as 0–100."""
    return round(100 * min(1.0, max(0.0, score)))
