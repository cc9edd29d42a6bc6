"""The pages in a real browser: axe finds nothing, and nothing runs out of the page."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from duijie.site.kernel.disclosure import Disclosure
from duijie.site.matching import shelf
from duijie.site.matching.actions.running import match_demand
from duijie.site.matching.actions.working import contact, take_up
from duijie.site.matching.models import Suggestion
from tests.site.journeys.window import AXE, Window, overflow, violations
from tests.site.matching.conftest import ABOUT

SHOTS = os.environ.get("DUIJIE_SHOTS", "")
pytestmark = [
    pytest.mark.skipif(not AXE.exists(), reason="npm ci has not been run"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def pages(cabbage, answering, elsewhere, provide, ask, team, home_officer):
    """Addresses of every page, with something on each."""
    provide(
        "甘蓝抗旱栽培技术",
        "干旱条件下甘蓝节水栽培，结球率达到 80%，已在三个旗县示范。",
        team=team,
        trl=7,
        price=800_000,
    )
    provide("耐旱甘蓝种子", f"{ABOUT}亩产 4500 公斤。", disclosure=Disclosure.BLURRED)
    vague = ask("提高产品质量")
    shelf.rebuild()
    run = match_demand(cabbage, actor=home_officer)
    match_demand(vague, actor=home_officer)
    first, second, *_more = Suggestion.objects.filter(answer__run=run).exclude(offer=None).order_by("rank")
    match = take_up(cabbage, first.offer, suggestion=first, actor=home_officer)
    contact(match, way="phone", side="supply", words="对方愿意先看样。", actor=home_officer)
    team_found = Suggestion.objects.get(answer__run=run, offer=None)
    found = {
        "candidates": reverse("matching:candidates", args=[cabbage.code]),
        "teams": reverse("matching:candidates", args=[cabbage.code]) + "?of=teams",
        "vague": reverse("matching:candidates", args=[vague.code]),
        "suggestion": reverse("matching:suggestion", args=[first.pk]),
        "team": reverse("matching:suggestion", args=[team_found.pk]),
        "compare": reverse("matching:compare", args=[cabbage.code]) + f"?s={first.pk}&s={second.pk}",
        "offer": reverse("matching:offer", args=[first.offer_id]),
        "list": reverse("matching:list"),
        "match": reverse("matching:match", args=[match.code]),
        "runs": reverse("matching:runs"),
        "run": reverse("matching:run", args=[run.code]) + "?verify=1",
    }
    assert all(found.values())
    return found


@pytest.fixture
def read(pages, client_of, home_officer):
    """All pages, read before the browser opens: it brings a loop of its own, and with it another connection."""
    client = client_of(home_officer)
    return {name: (address, client.get(address)) for name, address in pages.items()}


class Kept:
    """What was read, given out like the site's answers."""

    def __init__(self, read):
        self.answers = dict(read.values())

    def get(self, path, *, QUERY_STRING="", follow=False):  # noqa: N803  as the test client calls it
        return self.answers[f"{path}?{QUERY_STRING}" if QUERY_STRING else path]


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_axe_finds_nothing_and_nothing_runs_out_of_the_page(read, request, width):
    window = Window(request.getfixturevalue("browser"), Kept(read), width=width)
    found, wide = {}, {}
    for name, (address, answer) in read.items():
        assert answer.status_code == 200
        page = window.open(address)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}_{width}.png", full_page=True)
        found[name], wide[name] = violations(page), overflow(page)
    window.context.close()
    assert {name: over for name, over in wide.items() if over > 0} == {}
    assert {name: rules for name, rules in found.items() if rules} == {}
    assert window.complaints == []
