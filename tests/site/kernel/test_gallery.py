"""Every part in a real browser: axe finds nothing, nothing runs out of the page, the keyboard reaches what it should."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from duijie.site.navigation import address as found
from tests.site.kernel import gallery

AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BAD = {"error", "warning"}
"""What of the console is a complaint: that focus was set before the page had loaded is told there as well."""
pytestmark = [
    pytest.mark.skipif(not AXE.exists(), reason="npm ci has not been run"),
    pytest.mark.urls("tests.site.kernel.gallery"),
]


@pytest.fixture
def open_page(browser, monkeypatch):
    """Open a gallery page as a browser would, without a server: every request is answered by the site in this process."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    monkeypatch.setattr("duijie.site.navigation._home_region", lambda: "内蒙古自治区")
    monkeypatch.setattr("duijie.site.navigation.unseen_count", lambda _user: 3)
    monkeypatch.setattr("duijie.site.navigation.address", lambda name: found(name) or f"/{name.replace(':', '/')}/")
    contexts, complaints = [], []

    def opened(name, *, width=1440, scripts=True, size="", language="zh-hans"):
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        if size:
            client.cookies["size"] = size
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        contexts.append(context)
        context.route("**/*", lambda route: answer(route, client))
        page = context.new_page()
        page.on("console", lambda message: message.type in BAD and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://localhost/gallery/{name}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def answer(route, client):
    address = urlsplit(route.request.url)
    if address.path.startswith("/static/"):
        found = finders.find(address.path.removeprefix("/static/"))
        route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0])
    elif address.path.startswith("/jobs/"):
        route.fulfill(status=204)
    else:
        response = client.get(address.path, QUERY_STRING=address.query)
        policy = response.headers["Content-Security-Policy"]
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
        route.fulfill(status=response.status_code, body=response.content, headers=headers)


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("name", gallery.NAMES)
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(open_page, name, width):
    page = open_page(name, width=width)
    assert wide(page) <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("name", ["parts", "list", "wrong"])
def test_page_in_the_largest_letters_fits_a_narrow_screen(open_page, name):
    assert wide(open_page(name, width=320, size="larger")) <= 0


def test_pages_fit_in_english_as_well(open_page):
    assert {name: wide(open_page(name, width=320, language="en")) for name in gallery.NAMES} == dict.fromkeys(
        gallery.NAMES, 0
    )


def test_errors_take_the_focus_and_lead_to_their_fields(open_page):
    page = open_page("wrong")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.title().startswith("有错误：")
    for place, field in enumerate(["title", "question", "mode", "kind", "budget_0", "deadline", "level", "agree"]):
        page.locator("#error-summary a").nth(place).click()
        assert page.evaluate("document.activeElement.name || document.activeElement.id") == field.removeprefix("id_")


def test_first_tab_skips_to_the_content(open_page):
    page = open_page("parts")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_menu_on_a_phone_opens_and_closes_by_keyboard(open_page):
    page = open_page("tasks", width=390)
    places = page.locator("#places")
    assert not places.is_visible()
    page.get_by_role("button", name="菜单").focus()
    page.keyboard.press("Enter")
    assert places.is_visible()
    page.keyboard.press("Escape")
    assert not places.is_visible()


def test_account_menu_closes_with_escape_and_gives_the_focus_back(open_page):
    page = open_page("tasks")
    page.locator(".drop > summary").click()
    assert page.get_by_role("button", name="退出登录").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="退出登录").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_question_comes_before_a_batch_is_done(open_page):
    page = open_page("list")
    page.locator("[data-tick-all]").check()
    assert page.locator("tbody .tick input:checked").count() == 5
    page.get_by_role("button", name="批量受理").click()
    dialog = page.locator("#confirm")
    assert dialog.is_visible()
    assert dialog.locator("p").inner_text() == "确定把选中的需求标为已受理吗？"
    assert page.evaluate("document.activeElement.value") == "no"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_without_scripts_nothing_is_out_of_reach(open_page):
    page = open_page("list", scripts=False)
    assert not page.locator("[data-tick-all]").is_visible()
    page.locator(".drop > summary").click()
    assert page.get_by_role("button", name="退出登录").is_visible()
    page.get_by_role("link", name="名称").click()
    assert page.url.endswith("?sort=title")


def test_filter_is_in_the_address_and_changes_only_the_list(open_page):
    page = open_page("list")
    page.locator("#id_q").fill("稀土")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/gallery/list/?q=*")
    assert page.evaluate("document.activeElement.textContent").strip() == "筛选"
    assert page.locator("#id_q").input_value() == "稀土"


def test_letters_grow_with_the_chosen_size(open_page):
    sizes = [
        open_page("tasks", size=size).evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
        for size in ("normal", "large", "larger")
    ]
    assert sizes == sorted(set(sizes))
