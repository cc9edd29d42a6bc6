"""Exposure and the chain map in a real browser: axe finds nothing, and nothing runs out of the page."""

from __future__ import annotations

import os
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from duijie.site.kernel import clock
from tests.site.journeys.window import AXE, Window, overflow, violations
from tests.site.matching.test_exposure import show, take  # noqa: F401  fixtures
from tests.site.matching.test_look import Kept

SHOTS = os.environ.get("DUIJIE_SHOTS", "")
pytestmark = pytest.mark.skipif(not AXE.exists(), reason="npm ci has not been run")


@pytest.fixture
def pages(show, take, cabbage, answering, team, provide, ask, found, mirror_university):  # noqa: F811
    """Addresses of the pages, with institutions that get much, little and nothing, and gaps both ways."""
    institutes = [found(f"中国农业科学院第{n}研究所（呼和浩特）", "institute") for n in range(3)]
    offers = [provide(f"草原牧草良种 {n}", of=institutes[n % 3], chain_node_id=f"forage-{n % 3 + 1}") for n in range(9)]
    hidden = provide("脱敏的稀土成果", of=mirror_university, disclosure="blurred")
    for n in range(5):
        asked = ask(f"钕铁硼永磁材料晶界扩散 {n}", chain_node_id="rare-earth-4" if n else None)
        show(asked, answering, offers[n], offers[0], hidden, team)
    provide("稀土永磁转子", keywords=["钕铁硼"])
    provide("稀土合金熔盐电解", chain_node_id="rare-earth-3")
    match = take(cabbage, answering, "talking")
    take(asked, answering, "intended", intended_at=clock.now())
    of = {"organisation": answering.organisation_id}
    node = {"node": "rare-earth-4"}
    return {
        "exposure": (reverse("matching:exposure"), {}),
        "exposure-shown": (reverse("matching:exposure_records"), {**of, "what": "shown"}),
        "exposure-work": (reverse("matching:exposure_records"), {**of, "what": "contacted"}),
        "exposure-offers": (reverse("matching:exposure_records"), {**of, "what": "offers"}),
        "exposure-teams": (reverse("matching:exposure_records"), {**of, "what": "teams"}),
        "chains": (reverse("matching:chains"), {}),
        "chain": (reverse("matching:chain", args=["rare-earth"]), {}),
        "chain-demands": (reverse("matching:chain_records", args=["rare-earth"]), {**node, "what": "demands"}),
        "chain-words": (
            reverse("matching:chain_records", args=["rare-earth"]), {**node, "what": "offers", "how": "words"},
        ),
        "match": (reverse("matching:match", args=[match.code]), {}),
        "plans": (reverse("matching:plans"), {}),
        "models": (reverse("matching:models"), {}),
    }  # fmt: skip


@pytest.fixture
def read(pages, client_of, home_officer):
    """Every page in both languages; the browser asks from outside the test's transaction."""
    client = client_of(home_officer)
    whole = {name: f"{address}?{urlencode(query)}" if query else address for name, (address, query) in pages.items()}
    return {
        language: {name: (at, client.get(at, headers={"accept-language": language})) for name, at in whole.items()}
        for language in ("zh-hans", "en")
    }


def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(django_db_setup, browser, read):
    found, wide, complaints = {}, {}, []
    for width, language in ((1440, "zh-hans"), (390, "zh-hans"), (320, "zh-hans"), (320, "en")):
        window = Window(browser, Kept(read[language]), width=width)
        for name, (address, answer) in read[language].items():
            assert answer.status_code == 200, name
            page = window.open(address)
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}_{width}_{language}.png", full_page=True)
            found[name, width, language], wide[name, width, language] = violations(page), overflow(page)
        complaints += window.complaints
        window.context.close()
    assert {name: over for name, over in wide.items() if over > 0} == {}
    assert {name: rules for name, rules in found.items() if rules} == {}
    assert complaints == []
