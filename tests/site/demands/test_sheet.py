"""Demands by the sheet: cells as people write them, all rows or none, and back again."""

from __future__ import annotations

import pytest

from duijie.site.demands import actions
from duijie.site.demands.models import Demand
from duijie.site.demands.sheet import COLUMNS, SHEET
from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.ledger.models import Entry
from duijie.tables.cells import CellError, RowError

PARSE = {column.name: column.parse for column in COLUMNS}


def test_sheet_has_every_question_of_the_form():
    from duijie.site.demands.actions.writing import FORM

    assert {column.name for column in SHEET.columns} == FORM | {"organisation"}
    assert len({column.title for column in COLUMNS}) == len(COLUMNS)


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("kind", "联合研发", "research"),
        ("kind", " Ｊoint research", None),
        ("disclosure", "定向推送", "directed"),
        ("deadline", "2027年6月30日", "2027-06-30"),
        ("measures", "损伤率≤2%；效率 10 吨/小时", [("损伤率", "≤2", "%"), ("效率", "10", "吨/小时")]),
        ("title", "  风机 ", "风机"),
        ("trl", "7级", 7),
    ],
)
def test_cells_are_read_as_they_are_meant(db, name, cell, value):
    if value is None:
        with pytest.raises(CellError):
            PARSE[name](cell + "x")
        return
    read = PARSE[name](cell)
    if name == "measures":
        read = [(one["name"], one["value"], one["unit"]) for one in read]
    assert (str(read) if name == "deadline" else read) == value


def test_organisation_is_found_by_name_and_the_nearest_is_suggested(company):
    assert PARSE["organisation"](" 蒙草种业 有限公司") == company.code
    with pytest.raises(CellError) as refused:
        PARSE["organisation"]("蒙草种业公司")
    assert company.name in refused.value.advice


def test_rows_must_agree_with_themselves(company):
    with pytest.raises(RowError):
        SHEET.check(None)({"organisation": company.code, "budget": 10.0, "own_funds": 20.0})


def test_rows_of_others_are_refused_one_by_one(company, mirror_company, league_officer):
    look = SHEET.check(league_officer)
    look({"organisation": company.code})
    with pytest.raises(RowError):
        look({"organisation": mirror_company.code})


def rows(company, count=3, **more):
    return [{"organisation": company.code, "title": f"需求{n}", "question": "问题", **more} for n in range(count)]


def test_import_hands_in_what_officers_bring_and_drafts_what_organisations_bring(company, league_officer, owner):
    codes = actions.import_rows(rows(company, budget=12.5), actor=league_officer, source="B-1")
    assert list(Demand.objects.filter(code__in=codes).values_list("state", flat=True)) == ["submitted"] * 3
    codes = actions.import_rows(rows(company, 1), actor=owner, source="B-2")
    assert Demand.objects.get(code=codes[0]).state == "draft"


def test_import_of_one_source_twice_creates_once(company, league_officer):
    first = actions.import_rows(rows(company), actor=league_officer, source="B-1")
    assert actions.import_rows(rows(company), actor=league_officer, source="B-1") == first
    assert Demand.objects.count() == 3


def test_import_beyond_the_officers_region_takes_nothing(company, mirror_company, league_officer):
    with pytest.raises(Forbidden):
        actions.import_rows(rows(company) + rows(mirror_company), actor=league_officer, source="B-1")
    assert not Demand.objects.exists()


def test_undo_takes_all_back_and_leaves_the_counts(company, league_officer, league_colleague):
    actions.import_rows(rows(company), actor=league_officer, source="B-1")
    with pytest.raises(Forbidden):
        actions.undo_import("B-1", actor=league_colleague)
    assert actions.undo_import("B-1", actor=league_officer) == 3
    assert actions.undo_import("B-1", actor=league_officer) == 0
    assert Demand.objects.counted().count() == 0
    assert Entry.objects.filter(verb="demand.undo").count() == 3


def test_undo_stops_where_somebody_went_on(company, league_officer):
    codes = actions.import_rows(rows(company), actor=league_officer, source="B-1")
    actions.take_for_review(Demand.objects.get(code=codes[1]), actor=league_officer)
    with pytest.raises(Refusal):
        actions.undo_import("B-1", actor=league_officer)
    assert Demand.objects.counted().count() == 3
