"""Pinyin of names, as people type it who have no Chinese keyboard at hand: 内蒙古大学 is nmgdx, nmg, dx, neimenggu."""

from __future__ import annotations

import re
from functools import lru_cache

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_WORDS = 6  # of a name that one abbreviation spans


@lru_cache(maxsize=65_536)
def _word(word: str) -> tuple[str, str]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER)), "".join(lazy_pinyin(word))


def initials(name: str) -> list[str]:
    """Return the abbreviations under which ``name`` is found: of each run of words the first letters, of each word all.

    >>> sorted(initials("内蒙古大学"))
    ['daxue', 'dx', 'menggu', 'mg', 'neimeng', 'neimenggu', 'neimenggudaxue', 'nm', 'nmg', 'nmgdx']
    """
    import rjieba  # noqa: PLC0415

    found: dict[str, None] = {}
    for run in _CHINESE.findall(name):
        spelled = [_word(word) for word in rjieba.cut(run)]
        for start in range(len(spelled)):
            letters = ""
            for first, _whole in spelled[start : start + _WORDS]:
                letters += first
                found[letters] = None
        for word in rjieba.cut_for_search(run):
            found |= dict.fromkeys(_word(word))
    return [name for name in found if len(name) > 1]
