from __future__ import annotations

from collections import Counter

import pytest

from duijie.tables.columns import find_header, fold_header, letter, understand
from duijie.tables.shapes import CAPACITY, DOCUMENTS, JUDGEMENTS, MATCHES, TEAMS

DEMAND = DOCUMENTS["demand"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("id", "id"),
        ("ＩＤ", "id"),
        ("序号", "id"),
        ("需求编号", "id"),
        ("＊需求 名称：", "title"),
        ("需求\n名称", "title"),
        ("Title", "title"),
        ("题目（必填）", "title"),
        ("技术需求名称", "title"),
        ("需求内容", "text"),
        ("详细描述", "text"),
        ("技术内容", "text"),
        ("关键字", "keywords"),
        ("需求类型", "kind"),
        ("技术领域", "field"),
        ("国民经济行业", "industry"),
        ("盟市", "region"),
        ("行政区划", "region"),
        ("成熟度(1-9)", "trl"),
        ("TRL", "trl"),
        ("拟投入资金", "budget"),
        ("单位团队", "team"),
    ],
)
def test_a_header_is_understood_as_officers_write_it(header: str, name: str) -> None:
    assert understand([header], DEMAND).names == {name}


@pytest.mark.parametrize(
    ("header", "cell", "amount"),
    [
        ("预算", "50", 50),
        ("预算(万元)", "50", 50),
        ("预算（元）", "500000", 50),
        ("预算/元", 500000, 50),
        ("经费（单位：亿元）", "1", 10000),
        ("拟投入资金(千元)", "10", 1),
        ("预算万元", "50", 50),
        ("预算（元）", "50万", 50),
    ],
)
def test_the_unit_of_money_in_a_header_counts(header: str, cell: object, amount: float) -> None:
    ((name, parse, _),) = understand([header], DEMAND).plan
    assert (name, parse(cell)) == ("budget", amount)


def test_foreign_money_is_not_taken_for_yuan() -> None:
    assert understand(["预算（万美元）"], DEMAND).ignored == ("预算（万美元）",)


def test_the_more_telling_of_two_headers_is_read_and_the_other_reported() -> None:
    layout = understand(["序号", "需求编号", "需求名称", "名称"], DEMAND)
    assert layout.header("id") == "需求编号"
    assert layout.header("title") == "需求名称"
    assert layout.ignored == ("序号", "名称")


def test_every_column_of_text_is_read() -> None:
    assert understand(["名称", "需求背景", "主要技术指标"], DEMAND).places("text") == (1, 2)


def test_the_header_is_the_row_that_says_most() -> None:
    rows = [["2026 年需求汇总表"], ["名称", ""], ["序号", "名称", "内容"], ["1", "煤", "煤"]]
    found = find_header(rows, DEMAND)
    assert found is not None
    assert found[0] == 2


@pytest.mark.parametrize("shape", [*DOCUMENTS.values(), TEAMS, JUDGEMENTS, CAPACITY, MATCHES])
def test_no_header_means_two_columns(shape) -> None:
    counts = Counter(
        folded for column in shape.columns for folded in {fold_header(name) for name in (*column.headers, column.name)}
    )
    assert [header for header, count in counts.items() if count > 1] == []


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
