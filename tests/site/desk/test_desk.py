"""The desk: what waits for whom, what is overdue, and what nobody else gets to see."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duijie.site.offers import actions
from duijie.site.registry.models import Field

FILLED = {
    "about": "选育出耐旱甘蓝新品种，已完成两年三点区域试验。",
    "keywords": ["甘蓝"],
    "stage": "middle",
    "attribute": "original",
    "units": ["内蒙古农业大学"],
    "people": ["吴海燕"],
    "modes": ["licence"],
    "contact_name": "吴海燕",
    "contact_phone": "0471-1234567",
}


@pytest.fixture
def submitted(university, research_office):
    def make(title="耐旱甘蓝新品种"):
        offer = actions.start_offer(organisation=university, title=title, kind="achievement", actor=research_office)
        actions.change_offer(offer, to={**FILLED, "field": Field.objects.first()}, actor=research_office)
        actions.submit_offer(offer, actor=research_office)
        return offer

    return make


@pytest.fixture
def desk(client_of):
    return lambda person, tab="": client_of(person).get("/", {"tab": tab}).context["desk"]


def titles(desk):
    return [line.row.title for line in desk.lines]


def test_submitted_offer_waits_for_the_officer_of_its_region(
    submitted, desk, league_officer, mirror_officer, research_office
):
    submitted()

    assert titles(desk(league_officer)) == ["耐旱甘蓝新品种"]
    assert titles(desk(mirror_officer)) == []
    assert titles(desk(research_office)) == []


def test_what_was_handled_and_started_is_found_again(submitted, desk, league_officer, research_office):
    offer = submitted()
    actions.review_offer(offer, actor=league_officer)

    assert titles(desk(league_officer, "handled")) == [offer.title]
    assert titles(desk(league_officer, "started")) == []
    assert titles(desk(research_office, "started")) == [offer.title]


def test_overdue_is_counted_and_marked(submitted, client_of, league_officer):
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        submitted()
    with time_machine.travel("2026-06-02T09:00:00+08:00", tick=False):
        answer = client_of(league_officer).get("/")

    assert answer.context["desk"].overdue == 1
    assert "已逾期" in answer.content.decode()


def test_most_pressing_comes_first(submitted, desk, league_officer):
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        submitted("先来的")
    with time_machine.travel("2026-03-03T09:00:00+08:00", tick=False):
        submitted("后来的")
    assert titles(desk(league_officer)) == ["先来的", "后来的"]


def test_stale_offer_is_to_be_confirmed_by_its_owner(submitted, desk, league_officer, research_office, stranger):
    with time_machine.travel("2024-01-02T09:00:00+08:00", tick=False):
        offer = submitted()
        actions.review_offer(offer, actor=league_officer)
    with time_machine.travel("2026-06-01T09:00:00+08:00", tick=False):
        assert [row.code for row in desk(research_office).stale_offers] == [offer.code]
        assert not desk(stranger).stale_offers


def test_events_are_of_what_the_reader_handles(submitted, desk, league_officer, mirror_officer, stranger):
    submitted("金丝雀")

    assert {event.title for event in desk(league_officer).events} == {"金丝雀"}
    assert not desk(mirror_officer).events
    assert not desk(stranger).events


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("owner", "登记成果"),
        ("research_office", "登记成果"),
        ("league_officer", "登记成果"),
        ("leader", None),
        ("nobody", None),
    ],
)
def test_shortcuts_follow_the_roles(who, offered, desk, request):
    labels = {str(one.label) for one in desk(request.getfixturevalue(who)).shortcuts}
    assert (offered in labels) if offered else not labels


def test_desk_costs_the_same_for_one_and_for_many(submitted, client_of, league_officer):
    browser = client_of(league_officer)
    submitted()
    browser.get("/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/")
    for number in range(5):
        submitted(f"第 {number} 项")
    with CaptureQueriesContext(connection) as many:
        browser.get("/")
    assert len(one) == len(many)


def test_welcome_tells_strangers_nothing_but_the_way_in(submitted, client_of):
    submitted("金丝雀")
    text = client_of().get("/").content.decode()

    assert "登录" in text
    assert "金丝雀" not in text


def test_unknown_tab_is_the_first(desk, owner):
    assert desk(owner, "x").tab == "todo"
