"""Organisations and teams by the sheet: cells as officers write them, all or none, and taken back as one."""

from __future__ import annotations

import pytest

from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.ledger.models import Entry
from duijie.site.parties import actions
from duijie.site.parties.models import Organisation, Team
from duijie.site.parties.sheet import ORGANISATIONS, TEAMS
from duijie.tables.problems import BadTable
from duijie.tables.read import read_table

CODE = "91110000600037341L"


@pytest.fixture
def read(tmp_path):
    def reading(sheet, text, actor=None):
        path = tmp_path / "sheet.csv"
        path.write_text(text, encoding="utf-8")
        try:
            return read_table(path, sheet.shape(actor=actor), skip_bad=True)
        except BadTable as error:
            return error.reading

    return reading


def test_sheets_have_every_question_of_the_forms():
    from duijie.site.parties.forms import OrganisationForm, TeamForm

    assert {column.name for column in ORGANISATIONS.columns} == set(OrganisationForm.base_fields)
    assert {column.name for column in TEAMS.columns} == {*TeamForm.base_fields, "organisation"}


def test_organisation_is_read_as_officers_write_it(read, db):
    head = "企业名称,信用代码,单位性质,所在盟市旗县,是否高新技术企业,曾用名,网站,邮箱\n"
    row = "蒙草种业,９１11 0000 6000 3734 1l,企业,锡盟,√,旧名一、旧名二,www.example.cn,a@example.cn\n"
    [values] = read(ORGANISATIONS, head + row).rows
    assert values == {
        "name": "蒙草种业",
        "credit_code": CODE,
        "kind": "enterprise",
        "region": "152500",
        "high_tech": True,
        "former_names": "旧名一\n旧名二",
        "website": "https://www.example.cn",
        "contact_email": "a@example.cn",
    }


def test_credit_code_with_an_odd_inner_check_is_taken_with_a_warning(read, db):
    from duijie.site.parties import numbers

    first = "911501001234567890"[:16]
    odd = next(
        code
        for last in numbers.CREDIT_ALPHABET
        if (code := first + last + numbers.credit_check(first + last)) and numbers.warn_of_credit_code(code)
    )
    reading = read(ORGANISATIONS, f"单位名称,信用代码,类型,地区\n甲,{odd},企业,包头\n")
    assert reading.rows[0]["credit_code"] == odd
    assert "校验与通常不同" in reading.warnings[0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"甲,{CODE[:-1]}M,企业,包头", "末位应为"),
        ("甲,,企业,没有的地方", "没有这个地区"),
        ("甲,,公司企业,包头", "不在可选项里"),
        ("蒙草种业有限公司,,企业,包头", "名录里已有这个单位"),
        (",,企业,包头", "是空的"),
    ],
)
def test_wrong_organisation_is_told_in_its_row(read, company, row, reason):
    bad = read(ORGANISATIONS, f"单位名称,信用代码,类型,地区\n{row}\n").bad
    assert (bad[0].row, len(bad)) == (2, 1)
    assert reason in bad[0].reason


def test_organisations_twice_in_a_sheet_and_beyond_the_region_are_told(read, league_officer, db):
    text = f"单位名称,信用代码,类型,地区\n甲,{CODE},企业,呼市\n乙,{CODE},企业,呼市\n丙,,企业,包头\n"
    reading = read(ORGANISATIONS, text, league_officer)
    assert [row["name"] for row in reading.rows] == ["甲"]
    assert [problem.row for problem in reading.bad] == [3, 4]


ROWS = [{"name": name, "kind": "enterprise", "region": "150102"} for name in ("甲公司", "乙公司")]


def test_organisations_of_one_source_come_in_once(league_officer):
    first = actions.import_organisations(ROWS, actor=league_officer, source="I-1")
    assert actions.import_organisations(ROWS, actor=league_officer, source="I-1") == first
    assert Organisation.objects.present().filter(name="甲公司").count() == 1
    assert set(Entry.objects.filter(source="I-1").values_list("subject", flat=True)) == set(first)


def test_organisations_beyond_the_region_come_in_none(mirror_officer):
    with pytest.raises(Forbidden):
        actions.import_organisations(ROWS, actor=mirror_officer, source="I-1")
    assert not Organisation.objects.filter(name="甲公司").exists()


