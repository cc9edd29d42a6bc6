"""A match that comes to nothing by a mail, the next candidate, and the intention to sign: by the people who do it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from duijie.site.ledger.actions import change
from duijie.site.matching.models import Answer, Match, Suggestion
from duijie.site.notices.actions import post_waiting
from tests.site.mailbox import text_of
from tests.site.matching.conftest import answering, ask, cabbage, elsewhere, own_indexes, provide, team  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture
def proposed(own_indexes, cabbage, answering, elsewhere):  # noqa: F811
    """What the engine proposes for the cabbage: the offer that answers it, then another."""
    from duijie.site.matching.actions.running import match_demand
    from duijie.site.matching.shelf import follow

    change(answering, actor=None, verb="offer.change", to={"contact_email": "office@nmau.example"})
    change(elsewhere, actor=None, verb="offer.change", to={"contact_email": "magnet@nmau.example"})
    follow()
    match_demand(cabbage, actor=None)
    _propose_besides(cabbage, elsewhere)
    return cabbage, answering, elsewhere


def _propose_besides(demand, offer):
    """The engine rightly leaves out what does not answer; the story needs a second candidate."""
    answer = Answer.objects.latest_of(demand)
    if not Suggestion.objects.filter(answer=answer, offer=offer).exists():
        last = Suggestion.objects.filter(answer=answer).count()
        Suggestion.objects.create(
            answer=answer, offer=offer, revision=offer.revision, rank=last + 1, score=0.4, level=3,
            reasons=[{"code": "words", "weight": 0.4, "demand_words": ["品种"], "offer_words": ["装配"]}],
        )  # fmt: skip


def test_match_fails_by_mail_and_the_next_candidate_comes_to_an_intention(
    at_desk,
    opened,
    proposed,
    broker,
    owner,
    mailbox,
    with_mail,
):
    demand, first, second = proposed
    with_mail(broker, owner)
    page = at_desk(broker)
    take_up(page, demand, first.title)
    step(page, "发征询", lambda: page.get_by_label("供给方").check())
    expect(page.get_by_text("征询已发出").first).to_be_visible()

    post_waiting()
    [letter] = mailbox.to("office@nmau.example")
    answer = opened()
    answer.goto(urlsplit(re.search(r"https://\S+/matching/answer/\S+", text_of(letter))[0]).path)
    expect(answer.get_by_text(demand.title)).to_be_visible()
    answer.get_by_label("不考虑", exact=True).check()
    answer.get_by_label("不考虑的原因").select_option(label="近期无力承接")
    answer.get_by_role("button", name="提交答复").click()
    expect(answer.get_by_role("heading", name="谢谢您的答复")).to_be_visible()
    assert Match.objects.get(offer=first).state == "declined"

    post_waiting()
    told = [one for one in mailbox.to(broker.email) if "下一个推荐" in str(one["Subject"])]
    assert len(told) == 1
    page.goto("/")
    page.goto("/notices/")
    page.get_by_role("link", name=re.compile("请联系下一个推荐")).click()
    expect(page.get_by_text("近期无力承接").first).to_be_visible()

    take_up(page, demand, second.title)
    step(page, "记录联系", lambda: talk(page))
    step(page, "开始洽谈")
    step(page, "形成签约意向", lambda: page.get_by_label("说明").fill("谈妥了中试方案。"))
    match = Match.objects.get(offer=second)
    demand.refresh_from_db()
    assert (match.state, demand.state) == ("intended", "intended")
    page.goto("/matching/tasks/")
    expect(page.get_by_role("link", name=match.code)).to_be_visible()
    post_waiting()
    assert any("拟签约" in str(one["Subject"]) for one in mailbox.to(owner.email))


def take_up(page, demand, title):
    page.goto(f"/matching/demands/{demand.code}/")
    page.get_by_role("button", name=re.compile(f"联系.*{title}")).click()
    expect(page.get_by_text("已接手").first).to_be_visible()


def step(page, name, fill=lambda: None):
    page.locator("main").get_by_role("link", name=name, exact=True).click()
    fill()
    page.locator("main form .btn-primary, main form .btn-danger").click()
    expect(page.locator(".notice.success").first).to_be_visible()


def talk(page):
    page.get_by_label("供给方").check()
    page.get_by_label("电话").check()
    page.get_by_label("谈了什么").fill("对方愿意见面。")
