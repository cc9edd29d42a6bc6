from __future__ import annotations

import pytest

from duijie.tables import amounts, cells
from duijie.tables.cells import CellError, Guess


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("6", 6),
        ("６", 6),
        (6, 6),
        (6.0, 6),
        ("TRL 6", 6),
        ("trl6", 6),
        ("TRL-6", 6),
        ("6级", 6),
        ("第六级", 6),
        ("四", 4),
        ("9（已产业化）", 9),
        ("6.0", 6),
        ("待定", None),
        ("—", None),
        ("", None),
    ],
)
def test_trl_is_read_as_people_write_it(cell: object, level: int | None) -> None:
    assert amounts.read_trl(cell) == level


def test_trl_of_a_range_is_the_lower_level() -> None:
    guess = amounts.read_trl("6-7级")
    assert isinstance(guess, Guess)
    assert guess.value == 6


@pytest.mark.parametrize("cell", ["十二", "0", "10", 0, 10, 1.5, "中试", True, "66", "2026-06-07", [6]])
def test_trl_out_of_its_scale_is_refused(cell: object) -> None:
    with pytest.raises(CellError, match=r"1–9 的整数|嵌|套着"):
        amounts.read_trl(cell)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("50万", 50),
        ("50", 50),
        (50, 50),
        ("1,200 万元", 1200),
        ("１，２００万元", 1200),
        ("３００", 300),
        ("1.2亿", 12000),
        ("1.2 亿元", 12000),
        ("500000元", 50),
        ("￥50万", 50),
        ("约50万元", 50),
        ("300万元以上", 300),
        ("五十", "错"),
        ("面议", None),
        ("待定", None),
        ("0", 0),
        ("-5", "错"),
        (-5, "错"),
        (float("inf"), "错"),
        ("50万美元", "错"),
        ("1,2", "错"),
        (True, "错"),
    ],
)
def test_budget_is_read_in_ten_thousands(cell: object, amount: object) -> None:
    if amount == "错":
        with pytest.raises(CellError, match="人民币金额"):
            amounts.read_budget(cell)
    else:
        assert amounts.read_budget(cell) == amount


@pytest.mark.parametrize(
    ("cell", "middle"), [("20-50万", 35), ("20万～50万元", 35), ("20至50", 35), ("5000万-1亿", 7500)]
)
def test_budget_of_a_range_is_its_middle(cell: str, middle: float) -> None:
    guess = amounts.read_budget(cell)
    assert isinstance(guess, Guess)
    assert guess.value == middle


def test_budget_in_yuan_is_converted_unless_the_cell_says_otherwise() -> None:
    assert amounts.read_budget("500,000", unit=1) == 50
    assert amounts.read_budget(500000, unit=1) == 50
    assert amounts.read_budget("50万", unit=1) == 50


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("稀土；永磁;回收", ("稀土", "永磁", "回收")),
        ("稀土，永磁,回收、再制造|绿色/低碳", ("稀土", "永磁", "回收", "再制造", "绿色", "低碳")),
        ("稀土 永磁　回收", ("稀土", "永磁", "回收")),
        ("machine learning; 深度学习 GPU", ("machine learning", "深度学习 GPU")),
        ("稀土；稀土；；无", ("稀土",)),
        (["a,b", " c "], ("a,b", "c")),
        ("", ()),
    ],
)
def test_keywords_are_split_where_people_separate_them(cell: object, words: tuple[str, ...]) -> None:
    assert cells.read_keywords(cell) == words


@pytest.mark.parametrize(
    ("cell", "name"), [(7.0, "7"), (7, "7"), ("７", "7"), (" D-1 ", "D-1"), ("007", "007"), (10**17, str(10**17))]
)
def test_an_id_is_read_as_the_person_means_it(cell: object, name: str) -> None:
    assert cells.read_id(cell) == name


def test_an_id_that_a_spreadsheet_has_rounded_is_refused() -> None:
    with pytest.raises(CellError, match="15 位"):
        cells.read_id(1.23456789012345e17)


def test_text_loses_what_cannot_be_printed_and_nothing_else() -> None:
    assert cells.read_text(" a\x00b\ud800\nc\t煤 ") == "ab\nc\t煤"


def test_a_title_is_one_line() -> None:
    assert cells.read_title("煤矸石\n 综合利用") == "煤矸石 综合利用"


def test_text_may_be_long_but_not_endless() -> None:
    assert len(cells.read_text("煤" * 100_000)) == 100_000
    with pytest.raises(CellError, match="1,000,001 个字"):
        cells.read_text("煤" * 1_000_001)


def test_nested_values_are_no_text() -> None:
    with pytest.raises(CellError, match="列表或对象"):
        cells.read_text({"a": 1})


@pytest.mark.parametrize(
    ("cell", "level"), [(4, 4), (4.0, 4), ("４", 4), ("强", 4), ("3级", 3), ("weak", 2), ("无", 1)]
)
def test_a_level_is_a_number_or_its_word(cell: object, level: int) -> None:
    assert amounts.read_level(cell) == level


@pytest.mark.parametrize("cell", [5, 0, "5", "很好", True])
def test_a_level_beyond_the_scale_is_refused(cell: object) -> None:
    with pytest.raises(CellError, match="1–4"):
        amounts.read_level(cell)


@pytest.mark.parametrize(("cell", "count"), [("3", 3), ("3 项", 3), (3.0, 3), ("", None), ("0", 0)])
def test_a_count_is_whole(cell: object, count: int | None) -> None:
    assert amounts.read_count(cell) == count


@pytest.mark.parametrize("cell", ["-1", "1.5", 1.5, "三个"])
def test_a_count_that_is_not_whole_is_refused(cell: object) -> None:
    with pytest.raises(CellError, match="整数"):
        amounts.read_count(cell)
