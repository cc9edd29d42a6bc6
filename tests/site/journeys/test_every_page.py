"""Every kind of page of the told story, as its readers reach it: axe, the console, narrow screens, and both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from duijie.site.demands.models import Demand
from duijie.site.demo import story
from duijie.site.parties.models import User
from tests.site.journeys.pages import Atlas, Told
from tests.site.journeys.window import AXE, HEIGHT, Window, overflow, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not AXE.exists(), reason="npm ci has not been run"),
]
PEOPLE = ("mengshi", "qiye", "gaoxiao", "quyu", "tuandui", "jingjiren", "guanli", "")
"""League officer, company, research office, regional officer, team leader, broker, administrator, and nobody."""
PHONES = (390, 320)
SHEETS = {"imports:batch"}
"""Pages that show a person's own sheet, and what was said of it in the language in which it was checked."""
SAMPLE = 3
"""Of the English pages every third is also measured on a phone."""


@pytest.fixture(scope="module", autouse=True)
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    from django.db import transaction

    with django_db_blocker.unblock():
        stage = transaction.atomic()
        stage.__enter__()
        story.tell(stage="small")
        yield
        transaction.set_rollback(True)
        stage.__exit__(None, None, None)


def client_of(person: str, language: str = "zh-hans") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    if person:
        user = User.objects.get(username=person)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def walked() -> Atlas:
    """Let everybody follow every link, from the desk and from what only a question leads to."""
    alike = Demand.objects.get(title="矿用电机跑热后没劲，磁钢成本高").code
    starts = {
        "": ("/?public", "/accounts/login/", "/accounts/password/reset/"),
        "quyu": (f"/demands/{alike}/duplicates/", "/parties/organisations/duplicates/", "/search/?q=马铃薯", "/"),
    }
    atlas = Atlas()
    for person in PEOPLE:
        atlas.walk(person or "anybody", client_of(person), starts.get(person, ("/search/?q=马铃薯", "/")))
    return atlas


@pytest.fixture
def window_of(browser: Any) -> Iterator[Any]:
    opened: dict[tuple[str, str], Window] = {}

    def opening(person: str, language: str = "zh-hans") -> Window:
        if (person, language) not in opened:
            client = client_of("" if person == "anybody" else person, language)
            opened[person, language] = Window(browser, client)
        return opened[person, language]

    yield opening
    for window in opened.values():
        window.context.close()


def test_every_page_is_sound_on_a_desk_on_a_phone_and_in_both_languages(window_of: Any) -> None:
    atlas = walked()
    assert atlas.broken == []
    assert len(atlas.kept) > 70
    faults: dict[str, list[Any]] = {}
    records = Told()
    for number, (kind, page) in enumerate(sorted(atlas.kept.items())):
        found = faults_in_chinese(window_of(page.person), page.address)
        window = window_of(page.person, "en")
        if kind not in SHEETS:
            found += faults_in_english(window.client, page.address, records)
        if number % SAMPLE == 0:
            found += too_wide(window.open(page.address))
        if found:
            faults[f"{kind} {page.address} ({page.person})"] = found
    assert not faults, "\n".join(f"{where}: {found}" for where, found in faults.items())


def faults_in_chinese(window: Window, address: str) -> list[Any]:
    window.complaints.clear()
    page = window.open(address)
    found: list[Any] = list(violations(page))
    if page.evaluate("document.documentElement.lang") != "zh-hans":
        found.append("lang")
    return [*found, *too_wide(page), *window.complaints]


def faults_in_english(client: Client, address: str, records: Told) -> list[Any]:
    text = client.get(address, follow=True).content.decode()
    return [*([] if '<html lang="en"' in text else ["lang"]), *records.untranslated(text)]


def too_wide(page: Any) -> list[str]:
    found = []
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if (more := overflow(page)) > 0:
            found.append(f"{more} px too wide at {width}")
    page.set_viewport_size({"width": 1440, "height": HEIGHT})
    return found
