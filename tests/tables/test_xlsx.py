from __future__ import annotations

import datetime
import zipfile

import pytest

from duijie.tables.problems import BadTable, TableError
from duijie.tables.read import read_documents, read_teams

HEADER = ["编号", "名称", "内容", "成熟度", "预算(万元)", "所属单位"]


def read(path, **options):
    return read_documents(path, noun="demand", **options)


def problems(path) -> list[str]:
    with pytest.raises(BadTable) as caught:
        read(path)
    return [problem.sentence() for problem in caught.value.problems]


def test_a_sheet_is_read_whatever_the_type_of_its_cells(workbook) -> None:
    rows = [HEADER, [7.0, "煤", datetime.date(2026, 7, 1), "６", "1,200 万元", None], ["D2", 2026, True, 5, 300, None]]
    first, second = read(workbook(rows)).rows
    assert (first.id, first.title, first.text, first.trl, first.budget) == ("7", "煤", "2026-07-01", 6, 1200)
    assert (second.id, second.title, second.trl, second.budget) == ("D2", "2026", 5, 300)


def test_row_numbers_count_titles_blanks_and_the_header(workbook) -> None:
    rows = [["2026 年需求汇总表"], [], HEADER, ["D1", "煤", "", "六"], [], ["D2", "稀土", "", "十二"]]
    path = workbook(rows, merge=("A1:F1",))
    assert problems(path) == ["第 6 行「成熟度」：填的是“十二”，应为 1–9 的整数；请改为 1–9。"]


def test_a_table_may_begin_anywhere(workbook) -> None:
    def shift(book) -> None:
        book.active.move_range("A1:F3", rows=2, cols=3)

    path = workbook([HEADER, ["D1", "煤", "", 6], ["D2", "稀土", "", 12]], touch=shift)
    assert problems(path) == ["第 5 行「成熟度」：填的是“12”，应为 1–9 的整数；请改为 1–9。"]


def test_a_header_of_two_rows_is_read_by_its_lower_row(workbook) -> None:
    rows = [["编号", "名称", "基本情况", None], [None, None, "成熟度", "预算（元）"], ["D1", "煤", 6, 500000]]
    (row,) = read(workbook(rows, merge=("A1:A2", "B1:B2", "C1:D1"))).rows
    assert (row.id, row.title, row.trl, row.budget) == ("D1", "煤", 6, 50)


def test_a_header_merged_downwards_is_no_row(workbook) -> None:
    rows = [["编号", "名称"], [None, None], ["D1", "煤"]]
    assert [row.id for row in read(workbook(rows, merge=("A1:A2", "B1:B2"))).rows] == ["D1"]


def test_a_formula_never_calculated_names_row_and_column(workbook) -> None:
    said = problems(workbook([HEADER, ["D1", "煤", "", 6, 5], ["D2", "稀土", "", 6, "=E2*2"]]))
    assert said == ["第 3 行「预算(万元)」：是公式，但没有存下计算结果；请用 Excel 打开，算好并保存，或把公式换成值。"]


def test_an_uncalculated_formula_beyond_the_last_value_is_found(workbook) -> None:
    said = problems(workbook([["编号", "名称"], ["D1", "煤"], [None, '="稀"&"土"']]))
    assert said[0].startswith("第 3 行「名称」：是公式")


def test_a_calculated_formula_counts_with_its_value(tmp_path) -> None:
    from xlsxwriter import Workbook

    with Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["名称", "预算", "内容"])
        sheet.write_formula(1, 0, '="煤"&"矸石"', None, "煤矸石")
        sheet.write_formula(1, 1, "=25*2", None, 50)
    (row,) = read(tmp_path / "a.xlsx").rows
    assert (row.title, row.budget) == ("煤矸石", 50)


