"""What is given instead of a good file, and the one sentence that comes back."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie import words
from duijie.tables.problems import BadTable, TableError
from duijie.tables.read import read_capacity, read_documents, read_judgements, read_matches, read_teams

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path | str) -> str:
    with pytest.raises(TableError) as caught:
        read_documents(path, noun="demand")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def problems(path: Path) -> list[str]:
    with pytest.raises(BadTable) as caught:
        read_documents(path, noun="demand")
    return [problem.sentence() for problem in caught.value.problems]


def test_a_missing_file_is_named(tmp_path) -> None:
    assert refusal(tmp_path / "没有.csv") == f"找不到文件 {tmp_path}/没有.csv；请检查路径和文件名。"


def test_a_folder_is_no_file(tmp_path) -> None:
    assert refusal(tmp_path).endswith("是文件夹；请给出其中的一个文件。")


@pytest.mark.parametrize("ending", [".xls", ".XLS", ".et", ".ods", ".xlsm"])
def test_other_spreadsheets_are_to_be_saved_as_xlsx(table, ending) -> None:
    assert "另存为 .xlsx" in refusal(table("x", f"需求{ending}"))


@pytest.mark.parametrize("ending", [".docx", ".pdf", ".txt", ".json", ""])
def test_other_endings_are_refused(table, ending) -> None:
    assert "只认 .xlsx、.csv 和 .jsonl" in refusal(table("x", f"需求{ending}"))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_an_empty_file_is_said_to_be_empty(table, name) -> None:
    assert refusal(table("", name)) == f"{name} 是空的；请填好表格再试。"


@pytest.mark.parametrize("content", ["\ufeff", "\n\n", " \n"])
def test_a_file_of_blanks_is_empty_too(table, content) -> None:
    assert "是空的" in refusal(table(content, "a.csv"))
    assert "是空的" in refusal(table(content, "a.jsonl"))


def test_a_header_alone_is_no_table(table) -> None:
    assert refusal(table("编号,名称\n,\n")) == "demands.csv 里只有表头，没有数据；请在表头下面填好再试。"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_said_to_be_forbidden(table) -> None:
    path = table("名称\n煤\n")
    path.chmod(0)
    assert "没有权限" in refusal(path)


def test_without_a_title_the_columns_seen_and_the_nearest_name_are_said(table) -> None:
    said = refusal(table("序号,需求名,内容\n1,煤,煤\n"))
    assert said.startswith("demands.csv 里没有找到「需求名称」这一列；看到的列是：序号、需求名、内容；")
    assert "“需求名”是不是“需求名称”？" in said
    assert "标题" in said


def test_wholly_other_columns_get_no_guess(table) -> None:
    assert "是不是" not in refusal(table("甲,乙\n1,2\n"))


def test_titles_above_the_header_are_passed_over(table) -> None:
    content = "2026 年盟市科技需求汇总表,,\n填表日期：7 月,,\n\n编号,名称,成熟度\nD1,煤矸石利用,6\n"
    assert [row.title for row in read_documents(table(content), noun="demand").rows] == ["煤矸石利用"]


def test_row_numbers_are_those_of_the_spreadsheet(table) -> None:
    content = "汇总表,,\n编号,名称,成熟度\nD1,煤,6\n,,\nD2,稀土,十二\n"
    assert problems(table(content)) == ["第 5 行「成熟度」：填的是“十二”，应为 1–9 的整数；请改为 1–9。"]


def test_a_cell_over_two_lines_is_one_row(table) -> None:
    assert problems(table('编号,名称,成熟度\nD1,"煤\n矸石",6\nD2,稀土,0\n'))[0].startswith("第 3 行")


def test_ids_used_twice_name_both_rows(table) -> None:
    assert problems(table("编号,名称\nD7,煤\nD8,稀土\nＤ7,羊绒\n")) == [
        "第 4 行「编号」：填的是“Ｄ7”，与第 2 行重复；请改掉其中一个，或删去一行。"
    ]


def test_an_empty_title_names_row_and_column(table) -> None:
    assert problems(table("编号,需求名称,内容\nD1, ,煤\n")) == ["第 2 行「需求名称」：是空的；请填写，或删去这一行。"]


def test_an_empty_id_is_a_problem_where_there_are_ids(table) -> None:
    assert problems(table("编号,名称\nD1,煤\n,稀土\n"))[0].startswith("第 3 行「编号」：是空的")


def test_without_ids_row_numbers_serve_and_it_is_said(table) -> None:
    reading = read_documents(table("名称\n煤\n稀土\n"), noun="demand")
    assert [row.id for row in reading.rows] == ["2", "3"]
    assert reading.warnings[0].startswith("没有编号这一列，用行号当编号")


def test_numbered_lines_nobody_filled_in_are_skipped(table) -> None:
    reading = read_documents(table("序号,名称\n1,煤\n2,\n3,\n"), noun="demand")
    assert len(reading.rows) == 1
    assert reading.warnings == ("有 2 行只有序号、没有内容（从第 3 行起），跳过了",)


def test_long_texts_are_accepted_and_endless_ones_a_problem(table) -> None:
    long = "煤" * 100_000
    assert read_documents(table(f"名称,内容\n煤,{long}\n"), noun="demand").rows[0].text == long
    said = problems(table(f"名称,内容\n煤,{'煤' * 1_000_001}\n"))[0]
    assert said.startswith("第 2 行「内容」：填的是“煤煤")
    assert "最多 1,000,000 个" in said
    assert len(said) < 200


def test_several_columns_of_text_become_paragraphs(table) -> None:
    reading = read_documents(table("名称,简介,技术指标\n煤,甲,乙\n"), noun="demand")
    assert reading.rows[0].text == "甲\n乙"


def test_unknown_columns_are_reported(table) -> None:
    reading = read_documents(table("编号,名称,联系人,手机,\nD1,煤,张三,1,\n"), noun="demand")
    assert reading.ignored_columns == ("联系人", "手机")


def test_ranges_are_read_and_reported_once_a_column(table) -> None:
    reading = read_documents(table("编号,名称,预算\n1,煤,20-50万\n2,稀土,10-20\n"), noun="demand")
    assert [row.budget for row in reading.rows] == [35, 15]
    assert reading.warnings == ("「预算」有 2 处写的是区间，取了中间值，如第 2 行“20-50万”按 35 计",)


def test_skip_bad_keeps_the_good_rows_and_the_bad_ones_as_they_came(table) -> None:
    path = table("编号,名称,成熟度\nD1,煤,6\nD2,稀土,十二\n")
    reading = read_documents(path, noun="demand", skip_bad=True)
    assert [row.id for row in reading.rows] == ["D1"]
    assert reading.bad[0].cells == {"编号": "D2", "名称": "稀土", "成熟度": "十二"}


def test_a_bad_table_says_how_many_the_first_and_what_to_do(table) -> None:
    with pytest.raises(BadTable) as caught:
        read_documents(table("编号,名称,成熟度\nD1,煤,6\nD2,,十二\nD3,稀土,0\n"), noun="demand")
    assert str(caught.value) == (
        "demands.csv 有 2 行填得不对，第一处：第 3 行「成熟度」：填的是“十二”，应为 1–9 的整数；请改为 1–9。"
        "请改好后重试，或加 --skip-bad 跳过这些行。"
    )
    assert [problem.column for problem in caught.value.problems] == ["成熟度", "名称", "成熟度"]


def test_english_is_complete(table) -> None:
    words.speak("en")
    with pytest.raises(BadTable) as caught:
        read_documents(table("id,title,trl\nD1,coal,6\nD2,rare earth,twelve\n"), noun="demand")
    assert str(caught.value) == (
        "demands.csv: 1 row(s) need correction; the first: row 3, “trl”: “twelve” should be a whole number "
        "from 1 to 9; enter a number from 1 to 9. Correct them, or leave them out with --skip-bad."
    )


def test_if_no_row_is_good_there_is_nothing_to_skip_to(table) -> None:
    with pytest.raises(BadTable, match="没有一行可用"):
        read_documents(table("编号,名称\nD1,\n"), noun="demand", skip_bad=True)


CHINESE = "编号,名称,内容\nD1,煤矸石综合利用,低温绿色提取关键技术研究\nD2,稀土永磁回收,成套装备\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_the_encoding_is_found(table, encoding) -> None:
    reading = read_documents(table(CHINESE, encoding=encoding), noun="demand")
    assert [row.title for row in reading.rows] == ["煤矸石综合利用", "稀土永磁回收"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_of_json_lines_is_found(table, encoding) -> None:
    content = '{"id": "D1", "名称": "煤矸石综合利用"}\r\n{"id": "D2", "名称": "稀土"}\r\n'
    reading = read_documents(table(content, "d.jsonl", encoding), noun="demand")
    assert [row.title for row in reading.rows] == ["煤矸石综合利用", "稀土"]


def test_broken_utf8_names_the_line(table) -> None:
    content = CHINESE.encode() * 3 + b"D9,\xe7\x85,x\n" + CHINESE.encode()
    assert refusal(table(content)).startswith("demands.csv 第 10 行有认不出的字符")


def test_broken_gb18030_names_the_line(table) -> None:
    content = CHINESE.encode("gb18030") + b"D9,\xff\xff,x\n"
    assert refusal(table(content)).startswith("demands.csv 第 4 行有认不出的字符")


@pytest.mark.parametrize("encoding", ["big5", "shift_jis", "latin-1"])
def test_other_encodings_are_not_taken_for_gb18030(table, encoding) -> None:
    text = {
        "big5": "編號,名稱\n1,煤礦資源綜合利用關鍵技術\n",
        "shift_jis": "番号,名称\n1,レアアースのリサイクル\n",
        "latin-1": "id,title\n1,Récupération énergétique à l'été\n",
    }[encoding]
    assert "认不出的字符" in refusal(table(text, encoding=encoding))


def test_binary_is_no_text(table) -> None:
    assert "不是文本文件" in refusal(table(b"\x00\x01\x02abc"))
    assert "其实是 Excel 文件" in refusal(table(b"PK\x03\x04xxxx"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(table, delimiter) -> None:
    content = CHINESE.replace(",", delimiter).replace("综合利用", '综合,利用;"') if delimiter == "\t" else None
    content = content or CHINESE.replace(",", delimiter)
    reading = read_documents(table(content.replace('"', "")), noun="demand")
    assert [row.id for row in reading.rows] == ["D1", "D2"]


def test_too_many_cells_are_a_comma_without_quotes(table) -> None:
    said = problems(table("编号,名称,内容\nD1,煤,甲,乙\nD2,稀土,丙\n"))
    assert said == ["第 2 行：这一行有 4 格，表头只有 3 列；多半是文字里的逗号没有加引号，请检查。"]


def test_too_few_cells_and_empty_ones_too_many_are_no_problem(table) -> None:
    assert len(read_documents(table("编号,名称,内容\nD1,煤\nD2,稀土,丙,,\n"), noun="demand").rows) == 2


def test_quotes_that_do_not_pair_are_a_problem_of_the_row(table) -> None:
    assert problems(table('编号,名称\nD1,"他说"你好"，"\nD2,煤\n'))[0].startswith("第 2 行：引号不成对")
    assert "引号不成对（从文件第 3 行起）" in problems(table('编号,名称\nD1,煤\nD2,"稀土\nD3,羊绒\n'))[0]


def test_a_quote_that_swallows_the_file_is_named(table) -> None:
    content = '编号,名称\nD1,"煤\n' + "稀" * 4_100_000
    assert "第 2 行起有一个引号一直没有闭合" in refusal(table(content))


def test_a_broken_line_of_json_is_a_problem_of_its_line(table) -> None:
    said = problems(table('{"title": "煤"}\n\n{"title": "稀土"\n[1]\n"羊绒"\n{"title": NaN}\n', "d.jsonl"))
    assert [sentence[:6] for sentence in said] == ["第 3 行：", "第 4 行：", "第 5 行：", "第 6 行："]
    assert "不是完整的 JSON" in said[0]
    assert "不是一个对象" in said[1]


def test_a_json_array_is_not_json_lines(table) -> None:
    assert "一个 JSON 数组" in refusal(table('[{"title": "煤"}]', "d.jsonl"))
    assert "一个 JSON 数组" in refusal(table('[\n{"title": "煤"},\n', "d.jsonl"))


def test_deep_json_is_a_problem_and_no_crash(table) -> None:
    said = problems(table('{"title": "煤"}\n{"title": ' + "[" * 100_000 + "\n", "d.jsonl"))
    assert said[0].startswith('第 2 行：填的是“{"title": [[[')
    assert len(said[0]) < 200


def test_nested_values_in_json_are_a_problem_unless_ignored(table) -> None:
    path = table('{"id": 1, "title": {"zh": "煤"}}\n{"id": 2, "title": "煤", "reasons": [{}]}\n', "d.jsonl")
    assert problems(path)[0].startswith("第 1 行「title」：填的是“{'zh': '煤'}”，里面还套着列表或对象")


def test_json_lines_may_differ_in_their_keys(table) -> None:
    rows = [{"id": 1, "title": "煤"}, {"名称": "稀土", "编号": 2.0, "trl": None}, {"title": "羊绒"}]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    reading = read_documents(table(content, "d.jsonl"), noun="demand")
    assert [(row.id, row.title) for row in reading.rows] == [("1", "煤"), ("2", "稀土"), ("3", "羊绒")]
    assert "行号" in reading.warnings[0]


def test_json_lines_without_any_title_are_refused(table) -> None:
    assert "没有找到「需求名称」" in refusal(table('{"名稱": "煤"}\n', "d.jsonl"))


def test_teams_are_read_without_their_leader(table) -> None:
    content = "团队编号,团队名称,依托单位,负责人,人数,可承接数\nT1,稀土团队,某大学,张三,12人,3\n"
    reading = read_teams(table(content, "teams.csv"))
    (team,) = reading.rows
    assert (team.id, team.title, team.organisation, team.size, team.capacity) == ("T1", "稀土团队", "某大学", "12人", 3)
    assert reading.ignored_columns == ("负责人",)


def test_judgements_are_read_and_a_pair_judged_twice_is_a_problem(table) -> None:
    rows = read_judgements(table("需求编号,成果编号,等级\n1,2,较强\n1,3,1\n", "j.csv")).rows
    assert [(row.demand, row.offer, row.level) for row in rows] == [("1", "2", 3), ("1", "3", 1)]
    with pytest.raises(BadTable, match=r"第 3 行「demand\+offer」：填的是“1 \+ 2”，与第 2 行重复"):
        read_judgements(table("demand,offer,level\n1,2,3\n1,2,4\n", "j.csv"))
    with pytest.raises(BadTable, match="第 2 行「level」：填的是“5”，应为 1–4"):
        read_judgements(table("demand,offer,level\n1,2,5\n", "j.csv"))


def test_capacity_is_read_with_an_optional_floor(table) -> None:
    rows = read_capacity(table("团队,可承接数,保底\nT1,3,1\nT2,0,\n", "c.csv")).rows
    assert [(row.team, row.capacity, row.floor) for row in rows] == [("T1", 3, 1), ("T2", 0, 0)]
    with pytest.raises(BadTable, match="第 2 行「capacity」：填的是“-1”，应为不小于 0 的整数"):
        read_capacity(table("team,capacity\nT1,-1\n", "c.csv"))


def test_matches_may_say_that_there_is_none(table) -> None:
    content = '{"demand": "D1", "offer": "O1", "rank": 1, "score": 0.8, "level": 4, "verdict": "match", "team": "T"}\n'
    content += '{"demand": "D2", "offer": "", "rank": null, "score": null, "verdict": "too vague"}\n'
    first, second = read_matches(table(content, "m.jsonl")).rows
    assert (first.offer, first.rank, first.score, first.level, first.team) == ("O1", 1, 0.8, 4, "T")
    assert (second.offer, second.rank, second.verdict) == ("", None, "too vague")


PIECES = st.sampled_from(
    ["名称", "编号", "成熟度", ",", ";", "\t", "\n", "\r", '"', "'=", "煤", "六", "{", "}", "[", ":", "\0"]
)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=60) | st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode()))
def test_whatever_a_file_holds_the_answer_is_rows_or_a_sentence(tmp_path_factory, ending, content) -> None:
    path = tmp_path_factory.mktemp("any") / f"a.{ending}"
    path.write_bytes(content)
    try:
        assert read_documents(path, noun="offer").rows
    except TableError as error:
        assert "\n" not in str(error)
