from __future__ import annotations

import csv
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie import words
from duijie.tables.escape import cell_plain, cell_safe
from duijie.tables.problems import TableError
from duijie.tables.read import read_documents
from duijie.tables.write import MAX_CELL, write_bad, write_rows

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = ("id", "title", "text", "keywords", "trl", "budget")

printable = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=30)
title = printable.map(str.strip).filter(lambda text: text and text.isprintable())


@given(st.text())
def test_no_text_is_live_and_none_is_lost(text: str) -> None:
    assert not cell_safe(text).startswith(LIVE)
    assert cell_plain(cell_safe(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@a", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")'])
def test_formulas_are_defused(text: str) -> None:
    assert cell_safe(text) == "'" + text


@pytest.mark.parametrize("text", ["煤", "D-1", "1=1", "a@b", " =1", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert cell_safe(text) == text


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.tuples(title, printable, st.integers(1, 9), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_what_is_written_is_what_is_read(tmp_path_factory, ending, rows) -> None:
    path = tmp_path_factory.mktemp("round") / f"a.{ending}"
    table = [(f"D{n}", title, text, ("稀土", "永磁"), trl, budget) for n, (title, text, trl, budget) in enumerate(rows)]
    write_rows(path, COLUMNS, table)
    read = read_documents(path, noun="demand").rows
    clean = [(*row[:2], row[2].strip().replace("\ufeff", ""), *row[3:]) for row in table]
    assert [(row.id, row.title, row.text, row.keywords, row.trl, row.budget) for row in read] == clean


@pytest.mark.parametrize("text", ["_x0041_", "_x005F_", "a_x000D_b", "<b>&amp;", "]]>", "🐑𠮷"])
def test_what_xml_and_excel_escape_comes_back_as_it_was(tmp_path, text) -> None:
    write_rows(tmp_path / "a.xlsx", ["title"], [[text]])
    assert read_documents(tmp_path / "a.xlsx", noun="demand").rows[0].title == text


@pytest.mark.parametrize("text", ["=1+1", "http://example.org", "007", "@SUM(A1)", "{=1}", "1e5"])
def test_a_workbook_holds_text_as_text(tmp_path, text) -> None:
    from openpyxl import load_workbook

    write_rows(tmp_path / "a.xlsx", [text], [[text], [7]])
    sheet = load_workbook(tmp_path / "a.xlsx").active
    cell = sheet["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert sheet["A3"].value == 7
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_workbook_is_fit_to_be_looked_at(tmp_path) -> None:
    from openpyxl import load_workbook

    write_rows(tmp_path / "a.xlsx", ["编号", "名称"], [["D1", "煤矸石综合利用关键技术研究"]] * 3, sheet="匹配[结果]")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet.title == "匹配 结果"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B4"
    assert sheet["A1"].font.bold
    assert sheet["B2"].alignment.wrap_text
    assert sheet.column_dimensions["B"].width >= 26


def test_the_same_rows_give_the_same_bytes(tmp_path) -> None:
    for name in ("a", "b"):
        write_rows(tmp_path / f"{name}.xlsx", ["编号"], [["D1"], ["D2"]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_text_too_long_for_a_cell_is_cut_visibly_and_counted(tmp_path) -> None:
    long = "煤" * (MAX_CELL + 1)
    written = write_rows(tmp_path / "a.xlsx", ["名称", "内容"], [["煤", long], ["稀土", "短"]])
    assert (written.rows, written.cut) == (2, 1)
    text = read_documents(tmp_path / "a.xlsx", noun="demand").rows[0].text
    assert len(text) == MAX_CELL
    assert text.endswith("……")


def test_csv_opens_in_excel_and_holds_no_formula(tmp_path) -> None:
    write_rows(tmp_path / "a.csv", ["编号", "=x"], [["-1", -1], ["煤,\n矸石", ("=a", "b")], [None, True]])
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
    assert rows == [["编号", "'=x"], ["'-1", "-1"], ["煤,\n矸石", "'=a；b"], ["", "True"]]


def test_json_lines_keep_structure(tmp_path) -> None:
    write_rows(tmp_path / "a.jsonl", ["id", "words", "score"], [["=1", ["甲", {"x": 1}], None], ["\ud800", [], 0.5]])
    first, second = (json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines())
    assert first == {"id": "=1", "words": ["甲", {"x": 1}], "score": None}
    assert second["score"] == 0.5


def test_another_ending_is_refused(tmp_path) -> None:
    with pytest.raises(TableError, match=r"以 \.xlsx、\.csv 或 \.jsonl 结尾"):
        write_rows(tmp_path / "a.doc", ["a"], [])


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_bad_rows_are_written_as_they_came_with_the_reason(tmp_path, table, ending) -> None:
    content = "编号,名称,联系人,成熟度\nD1,煤,甲,6\nD2,稀土,乙,十二\nD3,,丙,0\n"
    reading = read_documents(table(content), noun="demand", skip_bad=True)
    path = tmp_path / f"bad.{ending}"
    assert write_bad(path, reading).rows == 2
    rows = _rows(path)
    assert rows[0] == ["行号", "编号", "名称", "联系人", "成熟度", "原因"]
    assert rows[1] == [
        "3",
        "D2",
        "稀土",
        "乙",
        "十二",
        "第 3 行「成熟度」：填的是“十二”，应为 1–9 的整数；请改为 1–9。",
    ]
    assert rows[2][:5] == ["4", "D3", "", "丙", "0"]
    assert "是空的" in rows[2][5]
    assert "1–9" in rows[2][5]


def _rows(path) -> list[list[str]]:
    if path.suffix == ".jsonl":
        objects = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [list(objects[0]), *([str(value) for value in each.values()] for each in objects)]
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    from openpyxl import load_workbook

    cells = load_workbook(path).active.values
    return [["" if value is None else str(value) for value in row] for row in cells]


def test_bad_rows_corrected_can_be_read(tmp_path, table) -> None:
    reading = read_documents(table("编号,名称,成熟度\nD1,煤,6\nD2,稀土,十二\n"), noun="demand", skip_bad=True)
    path = tmp_path / "bad.csv"
    write_bad(path, reading)
    path.write_text(path.read_text("utf-8-sig").replace(",十二,", ",5,"), "utf-8-sig")
    again = read_documents(path, noun="demand")
    assert [(row.id, row.trl) for row in again.rows] == [("D2", 5)]
    assert again.ignored_columns == ("行号", "原因")


def test_bad_lines_of_json_are_kept_whole(tmp_path, table) -> None:
    words.speak("en")
    reading = read_documents(table('{"id": 1, "title": "煤"}\n{"id": 2,\n', "d.jsonl"), noun="demand", skip_bad=True)
    write_bad(tmp_path / "bad.jsonl", reading)
    (row,) = (json.loads(line) for line in (tmp_path / "bad.jsonl").read_text("utf-8").splitlines())
    assert row["row number"] == 2
    assert row["line"] == '{"id": 2,'
    assert "is not JSON" in row["reason"]
