from __future__ import annotations

import json

from duijie.site.registry import checks


def test_differences_are_named_and_the_explained_ones_have_their_reason(tmp_path):
    (tmp_path / "provinces.csv").write_text('code,name\n15,"内蒙古"\n', encoding="utf-8")
    (tmp_path / "areas.csv").write_text("code,name\n150172,呼和浩特经济技术开发区\n150102,新城区\n", encoding="utf-8")
    found = {one.code: one for one in checks.differences(tmp_path) if one.table == "regions"}
    assert found["150000"].words == "150000：本表“内蒙古自治区”，对方“内蒙古”"
    assert found["150000"].reason == ""
    assert found["150172"].reason.startswith("统计用区划代码中的开发区")
    assert found["150103"].words == "150103 回民区：只在本表"
    assert "150102" not in found


def test_calendar_is_compared_by_what_each_day_is(tmp_path):
    (tmp_path / "holidays").mkdir()
    days = [{"date": "2026-01-01", "isOffDay": True}, {"date": "2026-01-03", "isOffDay": True}]
    (tmp_path / "holidays" / "2026.json").write_text(json.dumps({"year": 2026, "days": days}), encoding="utf-8")
    found = {one.code: one.words for one in checks.differences(tmp_path) if one.table == "days"}
    assert "2026-01-01" not in found
    assert "2026-01-03" not in found, "a Saturday is off whether named or not"
    assert found["2026-01-02"] == "2026-01-02：本表“休”，对方“班”"
    assert found["2026-01-04"] == "2026-01-04：本表“班”，对方“休”"


def test_names_that_differ_in_spaces_and_brackets_are_the_same(tmp_path):
    (tmp_path / "gbt4754_2017.csv").write_text("code,name\nC1522,瓶（罐）装饮用水制造　\n", encoding="utf-8")
    assert "C1522" not in {one.code for one in checks.differences(tmp_path)}


def test_an_empty_folder_has_nothing_to_compare(tmp_path):
    assert checks.differences(tmp_path) == []
