"""Text as HTML: whatever is not markup already is escaped."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from duijie.engine.matching.reasons import spans
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CHINESE = re.compile("[\u3400-\u9fff]")


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(text: str) -> Markup:
    """Return text as HTML; what no page may hold (control characters, half a surrogate pair) becomes �."""
    return Markup(html.escape(_UNFIT.sub("\ufffd", text)))


def tag(name: str, *children: str, **attributes: str | int | bool) -> Markup:
    """Return an element. Children are escaped unless they are :class:`Markup`; an attribute ``False`` is left out.

    >>> tag("b", "1 < 2", class_="x")
    '<b class="x">1 &lt; 2</b>'
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items() if value is not False)
    return Markup(f"<{name}{said}>{join(*children)}</{name}>")


def _attribute(key: str, value: str | int) -> str:
    key = key.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{escape(str(value))}"'


def join(*children: str) -> Markup:
    """Return the children one after another, each escaped unless it is :class:`Markup`."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children))


def mark(text: str, met: Iterable[str]) -> Markup:
    """Return a text with the folded phrases marked wherever they stand in it, in whatever width or script."""
    out, done = [], 0
    for start, end in spans(text, met):
        out += [escape(text[done:start]), tag("mark", text[start:end])]
        done = end
    return join(*out, escape(text[done:]))


def lang_of(text: str) -> dict[str, str]:
    """Tell a screen reader that a text in an English page is Chinese."""
    return {"lang": "zh-CN"} if say("zh", "en") == "en" and _CHINESE.search(text) else {}
