"""Regions by what people call them: 内蒙古呼和浩特市赛罕区, 呼市赛罕, 巴盟, 150105, “Saihan District, Hohhot”."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from duijie.site.registry.lookup import NEAR, Answer, fold, nearest, simplify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from duijie.site.registry.models import Region

FULL, ALIAS, SHORT, ENGLISH = range(4)
"""How well a name names: of two regions, the one better named is meant."""
_KEPT = 50_000
_COUNTRY = re.compile("^(中华人民共和国|中国)(?=.)")
_TYPE = re.compile(
    r" (City|District|County|Banner|League|Prefecture|New District|New Area|\S+ .*Autonomous \w+|\S+ Autonomous \w+)$"
)
EVERYWHERE = ("0", "9")
_WEAK = 60
"""How like a name must be to be suggested from elsewhere; at home less will do."""


class Gazetteer:
    """Every region, and every name it has or had. ``home`` is the code of the region this site serves."""

    def __init__(self, regions: Iterable[Region], *, home: str) -> None:
        self.regions = {region.code: region for region in regions}
        self.home = self.regions.get(home)
        self.names: dict[str, dict[str, int]] = {}
        for region in self.regions.values():
            if region.parent_id:
                region.parent = self.regions[region.parent_id]
            if region.successor_id:
                region.successor = self.regions[region.successor_id]
            for name, rank in _names(region):
                ranks = self.names.setdefault(fold(name), {})
                ranks[region.code] = min(ranks.get(region.code, rank), rank)
        self.longest = max(map(len, self.names), default=0)
        self._typed = [(region, _forms(region)) for region in self.regions.values()]
        self._by_place = sorted((code, name) for name, codes in self.names.items() for code in codes)
        self._words: dict[tuple[str, bool], list[str]] = {}
        self._answers: dict[tuple[str, str, date], Answer[Region]] = {}

    def find(self, text: str, *, day: date, within: Region | None = None) -> Answer[Region]:
        """Return the region that ``text`` names on ``day``, in ``within`` if given."""
        key = (text, within.code if within else "", day)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._find(text, within.span if within else EVERYWHERE, day)
            if len(self._answers) < _KEPT:
                self._answers[key] = answer
        return answer

    def search(self, text: str, *, day: date, within: Region | None = None, limit: int = 20) -> list[Region]:
        """Return regions to choose from while somebody types: names, codes, pinyin and its initials, best first."""
        wanted = simplify(fold(text))
        first, last = within.span if within else EVERYWHERE
        places = {
            region: place
            for region, forms in self._typed
            if first <= region.code <= last
            and (place := _place(region, forms, wanted)) is not None
            and region.is_valid(day)
        }
        if not places and wanted:
            answer = self.find(text, day=day, within=within)
            return [answer.found] if answer.found else list(answer.near[:limit])
        return sorted(places, key=lambda region: (self._is_away(region), places[region], *self._order(region)))[:limit]

    def of_address(self, text: str, *, day: date) -> Region | None:
        """Return the lowest region an address begins with: 内蒙古包头市昆区钢铁大街 → 昆都仑区."""
        for form in dict.fromkeys((fold(text), simplify(fold(text)))):
            ends = list(self._walk(form))
            if ends:
                longest = max(length for length, _code, _rank in ends)
                chosen = self._choose({code: rank for length, code, rank in ends if length == longest}, day)
                return chosen[0] if len(chosen) == 1 else None
        return None

    def _find(self, text: str, span: tuple[str, str], day: date) -> Answer[Region]:
        wanted = _COUNTRY.sub("", fold(re.sub(r"^\s*(\d+)\.0+\s*$", r"\1", text)))
        wanted = wanted.replace("市辖区", "") or wanted
        if not wanted:
            return Answer(text)
        if wanted[0].isdigit():
            return self._by_code(text, wanted, span, day)
        forms = dict.fromkeys((wanted, simplify(wanted), fold("".join(reversed(re.split("[,，]", text))))))
        for form in forms:
            ends: dict[str, int] = {}
            for length, code, rank in self._walk(form, span=span):
                if length == len(form):
                    ends[code] = min(rank, ends.get(code, rank))
            chosen = self._choose(ends, day)
            if chosen:
                return _answer(text, chosen)
        return Answer(text, near=tuple(self._near(simplify(wanted), span, day)))

    def _by_code(self, text: str, wanted: str, span: tuple[str, str], day: date) -> Answer[Region]:
        digits, rest = re.match(r"(\d+)(.*)", wanted).groups()  # type: ignore[union-attr]
        code = digits[:6].ljust(6, "0")
        known = {code: FULL} if code in self.regions else self.names.get(digits[:6], {})
        chosen = self._choose({code: rank for code, rank in known.items() if span[0] <= code <= span[1]}, day)
        if rest:
            named = self._find(rest, span, day)
            agreed = [region for region in chosen if region in (named.found, *named.near) and not _unsure(named)]
            return _answer(text, agreed) if agreed else Answer(text, near=(*chosen, *_all(named)))
        if chosen:
            return _answer(text, chosen)
        above = [self.regions[up] for up in (f"{code[:4]}00", f"{code[:2]}0000") if up in self.regions]
        return Answer(text, near=tuple(above[:1]))

    def _walk(
        self, text: str, start: int = 0, span: tuple[str, str] = EVERYWHERE, worst: int = FULL
    ) -> Iterator[tuple[int, str, int]]:
        """Read ``text`` from ``start`` as names each in the one before; yield every end: place, region, worst name."""
        for stop in range(min(len(text), start + self.longest), start + 1, -1):
            for code, rank in self.names.get(text[start:stop], {}).items():
                if not span[0] <= code <= span[1]:
                    continue
                yield stop, code, max(rank, worst)
                region = self.regions[code]
                for scope in (region, region.successor) if stop < len(text) else ():
                    if scope is not None:
                        yield from self._walk(text, stop, scope.span, max(rank, worst))

    def _choose(self, ranks: dict[str, int], day: date) -> list[Region]:
        """Return the region meant, or those that may be: what holds today before what held, the better named, the higher."""
        standing = {code: rank for code, rank in ranks.items() if self.regions[code].is_valid(day)}
        if not standing:
            later = {self._present(self.regions[code], day): rank for code, rank in ranks.items()}
            standing = {region.code: rank for region, rank in later.items() if region is not None}
        best = min(standing.values(), default=FULL)
        chosen = [self.regions[code] for code, rank in standing.items() if rank == best]
        highest = [r for r in chosen if r.parent_id is None] or [
            r for r in chosen if all(r.holds(o.code) for o in chosen)
        ]
        return highest if len(highest) == 1 else sorted(chosen, key=self._order)

    def _present(self, region: Region, day: date) -> Region | None:
        """Return what a region that no longer holds became; one that does not hold yet is itself."""
        seen = 0
        while region.valid_to is not None and region.valid_to <= day and seen < 9:
            if region.successor is None:
                return None
            region, seen = region.successor, seen + 1
        return region

    def _near(self, wanted: str, span: tuple[str, str], day: date) -> list[Region]:
        """Return what an unknown text comes near to: within as much of it as could be read, else at home first."""
        found: dict[str, None] = {}
        ends = [(length, code) for length, code, _rank in self._walk(wanted, span=span)]
        if ends:
            length = max(length for length, _code in ends)
            for region in self._choose({code: FULL for at, code in ends if at == length}, day)[:3]:
                found.update(self._like(wanted[length:], region, region.span, day))
                found[region.code] = None
        if not ends and self.home is not None:
            found.update(self._like(wanted, self.home, span, day))
        if not ends and len(found) < 3:
            found.update(self._like(wanted, None, span, day))
        return [self.regions[code] for code in found][:5]

    def _like(self, text: str, region: Region | None, span: tuple[str, str], day: date) -> dict[str, None]:
        """Return the present regions in ``span`` whose names, of those in ``region``, are most like ``text``."""
        names = nearest(text, self._names_in(region, ascii_only=text.isascii()), least=NEAR if region else _WEAK)
        found: dict[str, None] = {}
        for name in names:
            inside = {code: r for code, r in self.names[name].items() if span[0] <= code <= span[1]}
            found.update(dict.fromkeys(region.code for region in self._choose(inside, day)))
        return found

    def _names_in(self, region: Region | None, *, ascii_only: bool) -> list[str]:
        """Return the names of the regions in ``region``, everywhere without one."""
        key = (region.code if region else "", ascii_only)
        if key not in self._words:
            first, last = region.span if region else EVERYWHERE
            by_code = self._by_place[bisect_left(self._by_place, (first,)) : bisect_left(self._by_place, (f"{last}~",))]
            self._words[key] = list(dict.fromkeys(name for _code, name in by_code if name.isascii() == ascii_only))
        return self._words[key]

    def _order(self, region: Region) -> tuple[bool, int, str]:
        return self._is_away(region), _height(region), region.code

    def _is_away(self, region: Region) -> bool:
        return self.home is not None and not self.home.holds(region.code)


def _names(region: Region) -> Iterator[tuple[str, int]]:
    yield region.name, FULL
    for alias in region.aliases:
        yield alias, ALIAS
    yield region.short_name, SHORT
    if region.english:
        yield region.english, ENGLISH
        yield _TYPE.sub("", region.english), ENGLISH
        if region.kind != "county":
            yield f"{region.english} City", ENGLISH


def _height(region: Region) -> int:
    return ("province", "prefecture", "county").index(region.kind)


def _forms(region: Region) -> str:
    """Return what somebody may begin to type, a line each: the names, then pinyin and English."""
    return "\n".join(
        ("", *map(fold, (region.name, region.short_name, *region.aliases, region.pinyin, region.english)), "")
    )


def _place(region: Region, forms: str, wanted: str) -> int | None:
    """Return how well a region answers what is being typed, the smaller the better; None where it does not."""
    if not wanted:
        return None if region.parent_id else 0
    if wanted == region.initials or f"\n{wanted}\n" in forms:
        return 0
    if f"\n{wanted}" in forms or region.code.startswith(wanted):
        return 1
    if wanted.isascii():
        return 2 if region.initials.startswith(wanted) else None
    return 3 if wanted in region.name else None


def _answer(text: str, regions: list[Region]) -> Answer[Region]:
    return Answer(text, regions[0]) if len(regions) == 1 else Answer(text, near=tuple(regions), ambiguous=True)


def _all(answer: Answer[Region]) -> tuple[Region, ...]:
    return (answer.found,) if answer.found else answer.near


def _unsure(answer: Answer[Region]) -> bool:
    return answer.found is None and not answer.ambiguous