def test_undone_organisations_leave_the_lists_and_stay_on_record(league_officer, league_colleague, client_of):
    rows = [{**ROWS[0], "credit_code": CODE}]
    [code] = actions.import_organisations(rows, actor=league_officer, source="I-1")
    with pytest.raises(Forbidden):
        actions.undo_organisations("I-1", actor=league_colleague)
    assert actions.undo_organisations("I-1", actor=league_officer) == 1
    assert actions.undo_organisations("I-1", actor=league_officer) == 0
    assert not Organisation.objects.present().filter(name="甲公司").exists()
    assert "甲公司" not in client_of(league_officer).get("/parties/organisations/").content.decode()
    page = client_of(league_officer).get(f"/parties/organisations/{code}/")
    assert "已撤销登记" in page.content.decode()
    again = actions.import_organisations(rows, actor=league_officer, source="I-2")
    assert Organisation.objects.get(pk=again[0]).credit_code == CODE


def test_used_or_changed_organisations_are_not_undone(league_officer):
    codes = actions.import_organisations(ROWS, actor=league_officer, source="I-1")
    one = Organisation.objects.get(pk=codes[0])
    actions.register_team(actor=league_officer, organisation=one, name="团队", leader_name="甲")
    with pytest.raises(Refusal, match="甲公司"):
        actions.undo_organisations("I-1", actor=league_officer)
    assert Organisation.objects.present().filter(pk__in=codes).count() == 2
    actions.import_organisations([{**ROWS[0], "name": "丙公司"}], actor=league_officer, source="I-2")
    changed = Organisation.objects.get(name="丙公司")
    actions.change_organisation(changed, actor=league_officer, to={"about": "改过"})
    with pytest.raises(Refusal):
        actions.undo_organisations("I-2", actor=league_officer)


TEAM = "单位,团队名称,带头人,领域,研究方向,代表性论文,可承接,负责人用户名\n"


def test_team_is_read_and_registered(read, university, research_office, team_leader):
    text = TEAM + f"内蒙古农业大学,育种团队,陈立新,农业、新材料,种薯；育种,论文一；论文二,2 项,{team_leader.username}\n"
    rows = read(TEAMS, text, research_office).rows
    [code] = TEAMS.import_rows(rows, actor=research_office, source="I-1")
    team = Team.objects.get(pk=code)
    assert (team.organisation, team.leader, team.capacity) == (university, team_leader, 2)
    assert (team.keywords, team.evidence, len(team.fields)) == (["种薯", "育种"], ["论文一", "论文二"], 2)
    assert TEAMS.import_rows(rows, actor=research_office, source="I-1") == [code]


def test_team_of_others_or_with_a_taken_name_or_a_foreign_account_is_told(
    read, team, university, mirror_university, research_office, mirror_team_leader
):
    rows = (
        "内蒙古科技大学,新团队,甲,,,,,\n"
        f"内蒙古农业大学,{team.name},甲,,,,,\n"
        f"内蒙古农业大学,新团队,甲,,,,,{mirror_team_leader.username}\n"
        "内蒙古农业大学,好团队,甲,,,,100,\n"
    )
    reasons = [problem.reason for problem in read(TEAMS, TEAM + rows, research_office).bad]
    assert [reason[:8] for reason in reasons] == [
        "您不能替这个单位",
        "这个单位已有同名",
        "这个单位没有这个",
        "应为 0 到 9",
    ]


def test_undone_teams_are_dissolved_and_used_ones_not(university, research_office):
    rows = [{"organisation": university.code, "name": name, "leader_name": "甲"} for name in ("一队", "二队")]
    codes = actions.import_teams(rows, actor=research_office, source="I-1")
    assert actions.undo_teams("I-1", actor=research_office) == 2
    assert not Team.objects.present().filter(pk__in=codes).exists()
    again = actions.import_teams(rows, actor=research_office, source="I-2")
    actions.add_team_member(Team.objects.get(pk=again[0]), actor=research_office, name="乙")
    with pytest.raises(Refusal, match="一队"):
        actions.undo_teams("I-2", actor=research_office)
