"""The five journeys, each told once and made in two ways: by keyboard alone, and on a phone without JavaScript."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from duijie.site.demands.models import Demand
from duijie.site.imports.models import Batch
from duijie.site.kernel import worker
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Organisation, User
from tests.site.imports.conftest import demand as sheet_row
from tests.site.imports.conftest import workbook
from tests.site.journeys.conftest import PASSWORD, PHONE
from tests.site.journeys.hands import Keys, Mouse, Phone

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
WAYS = {
    "keys": (Keys, {"reduced_motion": "reduce"}),  # no smooth scrolling: what has the focus is in sight at once
    "phone": (Phone, {"size": PHONE, "java_script_enabled": False}),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def hand(way: str, opened: Any, at_desk: Any) -> Callable[..., Mouse]:
    """Sit somebody down at the desk, with the hand this journey is made with; nobody given, nobody has signed in."""
    kind, options = WAYS[way]
    return lambda person=None: kind(at_desk(person, **options) if person else opened(**options))


def decide(person: Mouse, verb: str, label: str = "", words: str = "") -> None:
    person.follow(verb, within="main .actions")
    if words:
        person.fill(label, words)
    person.finish()


@pytest.mark.parametrize("way", WAYS)
def test_demand_comes_from_a_draft_to_its_publication(hand, owner, league_officer, home_officer):
    company, league, region = hand(owner), hand(league_officer), hand(home_officer)
    demand = written(company)
    company.follow_address(f"/{demand.code}/check/")
    company.follow("修改 关键词")
    company.press("保存")
    company.follow_address(f"/{demand.code}/check/")
    company.finish()
    expect(company.page.locator(".receipt .code")).to_have_text(demand.code)

    from_the_desk(league, demand)
    decide(league, "接收并开始初审")
    decide(league, "送凝练", "诊断意见", "请写明对标哪家。")

    from_the_desk(company, demand)
    company.follow("填写需求")
    company.follow("技术指标")
    company.fill("对标水平", "损伤率 1%")
    company.press("保存")
    company.follow_address(f"/{demand.code}/check/")
    company.finish()

    from_the_desk(league, demand)
    decide(league, "初审通过", "意见", "情况属实。")
    from_the_desk(region, demand)
    decide(region, "受理", "意见", "予以受理。")
    decide(region, "发布")
    demand.refresh_from_db()
    assert (demand.state, demand.benchmark) == ("published", "损伤率 1%")


def from_the_desk(person: Mouse, demand: Demand) -> None:
    """What waits for somebody stands on the desk."""
    person.open("/")
    person.follow_address(f"/demands/{demand.code}/")


def written(company: Mouse) -> Demand:
    """Fill in the form, section by section."""
    company.open("/demands/")
    company.follow("填报需求")
    company.fill("需求名称", "马铃薯种薯低损伤智能分级")
    company.press("开始填写")
    demand = Demand.objects.get()
    company.follow("基本情况")
    company.choose("需求类型", "联合研发")
    company.choose("技术领域", "农业")
    company.fill("关键词", "种薯，分级 视觉")
    company.press("保存，填下一部分")
    company.fill("背景", "现用人工分级。")
    company.fill("要解决的技术问题", "分级损伤率高，需要视觉分级装置。")
    company.fill("应用场景", "武川县的两条分级线。")
    company.press("保存，填下一部分")
    company.fill("量化指标", "损伤率 ≤2 %")
    company.press("保存，填下一部分")
    company.fill("要求完成时间", "2030-06-30")
    company.write(company.page.locator("[name=budget_0]"), "300")
    company.fill("决策人", "总经理")
    company.press("保存，填下一部分")
    company.press("保存，填下一部分")
    company.fill("联系人", "娜仁")
    company.fill("电话", "0471-1234567")
    company.press("保存")
    return demand


@pytest.mark.parametrize("way", WAYS)
def test_offer_is_written_reviewed_and_published(hand, research_office, home_officer):
    office = hand(research_office)
    office.open("/offers/new/")
    office.tick("专长与服务")
    office.fill("名称", "视觉分级装置联合研制")
    office.press("开始填写")
    offer = Offer.objects.get()
    office.follow("基本信息")
    office.choose("技术领域", "农业")
    office.fill("关键词", "视觉、分级")
    office.press("保存并继续")
    office.fill("内容简介", "为根茎类作物做低损伤视觉分级。")
    office.press("保存并返回目录")
    office.follow("合作意向")
    office.tick("合作开发")
    office.press("保存并继续")
    office.fill("联系人", "吴海燕")
    office.fill("联系电话", "0471-7654321")
    office.press("保存并返回目录")
    office.follow_address(f"/{offer.code}/check/")
    office.finish()
    expect(office.page.locator(".receipt .code")).to_have_text(offer.code)

    region = hand(home_officer)
    region.open("/")
    region.follow_address(f"/offers/{offer.code}/")
    decide(region, "审核通过")
    decide(region, "发布")
    offer.refresh_from_db()
    assert (offer.state, offer.modes) == ("published", ["development"])


@pytest.mark.parametrize("way", WAYS)
def test_sheet_is_mapped_reported_imported_and_undone(hand, league_officer, company):
    officer = hand(league_officer)
    officer.open("/imports/new/demands/")
    with officer.page.expect_download() as template:
        officer.press_without_leaving("下载模板")
    assert template.value.suggested_filename.endswith(".xlsx")
    rows = [sheet_row(), sheet_row(需求名称="滴灌带回收", 技术领域="农叶")]
    officer.upload("表格文件", {"name": "需求.xlsx", "mimeType": XLSX, "buffer": workbook(*rows)})
    officer.press("上传")
    officer.press("核对数据")
    worker.work_off()
    batch = Batch.objects.get()
    officer.open(f"/imports/{batch.code}/")
    expect(officer.page.get_by_text("农叶").first).to_be_visible()
    with officer.page.expect_download() as marked:
        officer.press_without_leaving("下载批注过的表")
    assert marked.value.suggested_filename.endswith(".xlsx")
    officer.press("导入这 1 行")
    worker.work_off()
    assert Demand.objects.counted().get().title == "种薯低损伤分级装备"
    officer.open(f"/imports/{batch.code}/")
    officer.press("撤销这一批", sure=True)
    worker.work_off()
    batch.refresh_from_db()
    assert (batch.state, Demand.objects.counted().count()) == ("undone", 0)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_entered_twice_becomes_one(hand, at, found, home_officer, league_officer, company):
    twice = found("蒙草种业有限责任公司")
    officer = hand(home_officer)
    officer.open(f"/parties/organisations/{twice.code}/merge/")
    officer.fill("合并到", company.name)
    officer.press("预览合并")
    expect(officer.page.get_by_role("heading", name="合并后会怎样")).to_be_visible()
    officer.fill("备注", "营业执照相同。")
    officer.press("确认合并")
    assert Organisation.objects.get(code=twice.code).merged_into == company

    kept, gone = at("submitted", title="种薯分级"), at("local_review", title="马铃薯种薯分级装置")
    league = hand(league_officer)
    league.open(f"/demands/{gone.code}/")
    league.follow("合并", within="main .actions")
    league.fill("合并到", kept.code)
    league.fill("理由", "同一条分级线。")
    league.finish()
    gone.refresh_from_db()
    assert (gone.state, gone.merged_into) == ("merged", kept)


@pytest.mark.parametrize("way", WAYS)
def test_invited_person_opens_an_account_with_a_second_factor_and_is_granted_a_role(
    hand, admin, league_officer, company
):
    officer = hand(league_officer)
    officer.open("/parties/people/invite/")
    officer.fill("姓名", "萨仁")
    officer.choose("角色", "需求单位联系人")
    officer.fill("授权单位", company.name)
    officer.fill("电子邮箱", "saren@example.com")
    officer.finish()

    guest = hand()
    guest.open(re.search(r"https?://\S+", mail.outbox[-1].body)[0])
    guest.fill("用户名", "saren")
    guest.write(guest.page.locator("[name=password]"), PASSWORD)
    guest.fill("再输入一次密码", PASSWORD)
    guest.press("开通账号")
    guest.follow("两步验证")
    guest.follow("启用")
    if "reauthenticate" in guest.page.url:
        guest.fill("密码", PASSWORD)
        guest.press("确认")
    secret = guest.page.locator(".code.whole").inner_text().strip()
    guest.fill("动态验证码", code_of(secret))
    guest.press("启用")

    cache.clear()  # half a minute passes: a code works once
    again = hand()
    again.open("/accounts/login/")
    again.fill("用户名", "saren")
    again.fill("密码", PASSWORD)
    again.press("登录")
    again.fill("动态验证码", code_of(secret))
    again.press("登录")
    again.open("/parties/me/")
    expect(again.page.get_by_text("需求单位联系人").first).to_be_visible()

    account = User.objects.get(username="saren")
    chief = hand(admin)
    chief.open(f"/parties/people/{account.code}/")
    chief.follow("增加授权")
    chief.choose("角色", "技术经理人")
    chief.fill("地区", "呼和浩特市")
    chief.finish()
    assert set(account.grants.values_list("role", flat=True)) == {"contact", "broker"}


def code_of(secret: str) -> str:
    """Return what the person's telephone shows."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
