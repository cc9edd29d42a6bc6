"""How alike two names of organisations are: pure functions, no database."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MARKS = re.compile(r"[\s()（）\[\]【】“”\"'·・．.,，、。:：;；\-—–_/&]+")
_LEGAL = re.compile(
    r"(股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|集团公司|总公司|公司|集团|co\.?ltd|inc|llc)$"
)
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏"
    "|陕西|甘肃|青海|宁夏|新疆|内蒙古"
)
_PLACE = re.compile(
    rf"^((?:{_PROVINCES})(?:[省市]|自治区)?|[^\W\d_]{{2,7}}?(?:自治区|省|自治州|盟|市|自治县|自治旗|县|旗))"
)
_LEVEL = re.compile(r"(自治区|自治州|自治县|自治旗|省|盟|市|县|旗)$")
_NUMBERED = re.compile(r"[0-9一二三四五六七八九十甲乙丙丁东南西北]+|分公司|分院|附属")
_FILLING = re.compile("科技|技术|实业|发展|控股|股份|集团")
_LEAST_TO_KEEP = 2
_LEAST_TO_HEAR = 3
_MOST_MISHEARD = 2
NEAR = 88
"""The likeness, of 100, from which two names are worth comparing: one character of eight may be missing."""


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart: the place it begins with, what distinguishes it, what numbers it, and its legal form."""

    place: str
    core: str
    marks: tuple[str, ...]
    company: bool


@lru_cache(maxsize=200_000)
def name_parts(name: str) -> NameParts:
    """Take a name apart: 包头市华美稀土有限责任公司 → 包头 · 华美稀土."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", name)).lower()
    core = plain
    while (shorter := _LEGAL.sub("", core)) != core and len(shorter) >= _LEAST_TO_KEEP:
        core = shorter
    company, places = core != plain, []
    while (found := _PLACE.match(core)) and len(core) - found.end() >= _LEAST_TO_KEEP:
        places.append(_LEVEL.sub("", found[0]))
        core = core[found.end() :]
    return NameParts("".join(places), core, tuple(_NUMBERED.findall(core)), company)


def likeness(name: str, other: str) -> float:
    """Return how alike two names are, of 100: 100 says the same but for place, legal form and marks; 0 says different.

    Names of different places are not alike, nor is 第一中学 like 第二中学. A wrong character counts as one where it sounds the
    same, or where both are companies of the same trade name: among schools one character is a different school.
    """
    one, two = name_parts(name), name_parts(other)
    if one.marks != two.marks or not _agree(one.place, two.place):
        return 0.0
    if one.core == two.core:
        return 100.0 if one.place == two.place else 96.0
    if _sounds_alike(one.core, two.core):
        return 94.0
    if not (one.company and two.company) or one.core[:2] != two.core[:2]:
        return 0.0
    if _FILLING.sub("", one.core) == _FILLING.sub("", two.core):
        return 92.0
    return _ratio(one.core, two.core)


def _ratio(core: str, other: str) -> float:
    from rapidfuzz import fuzz  # noqa: PLC0415  only where names are compared

    return fuzz.ratio(core, other, score_cutoff=NEAR)


def _sounds_alike(core: str, other: str) -> bool:
    """Compare the sound of names that differ in one or two characters: 稀土 and 希土."""
    if len(core) != len(other) or len(core) < _LEAST_TO_HEAR:
        return False
    differing = [(a, b) for a, b in zip(core, other, strict=True) if a != b]
    return len(differing) <= _MOST_MISHEARD and all(_sound(a) == _sound(b) for a, b in differing)


@lru_cache(maxsize=20_000)
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  only where names are compared

    return "".join(lazy_pinyin(character))


def _agree(place: str, other: str) -> bool:
    return place in other or other in place


def rare_keys(cores: list[str], each: int = 3) -> list[tuple[str, ...]]:
    """Return, for each core, its rarest pairs of characters: names that share none of them are not worth comparing."""
    from collections import Counter  # noqa: PLC0415

    pairs = [sorted({core[at : at + 2] for at in range(max(1, len(core) - 1))}) for core in cores]
    common = Counter(pair for found in pairs for pair in found)
    return [tuple(sorted(found, key=lambda pair: (common[pair], pair))[:each]) for found in pairs]
