"""The pages, as the people meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from duijie.site.matching import shelf
from duijie.site.matching.actions.running import match_demand
from duijie.site.matching.models import Match, Suggestion

if TYPE_CHECKING:
    from django.test import Client


def url(name, *arguments):
    return reverse(f"matching:{name}", args=arguments)


def text(response):
    return response.content.decode()


@pytest.fixture
def suggested(cabbage, answering, elsewhere, home_officer):
    """A demand with its candidates."""
    shelf.rebuild()
    match_demand(cabbage, actor=home_officer)
    return Suggestion.objects.get(offer=answering)


def test_candidates_are_found_on_request_and_say_why(client_of, cabbage, answering, elsewhere, owner):
    shelf.rebuild()
    client: Client = client_of(owner)
    before = client.get(url("candidates", cabbage.code))
    assert "还没有匹配过" in text(before)
    after = client.post(url("run_demand", cabbage.code), follow=True)
    page = after.context["page"]
    assert [one.supply for one in page.offers] == [answering]
    assert [one.supply for one in page.teams] == [answering.team]
    assert "为什么推荐" in text(after)
    assert "甘蓝" in page.offers[0].good[0]
    teams = client.get(url("candidates", cabbage.code), {"of": "teams"})
    assert answering.title in text(teams)


def test_suggestion_marks_what_met_in_both_texts(client_of, suggested, owner):
    page = client_of(owner).get(url("suggestion", suggested.pk))
    shown = page.context["page"]
    marked = {
        side: [piece.text for one in part.passages for piece in one.pieces if piece.kind == "met"]
        for side, part in (("demand", shown.demand_text), ("offer", shown.offer_text))
    }
    assert "耐旱甘蓝新品种选育" in marked["demand"]
    assert any("甘蓝" in piece for piece in marked["offer"])
    assert "<mark>" in text(page)
    assert [bar.label for bar in shown.bars][:2] == ["正文用词", "题目和关键词"]
    assert sum(bar.value for bar in shown.bars) == pytest.approx(suggested.score)


def test_pieces_of_a_text_are_the_text():
    from duijie.site.matching.queries.explaining import pieces

    found = pieces("耐旱甘蓝，亩产４５００公斤", ["甘蓝", "4500"], ["亩产", "甘蓝"])
    assert "".join(piece.text for piece in found) == "耐旱甘蓝，亩产４５００公斤"
    assert [(piece.text, piece.kind) for piece in found if piece.kind] == [
        ("甘蓝", "met"), ("亩产", "lacking"), ("４５００", "met"),
    ]  # fmt: skip


def test_replay_says_the_score_is_the_same(client_of, suggested, owner):
    answer = client_of(owner).post(url("replay", suggested.pk))
    assert "得分与理由完全一致" in text(answer)


def test_replay_names_what_differs(client_of, suggested, owner):
    Suggestion.objects.filter(pk=suggested.pk).update(score=0.5)
    answer = text(client_of(owner).post(url("replay", suggested.pk)))
    assert "复算结果与记录不同" in answer
    assert "0.5" in answer


def test_too_vague_demand_is_told_what_to_write(client_of, ask, answering, owner):
    vague = ask("提高产品质量")
    shelf.rebuild()
    page = client_of(owner).post(url("run_demand", vague.code), follow=True)
    assert page.context["page"].outcome == "too vague"
    assert "太笼统" in text(page)
    assert "技术问题" in text(page)


def test_demand_nobody_answers_is_told_so(client_of, cabbage, owner):
    shelf.rebuild()
    page = client_of(owner).post(url("run_demand", cabbage.code), follow=True)
    assert page.context["page"].outcome == "no match"
    assert "没有找到可信的推荐" in text(page)


def test_candidates_say_that_the_demand_was_rewritten(client_of, suggested, cabbage, owner):
    from duijie.site.ledger.actions import change

    client = client_of(owner)
    assert "内容改过了" not in text(client.get(url("candidates", cabbage.code)))
    change(cabbage, actor=None, verb="demand.change", to={"question": "需要耐盐碱的甘蓝"})
    assert "内容改过了" in text(client.get(url("candidates", cabbage.code)))


def test_four_candidates_are_compared_and_the_best_is_named(client_of, cabbage, provide, owner):
    for number in range(5):
        provide(
            f"耐旱甘蓝新品种 {number} 号", "选育耐旱甘蓝新品种，商品率 90%。" + "甘蓝抗旱。" * number, trl=number + 2
        )
    shelf.rebuild()
    client = client_of(owner)
    client.post(url("run_demand", cabbage.code))
    numbers = [*Suggestion.objects.exclude(offer=None).values_list("pk", flat=True)]
    page = client.get(url("compare", cabbage.code), {"s": numbers})
    assert len(page.context["page"].candidates) == 4
    assert "一次最多比较 4 项" in text(page)
    rows = dict(page.context["page"].rows)
    best = [cell.text for cell in rows["技术成熟度"] if cell.best]
    assert best == [max(cell.text for cell in rows["技术成熟度"])]
    assert "请勾选两到四项" in text(client.get(url("compare", cabbage.code), {"s": ["x", numbers[0]]}))


def test_offer_finds_who_needs_it(client_of, cabbage, answering, research_office):
    shelf.rebuild()
    client = client_of(research_office)
    assert "还没有找到" in text(client.get(url("offer", answering.code)))
    page = client.post(url("run_offer", answering.code), follow=True)
    assert [one.demand for one in page.context["page"].needs] == [cabbage]
    assert cabbage.title in text(page)


def test_demands_own_candidates_stay_after_an_offer_asked(
    client_of, suggested, cabbage, answering, owner, research_office
):
    client_of(research_office).post(url("run_offer", answering.code))
    page = client_of(owner).get(url("candidates", cabbage.code)).context["page"]
    assert page.answer == suggested.answer
    assert page.teams != []


@pytest.fixture
def match(suggested, cabbage, league_officer):
    from duijie.site.matching.actions.working import take_up

    return take_up(cabbage, suggested.offer, suggestion=suggested, actor=league_officer)


def test_match_shows_both_sides_steps_and_why(client_of, match, cabbage, answering, league_officer):
    page = client_of(league_officer).get(url("match", match.code))
    shown = page.context["page"]
    assert shown.buttons[0].verb == "contact"
    assert {str(one.label): one.value for one in shown.facts}["经办人"].startswith("赵晓东")
    assert shown.candidate.good[0] in text(page)
    assert cabbage.title in text(page)
    assert answering.title in text(page)
    assert [row.actor for row in shown.trail] == ["赵晓东"]


def test_talk_with_one_side_is_not_told_to_the_other(client_of, match, league_officer, owner, research_office):
    from duijie.site.matching.actions.working import contact

    contact(match, way="phone", side="supply", words="底价是八十万元", actor=league_officer)
    assert "八十万元" in text(client_of(league_officer).get(url("match", match.code)))
    assert "八十万元" in text(client_of(research_office).get(url("match", match.code)))
    assert "八十万元" not in text(client_of(owner).get(url("match", match.code)))


def test_list_filters_and_exports_the_same(client_of, match, league_officer):
    client = client_of(league_officer)
    assert match.code in text(client.get(url("list")))
    for asked in (
        {"mine": "broker"},
        {"state": "suggested"},
        {"q": "甘蓝"},
        {"region": "呼和浩特"},
        {"mine": "waiting"},
    ):
        assert match.code in text(client.get(url("list"), asked)), asked
        file = client.get(url("export"), asked | {"format": "csv"})
        assert match.code in b"".join(file.streaming_content).decode()
    for asked in ({"mine": "overdue"}, {"state": "intended"}, {"q": "稀土"}, {"region": "包头"}):
        assert match.code not in text(client.get(url("list"), asked)), asked
    assert client.get(url("export"), {"format": "xlsx"}).status_code == 200


@pytest.mark.parametrize("mine", ["broker", "waiting"])
def test_queries_do_not_grow_with_the_list(client_of, match, provide, cabbage, league_officer, mine):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from duijie.site.matching.actions.working import take_up

    client = client_of(league_officer)
    client.get(url("list"))

    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(url("list"), {"mine": mine})
        return len(asked)

    one = count()
    for number in range(3):
        take_up(cabbage, provide(f"甘蓝 {number}"), actor=league_officer)
    assert count() == one


def test_queries_do_not_grow_with_the_candidates(client_of, cabbage, provide, team, owner):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(owner)

    def count(most):
        for number in range(most):
            provide(f"耐旱甘蓝新品种 {number} 号", "选育耐旱甘蓝新品种，商品率 90%，亩产 4500 公斤。", team=team)
        shelf.rebuild()
        client.post(url("run_demand", cabbage.code))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(url("candidates", cabbage.code))
        return len(page.context["page"].offers), len(asked)

    (few, first), (many, second) = count(1), count(6)
    assert few < many
    assert first == second


def test_run_is_listed_and_verified(client_of, suggested, home_officer):
    client = client_of(home_officer)
    run = suggested.answer.run
    assert run.code in text(client.get(url("runs")))
    assert "核对无误" in text(client.get(url("run", run.code), {"verify": "1"}))
    Suggestion.objects.filter(pk=suggested.pk).update(score=9)
    assert "核对不符" in text(client.get(url("run", run.code), {"verify": "1"}))


def test_match_waits_on_the_desk_of_its_broker(client_of, match, league_officer, mirror_officer):
    from duijie.site.matching.queries import desk

    assert [(row.code, row.what) for row in desk.todo(league_officer)] == [(match.code, "联系双方")]
    assert desk.todo(mirror_officer) == []
    assert [row.code for row in desk.handled(league_officer)] == [match.code]
    assert Match.objects.count() == 1
