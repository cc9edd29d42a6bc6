"""What is exported can be imported again and says the same; nothing in an export is live."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from duijie.site.demands import actions as demands
from duijie.site.demands.models import Demand
from duijie.site.imports.checking import report_of
from duijie.site.offers.models import Offer
from duijie.site.parties import actions as parties
from duijie.site.parties.models import Organisation, Team
from duijie.site.registry.models import Field, Industry
from tests.site.imports.conftest import Wizard, demand, workbook

LISTS = {
    "demands": "demands:export",
    "offers": "offers:export",
    "organisations": "parties:export_organisations",
    "teams": "parties:export_teams",
}


def export(client, noun, ending="xlsx", **query):
    answer = client.get(reverse(LISTS[noun]), {"format": ending, **query})
    assert answer.status_code == 200
    assert answer.streaming
    assert "attachment" in answer.headers["Content-Disposition"]
    return b"".join(answer.streaming_content)


@pytest.fixture
def officer(client_of, home_officer):
    return Wizard(client_of(home_officer))


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_demands_come_back_as_they_were(officer, wizard, company, home_officer, ending):
    wizard.bring(workbook(demand()))
    said = {
        "measures": [
            {"name": "损伤率", "value": "≤2", "unit": "%"},
            {"name": "效率", "value": "≥10", "unit": "吨/小时"},
        ],
        "industry": Industry.objects.get(pk="A0123"),
        "mode": "joint",
        "rights": "theirs",
        "keywords": ["种薯", "分级"],
        "background": "第一段。\n第二段，有逗号。",
        "disclosure": "directed",
        "trl": 7,
    }
    first = Demand.objects.get()
    from duijie.site.ledger.actions import change

    change(first, actor=None, verb="demand.change", to=said)
    file = export(officer.client, "demands", ending)
    change(first, actor=None, verb="demand.change", to={"title": "改了名"})

    batch = officer.bring(file, f"导出.{ending}")

    assert (batch.state, batch.imported, batch.bad) == ("imported", 1, 0), batch.said
    again = Demand.objects.exclude(pk=first.pk).get()
    same = (*said, "organisation", "region", "field", "kind", "question", "budget", "deadline")
    assert {name: getattr(again, name) for name in same} == {name: getattr(first, name) for name in same}


def test_offers_come_back_as_they_were(officer, university, home_officer):
    from duijie.site.offers import actions

    said = {
        "about": "选育出新品种。",
        "field": Field.objects.get(name="农业"),
        "keywords": ["甘蓝", "耐旱"],
        "stage": "middle",
        "attribute": "original",
        "units": ["内蒙古农业大学"],
        "people": ["吴海燕"],
        "modes": ["licence", "development"],
        "price": 255_000,
        "trl": 6,
        "measures": [{"name": "亩产", "value": "≥4500", "unit": "公斤"}],
    }
    first = actions.start_offer(organisation=university, title="耐旱甘蓝", kind="achievement", actor=home_officer)
    actions.change_offer(first, to=said, actor=home_officer)
    file = export(officer.client, "offers")
    actions.change_offer(first, to={"title": "改了名"}, actor=home_officer)
    batch = officer.bring(file, "导出.xlsx", "offers")
    assert (batch.imported, batch.bad) == (1, 0), report_of(batch)
    again = Offer.objects.exclude(pk=first.pk).get()
    assert again.title == "耐旱甘蓝"
    assert {name: getattr(again, name) for name in said} == {name: getattr(first, name) for name in said}


def test_organisations_and_teams_come_back_as_they_were(officer, region):
    said = {
        "name": "中国石油天然气股份有限公司",
        "credit_code": "91110000600037341L",
        "kind": "enterprise",
        "region_id": "110101",
        "industry_id": "A0123",
        "high_tech": True,
        "former_names": "旧名一\n旧名二",
        "website": "https://www.example.cn",
        "contact_name": "娜仁",
    }
    first = parties.register_organisation(actor=None, **said)
    team = {
        "name": "马铃薯育种团队",
        "leader_name": "陈立新",
        "fields": [Field.objects.get(name="农业").pk],
        "disciplines": ["作物遗传育种"],
        "keywords": ["脱毒种薯"],
        "evidence": ["获奖一项（2024）", "论文一篇"],
        "capacity": 0,
    }
    one = parties.register_team(actor=None, organisation=first, **team)
    files = {
        "organisations": export(officer.client, "organisations", kind="enterprise"),
        "teams": export(officer.client, "teams"),
    }
    parties.dissolve_team(one, actor=None, note="重来")
    from duijie.site.ledger.actions import change

    change(first, actor=None, verb="organisation.withdraw", to={"withdrawn_on": one.dissolved_on})

    for noun, file in files.items():
        batch = officer.bring(file, "导出.xlsx", noun)
        assert (batch.state, batch.imported, batch.bad) == ("imported", 1, 0), (noun, report_of(batch))

    again = Organisation.objects.present().get(kind="enterprise")
    assert {name: getattr(again, name) for name in said} == said
    other = Team.objects.present().get()
    assert {name: getattr(other, name) for name in team} == team
    assert other.organisation == again


def test_export_holds_exactly_what_is_filtered_and_no_private_word_for_strangers(client_of, found, owner, stranger):
    found("甲科技有限公司", contact_phone="0471-7777777")
    found("乙大学", "university")
    rows = list(
        load_workbook(io.BytesIO(export(client_of(stranger), "organisations", kind="university"))).active.values
    )
    assert [row[1] for row in rows[1:]] == ["乙大学"]
    assert "0471-7777777" not in export(client_of(stranger), "organisations", "csv").decode()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("noun", ["demands", "organisations", "teams"])
def test_export_holds_no_live_formula(officer, home_officer, company, wizard, noun, ending):
    danger = '=HYPERLINK("https://evil.example","点我")'
    if noun == "demands":
        one = demands.start_demand(company, title=danger, actor=home_officer)
        demands.change_demand(one, to={"question": "+1+1", "base": "@SUM(A1)"}, actor=home_officer)
    else:
        parties.register_organisation(actor=None, name=danger, kind="enterprise", region_id="150102", about="-2+3")
        parties.register_team(actor=None, organisation=company, name=danger, leader_name="=1")
    file = export(officer.client, noun, ending)
    if ending == "xlsx":
        cells = [cell for row in load_workbook(io.BytesIO(file)).active.iter_rows() for cell in row]
        assert danger in [cell.value for cell in cells]
        assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    else:
        assert f"'{danger[:5]}" in file.decode("utf-8-sig")


def test_unknown_format_is_not_there(officer):
    assert [officer.client.get(reverse(name), {"format": "exe"}).status_code for name in LISTS.values()] == [404] * 4
