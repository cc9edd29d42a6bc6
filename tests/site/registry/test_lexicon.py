from __future__ import annotations

from datetime import date

import pytest

from duijie.site.registry import queries, sources
from duijie.site.registry.lookup import Lexicon


def lexicon(name):
    return Lexicon(sources.read_table(next(table for table in sources.EVERY if table.name == name)))


INDUSTRIES, FIELDS, DISCIPLINES = lexicon("industries"), lexicon("fields"), lexicon("disciplines")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C3985", "C3985"),
        ("3985", "C3985"),
        ("ｃ３９８５", "C3985"),
        ("39", "C39"),
        ("C3985 电子专用材料制造", "C3985"),
        ("电子专用材料制造", "C3985"),
        ("I6433", "I6433"),
        ("房地产业", "K70"),
        ("其他农业", "A0190"),
        ("乳製品製造", "C144"),
        ("Dairy products", "C144"),
    ],
)
def test_industry_is_found_by_code_name_or_both(text, expected):
    assert INDUSTRIES.find(text).found.pk == expected


def test_code_with_the_name_of_another_class_is_not_guessed():
    assert INDUSTRIES.find("C3985 稀土金属冶炼").found is None


def test_unknown_industry_gets_the_nearest():
    answer = INDUSTRIES.find("稀土冶炼")
    assert answer.near[0].pk == "C3232"
    assert answer.sentence.startswith("没有“稀土冶炼”。最接近的是：稀土金属冶炼 (C3232)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电子信息", "EI"),
        ("新材料", "NM"),
        ("新能源", "NE"),
        ("生物、医药和医疗器械", "BM"),
        ("农业", "AG"),
        ("ag", "AG"),
        ("環保", "EP"),
    ],
)
def test_field_is_found_by_its_usual_names(text, expected):
    assert FIELDS.find(text).found.pk == expected


def test_discipline_is_found_with_or_without_its_point():
    assert [DISCIPLINES.find(text).found.pk for text in ("430.40", "43040", "金属材料")] == ["43040"] * 3


@pytest.mark.parametrize(
    ("text", "expected"), [("稀土", "B0932"), ("xtjsyl", "C3232"), ("dairy", "C144"), ("C39", "C39")]
)
def test_typing_offers_classes(text, expected):
    assert expected in [row.pk for row in INDUSTRIES.search(text)][:3]


def test_same_name_twice_is_ambiguous():
    answer = INDUSTRIES.find("兽药")
    assert (answer.found, answer.ambiguous) == (None, False)
    twice = DISCIPLINES.find("生物医学工程学")
    assert twice.found.pk == "41660"


@pytest.mark.django_db
def test_contract_kinds_are_those_of_the_contracts_day():
    assert queries.find_contract_kind("技术许可").found.pk == "licence"
    assert queries.find_contract_kind("技术许可", day=date(2020, 6, 1)).found is None


@pytest.mark.django_db
def test_agreement_kind_is_found_by_its_usual_names():
    found = [
        queries.find_agreement_kind(text).found.pk for text in ("战略合作协议", "共建平台", "合作项目", "技术合同")
    ]
    assert found == ["framework", "platform", "project", "technology"]


@pytest.mark.django_db
def test_text_is_placed_on_the_node_whose_words_it_holds():
    assert [node.pk for node in queries.nodes_of("高性能钕铁硼永磁材料晶界扩散技术")] == ["rare-earth-4"]
    assert queries.nodes_of("别的什么") == []


@pytest.mark.django_db
def test_lookups_through_the_database_need_no_query_once_held(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(queries, "_TRUSTED_SECONDS", 3600.0)  # however slow the machine
    queries.forget()
    assert queries.find_region("巴盟").found.code == "150800"
    assert queries.find_industry("C3985").found.pk == "C3985"
    with django_assert_num_queries(0):
        for text in ("呼市", "锡盟", "朝阳区", "没有这个地方"):
            queries.find_region(text)
            queries.find_industry(text)
