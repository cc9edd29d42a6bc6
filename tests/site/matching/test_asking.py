"""Asking a side by mail, and its answer by the link or on the desk."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from duijie.site.kernel.errors import Forbidden, Refusal, WrongState
from duijie.site.ledger.actions import change
from duijie.site.ledger.models import Entry
from duijie.site.matching.actions import asking, working
from duijie.site.matching.models import Inquiry
from duijie.site.notices.actions import post_waiting
from duijie.site.notices.models import Letter, Notice
from tests.site.mailbox import text_of

from .people import later

pytestmark = pytest.mark.django_db
YES, NO = {"says": "yes"}, {"says": "no", "reason": "busy", "words": "今年排满了"}


@pytest.fixture
def addressed(answering, cabbage):
    """Both sides wrote where they read mail, and who answers the telephone."""
    change(
        answering,
        actor=None,
        verb="offer.change",
        to={"contact_email": "office@nmau.example", "contact_name": "吴海燕"},
    )
    to = {"contact_email": "naren@mengcao.example", "contact_phone": "0471-7654321", "contact_name": "娜仁其木格"}
    change(cabbage, actor=None, verb="demand.change", to=to)


def link_in(message):
    return urlsplit(re.search(r"https://\S+/matching/answer/\S+", text_of(message))[0]).path


def test_mail_brings_the_question_and_its_link_brings_the_answer(addressed, asked, mailbox, client_of, taken, broker):
    assert post_waiting() >= 1
    [mail] = mailbox.to("office@nmau.example")
    anybody = client_of()
    page = anybody.get(link_in(mail))
    assert page.status_code == 200
    assert "耐旱甘蓝新品种选育" in page.content.decode()
    assert anybody.post(link_in(mail), NO).status_code == 200
    taken.refresh_from_db()
    assert (taken.state, taken.reason, taken.declined_by) == ("declined", "busy", "supply")
    entry = Entry.objects.get(verb="inquiry.answer")
    assert (entry.actor, entry.source) == ("", "link")
    assert "下一个推荐" in Notice.objects.get(user=broker, kind="match.declined").title


def test_looking_at_the_link_changes_nothing(addressed, asked, client_of):
    token = asking.link_token(asked)
    before = Entry.objects.count()
    client = client_of()
    assert client.get(f"/matching/answer/{token}/").status_code == 200
    assert client.head(f"/matching/answer/{token}/").status_code == 200
    assert Entry.objects.count() == before


def test_page_without_sign_in_tells_no_contact_and_nothing_hidden(
    ask, answering, addressed, broker, client_of, league_officer
):
    blurred = ask("脱敏的甘蓝需求", "金雕工艺的秘密", disclosure="blurred", contact_phone="0471-1112222")
    match = working.take_up(blurred, answering, actor=league_officer)
    inquiry = asking.ask(match, side="supply", actor=league_officer)
    text = client_of().get(f"/matching/answer/{asking.link_token(inquiry)}/").content.decode()
    assert "脱敏的甘蓝需求" in text
    for hidden in ("金雕", "0471-1112222", blurred.organisation.name, league_officer.name):
        assert hidden not in text


def test_nobody_is_asked_about_a_demand_he_may_not_know_of(ask, answering, addressed, league_officer, mailbox):
    for level in ("directed", "confidential"):
        secret = ask(f"金雕{level}", disclosure=level, state="matching", published_at=None)
        match = working.take_up(secret, answering, actor=league_officer)
        with pytest.raises(Refusal, match="不能书面征询"):
            asking.ask(match, side="supply", actor=league_officer)
    post_waiting()
    assert not any("金雕" in text_of(one) for one in mailbox.messages)


def test_letter_is_not_sent_once_what_it_speaks_of_is_hidden(addressed, asked, mailbox, cabbage, client_of):
    cabbage.refresh_from_db()
    change(cabbage, actor=None, verb="demand.change", to={"disclosure": "confidential"})
    post_waiting()
    assert mailbox.to("office@nmau.example") == []
    answer = client_of().get(f"/matching/answer/{asking.link_token(asked)}/")
    assert answer.status_code == 409
    assert cabbage.title not in answer.content.decode()


def test_changed_link_is_refused_in_one_sentence(asked, client_of):
    token = asking.link_token(asked)
    for wrong in (token[:-2] + "xx", "x", token.replace(":", "-", 1)):
        answer = client_of().get(f"/matching/answer/{wrong}/")
        assert answer.status_code == 409
        assert "不完整或被改动过" in answer.content.decode()


def test_expired_link_is_refused_and_the_desk_still_answers(asked, taken, client_of, research_office):
    token = asking.link_token(asked)
    with later(60):
        answer = client_of().post(f"/matching/answer/{token}/", YES)
        assert answer.status_code == 409
        assert "已经过期" in answer.content.decode()
        asking.answer_inquiry(asked, says="yes", actor=research_office)
    taken.refresh_from_db()
    assert taken.supply_says == "yes"


def test_recalled_and_answered_links_say_so(asked, taken, broker, client_of, owner):
    token = asking.link_token(asked)
    client = client_of()
    assert client.post(f"/matching/answer/{token}/", YES).status_code == 200
    again = client.post(f"/matching/answer/{token}/", YES)
    assert again.status_code == 409
    assert "已经答复过" in again.content.decode()
    assert Entry.objects.filter(verb="inquiry.answer").count() == 1
    taken.refresh_from_db()
    other = asking.ask(taken, side="demand", actor=broker)
    asking.recall(other, actor=broker)
    assert "已经收回" in client.get(f"/matching/answer/{asking.link_token(other)}/").content.decode()


def test_both_yes_begin_the_talks(asked, taken, cabbage, research_office, owner, broker):
    asking.answer_inquiry(asked, says="yes", actor=research_office)
    taken.refresh_from_db()
    assert taken.state == "contacted"
    asking.answer_match(taken, says="yes", actor=owner)
    assert taken.state == "talking"
    cabbage.refresh_from_db()
    assert cabbage.state == "in_talks"


def test_no_without_a_reason_is_asked_again(asked, client_of, taken):
    answer = client_of().post(f"/matching/answer/{asking.link_token(asked)}/", {"says": "no"})
    assert answer.status_code == 422
    assert Inquiry.objects.get().state == "sent"


def test_only_its_own_side_answers(asked, taken, stranger, owner, mirror_research_office, team_leader):
    for person in (stranger, owner, mirror_research_office, team_leader):
        with pytest.raises(Forbidden):
            asking.answer_inquiry(asked, says="yes", actor=person)


def test_leader_of_the_team_answers_for_it(asked, taken, team, team_leader):
    change(team, actor=None, verb="team.change", to={"leader": team_leader})
    assert asking.answer_inquiry(asked, says="yes", actor=team_leader).supply_says == "yes"


def test_side_is_not_asked_twice_at_once(asked, taken, broker):
    with pytest.raises(Refusal, match="正在等答复"):
        asking.ask(taken, side="supply", actor=broker)


def test_side_without_address_and_account_is_to_be_called(cabbage, provide, found, broker):
    offer = provide("无人认领的甘蓝成果", of=found("远方研究所", "institute"))
    match = working.take_up(cabbage, offer, actor=broker)
    with pytest.raises(Refusal, match="电话联系"):
        asking.ask(match, side="supply", actor=broker)
    assert not Letter.objects.exists()


def test_question_about_an_ended_match_is_closed(asked, taken, broker, client_of):
    working.decline(taken, reason="busy", actor=broker)
    with pytest.raises(WrongState):
        asking.answer_inquiry(asked, says="yes", actor=None)
    assert client_of().get(f"/matching/answer/{asking.link_token(asked)}/").status_code == 409
