"""The pages of offers, as the people of the story meet them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from duijie.site.ledger.models import Entry
from duijie.site.offers import actions
from duijie.site.offers.models import Offer
from duijie.site.offers.states import State


def at(name, *arguments):
    return reverse(f"offers:{name}", args=arguments)


def page(client, *arguments):
    answer = client.get(*arguments)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_offer_is_entered_and_reviewed_through_the_browser(client_of, research_office, league_officer):
    desk = client_of(research_office)
    opened = desk.get(at("start"))
    token = opened.context["form"]["token"].value()
    organisation = research_office.organisation.code
    said = {"organisation": organisation, "kind": "achievement", "title": "耐旱甘蓝新品种", "token": token}
    desk.post(at("start"), said)
    desk.post(at("start"), said)
    code = Offer.objects.get().code
    sections = {
        "basics": {
            "title": "耐旱甘蓝新品种",
            "kind": "achievement",
            "field": field_code(),
            "keywords": "甘蓝、耐旱；育种",
            "industry": "A0141",
        },
        "content": {
            "about": "选育出耐旱甘蓝新品种。" * 6,
            "measures-0-name": "亩产",
            "measures-0-value": "≥ 4,500",
            "measures-0-unit": "公斤",
        },
        "maturity": {
            "stage": "middle",
            "trl": "6",
            "attribute": "original",
            "registration": "１５０ 2024 y 0001",
            "units": "内蒙古农业大学",
            "people": "吴海燕 陈立新",
        },
        "rights": {"evidence-0-kind": "award", "evidence-0-title": "科技进步二等奖", "evidence-0-year": "2023"},
        "cooperation": {"modes": ["licence"], "price_0": "20", "price_1": "10000", "valid_until": "2030年12月31日"},
        "disclosure": {"disclosure": "public", "contact_name": "吴海燕", "contact_phone": "0471-1234567"},
    }
    for key, given in sections.items():
        page(desk, at("section", code, key))
        revision = Offer.objects.get().revision
        answer = desk.post(at("section", code, key), {**given, "revision": revision, "go": "list"})
        assert answer.status_code == 302, (key, answer.content.decode()[:3000])
    page(desk, at("form", code))
    assert "确认并提交" in page(desk, at("check", code))
    desk.post(at("check", code))
    assert code in page(desk, at("receipt", code))

    officer = client_of(league_officer)
    assert "审核通过" in page(officer, at("offer", code))
    officer.post(at("step", code, "review"), {"opinion": "材料齐全"})
    officer.post(at("step", code, "publish"))

    offer = Offer.objects.get()
    assert offer.state == State.PUBLISHED
    assert (offer.registration, offer.price, offer.industry_id) == ("1502024Y0001", 200_000, "A0141")
    assert offer.people == ["吴海燕", "陈立新"]
    assert "材料齐全" in page(officer, at("trail", code))


def field_code():
    from duijie.site.registry.models import Field

    return Field.objects.first().code


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("research_office", True),
        ("league_officer", False),
        ("mirror_officer", False),
        ("stranger", False),
        ("leader", False),
    ],
)
def test_draft_is_the_organisations_own(who, sees, draft, client_of, request):
    offer = draft()
    answer = client_of(request.getfixturevalue(who)).get(at("offer", offer.code))
    assert answer.status_code == (200 if sees else 404)


def test_hidden_and_missing_look_the_same(draft, client_of, stranger):
    browser = client_of(stranger)
    hidden = browser.get(at("offer", draft().code))
    missing = browser.get(at("offer", "S-150102-2026-9999"))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert without_names(hidden, "0001") == without_names(missing, "9999")


def without_names(answer, number):
    return re.sub(r'value="\w{64}"', "", answer.content.decode()).replace(number, "")


def test_blurred_offer_shows_title_and_field_only(published, client_of, stranger):
    offer = published(disclosure="blurred", about="金丝雀全文金丝雀" * 10, people=["金丝雀"], units=["金丝雀单位"])
    browser = client_of(stranger)

    pages = page(browser, at("offer", offer.code)) + page(browser, at("list"))
    csv = b"".join(browser.get(at("export"), {"format": "csv"}).streaming_content).decode("utf-8-sig")

    for text in (pages, csv):
        assert offer.title in text
        assert "金丝雀" not in text
        assert offer.organisation.name not in text


@pytest.mark.parametrize(
    "query", [{"q": "金丝雀"}, {"q": "内蒙古农业大学"}, {"kind": "achievement"}, {"stage": "middle"}, {"mine": "own"}]
)
def test_filters_find_nothing_in_what_is_hidden(query, published, client_of, stranger, research_office):
    published(disclosure="blurred", about="金丝雀" * 30)

    assert client_of(stranger).get(at("list"), query).context["page"].total == 0
    assert client_of(research_office).get(at("list"), query).context["page"].total == 1


def test_directed_offer_is_read_by_those_named_and_it_is_recorded(
    reviewed, client_of, owner, stranger, research_office
):
    offer = reviewed(disclosure="directed")
    actions.direct_offer(offer, organisations=[owner.organisation], actor=research_office)

    assert offer.title in page(client_of(owner), at("offer", offer.code))
    assert client_of(stranger).get(at("offer", offer.code)).status_code == 404
    assert list(Entry.objects.filter(verb="offer.open").values_list("actor", flat=True)) == [owner.code]


def test_contact_data_is_for_both_sides_of_the_desk_only(published, client_of, stranger, league_officer):
    offer = published(contact_phone="0471-7654321")

    assert "0471-7654321" in page(client_of(league_officer), at("offer", offer.code))
    assert "0471-7654321" not in page(client_of(stranger), at("offer", offer.code))
    assert client_of(stranger).get(at("trail", offer.code)).status_code == 404


def test_stale_edit_is_compared_and_nothing_is_lost(draft, client_of, research_office, research_colleague):
    offer = draft()
    seen = offer.revision
    actions.change_offer(offer, to={"problem": "同事写的"}, actor=research_colleague)

    answer = client_of(research_office).post(
        at("section", offer.code, "content"), {"about": "我写的", "problem": "我也写了", "revision": seen}
    )

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "同事写的" in text
    assert "我也写了" in text
    offer.refresh_from_db()
    assert offer.problem == "同事写的"


def test_wrong_answers_are_said_beside_their_fields(draft, client_of, research_office):
    offer = draft()
    said = {"registration": "123", "trl": "12", "revision": offer.revision}

    answer = client_of(research_office).post(at("section", offer.code, "maturity"), said)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"trl"}
    answer = client_of(research_office).post(at("section", offer.code, "maturity"), {**said, "trl": ""})
    assert "应为 12 位" in answer.content.decode()


def test_steps_refuse_those_whose_turn_it_is_not(submitted, client_of, research_office, mirror_officer):
    offer = submitted()

    assert client_of(research_office).post(at("step", offer.code, "review"), {"opinion": ""}).status_code == 403
    assert client_of(mirror_officer).post(at("step", offer.code, "review"), {"opinion": ""}).status_code == 404
    offer.refresh_from_db()
    assert offer.state == State.SUBMITTED


@pytest.mark.parametrize("verb", ["publish", "unpublish", "direct", "revise", "confirm", "withdraw", "merge"])
def test_every_decision_has_a_page(verb, reviewed, published, client_of, home_officer, research_office):
    offer = published() if verb == "unpublish" else reviewed(disclosure="blurred")
    who = research_office if verb in ("revise", "confirm", "withdraw") else home_officer
    page(client_of(who), at("step", offer.code, verb))


def test_likely_duplicate_is_shown_to_the_reviewer_with_its_evidence(published, submitted, client_of, league_officer):
    first = published()
    second = submitted("耐旱甘蓝新品种选育")

    text = page(client_of(league_officer), at("offer", second.code))

    assert first.code in text
    assert "可能是同一项" in text


def test_duplicate_hidden_from_the_reader_is_not_shown(
    reviewed, draft, client_of, research_office, mirror_research_office
):
    hidden = reviewed(disclosure="confidential")
    theirs = draft("耐旱甘蓝新品种", by=mirror_research_office, of=mirror_research_office.organisation)
    own = draft("耐旱甘蓝新品种", by=research_office)

    assert hidden.code not in page(client_of(mirror_research_office), at("check", theirs.code))
    assert hidden.code in page(client_of(research_office), at("check", own.code))


def test_list_costs_the_same_for_one_and_for_many(published, client_of, stranger):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    published()
    browser = client_of(stranger)
    page(browser, at("list"))
    with CaptureQueriesContext(connection) as one:
        page(browser, at("list"))
    for number in range(4):
        published(f"另一个品种 {number}")
    with CaptureQueriesContext(connection) as many:
        page(browser, at("list"))
    assert len(many) == len(one)


def test_export_holds_no_live_formula_and_exactly_what_is_filtered(published, client_of, research_office):
    published("=HYPERLINK(1)")
    published("不导出的")

    answer = client_of(research_office).get(at("export"), {"format": "csv", "q": "=HYPER"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]


def test_batch_publishes_what_it_may_and_names_the_rest(reviewed, submitted, client_of, league_officer):
    good, waiting = reviewed(), submitted("待审的")

    client_of(league_officer).post(at("batch"), {"verb": "publish", "code": [good.code, waiting.code]})

    good.refresh_from_db()
    waiting.refresh_from_db()
    assert (good.state, waiting.state) == (State.PUBLISHED, State.SUBMITTED)


def test_known_at_shows_what_was_then_true(draft, client_of, research_office):
    offer = draft()
    text = page(client_of(research_office), at("trail", offer.code) + "?known=2099-01-01T10:00")
    assert "耐旱" in text
    assert "没有看懂" in page(client_of(research_office), at("trail", offer.code) + "?known=昨天")


def test_signed_out_readers_are_asked_to_sign_in(published, client_of):
    offer = published()
    for address in (at("list"), at("offer", offer.code), at("export"), at("start")):
        assert client_of().get(address).status_code == 302


def test_hostile_words_are_inert_everywhere(published, client_of, research_office, stranger):
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    offer = published(
        hostile[:110], about=hostile * 3, evidence=[{"kind": "paper", "title": hostile, "number": "", "year": ""}]
    )

    for person in (research_office, stranger):
        browser = client_of(person)
        text = page(browser, at("offer", offer.code)) + page(browser, at("list"))
        assert "&lt;script&gt;" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_likely_duplicates_keep_quick_among_many(published, draft, university, research_office):
    from time import perf_counter

    from duijie.site.offers.queries import likely_duplicates

    rows = [{"organisation": university, "title": f"甘蓝品种 {n} 号", "kind": "achievement"} for n in range(500)]
    actions.import_offers(rows, actor=research_office, source="B-9")
    first, mine = published(), draft()
    likely_duplicates(mine, research_office)

    began = perf_counter()
    found = likely_duplicates(mine, research_office)

    assert found[0].offer == first
    assert perf_counter() - began < 2
