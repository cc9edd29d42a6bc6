"""A real browser at a live site, and the people of the story signing in to it with their passwords.

Every page that is opened is watched: an error in the console, an exception of a script or a part of a page that does
not come fails the journey that met it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.site.demands.conftest import at, draft, field_code  # noqa: F401  demands that have come so far

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from duijie.site.parties.models import User

PASSWORD = "草原-辽阔-2026"
DESKTOP, PHONE, NARROW = (1440, 900), (390, 844), (320, 640)
PATIENCE = 20_000  # milliseconds: two cores may be busy with other tests


class Watch:
    """What went wrong in the pages of one journey."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def over(self, context: BrowserContext, *, refusals: bool = False) -> None:
        """Watch every page of ``context``; with ``refusals`` a page may answer 4xx, its parts may not."""

        def console(message: Any) -> None:
            if message.type == "error" and not (refusals and "Failed to load resource" in message.text):
                self.wrong.append(f"{message.page.url if message.page else ''}: {message.text}")

        def answered(response: Any) -> None:
            is_page = response.request.is_navigation_request()
            if response.status >= 500 or (response.status >= 400 and not (refusals and is_page)):
                self.wrong.append(f"{response.status} {response.url}")

        context.on("console", console)
        context.on("response", answered)
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.wrong == []


class Opening(Protocol):
    def __call__(self, size: tuple[int, int] = DESKTOP, *, refusals: bool = False, **options: Any) -> Page: ...


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer, watch: Watch) -> Iterator[Opening]:
    """Open a window of somebody nobody knows yet."""
    contexts = []

    def opening(size: tuple[int, int] = DESKTOP, *, refusals: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            **{
                "viewport": {"width": size[0], "height": size[1]},
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                "base_url": live_server.url,
            }
            | options
        )
        context.set_default_timeout(PATIENCE)
        watch.over(context, refusals=refusals)
        contexts.append(context)
        return context.new_page()

    yield opening
    for context in contexts:
        context.close()


class SigningIn(Protocol):
    def __call__(self, person: User, page: Page | None = None, **options: Any) -> Page: ...


@pytest.fixture
def signed_in(opened: Opening, give_password: Any) -> SigningIn:
    """Sign in as a person does: name, password, Enter."""

    def signing(person: User, page: Page | None = None, **options: Any) -> Page:
        give_password(person)
        page = page or opened(**options)
        page.goto("/accounts/login/")
        page.get_by_label("用户名").fill(person.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/accounts/" not in address)
        return page

    return signing


@pytest.fixture
def give_password(db: None) -> Any:
    from django.contrib.auth.hashers import make_password

    from duijie.site.parties.models import User

    return lambda person: User.objects.filter(pk=person.pk).update(password=make_password(PASSWORD))


@pytest.fixture
def at_desk(opened: Opening, client_of: Any, live_server: LiveServer) -> SigningIn:
    """Open a window in which somebody has signed in already, for journeys that are not about signing in."""

    def sitting(person: User, page: Page | None = None, **options: Any) -> Page:
        page = page or opened(**options)
        page.context.clear_cookies()
        session = client_of(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return sitting
