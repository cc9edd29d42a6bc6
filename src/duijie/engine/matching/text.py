"""From a text to its terms.

Terms are the words of a search-mode segmentation plus overlapping character bigrams of each Chinese run: words carry
meaning, bigrams forgive a wrong cut (Nie, Gao, Zhang & Zhou 2000, "On the use of words and n-grams for Chinese
information retrieval"). Latin words are lower-cased and lose a plural s (Harman 1991), English function words are left
out; model numbers and numbers with their unit stay whole.
"""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching.kernel import SIGN, hash_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_WIDE_SIGN = re.compile("[０-９Ａ-Ｚａ-ｚ％µ]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xB5: 0x3BC}  # µ → μ
_NO_TEXT = re.compile("[\x00-\x08\ud800-\udfff]")
_CHINESE = r"[\u3400-\u9fff\U00020000-\U0002a6df]"
_NOT_CHINESE = (
    r"(?P<number>\d+(?:\.\d+)?\s?(?:%|‰|°c|℃|°|(?:[kmg]?w|[kmg]?wh|[kmgt]pa|[kmcnμu]?m|[km]?g|m?l|kv|hz|ppm)(?![a-z0-9])))"
    r"|(?P<latin>{L}+(?:[.+/\-]{L}+)*)"
).replace("{L}", r"[^\W_\u3400-\u9fff\U00020000-\U0002a6df]")
_GAP = re.compile(rf"(?<={_CHINESE})[ \u3000]+(?={_CHINESE})")
_CHINESE_ONLY = re.compile(f"{_CHINESE}+")
_LETTERS = re.compile(r"[^\W\d_\u3400-\u9fff\U00020000-\U0002a6df]+")
_OTHER = re.compile(_NOT_CHINESE)
# what _OTHER may match lies in one of these; found first, the dear pattern is tried on a tenth of the text
_STRETCH = re.compile(r"[^\W_\u3400-\u9fff\U00020000-\U0002a6df][^\u3400-\u9fff\U00020000-\U0002a6df]*")


@cache
def _simplified() -> dict[int, str]:
    """Return each character that the simplified script writes differently, and how it writes it."""
    import opencc  # noqa: PLC0415  80 ms, and not every process meets text

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, simplified, strict=True) if a != b}


_FUNCTION_WORDS = frozenset(
    "a about above after all also an and any are as at be been before being between both but by can could did do does"
    " down during each few find for from further had has have having how i if in into is it its just keep may more most"
    " no nor not of off on only or other our out over own same should so some such than that the their them then there"
    " these they this those through to too under until up use used using very via was we were what when where which"
    " while who why will with within without would you your".split()
)


@cache
def _traditional() -> re.Pattern[str]:
    """Match any character that shows a text to be traditional."""
    shared = set("乾於後著瞭麽徵裏馀")  # simplified characters too
    return re.compile("[" + "".join({chr(code) for code in _simplified()} - shared) + "]")


_local = threading.local()


def _to_simplified(text: str) -> str:
    converter: Any = getattr(_local, "converter", None)
    if converter is None:
        import opencc  # noqa: PLC0415

        converter = _local.converter = opencc.OpenCC("tw2sp")
    result: str = converter.convert(text)
    return result


def fold(text: str) -> str:
    """Return ``text`` with full-width forms halved, traditional characters and Taiwan words simplified, lower-cased.

    What no library downstream can take (control characters, half a surrogate pair) becomes a space.

    >>> fold("鋰電池ＢＭＳ軟體")
    '锂电池bms软件'
    """
    if _NO_TEXT.search(text):
        text = _NO_TEXT.sub(" ", text)
    if _WIDE_SIGN.search(text):
        text = text.translate(_WIDE)
    if _traditional().search(text):
        text = _to_simplified(text)
    return text.lower()


