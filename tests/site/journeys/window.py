"""A real browser that reads the site without a server: every request is answered in this process, in this database.

A redirect is followed before it is answered, so a window is for looking at pages, not for working in them.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Route

HOST = "http://localhost"
AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHT = 900


class Window:
    """One window, and what its pages complained of."""

    def __init__(self, browser: Browser, client: Client | None = None, *, width: int = 1440, **options: Any) -> None:
        self.client = client or Client()
        self.complaints: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": HEIGHT}, **options)
        self.context.route("**/*", self._answer)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)

    def open(self, address: str) -> Page:
        """Open an address as whoever is signed in."""
        self.page.goto(f"{HOST}{address}")
        return self.page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path.startswith("/static/"):
            found = finders.find(address.path.removeprefix("/static/"))
            route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0])
            return
        answer = self.client.get(address.path, QUERY_STRING=address.query, follow=True)
        kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        route.fulfill(status=answer.status_code, body=answer.content, headers=kept)


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds: the rule, and where it is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], elementRef: false})", RULES
    )["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
