"""Walking through the site as one person: every link and GET form, every filter and sort, every file that comes back."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponse
    from django.test import Client

MOST = 200
"""Pages of one walk: more than there are, and an end if links breed links."""
_ALIKE = 2
"""Addresses that differ only in their values are opened so often."""


class Page(HTMLParser):
    """What a page holds that matters here: its links, its GET forms, and what could run."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.live: list[str] = []
        self._form: str | None = None
        self._fields: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._look_for_life(tag, given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.links += [given[name] for name in ("hx-get", "data-url") if name in given]
        if tag == "form":
            self._form = given.get("action", "") if given.get("method", "get").lower() == "get" else None
            self._fields = []
        elif self._form is not None and tag in {"input", "select"} and given.get("name"):
            self._fields.append((given["name"], given.get("value", "")))
        elif self._form is not None and tag == "option" and given.get("value") and self._fields:
            self.links.append(f"{self._form}?{urlencode({self._fields[-1][0]: given['value']})}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.links.append(f"{self._form}?{urlencode(self._fields)}")
            self._form = None

    def _look_for_life(self, tag: str, given: dict[str, str]) -> None:
        """Note what a strict policy forbids, and what only a payload could have brought."""
        if tag == "pwned" or "pwned" in given:
            self.live.append(f"<{tag} {given}>")
        if tag in {"style", "iframe", "object", "embed", "base"} or (tag == "script" and not given.get("src")):
            self.live.append(f"<{tag}>")
        self.live += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            where = re.sub(r"[\s\x00-\x1f]", "", given.get(name, "")).lower()
            if where.startswith(("javascript:", "vbscript:", "data:text")) or where.startswith("//"):
                self.live.append(f"{tag} {name}={given[name]}")


@dataclass
class Walk:
    """What one person met: the text of each address, and each page's faults."""

    texts: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def met(self, words: Iterable[str]) -> dict[str, list[str]]:
        """Return where each word was met; an address repeats what was asked for, so what was asked does not count."""
        found: dict[str, list[str]] = {}
        for word in words:
            where = [url for url, text in self.texts.items() if word in text and word not in unquote(url)]
            if where:
                found[word] = where[:3]
        return found


def walk(client: Client, starts: Iterable[str], *, most: int = MOST) -> Walk:
    """Open the addresses and whatever can be reached from them."""
    made, waiting, seen = Walk(), list(starts), dict[str, int]()
    known = set(waiting)
    while waiting and len(made.texts) < most:
        url = waiting.pop(0)
        answer = client.get(url)
        made.statuses[url] = answer.status_code
        made.texts[url] = text_of(answer)
        made.faults += [f"{url}: {fault}" for fault in faults_of(answer)]
        for link in _onward(url, answer):
            shape = _shape(link)
            if link not in known and seen.get(shape, 0) < _ALIKE:
                seen[shape] = seen.get(shape, 0) + 1
                known.add(link)
                waiting.append(link)
    return made


def faults_of(answer: HttpResponse) -> Iterator[str]:
    """Say what an answer lacks of the protection it should have, and what in it could run."""
    policy = answer.headers.get("Content-Security-Policy", "")
    wanted = {"default-src 'none'"}
    if _is_html(answer):
        wanted |= {"script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'"}
        wanted |= {"frame-ancestors 'none'"}
        yield from Page(answer.content.decode()).live
        if answer.headers.get("X-Frame-Options") != "DENY":
            yield "may be framed"
    said = {one.strip() for one in policy.split(";")}
    if "unsafe" in policy or not wanted <= said:
        yield f"policy {policy}"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "may be sniffed"
    if answer.headers.get("Referrer-Policy") != "same-origin":
        yield "tells where one came from"


def text_of(answer: HttpResponse) -> str:
    """Return everything a person could read in an answer: its text, its headers, the cells of a sheet."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    heads = "\n".join(unquote(value) for value in answer.headers.values())
    if content[:2] == b"PK":
        return "\n".join((heads, *sheet_cells(content)))
    return f"{heads}\n{content.decode('utf-8', 'replace')}"


def sheet_cells(content: bytes) -> Iterator[str]:
    """Yield the text of every cell and comment of a workbook."""
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                yield str(cell.value or "")
                yield cell.comment.text if cell.comment else ""


def csv_cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def _is_html(answer: HttpResponse) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming


def _onward(url: str, answer: HttpResponse) -> Iterator[str]:
    links = Page(answer.content.decode()).links if _is_html(answer) else []
    for link in [*links, *([answer.headers["Location"]] if "Location" in answer.headers else [])]:
        parts = urlsplit(urljoin(url, link))
        if parts.netloc or parts.path.startswith(("/static/", "/accounts/", "/registry/")):
            continue
        yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def _shape(url: str) -> str:
    """Return an address with its codes and values left out; each filter and each sort keeps its own shape."""
    parts = urlsplit(url)
    path = parts.path
    kept = sorted((name, value if name in {"sort", "format", "kind"} else "") for name, value in parse_qsl(parts.query))
    return f"{path}?{kept}"


def queries(words: Iterable[str]) -> list[str]:
    """Return the addresses that ask for words, wherever something can be asked for."""
    places = ("search", "demands", "offers", "parties/organisations", "parties/teams", "parties/people")
    return [f"/{place}/?q={quote(word)}" for word in words for place in places]


def without_tokens(text: str) -> str:
    """Return a page without what differs each time it is shown."""
    text = re.sub(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"', "", text)
    return re.sub(r"(?m)^(nonce|sessionid|csrftoken).*$", "", text)


def exports(client: Any) -> Iterator[tuple[str, str]]:
    for place in ("demands", "offers"):
        for ending in ("xlsx", "csv"):
            url = f"/{place}/export/?format={ending}"
            yield url, text_of(client.get(url))
