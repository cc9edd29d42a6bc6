"""One demand, from an organisation's draft to its publication, by the people whose turn it is."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from duijie.site.demands.models import Demand
from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

TITLE = "马铃薯种薯低损伤智能分级"
BACKGROUND = "我公司年产马铃薯种薯 2 万吨，现用人工分级。"
DIAGNOSIS = "请写明现在的损伤率是多少，要对标哪家。"
ANSWER = "荷兰某公司设备，损伤率 1%"


def test_demand_is_written_refined_reviewed_and_published_by_those_whose_turn_it_is(
    signed_in, owner, league_officer, home_officer
):
    company = signed_in(owner)
    code = write(company)
    submit(company, code)
    handed_in = clock.now()

    league = signed_in(league_officer)
    take(league, code)
    decide(league, "送凝练", "诊断意见", DIAGNOSIS)
    expect(league.get_by_text("凝练中").first).to_be_visible()

    refine(company, code)

    open_from_desk(league, code)
    league.get_by_role("link", name="查重").click()
    expect(league.get_by_text("没有发现疑似重复的需求")).to_be_visible()
    league.go_back()
    decide(league, "初审通过", "意见", "情况属实，已到现场核过。")

    region = signed_in(home_officer)
    open_from_desk(region, code)
    expect(region.get_by_text("情况属实，已到现场核过。").first).to_be_visible()
    decide(region, "受理", "意见", "予以受理。")
    decide(region, "发布")
    expect(region.get_by_text("已发布").first).to_be_visible()

    its_trail_tells_the_story(region, code)
    what_was_known_is_still_known(region, code, handed_in)
    verbs = Entry.objects.filter(subject=code).exclude(verb="demand.change").order_by("id")
    assert [entry.verb.removeprefix("demand.") for entry in verbs] == [
        "start", "submit", "take", "refine", "hand_back", "pass", "accept", "publish",
    ]  # fmt: skip


def write(page):
    """Fill in the form, section by section, from the desk."""
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="需求").click()
    page.get_by_role("link", name="填报需求").first.click()
    page.get_by_label("需求名称").fill(TITLE)
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_text("共 6 部分")).to_be_visible()
    page.get_by_role("link", name="基本情况").click()
    page.get_by_label("需求类型").select_option(label="联合研发")
    page.get_by_label("技术领域").select_option(label="农业")
    page.get_by_label("关键词").fill("种薯，分级 视觉")
    go_on(page)
    page.get_by_label("背景").fill(BACKGROUND)
    page.get_by_label("要解决的技术问题").fill("分级损伤率高，需要视觉分级装置。")
    page.get_by_label("应用场景").fill("武川县的两条分级线。")
    go_on(page)
    page.get_by_label("量化指标").fill("损伤率 ≤2 %\n处理量：10 吨/小时")
    go_on(page)
    page.get_by_label("要求完成时间").fill("2030-06-30")
    page.locator("[name=budget_0]").fill("300")
    page.get_by_label("决策人").fill("总经理")
    go_on(page)
    page.get_by_label("合作方式").select_option(index=1)
    go_on(page)
    page.get_by_label("联系人").fill("娜仁")
    page.get_by_label("电话").fill("0471-1234567")
    page.get_by_role("button", name="保存", exact=True).click()
    return page.locator(".page-head .code").inner_text()


def go_on(page):
    page.get_by_role("button", name="保存，填下一部分").click()
    expect(page.get_by_text("已保存。").first).to_be_visible()


def submit(page, code):
    """Check the answers, put one right, hand in, and get the receipt."""
    page.get_by_role("link", name="检查并提交").click()
    expect(page.get_by_text("处理量 10 吨/小时")).to_be_visible()
    page.get_by_role("link", name="修改 关键词").click()
    expect(page.get_by_label("关键词")).to_have_value("种薯、分级、视觉")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="检查并提交").click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".receipt .code")).to_have_text(code)
    expect(page.get_by_role("heading", name="接下来")).to_be_visible()


def open_from_desk(page, code):
    """What waits for a person stands on his desk."""
    page.goto("/")
    page.locator(f"main a[href='/demands/{code}/']").first.click()


def take(page, code):
    open_from_desk(page, code)
    expect(page.get_by_role("link", name="填写需求")).to_have_count(0)
    decide(page, "接收并开始初审")
    expect(page.get_by_text("初审中").first).to_be_visible()


def decide(page, verb, label="", words=""):
    """Take a decision: its link, its words, its button; then one is back at the demand."""
    page.locator("main .actions").get_by_role("link", name=verb, exact=True).click()
    if words:
        page.get_by_label(label).fill(words)
    page.locator("main form .btn-primary, main form .btn-danger").click()
    expect(page.get_by_text("已办理").first).to_be_visible()


def refine(page, code):
    """The organisation reads the diagnosis, answers it, and hands back."""
    open_from_desk(page, code)
    expect(page.get_by_text(DIAGNOSIS).first).to_be_visible()
    page.get_by_role("link", name="填写需求").click()
    page.get_by_role("link", name="技术指标").click()
    page.get_by_label("对标水平").fill(ANSWER)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="检查并完成凝练").click()
    page.get_by_role("button", name="完成凝练").click()
    assert Demand.objects.get(code=code).state == "local_review"


def its_trail_tells_the_story(page, code):
    trail = page.locator(".trail")
    for words in ("娜仁", "赵晓东", "王志远", DIAGNOSIS, ANSWER, "情况属实，已到现场核过。", "予以受理。"):
        expect(trail.get_by_text(words).first).to_be_visible()
    expect(page.locator(".life [aria-current=step]")).to_contain_text("受理发布")


def what_was_known_is_still_known(page, code, moment):
    page.goto(f"/demands/{code}/?known={timezone.localtime(moment).replace(tzinfo=None).isoformat()}")
    expect(page.get_by_text("时系统所记载的内容")).to_be_visible()
    expect(page.get_by_text("待审核").first).to_be_visible()
    expect(page.get_by_text(BACKGROUND)).to_be_visible()
    expect(page.get_by_text(ANSWER)).to_have_count(0)
    page.get_by_role("link", name="看现在的内容").click()
    expect(page.get_by_text(ANSWER).first).to_be_visible()
