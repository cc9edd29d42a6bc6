from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.site.registry import checks, sources
from duijie.site.registry.models import ContractKind, Region, last_code

REGIONS = {row.pk: row for row in sources.read_table(sources.EVERY[0])}
PRESENT = {code: row for code, row in REGIONS.items() if row.valid_to is None}
INNER_MONGOLIA = "150100 150200 150300 150400 150500 150600 150700 150800 150900 152200 152500 152900".split()


def rows(name):
    return sources.read_table(next(table for table in sources.EVERY if table.name == name))


def test_tables_are_sound():
    assert list(checks.unsound()) == []


def test_inner_mongolia_has_12_leagues_and_cities_and_103_counties():
    below = [row for row in PRESENT.values() if "150000" < row.code <= "159999"]
    assert [row.code for row in below if row.kind == "prefecture"] == INNER_MONGOLIA
    assert sum(row.kind == "county" for row in below) == 103


def test_country_has_34_provinces_333_prefectures_and_2847_counties():
    kinds = [row.kind for row in PRESENT.values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"province": 34, "prefecture": 333, "county": 2847}


def test_industries_are_those_of_the_standard_in_number():
    lengths = [len(row.code) for row in rows("industries")]
    assert [lengths.count(length) for length in (1, 3, 4, 5)] == [20, 97, 473, 1381]


def test_industries_lie_below_the_beginning_of_their_code():
    for row in rows("industries"):
        above = {1: None, 3: row.code[:1]}.get(len(row.code), row.code[:-1])
        assert row.parent_id == above, row.code


def test_disciplines_are_62_and_those_below_them():
    disciplines = rows("disciplines")
    assert sum(row.parent_id is None for row in disciplines) == 62
    assert {row.parent_id for row in disciplines if row.parent_id} == {
        r.code for r in disciplines if r.code < "7" and not r.parent_id
    }


def test_fields_are_11():
    assert len(rows("fields")) == 11


def test_every_row_has_an_english_name_without_chinese():
    for table in sources.EVERY:
        for row in sources.read_table(table):
            assert row.english, f"{table.name} {row.pk}"
            assert not any("\u4e00" <= character <= "\u9fff" for character in row.english), row.english


def test_chains_have_nodes_in_order_and_industries_that_exist():
    known = {row.code for row in rows("industries")}
    nodes = rows("chain_nodes")
    for chain in rows("chains"):
        own = [node.code for node in nodes if node.chain_id == chain.code]
        assert 5 <= len(own) <= 10
        assert own == [f"{chain.code}-{number}" for number in range(1, len(own) + 1)]
        assert set(chain.industries) <= known
    assert all(node.keywords for node in nodes)


def test_licence_is_a_kind_of_contract_since_the_civil_code():
    kinds = [
        ContractKind(code=r.code, name=r.name, valid_from=r.valid_from, valid_to=r.valid_to)
        for r in rows("contract_kinds")
    ]
    before, since = date(2020, 12, 31), date(2021, 1, 1)
    assert [kind.code for kind in kinds if kind.is_valid(before)] == [
        "development",
        "transfer",
        "consulting",
        "service",
    ]
    assert [kind.code for kind in kinds if kind.is_valid(since)] == [
        "development",
        "transfer",
        "licence",
        "consulting",
        "service",
    ]


@given(st.sampled_from(sorted(REGIONS)), st.sampled_from(sorted(REGIONS)))
def test_subtree_is_a_range_of_codes(above, below):
    line, code = [], below
    while code:
        line.append(code)
        code = REGIONS[code].parent_id
    assert (above in line) == (REGIONS[above].code <= below <= REGIONS[above].last)


@given(st.sampled_from(sorted(REGIONS)))
def test_a_region_that_ended_has_its_successor_in_use(code):
    row = REGIONS[code]
    assert row.successor_id is None or (row.valid_to is not None and row.successor_id in PRESENT)


@pytest.mark.parametrize(
    ("code", "last"),
    [("150000", "159999"), ("150100", "150199"), ("131000", "131099"), ("150102", "150102"), ("469001", "469001")],
)
def test_last_code_ends_the_subtree(code, last):
    assert last_code(code) == last


def test_region_names_of_inner_mongolia_are_its_own_in_english():
    names = {code: PRESENT[code].english for code in ("150100", "150203", "150206", "150823", "152500", "152530")}
    assert names == {
        "150100": "Hohhot",
        "150203": "Hondlon District",
        "150206": "Bayan Obo Mining District",
        "150823": "Urad Front Banner",
        "152500": "Xilingol League",
        "152530": "Plain Blue Banner",
    }


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("乐亭县", "laoting"),
        ("洪洞县", "hongtong"),
        ("铅山县", "qianshan"),
        ("成都市", "chengdu"),
        ("长子县", "zhangzi"),
    ],
)
def test_readings_of_place_names(name, pinyin):
    row = next(row for row in PRESENT.values() if row.name == name)
    assert row.pinyin == (pinyin if name != "铅山县" else "yanshan")


def test_tables_are_written_as_csv_writes_them():
    for table in sources.EVERY:
        with table.file.open(encoding="utf-8") as file:
            lines = list(csv.reader(file))
        assert {len(line) for line in lines} == {len(lines[0])}, table.name


def test_region_full_name_reads_downwards_in_chinese_and_upwards_in_english():
    from django.utils import translation

    home = Region(code="150000", name="内蒙古自治区", english="Inner Mongolia")
    league = Region(code="150100", name="呼和浩特市", english="Hohhot", parent=home)
    assert league.full_name == "内蒙古自治区呼和浩特市"
    with translation.override("en"):
        assert league.full_name == "Hohhot, Inner Mongolia"
