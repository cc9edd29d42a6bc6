"""From what people write to a row: codes, names, other names, English; full-width and traditional writing as well."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duijie.site.registry.models import Dated

T = TypeVar("T", bound="Dated")
_BETWEEN = re.compile(r"[\s,，、;；/\\|>＞\-—_·.。:：()（）'’\"“”]+")
_ACCENT = re.compile("[\u0300-\u036f]")
NEAR = 50
"""The likeness, of 100, from which a name is worth suggesting: one character of two."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a text names: ``found``, or else the rows it may mean (``ambiguous``) or comes near to."""

    text: str
    found: T | None = None
    near: tuple[T, ...] = ()
    ambiguous: bool = False

    @property
    def sentence(self) -> str:
        """Say why nothing was found and what to write instead; nothing where something was found."""
        if self.found is not None:
            return ""
        if not self.text.strip():
            return _("没有填写，请补充。")
        names = ("; " if (get_language() or "").startswith("en") else "、").join(map(title, self.near[:5]))
        if self.ambiguous:
            words = _("“%(text)s”有 %(count)s 个：%(names)s。请写明是哪一个。")
            return words % {"text": self.text, "count": len(self.near), "names": names}
        if self.near:
            return _("没有“%(text)s”。最接近的是：%(names)s。") % {"text": self.text, "names": names}
        return _("没有“%(text)s”，请核对后重新填写。") % {"text": self.text}


def title(row: Dated) -> str:
    """Return what a row is called where it stands alone: a region with what is above it, others with their code."""
    full: str | None = getattr(row, "full_name", None)
    return full or f"{row.label} ({row.pk})"


def fold(text: str) -> str:
    """Return ``text`` in half-width, lower case, without accents, spaces and marks between words.

    >>> fold(" 内蒙古自治区／呼和浩特市 "), fold("Garzê Prefecture")
    ('内蒙古自治区呼和浩特市', 'garzeprefecture')
    """
    if text.isalnum() and not text.isascii() and text.isalpha() and max(text) < "\ufa00" and min(text) > "\u3400":
        return text
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    return _BETWEEN.sub("", unicodedata.normalize("NFC", plain).lower())


@cache
def _characters() -> dict[int, str]:
    """Return each traditional character and how the simplified script writes it."""
    import opencc  # noqa: PLC0415  80 ms, and most texts never need it

    every = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = opencc.OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {ord(a): b for a, b in zip(every, simple, strict=True) if a != b}


def simplify(text: str) -> str:
    """Return a text in the simplified script.

    >>> simplify("內蒙古賽罕區")
    '内蒙古赛罕区'
    """
    return text if text.isascii() else text.translate(_characters())


def nearest(text: str, names: Sequence[str], *, limit: int = 8, least: int = NEAR) -> list[str]:
    """Return the names most like ``text``, the likest first."""
    found = process.extract(text, names, scorer=fuzz.ratio, limit=limit, score_cutoff=least)
    return [name for name, _score, _place in found]


@cache
def initials(name: str) -> str:
    """Return the first letters of a Chinese name's pinyin: 稀土 → xt."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  100 ms, and only searching by letters needs it

    return fold("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))


class Lexicon(Generic[T]):
    """The rows of one classification, by everything they may be called."""

    def __init__(self, rows: Iterable[T]) -> None:
        self.rows = list(rows)
        self.names: dict[str, list[T]] = {}
        for row in self.rows:
            for name in {fold(name) for name in names_of(row)} - {""}:
                self.names.setdefault(name, []).append(row)
        self.words = [name for name in self.names if not name.isascii()]

    def find(self, text: str, *, limit: int = 5) -> Answer[T]:
        """Return the row that ``text`` names."""
        wanted = fold(text)
        for form in (wanted, simplify(wanted)):
            rows = self.names.get(form) or self._by_code_and_name(form)
            if rows:
                return _answer(text, _deepest(rows))
        near = [row for name in nearest(simplify(wanted), self.words) for row in self.names[name]] if wanted else []
        return Answer(text, near=tuple(dict.fromkeys(near))[:limit])

    def search(self, text: str, *, limit: int = 20) -> list[T]:
        """Return the rows whose name, code or pinyin initials begin with or hold ``text``, best first."""
        wanted = simplify(fold(text))
        if not wanted:
            return self.rows[:limit]
        best: dict[T, int] = {}
        for name, rows in self.names.items():
            if name.startswith(wanted) or (wanted in name and (len(wanted) > 3 or not wanted.isascii())):
                place = 0 if name == wanted else 1 if name.startswith(wanted) else 3
                for row in rows:
                    best[row] = min(best.get(row, 9), place)
        if wanted.isascii() and wanted.isalpha():
            for row, letters in self._initials:
                if letters.startswith(wanted):
                    best[row] = min(best.get(row, 9), 2)
        return sorted(best, key=lambda row: (best[row], row.order))[:limit]

    @cached_property
    def _initials(self) -> list[tuple[T, str]]:
        return [(row, initials(row.name)) for row in self.rows]

    def _by_code_and_name(self, text: str) -> list[T]:
        """Read “C3985 电子专用材料制造”: the code counts if the name is one of its own."""
        found = re.match(r"[a-z]*\d*", text)
        code = found.group() if found else ""
        rows = self.names.get(code, []) if code and code != text else []
        return [row for row in rows if row in self.names.get(text[len(code) :], [])]


def names_of(row: Any) -> list[str]:
    """Return everything a row may be called: code, name, English name, aliases; an industry also without its letter."""
    code: str = row.pk
    bare = [code[1:]] if code[0].isalpha() and code[1:].isdigit() else []
    return [code, *bare, row.name, row.english, *getattr(row, "aliases", [])]


def _deepest(rows: list[T]) -> list[T]:
    """Of rows of one name on one line of the tree, keep the lowest: 房地产业 is K70, not K."""
    codes = [str(row.pk) for row in rows]
    return [row for row in rows if not any(code != row.pk and code.startswith(row.pk) for code in codes)]


def _answer(text: str, rows: list[T]) -> Answer[T]:
    return Answer(text, rows[0]) if len(rows) == 1 else Answer(text, near=tuple(rows), ambiguous=True)
