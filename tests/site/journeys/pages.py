"""Which pages there are: walked to by links, as each person of the story, and the fullest one of each kind kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.urls import Resolver404, resolve

from tests.site.security.crawl import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponse
    from django.test import Client

ENOUGH = 3
"""So many people open a page of each kind; the fourth would see nothing new."""
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
SAID = {"placeholder", "title", "alt", "aria-label", "data-confirm", "data-copied"}


@dataclass
class Kept:
    """The fullest page of its kind, and who saw it."""

    address: str
    person: str
    length: int


@dataclass
class Atlas:
    """Every kind of page that somebody reached, by the name of its address and the section of a form."""

    kept: dict[str, Kept] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def walk(self, person: str, client: Client, starts: Iterable[str] = ("/",)) -> None:
        """Follow every link, one page of each kind."""
        waiting, met = list(starts), set[str]()
        while waiting:
            address = waiting.pop(0)
            kind = kind_of(address)
            if kind in met or self.opened.get(kind, 0) >= ENOUGH:
                continue
            met.add(kind)
            answer = client.get(address)
            if answer.status_code != 200:
                self._refused(person, address, answer)
            elif answer.headers["Content-Type"].startswith("text/html"):
                waiting += self._read(person, kind, address, answer)

    def _read(self, person: str, kind: str, address: str, answer: HttpResponse) -> list[str]:
        self.opened[kind] = self.opened.get(kind, 0) + 1
        length = len(answer.content)
        if kind not in self.kept or self.kept[kind].length < length:
            self.kept[kind] = Kept(address, person, length)
        return list(_onward(address, answer.content.decode()))

    def _refused(self, person: str, address: str, answer: HttpResponse) -> None:
        """A link may lead on; it may not lead to a refusal, unless it is only ever followed by a button."""
        if answer.status_code not in {302, 405}:
            self.broken.append(f"{answer.status_code} {address} ({person})")


def kind_of(address: str) -> str:
    """Return the name of an address, with the section of a form or the decision it asks for."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return "nothing"
    return "/".join([match.view_name, *(match.kwargs[name] for name in ("key", "verb") if name in match.kwargs)])


def _onward(address: str, text: str) -> Iterator[str]:
    for link in Page(text).links:
        parts = urlsplit(urljoin(address, link))
        if not parts.netloc and not parts.scheme and parts.path.startswith("/"):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


class Words(HTMLParser):
    """The sentences of a page as a reader meets them, without those that say themselves that they are Chinese."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"} or (tag != "html" and given.get("lang", "").startswith("zh")):
            self._silent = self._silent or tag
        self.found += [given[name] for name in SAID & given.keys()]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None

    def handle_data(self, data: str) -> None:
        if self._silent is None and data.strip():
            self.found.append(" ".join(data.split()))


class Told:
    """Everything the records say in Chinese; what stands on an English page and not here is the site's own word."""

    def __init__(self) -> None:
        self._values = {text for model in apps.get_models() for text in _texts(model)}
        self._all = "\n".join(self._values)

    def is_data(self, words: str) -> bool:
        """Say whether records say so: a short word as a whole, a longer one as a part of what was written."""
        return words in self._values or f"（{words}）" in self._all or (len(words) > 2 and words in self._all)

    def untranslated(self, text: str) -> list[str]:
        """Return the sentences of an English page that hold Chinese of the site's own."""
        return sorted({
            words
            for words in Words(text).found
            if CHINESE.search(words) and words not in self._all
            and not all(self.is_data(part) or all(map(self.is_data, CHINESE.findall(part))) for part in words.split())
        })  # fmt: skip


def _texts(model: Any) -> Iterator[str]:
    if not model.__module__.startswith("duijie"):
        return
    names = [one.name for one in model._meta.concrete_fields if isinstance(one, CharField | TextField | JSONField)]
    for row in model._base_manager.values_list(*names):
        for value in row:
            yield from _leaves(value)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if CHINESE.search(value):
            yield " ".join(value.split())
    elif isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
