"""The ledger in words: trails, the page for those who answer for the region, and the command line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import translation

from duijie.site.kernel import clock
from duijie.site.ledger import actions, commands, queries
from duijie.site.ledger.labels import register, verb_label
from duijie.site.ledger.models import Check, Entry
from duijie.site.parties.models import Organisation

NOON = datetime(2030, 11, 23, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def edit(row, actor, **to):
    return actions.change(row, actor=actor, verb="organisation.change", to=to, note="更正", source="I-9")


def rows(trail):
    return [(change.label, change.old, change.new) for row in trail for change in row.changes]


def test_trail_tells_who_when_what_and_why_in_words(company, owner, mirror):
    with clock.told(NOON):
        edit(company, owner, high_tech=True, region=mirror, kind="institute", contact_phone="0471-1")
    trail = queries.trail(company)
    latest, first = trail[0], trail[-1]
    assert (latest.at, latest.actor, latest.note, latest.source) == (NOON, owner.signature, "更正", "I-9")
    assert (first.actor, len(trail)) == ("", 2)
    assert {str(change.label): (change.old, change.new) for change in latest.changes} == {
        "高新技术企业": ("否", "是"),
        "所在地": ("新城区", "包头市"),
        "单位类型": ("企业", "科研院所"),
        "联系电话": ("（涉及隐私，不留内容）", "（涉及隐私，不留内容）"),
    }


def test_trail_of_a_new_row_leaves_out_what_began_empty(company):
    labels = {str(label) for label, _old, _new in rows(queries.trail(company))}
    assert {"单位名称", "单位类型", "所在地"} <= labels
    assert not {"编号", "英文名称", "高新技术企业"} & labels


def test_trail_does_not_name_what_the_reader_may_not_see(company, mirror_company, owner, monkeypatch):
    queryset = type(Organisation.objects.all())
    monkeypatch.setattr(queryset, "visible_to", lambda rows, reader: rows.exclude(pk=mirror_company.pk), raising=False)
    actions.change(company, actor=None, verb="organisation.merge", to={"merged_into": mirror_company})
    assert rows(queries.trail(company))[0] == ("已合并到", "", mirror_company.name)
    assert rows(queries.trail(company, owner))[0] == ("已合并到", "", "（不在您的查看范围内）")


def test_trail_costs_the_same_however_long_it_is(company, owner, django_assert_num_queries):
    for number in range(12):
        edit(company, owner, about=f"第{number}版", region_id="150102" if number % 2 else "150202")
    with django_assert_num_queries(2):
        assert len(queries.trail(company)) == 13


def test_trail_of_a_row_and_its_parts_costs_the_same_however_many_there_are(found, django_assert_num_queries):
    row, *parts = [found(f"第{number}种业公司") for number in range(5)]
    with django_assert_num_queries(2):  # entries, and the regions they name
        told = queries.trail(row, parts=parts)
    assert len(told) == 5
    assert [one.at for one in told] == sorted((one.at for one in told), reverse=True)
    assert len(queries.trail(row)) == 1


def test_verb_without_a_name_is_shown_as_it_is():
    assert verb_label("nobody.named") == "nobody.named"
    register({"test.verb": "办理"})
    assert verb_label("test.verb") == "办理"


@pytest.mark.parametrize("who", ["home_officer", "admin"])
def test_ledger_page_is_for_those_who_answer_for_the_region(who, request, client_of, company):
    page = client_of(request.getfixturevalue(who)).get("/ledger/")
    assert page.status_code == 200
    assert company.code in page.content.decode()


@pytest.mark.parametrize(
    "who", ["league_officer", "department_officer", "owner", "stranger", "leader", "broker", "nobody"]
)
def test_ledger_page_is_missing_for_everybody_else(who, request, client_of, company):
    assert client_of(request.getfixturevalue(who)).get("/ledger/").status_code == 404


def test_ledger_page_asks_to_sign_in(client_of):
    assert client_of().get("/ledger/")["Location"].startswith("/accounts/login/")


def test_ledger_page_narrows_by_person_verb_thing_and_day(client_of, home_officer, company, mirror_company, owner):
    with clock.told(NOON):
        edit(company, owner, about="新")
    client = client_of(home_officer)

    def shown(query):
        return [entry.subject for entry in client.get(f"/ledger/?{query}").context["page"].rows]

    assert shown("actor=娜仁") == [company.code]
    assert shown(f"actor={owner.code}&verb=organisation.change") == [company.code]
    assert shown(f"subject={mirror_company.code}") == [mirror_company.code]
    assert shown("day=2030-11-23&actor=娜仁") == [company.code]
    assert shown("day=2030-11-22&actor=娜仁") == []
    assert client.get("/ledger/?day=nonsense&verb=nothing").status_code == 200


def test_ledger_page_costs_the_same_for_one_and_for_many(client_of, home_officer, company, owner):
    client = client_of(home_officer)

    def statements():
        with connection.execute_wrapper(counting := Counting()):
            assert client.get("/ledger/").status_code == 200
        return counting.number

    statements()  # the first visit also notes the session
    few = statements()
    for number in range(15):
        edit(company, owner, about=str(number))
    assert statements() == few


class Counting:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def test_ledger_page_speaks_english(client_of, home_officer, company):
    page = client_of(home_officer).get("/ledger/", headers={"accept-language": "en"}).content.decode()
    assert "<h1>Ledger</h1>" in page
    assert "Last verified" in page


def test_verify_command_keeps_its_outcome_for_the_page(company, client_of, home_officer):
    actions.seal()
    lines, code = commands.verify()
    assert (code, Check.objects.get().finding) == (0, "")
    assert lines[0].startswith("账本完好：")
    assert "相符" in client_of(home_officer).get("/ledger/").content.decode()


def test_verify_command_names_the_first_row_that_differs(company):
    Organisation.objects.filter(pk=company.pk).update(name="偷改的名字")
    lines, code = commands.verify()
    assert code == 1
    assert lines[:2] == [
        "账本有 1 处不符，最先是：",
        f"  {company.code}：这一行的“单位名称”与账本（第 1 版）不符：有人绕过账本改了它。",
    ]
    assert company.code in Check.objects.get().finding


def test_verify_command_misses_a_seal_it_saw_last_time(company):
    from duijie.site.ledger.models import Seal

    actions.seal()
    assert commands.verify().code == 0
    Entry.objects.update(seal=None)
    Seal.objects.all().delete()
    lines, code = commands.verify()
    assert code == 1
    assert "不在链上" in lines[1]


def test_seal_command_says_how_many_and_which_head(company):
    lines, code = commands.seal()
    assert code == 0
    assert lines[0].startswith("已封存 ")
    assert commands.seal() == (["没有新的记录需要封存。"], 0)


def test_show_command_tells_a_life(company, owner):
    edit(company, owner, about="新简介")
    lines, code = commands.show(company.code)
    assert code == 0
    assert "更正" in "".join(lines)
    assert "      简介: ∅ → 新简介" in lines
    assert commands.show("X-1") == (["账本里没有 X-1。请核对编号。"], 1)


def test_commands_speak_english(company):
    with translation.override("en"):
        assert commands.show("X-1").lines == ["Nothing in the ledger has the code X-1. Please check the code."]
