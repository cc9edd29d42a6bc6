"""Offers from a sheet: what people write in cells, and all or nothing."""

from __future__ import annotations

import pytest

from duijie.site.kernel.errors import Forbidden, Invalid, Refusal
from duijie.site.offers import actions
from duijie.site.offers.models import Offer
from duijie.site.offers.sheet import SHEET
from duijie.site.offers.states import State
from duijie.tables.problems import BadTable
from duijie.tables.read import read_table
from tests.site.offers.conftest import FILLED

CELLS = {
    "成果名称": "耐旱甘蓝",
    "提供单位": "内蒙古农业大学",
    "类型": "科技成果",
    "领域": "农业",
    "关键词": "甘蓝、耐旱",
    "成果简介": "选育出新品种",
    "所处阶段": "中期",
    "成果属性": "原始性创新",
    "登记号": "１５０2024Y0001",
    "完成单位": "内蒙古农业大学",
    "完成人": "吴海燕",
    "合作方式": "技术许可；合作开发",
    "意向价格（万元）": "20",
    "联系人": "吴海燕",
    "电话": "0471-1",
}
HEAD, ROW = ",".join(CELLS) + "\n", ",".join(CELLS.values()) + "\n"


@pytest.fixture
def read(tmp_path):
    def reading(text, actor=None):
        path = tmp_path / "offers.csv"
        path.write_text(text, encoding="utf-8")
        return read_table(path, SHEET.shape(actor=actor), skip_bad=True)

    return reading


def test_rows_are_read_as_people_write_them(read, university, research_office):
    rows = read(HEAD + ROW).rows

    codes = SHEET.import_rows(rows, actor=research_office, source="B-2026-0001")

    offer = Offer.objects.get(code=codes[0])
    assert (offer.state, offer.registration, offer.price, offer.stage) == (
        State.SUBMITTED,
        "1502024Y0001",
        200_000,
        "middle",
    )
    assert (offer.modes, offer.keywords) == (["licence", "development"], ["甘蓝", "耐旱"])


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("没有的单位", "内蒙古农业大学"),
        ("天书", "中期"),
        ("甘蓝、耐旱、育种、蔬菜", "甘蓝、耐旱"),
        ("123", "１５０2024Y0001"),
    ],
)
def test_wrong_cell_is_reported_with_its_row(wrong, right, read, university):
    with pytest.raises(BadTable) as refusal:
        read(HEAD + ROW.replace(right, wrong, 1))
    assert refusal.value.reading.bad[0].row == 2


def test_row_of_somebody_elses_organisation_is_reported(read, university, mirror_research_office):
    with pytest.raises(BadTable) as refusal:
        read(HEAD + ROW, mirror_research_office)
    assert "不能替" in refusal.value.reading.bad[0].sentence()


def test_number_registered_already_is_reported(read, university, research_office):
    SHEET.import_rows(read(HEAD + ROW).rows, actor=research_office, source="B-1")
    with pytest.raises(BadTable) as refusal:
        read(HEAD + ROW, research_office)
    assert "已经登记过" in refusal.value.reading.bad[0].sentence()


def test_incomplete_rows_stay_drafts(read, university, research_office):
    codes = SHEET.import_rows(read("名称,提供单位\n一项,内蒙古农业大学\n").rows, actor=research_office, source="B-1")
    assert Offer.objects.get(code=codes[0]).state == State.DRAFT


def test_import_is_all_or_nothing(university, mirror_university, research_office):
    rows = [{"organisation": one, "title": "甲", "kind": "achievement"} for one in (university, mirror_university)]
    with pytest.raises(Forbidden):
        actions.import_offers(rows, actor=research_office, source="B-1")
    twice = [
        {**FILLED, "organisation": university, "title": "乙", "kind": "achievement", "registration": "1502024Y0002"}
    ] * 2
    with pytest.raises(Invalid):
        actions.import_offers(twice, actor=research_office, source="B-1")
    assert not Offer.objects.exists()


def test_undo_takes_back_all_or_refuses(university, research_office, league_officer):
    rows = [{**FILLED, "organisation": university, "title": title, "kind": "achievement"} for title in ("甲", "乙")]
    codes = actions.import_offers(rows, actor=research_office, source="B-1")
    again = actions.import_offers(rows, actor=research_office, source="B-2")

    assert actions.undo_import("B-1", actor=research_office) == 2
    assert set(Offer.objects.filter(code__in=codes).values_list("state", flat=True)) == {State.WITHDRAWN}
    first = Offer.objects.get(code=again[0])
    actions.change_offer(first, to={"about": "改过"}, actor=research_office)
    with pytest.raises(Refusal):
        actions.undo_import("B-2", actor=research_office)


def test_rows_without_a_number_are_not_the_same_row(read, university):
    blank = ROW.replace(CELLS["登记号"], "")
    rows = read(HEAD + blank + blank.replace("耐旱甘蓝", "另一项", 1)).rows
    assert len(rows) == 2
