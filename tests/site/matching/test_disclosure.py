"""What is directed or confidential shows to nobody who may not know of it; of what is blurred, title and field alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from duijie.site.kernel.disclosure import Disclosure
from duijie.site.ledger.actions import change
from duijie.site.ledger.models import Entry
from duijie.site.matching import shelf
from duijie.site.matching.actions.running import match_demand, match_offer
from duijie.site.matching.actions.working import take_up
from duijie.site.matching.models import Suggestion
from tests.site.matching.conftest import ABOUT, QUESTION

CANARY = "金雕七号"


def url(name, *arguments):
    return reverse(f"matching:{name}", args=arguments)


def text(response):
    return response.content.decode()


@pytest.fixture
def secret(provide):
    """An offer told to nobody but its own people and their officers; it answers best."""
    return provide(
        f"耐旱甘蓝新品种选育 {CANARY}", f"{QUESTION}{CANARY}", state="reviewed", disclosure=Disclosure.CONFIDENTIAL
    )


@pytest.fixture
def blurred(provide):
    """An offer of which others know title and field; its text holds the canary."""
    return provide(
        "耐旱甘蓝新品种及其制种技术", f"{ABOUT}{CANARY}，耐旱甘蓝新品种选育。", disclosure=Disclosure.BLURRED
    )


@pytest.fixture
def run_by_the_office(cabbage, home_officer):
    """Candidates found among everything, by somebody who sees everything."""

    def make():
        shelf.rebuild()
        return match_demand(cabbage, actor=home_officer)

    return make


def test_hidden_offer_is_in_no_candidate_count_or_place(
    client_of, cabbage, secret, answering, owner, home_officer, run_by_the_office
):
    run_by_the_office()
    everything = client_of(home_officer).get(url("candidates", cabbage.code)).context["page"]
    page = client_of(owner).get(url("candidates", cabbage.code))
    seen = page.context["page"]
    assert [one.supply for one in everything.offers] == [secret, answering]
    assert [(one.place, one.supply) for one in seen.offers] == [(1, answering)]
    assert [tab.count for tab in page.context["tabs"]] == [1, 1]
    assert CANARY not in text(page)


def test_demand_with_only_hidden_offers_has_no_match_for_the_reader(
    client_of, cabbage, secret, owner, run_by_the_office
):
    run_by_the_office()
    page = client_of(owner).get(url("candidates", cabbage.code))
    assert page.context["page"].outcome == "no match"
    assert CANARY not in text(page)


def test_suggestion_of_a_hidden_offer_is_missing(client_of, cabbage, secret, owner, home_officer, run_by_the_office):
    run_by_the_office()
    hidden = Suggestion.objects.get(offer=secret)
    assert client_of(home_officer).get(url("suggestion", hidden.pk)).status_code == 200
    client = client_of(owner)
    assert client.get(url("suggestion", hidden.pk)).status_code == 404
    assert client.post(url("replay", hidden.pk)).status_code == 404
    compared = client.get(url("compare", cabbage.code), {"s": [hidden.pk, hidden.pk + 1]})
    assert CANARY not in text(compared)


def test_team_is_scored_by_the_evidence_the_reader_sees(
    client_of, cabbage, secret, answering, team, owner, home_officer, run_by_the_office
):
    change(secret, actor=None, verb="offer.change", to={"team": team})
    run_by_the_office()
    whole = client_of(home_officer).get(url("candidates", cabbage.code)).context["page"].teams[0]
    page = client_of(owner).get(url("candidates", cabbage.code), {"of": "teams"})
    part = page.context["page"].teams[0]
    assert secret in [one.record for one in whole.evidence]
    assert secret not in [one.record for one in part.evidence]
    assert part.score < whole.score
    assert CANARY not in text(page)
    number = part.suggestion.pk
    assert client_of(owner).post(url("replay", number)).status_code == 404


def test_blurred_offer_is_never_quoted(client_of, cabbage, blurred, owner, home_officer, run_by_the_office):
    run_by_the_office()
    found = Suggestion.objects.get(offer=blurred)
    assert any(CANARY in word or "选育" in word for one in found.reasons for word in one["offer_words"])
    client = client_of(owner)
    for page in (client.get(url("candidates", cabbage.code)), client.get(url("suggestion", found.pk))):
        assert blurred.title in text(page)
        assert CANARY not in text(page)
        assert "小孢子" not in text(page)
        assert blurred.organisation.name not in text(page)
    shown = client.get(url("suggestion", found.pk)).context["page"]
    assert shown.offer_text.passages == ()
    assert {piece.kind for one in shown.demand_text.passages for piece in one.pieces} == {""}
    assert shown.bars != []
    assert "小孢子" in text(client_of(home_officer).get(url("suggestion", found.pk)))


@pytest.mark.parametrize("disclosure", [Disclosure.DIRECTED, Disclosure.CONFIDENTIAL])
def test_hidden_demand_is_told_to_no_supplier(client_of, ask, answering, disclosure, research_office, home_officer):
    hidden = ask(f"耐旱甘蓝新品种选育 {CANARY}", QUESTION, disclosure=disclosure, state="matching")
    shelf.rebuild()
    match_demand(hidden, actor=home_officer)
    match_offer(answering, actor=home_officer)
    number = Suggestion.objects.filter(offer=answering).first().pk
    assert CANARY in text(client_of(home_officer).get(url("offer", answering.code)))
    client = client_of(research_office)
    page = client.get(url("offer", answering.code))
    assert page.context["page"].needs == []
    assert CANARY not in text(page)
    assert client.get(url("suggestion", number)).status_code == 404
    assert client.get(url("candidates", hidden.code)).status_code == 404


def test_blurred_demand_shows_a_supplier_title_and_bars_only(client_of, ask, answering, research_office, home_officer):
    hidden = ask("耐旱甘蓝新品种选育", f"{QUESTION}{CANARY}", disclosure=Disclosure.BLURRED)
    shelf.rebuild()
    match_demand(hidden, actor=home_officer)
    number = Suggestion.objects.get(offer=answering).pk
    client = client_of(research_office)
    for page in (client.get(url("offer", answering.code)), client.get(url("suggestion", number))):
        assert hidden.title in text(page)
        assert CANARY not in text(page)
        assert "结球率不到六成" not in text(page)
        assert hidden.organisation.name not in text(page)
    assert client.get(url("suggestion", number)).context["page"].bars != []


def test_match_is_missing_to_those_who_may_not_see_a_side(
    client_of, cabbage, secret, owner, league_officer, home_officer, mirror_officer, stranger, run_by_the_office
):
    run_by_the_office()
    match = take_up(cabbage, secret, actor=home_officer)
    assert client_of(home_officer).get(url("match", match.code)).status_code == 200
    for person in (owner, mirror_officer, stranger):
        client = client_of(person)
        assert client.get(url("match", match.code)).status_code == 404
        assert CANARY not in text(client.get(url("list")))
        assert client.get(url("list")).context["page"].total == 0
        assert client.get(url("list"), {"q": CANARY}).context["page"].total == 0
        exported = b"".join(client.get(url("export"), {"format": "csv"}).streaming_content).decode()
        assert match.code not in exported
    assert CANARY not in text(client_of(owner).get(url("candidates", cabbage.code)))


def test_supplier_of_a_blurred_offer_is_not_named_on_its_match(client_of, cabbage, blurred, owner, home_officer):
    match = take_up(cabbage, blurred, actor=home_officer)
    page = text(client_of(owner).get(url("match", match.code)))
    exported = b"".join(client_of(owner).get(url("export"), {"format": "csv"}).streaming_content).decode()
    assert blurred.title in page
    assert blurred.title in exported
    assert blurred.organisation.name not in page
    assert blurred.organisation.name not in exported
    assert blurred.organisation.name in text(client_of(home_officer).get(url("match", match.code)))


def test_candidates_are_not_strangers_business(
    client_of, cabbage, answering, stranger, mirror_officer, run_by_the_office
):
    run = run_by_the_office()
    number = Suggestion.objects.get(offer=answering).pk
    for person in (stranger, mirror_officer):
        client = client_of(person)
        assert client.get(url("candidates", cabbage.code)).status_code == 404
        assert client.post(url("run_demand", cabbage.code)).status_code == 404
        assert client.get(url("compare", cabbage.code)).status_code == 404
        assert client.get(url("suggestion", number)).status_code == 404
        assert client.get(url("run", run.code)).status_code == 404
    assert client_of(stranger).get(url("runs")).status_code == 404


def test_reading_a_text_that_is_not_public_is_written_down(client_of, ask, answering, home_officer, league_officer):
    hidden = ask("耐旱甘蓝新品种选育", QUESTION, disclosure=Disclosure.BLURRED)
    shelf.rebuild()
    match_demand(hidden, actor=home_officer)
    number = Suggestion.objects.get(offer=answering).pk
    client_of(league_officer).get(url("suggestion", number))
    opened = Entry.objects.filter(subject=hidden.code, verb="demand.open")
    assert [one.actor for one in opened] == [league_officer.code]