def test_a_formula_whose_text_is_empty_is_an_empty_cell(workbook, tmp_path) -> None:
    """Excel stores ="" as a text of no characters, which is not the same as storing nothing."""
    with (
        zipfile.ZipFile(workbook([["名称", "内容"], ["煤", '=""']])) as old,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="B2">', b'<c r="B2" t="str">'))
    assert read(tmp_path / "a.xlsx").rows[0].text == ""


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_an_error_cell_is_a_problem_with_its_name(workbook, error) -> None:
    said = problems(workbook([HEADER, ["D1", "煤", "", 6], ["D2", error, "", 6]]))
    assert said == [f"第 3 行「名称」：填的是“{error}”，是公式出错的结果；请改好公式，或直接填值。"]


def test_errors_in_ignored_columns_are_nobodys_business(workbook) -> None:
    assert len(read(workbook([["名称", "备注"], ["煤", "#REF!"], ["稀土", "=1"]])).rows) == 2


def test_a_cell_merged_over_rows_counts_in_each(workbook) -> None:
    rows = [
        ["编号", "名称", "地区"],
        ["D1", "煤", "包头"],
        ["D2", "稀土", None],
        ["D3", "羊绒", None],
        ["D4", "奶", "呼和浩特"],
    ]
    reading = read(workbook(rows, merge=("C2:C4",)))
    assert [row.region for row in reading.rows] == ["包头", "包头", "包头", "呼和浩特"]


@pytest.mark.parametrize(("cells", "column"), [("A2:A3", "编号"), ("B2:B3", "名称")])
def test_an_id_or_title_merged_over_rows_is_a_problem(workbook, cells, column) -> None:
    rows = [["编号", "名称", "地区"], ["D1", "煤", "包头"], ["D2", "稀土", "包头"]]
    said = problems(workbook(rows, merge=(cells,)))
    assert said == [f"第 3 行「{column}」：与别的格合并了；请取消合并，每行各填各的。"]


def test_a_title_merged_into_the_cell_before_it_is_a_problem(workbook) -> None:
    rows = [["编号", "名称", "地区", "内容", "预算"], ["D1", None, "包头", "甲"]]
    said = problems(workbook(rows, merge=("A2:B2",)))
    assert said == ["第 2 行「名称」：与别的格合并了；请取消合并，每行各填各的。"]


def test_a_cell_across_the_table_is_a_heading(workbook) -> None:
    rows = [["编号", "名称", "地区"], ["一、新材料", None, None], ["D1", "煤", "包头"], ["填表说明：……", None, None]]
    reading = read(workbook(rows, merge=("A2:C2", "A4:C4")))
    assert [row.id for row in reading.rows] == ["D1"]
    assert [warning[:5] for warning in reading.warnings] == ["第 2 行", "第 4 行"]
    assert "一、新材料" in reading.warnings[0]


def test_the_first_sheet_understood_is_read_and_the_others_named(workbook) -> None:
    def more(book) -> None:
        book.active.title = "说明"
        data = book.create_sheet("需求")
        data.append(["编号", "名称"])
        data.append(["D1", "煤"])
        book.create_sheet("空表")
        old = book.create_sheet("去年")
        old.append(["编号", "名称"])
        hidden = book.create_sheet("选项")
        hidden.append(["新材料"])
        hidden.sheet_state = "hidden"

    reading = read(workbook([["请把需求填在下一张表"]], touch=more))
    assert [row.title for row in reading.rows] == ["煤"]
    assert reading.warnings == ("只读了工作表「需求」；没有读：说明、去年",)


def test_empty_sheets_are_not_worth_a_word(workbook) -> None:
    def more(book) -> None:
        book.create_sheet("Sheet2")
        book.create_sheet("Sheet3")

    assert read(workbook([["编号", "名称"], ["D1", "煤"]], touch=more)).warnings == ()


def test_hidden_rows_are_read(workbook) -> None:
    def hide(book) -> None:
        book.active.row_dimensions[2].hidden = True

    assert len(read(workbook([["编号", "名称"], ["D1", "煤"], ["D2", "稀土"]], touch=hide)).rows) == 2


def test_an_empty_workbook_is_empty(workbook) -> None:
    with pytest.raises(TableError, match="是空的"):
        read(workbook([]))


def test_a_header_alone_is_no_table(workbook) -> None:
    with pytest.raises(TableError, match="只有表头"):
        read(workbook([HEADER]))


def test_without_a_header_the_columns_seen_are_said(workbook) -> None:
    with pytest.raises(TableError, match=r"没有找到「需求名称」这一列；看到的列是：单位、电话"):
        read(workbook([["单位", "电话"], ["某公司", "1"]]))


def test_an_id_of_eighteen_digits_kept_as_a_number_is_a_problem(workbook) -> None:
    said = problems(workbook([["编号", "名称"], [150100202600070001, "煤"]]))
    assert "超过 15 位" in said[0]


def test_an_ending_in_capitals_is_the_same_ending(workbook) -> None:
    assert len(read(workbook([["名称"], ["煤"]], name="需求.XLSX")).rows) == 1


def test_teams_come_from_workbooks_too(workbook) -> None:
    (team,) = read_teams(workbook([["团队编号", "团队名称", "可承接数"], [1, "稀土", 3]])).rows
    assert (team.id, team.capacity) == ("1", 3)
