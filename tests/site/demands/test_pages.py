"""The pages, as the people meet them."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from duijie.site.demands import actions, queries
from duijie.site.demands.models import Demand
from duijie.site.demands.views.deciding import DECISIONS
from duijie.site.ledger.models import Entry
from tests.site.demands.conftest import CANARY


def url(name, *arguments):
    return reverse(f"demands:{name}", args=arguments)


def text(response):
    return response.content.decode()


def test_whole_journey_from_start_to_receipt(client_of, owner, company, field_code):
    client = client_of(owner)
    page = client.get(url("start"))
    token = page.context["form"].initial["token"]
    answer = client.post(url("start"), {"organisation": company.code, "title": " 风机 叶片除冰 ", "token": token})
    again = client.post(url("start"), {"organisation": company.code, "title": "风机叶片除冰", "token": token})
    demand = Demand.objects.get()
    assert answer.url == again.url == url("form", demand.code)
    assert client.get(answer.url).status_code == 200
    sections = {
        "basics": {
            "title": "风机叶片除冰",
            "kind": "research",
            "region": "150102",
            "field": field_code,
            "keywords": "风电，除冰",
        },
        "problem": {"background": "我公司有 33 台风机", "question": "冬季叶片结冰停机", "use_case": "风电场"},
        "targets": {"measures": "停机时间 ≤ 20 小时/年\n除冰效率：≥９０%", "trl": "7"},
        "resources": {
            "deadline": "２０２７年6月30日",
            "budget_0": "3,000,000",
            "budget_1": "1",
            "own_funds_0": "200",
            "own_funds_1": "10000",
        },
        "cooperation": {"mode": "joint", "rights": "shared"},
        "disclosure": {"disclosure": "public", "contact_name": "娜仁", "contact_phone": "０４７１－１２３４５６７"},
    }
    for key, data in sections.items():
        assert client.get(url("section", demand.code, key)).status_code == 200
        demand.refresh_from_db()
        answer = client.post(url("section", demand.code, key), data | {"revision": demand.revision})
        assert answer.status_code == 302, text(answer)
    demand.refresh_from_db()
    assert (demand.title, demand.keywords, demand.budget, demand.trl) == ("风机叶片除冰", ["风电", "除冰"], 300, 7)
    assert str(demand.deadline) == "2027-06-30"
    assert demand.measures[0] == {"name": "停机时间", "value": "≤20", "unit": "小时/年"}
    assert demand.measures[1] == {"name": "除冰效率", "value": "≥90", "unit": "%"}
    assert demand.contact_phone == "0471-1234567"
    assert client.get(url("check", demand.code)).status_code == 200
    answer = client.post(url("check", demand.code), {"note": "请尽快"})
    assert answer.url == url("receipt", demand.code)
    assert demand.code in text(client.get(answer.url))
    assert client.post(url("check", demand.code)).url == url("receipt", demand.code)
    assert Entry.objects.filter(verb="demand.submit").count() == 1


def test_receipt_says_what_happened_after_submission_and_after_refinement(client_of, at, owner, league_officer):
    demand = at("local_review")
    client = client_of(owner)
    assert client.get(url("receipt", demand.code)).context["receipt"].title == "需求已提交"
    actions.send_to_refinement(demand, diagnosis="损伤率是多少？", actor=league_officer)
    answer = client.post(url("check", demand.code), {"note": "已补充"})
    again = client.post(url("check", demand.code), {"note": "已补充"})
    assert answer.url == again.url == url("receipt", demand.code)
    receipt = client.get(answer.url).context["receipt"]
    assert receipt.title == "凝练已完成"
    assert receipt.at == Entry.objects.get(verb="demand.hand_back").at
    assert "接着初审" in receipt.next_steps[0]


def test_incomplete_demand_is_refused_with_what_is_missing(client_of, draft, owner):
    demand = draft(question="", contact_phone="")
    answer = client_of(owner).post(url("check", demand.code))
    assert answer.status_code == 422
    assert "请填写要解决的技术问题" in text(answer)
    assert Demand.objects.get().state == "draft"


def test_section_can_be_saved_with_questions_left_open(client_of, draft, owner):
    demand = draft(question="")
    data = {"background": "写了一半", "question": "", "revision": demand.revision}
    client = client_of(owner)
    assert client.post(url("section", demand.code, "problem"), data).status_code == 422
    assert client.post(url("section", demand.code, "problem"), data | {"later": "1"}).status_code == 302
    assert Demand.objects.get().background == "写了一半"


def test_wrong_answers_are_named_and_nothing_typed_is_lost(client_of, draft, owner):
    demand = draft()
    data = {"measures": "发芽率高", "trl": "12", "benchmark": "国内最好水平", "revision": demand.revision}
    answer = client_of(owner).post(url("section", demand.code, "targets"), data)
    assert answer.status_code == 422
    assert "看不出数值" in text(answer)
    assert "国内最好水平" in text(answer)
    answer = client_of(owner).post(
        url("section", demand.code, "resources"),
        {
            "budget_0": "10",
            "budget_1": "10000",
            "own_funds_0": "20",
            "own_funds_1": "10000",
            "revision": demand.revision,
        },
    )
    assert "自筹部分不能多于总预算" in text(answer)


def test_stale_edit_gets_a_comparison_and_can_then_be_saved(client_of, draft, owner, colleague):
    demand = draft()
    data = {"background": "", "question": "我的新问题", "use_case": "", "revision": demand.revision}
    actions.change_demand(demand, to={"question": "同事的问题"}, actor=colleague)
    client = client_of(owner)
    answer = client.post(url("section", demand.code, "problem"), data)
    assert answer.status_code == 409
    for words in (CANARY, "同事的问题", "我的新问题"):
        assert words in text(answer)
    assert Demand.objects.get().question == "同事的问题"
    again = data | {"revision": answer.context["form"]["revision"].value()}
    assert client.post(url("section", demand.code, "problem"), again).status_code == 302
    assert Demand.objects.get().question == "我的新问题"


def test_unlisted_fields_of_a_request_are_ignored(client_of, draft, owner):
    demand = draft()
    data = {
        "background": "新",
        "question": "新",
        "state": "accepted",
        "organisation": "O-9",
        "revision": demand.revision,
    }
    client_of(owner).post(url("section", demand.code, "problem"), data)
    demand.refresh_from_db()
    assert (demand.background, demand.state) == ("新", "draft")


def test_hidden_and_missing_demands_look_alike(client_of, draft, stranger):
    demand, client = draft(), client_of(stranger)
    for name in ("demand", "form", "check", "receipt", "duplicates"):
        hidden, missing = client.get(url(name, demand.code)), client.get(url(name, "D-150102-1999-0001"))
        assert (hidden.status_code, missing.status_code) == (404, 404)
    for verb in DECISIONS:
        assert client.get(url("decide", demand.code, verb)).status_code == 404
        assert client.post(url("decide", demand.code, verb)).status_code == 404


def test_review_by_pages(client_of, at, owner, league_officer, home_officer):
    demand = at("submitted")
    league, home = client_of(league_officer), client_of(home_officer)
    assert league.post(url("decide", demand.code, "take")).status_code == 302
    answer = league.post(url("decide", demand.code, "refine"), {"diagnosis": ""})
    assert answer.status_code == 422
    league.post(url("decide", demand.code, "refine"), {"diagnosis": "请补充对标水平"})
    assert "请补充对标水平" in text(client_of(owner).get(url("demand", demand.code)))
    client_of(owner).post(url("decide", demand.code, "hand-back"), {"note": "已补充"})
    assert league.get(url("decide", demand.code, "accept")).status_code == 403
    league.post(url("decide", demand.code, "pass"), {"note": "属实"})
    assert league.post(url("decide", demand.code, "accept"), {"note": ""}).status_code == 403
    home.post(url("decide", demand.code, "accept"), {"note": "同意"})
    home.post(url("decide", demand.code, "publish"))
    demand.refresh_from_db()
    assert demand.state == "published"
    page = text(home.get(url("demand", demand.code)))
    for words in ("受理", "属实", "请补充对标水平", league_officer.name):
        assert words in page


@pytest.mark.parametrize("verb", sorted(DECISIONS))
def test_every_decision_page_opens_or_says_why_not(client_of, at, home_officer, verb):
    demand = at("accepted")
    assert client_of(home_officer).get(url("decide", demand.code, verb)).status_code in {200, 403}


def test_refusing_takes_a_reason_of_the_list(client_of, at, league_officer):
    demand, client = at("local_review"), client_of(league_officer)
    assert client.post(url("decide", demand.code, "refuse"), {"reason": "deadline"}).status_code == 422
    assert client.post(url("decide", demand.code, "refuse"), {"reason": "other", "words": ""}).status_code == 422
    client.post(url("decide", demand.code, "refuse"), {"reason": "not_true", "words": "查无此事"})
    demand.refresh_from_db()
    assert (demand.state, demand.exit_reason, demand.exit_words) == ("refused", "not_true", "查无此事")


def test_blurred_demand_shows_title_and_field_only(client_of, at, stranger):
    demand = at("published", disclosure="blurred", background=f"{CANARY}背景")
    client = client_of(stranger)
    page = text(client.get(url("demand", demand.code)))
    assert demand.title in page
    listed = text(client.get(url("list")))
    assert demand.title in listed
    for words in (CANARY, "蒙草种业", "300 万元", "2030-06-30", "娜仁"):
        assert words not in page, words
        assert words not in listed, words


def test_filters_do_not_tell_what_is_blurred(client_of, at, stranger, home_officer):
    demand = at("published", disclosure="blurred")
    client = client_of(stranger)
    for query in ("kind=research", "state=published", "disclosure=blurred", "q=蒙草", "mine=overdue", "sort=state"):
        page = client.get(f"{url('list')}?{query}")
        if not query.startswith("sort"):
            assert demand.title not in text(page), query
    for query in ("q=种薯", "region=150100"):
        assert demand.title in text(client.get(f"{url('list')}?{query}")), query
    assert demand.title in text(client_of(home_officer).get(f"{url('list')}?kind=research&q=蒙草&state=published"))


def test_list_shows_each_what_is_his(client_of, draft, at, owner, stranger, mirror_officer, mirror_company):
    mine = draft("草原鼠害遥感监测")
    other = draft("稀土尾矿回收", organisation=mirror_company, actor=stranger)
    for person, seen, unseen in ((owner, mine, other), (stranger, other, mine)):
        page = text(client_of(person).get(url("list")))
        assert seen.title in page
        assert unseen.title not in page
    assert "共 <strong>0</strong> 条" in text(client_of(mirror_officer).get(url("list")))


@pytest.mark.parametrize("name", ["list", "demand"])
def test_query_count_does_not_grow(
    name, client_of, at, draft, home_officer, league_officer, owner, mirror_company, stranger
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = client_of(home_officer), []
    first = at("local_review")
    address = url("list") if name == "list" else url("demand", first.code)
    for _round in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as statements:
            client.get(address)
        # reference data held in memory asks once a second whether it still holds
        counts.append(sum("registry_edition" not in one["sql"] for one in statements))
        for number in range(3):
            at("submitted", title=f"第{number}条")
            draft(f"稀土{number}", organisation=mirror_company, actor=stranger)
        actions.return_demand(first, reasons="补充", actor=league_officer)
        actions.change_demand(first, to={"benchmark": f"对标{_round}", "keywords": ["甲"]}, actor=owner)
        actions.submit_demand(first, actor=owner)
        actions.take_for_review(first, actor=league_officer)
    assert counts[0] == counts[1]
    assert counts[0] <= 30, counts


def test_as_known_shows_what_then_stood_to_insiders_only(client_of, at, owner, stranger, clock_at):
    from django.utils import timezone

    from duijie.site.kernel import clock

    demand = at("published")
    moment = f"{timezone.localtime(clock.now()):%Y-%m-%dT%H:%M:%S.%f}"
    with clock_at(days=1):
        actions.change_demand(demand, to={"deadline": None}, actor=owner)
    page = client_of(owner).get(url("demand", demand.code), {"known": moment})
    assert "2030-06-30" in text(page)
    assert "2030-06-30" not in text(client_of(owner).get(url("demand", demand.code))).split("办理记录")[0]
    assert client_of(stranger).get(url("demand", demand.code), {"known": moment}).status_code == 404
    for wrong in ("2001-01-01T00:00", "gestern"):
        assert client_of(owner).get(url("demand", demand.code), {"known": wrong}).status_code == 404


def test_opening_by_page_is_recorded_for_outsiders(client_of, at, owner, league_officer):
    demand = at("submitted", disclosure="confidential")
    for person in (owner, league_officer):
        assert client_of(person).get(url("demand", demand.code)).status_code == 200
    assert Entry.objects.filter(verb="demand.open").count() == 1
    assert "查阅记录（1 次）" in text(client_of(owner).get(url("demand", demand.code)))


def test_export_holds_exactly_what_is_filtered_and_nothing_hidden(client_of, at, stranger, home_officer):
    shown, blurred = at("published", title="羊绒检测"), at("published", title="=HYPERLINK(1)", disclosure="blurred")
    at("accepted", title="机密需求", disclosure="confidential")
    answer = client_of(stranger).get(url("export"), {"format": "csv"})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert {row["编号"] for row in rows} == {shown.code, blurred.code}
    row = next(row for row in rows if row["编号"] == blurred.code)
    assert row["需求名称"].startswith("'=")
    assert row["要解决的技术问题"] == row["需求单位"] == ""
    assert CANARY in next(row for row in rows if row["编号"] == shown.code)["要解决的技术问题"]
    answer = client_of(home_officer).get(url("export"), {"format": "xlsx", "q": "机密"})
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert Entry.objects.filter(verb="demand.open").count() == 1
    assert client_of(stranger).get(url("export"), {"format": "exe"}).status_code == 404


def test_batch_takes_what_it_may_and_says_why_not(client_of, at, draft, league_officer, mirror_company, stranger):
    good, bad = at("submitted"), at("local_review", title="草原碳汇")
    hidden = draft("稀土", organisation=mirror_company, actor=stranger)
    client = client_of(league_officer)
    answer = client.post(
        url("batch"), {"verb": "take", "code": [good.code, bad.code], "next": "//evil.example"}, follow=True
    )
    good.refresh_from_db()
    assert good.state == "local_review"
    assert bad.code in text(answer)
    assert answer.redirect_chain[0][0] == url("list")
    assert client.post(url("batch"), {"verb": "take", "code": [hidden.code]}).status_code == 404


def test_duplicates_are_shown_compared_and_decided(client_of, at, draft, owner, league_officer, home_officer):
    question = "马铃薯种薯分级损伤率高，需要视觉识别与柔性抓取相结合的低损伤分级装备，"
    question += "适应黑土旱作区的种薯大小与泥土附着情况，并能连续作业。"
    first = at("accepted", question=question, background="我公司年产种薯两万吨，现有人工分级每班十二人，劳动强度大。")
    copy = at(
        "regional_review", question=question + "还要省电。", background="我公司年产种薯两万吨，现有人工分级每班十二人。"
    )
    home = client_of(home_officer)
    page = text(home.get(url("duplicates", copy.code)))
    assert first.code in page
    assert "都写到" in page
    answer = home.post(url("decide", copy.code, "accept"), {"note": ""})
    assert answer.status_code == 409
    compared = home.get(url("compare", copy.code, first.code))
    assert question in text(compared)
    assert home.post(url("compare", copy.code, first.code), {"why": ""}).status_code == 422
    home.post(url("compare", copy.code, first.code), {"why": "一个是种薯，一个是商品薯"})
    assert home.post(url("decide", copy.code, "accept"), {"note": ""}).status_code == 302
    home.post(url("decide", copy.code, "merge"), {"into": first.code.lower(), "why": "后来发现是同一项目"})
    copy.refresh_from_db()
    assert copy.merged_into == first
    assert copy.code in text(home.get(url("demand", first.code)))


def test_duplicates_never_show_what_the_reader_may_not_read(client_of, at, draft, stranger, mirror_company):
    hidden = at("submitted", disclosure="confidential")
    copy = draft(organisation=mirror_company, actor=stranger)
    assert queries.likely_duplicates(copy, None)[0].demand == hidden
    assert queries.likely_duplicates(copy, stranger) == []
    page = text(client_of(stranger).get(url("check", copy.code)))
    assert hidden.code not in page


def test_pages_are_only_for_those_who_signed_in(client_of, at):
    demand = at("published")
    for address in (url("list"), url("demand", demand.code), url("export"), url("start")):
        answer = client_of().get(address)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.url