def fold_characters(text: str) -> str:
    """Fold each character by itself, so that positions in the result are positions in ``text``."""
    folded = text.translate(_WIDE)
    if _traditional().search(folded):
        folded = folded.translate(_simplified())
    lowered = folded.lower()
    if len(lowered) != len(text):  # "İ" has no lower-case form of one character
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)
    return lowered


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """Return an English word without its plural s (Harman 1991)."""
    if len(word) > 3 and word.isascii() and word.isalpha():
        if word.endswith("ies") and not word.endswith(("eies", "aies")):
            return word[:-3] + "y"
        if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
            return word[:-1]
        if word.endswith("s") and not word.endswith(("us", "ss")):
            return word[:-1]
    return word


def _latin(run: str) -> list[str]:
    if run in _FUNCTION_WORDS:
        return []
    parts = re.split(r"[.+/\-]", run)
    if len(parts) == 1:
        return [singular(run)]
    return [run, *(singular(part) for part in parts if len(part) > 1)]


def is_chinese(text: str) -> bool:
    """Return whether a text is written in Chinese, Latin names and units aside: one character to four letters suffices.

    A text without letters is Chinese.
    """
    characters = sum(map(len, _CHINESE_ONLY.findall(text)))
    letters = sum(map(len, _LETTERS.findall(text)))
    return characters * 4 >= letters


def pieces(text: str) -> tuple[str, str]:
    """Return a text folded, without spaces between Chinese characters, and its words as one string.

    Both are what :func:`duijie.engine.matching.kernel.count_terms` takes. In the second string Chinese words stand one
    a line as the segmenter gives them (the kernel leaves out what is no Chinese word), then each Latin word or number
    on a line that begins with U+0001. Together with the bigrams of the first string they are exactly :func:`terms`, at
    half the cost.
    """
    import rjieba  # noqa: PLC0415

    folded = fold(text)
    if " " in folded or "\u3000" in folded:
        folded = _GAP.sub("", folded)
    found: list[str] = rjieba.cut_for_search(folded, True) if folded else []
    for run in _OTHER.finditer(folded):
        piece = run.group()
        if run.lastgroup == "number":
            found.append("\x01" + "".join(piece.split()))
        else:
            found += ["\x01" + part for part in _latin(piece)]
    return folded, "\n".join(found)


def words(text: str) -> list[str]:
    """Return the words of a text with repeats: the terms of :func:`terms` that are no mere character pairs."""
    return _words(pieces(text)[1])


def _words(lines: str) -> list[str]:
    found: list[str] = []
    for word in lines.split("\n"):
        if word.startswith("\x01"):
            found.append(word[1:])
        elif len(word) > 1 and _CHINESE_ONLY.fullmatch(word):
            found.append(word)
    return found


def terms(text: str) -> list[str]:
    """Return the terms of a text with repeats: its Chinese words, its Latin words and numbers, its character bigrams.

    A Chinese character that stands alone between others is a term too.

    >>> terms("风机防冰 Nd-Fe-B")
    ['风机', '防冰', 'nd-fe-b', 'nd', 'fe', '风机', '机防', '防冰']
    """
    folded, lines = pieces(text)
    found = _words(lines)
    for run in _CHINESE_ONLY.finditer(folded):
        piece = run.group()
        found += map("".join, pairwise(piece)) if len(piece) > 1 else [piece]
    return found


def sign_keys(names: Sequence[str]) -> NDArray[np.uint64]:
    """Return the keys of signs: single Chinese characters and Latin words, apart from those of terms."""
    return term_keys(names) | np.uint64(SIGN)


def signs(text: str) -> list[str]:
    """Return the signs of a text with repeats: its Chinese characters one by one, its Latin words and numbers.

    >>> signs("风机 Nd-Fe")
    ['nd-fe', 'nd', 'fe', '风', '机']
    """
    folded, words = pieces(text)
    found = [word[1:] for word in words.split("\n") if word.startswith("\x01")]
    for run in _CHINESE_ONLY.finditer(folded):
        found += run.group()
    return found


def term_keys(names: Sequence[str]) -> NDArray[np.uint64]:
    """Return the 64-bit keys under which an index knows its terms, shape ``(len(names),)``.

    Two of 10⁷ terms share a key with probability 3·10⁻⁶.
    """
    ends = np.cumsum([len(name) for name in names], dtype=np.int64)
    codes = np.frombuffer("".join(names).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    keys: NDArray[np.uint64] = hash_spans(codes, ends)
    return keys
