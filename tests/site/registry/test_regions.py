from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.site.registry import sources
from duijie.site.registry.gazetteer import Gazetteer
from duijie.site.registry.lookup import simplify

DAY = date(2026, 11, 23)
GAZETTEER = Gazetteer(sources.read_table(sources.EVERY[0]), home="150000")
PRESENT = sorted(code for code, region in GAZETTEER.regions.items() if region.is_valid(DAY))


def find(text, within=None, day=DAY):
    return GAZETTEER.find(text, day=day, within=GAZETTEER.regions[within] if within else None)


def code(text, within=None):
    found = find(text, within).found
    return found.code if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("内蒙古呼和浩特市赛罕区", "150105"),
        ("内蒙古自治区 / 呼和浩特市 / 赛罕区", "150105"),
        ("中国内蒙古自治区呼和浩特市赛罕区", "150105"),
        ("呼市赛罕", "150105"),
        ("包头昆区", "150203"),
        ("内蒙", "150000"),
        ("北京市市辖区朝阳区", "110105"),
        ("北京北京市朝阳区", "110105"),
        ("重庆市江北区", "500157"),
        ("土左旗", "150121"),
        ("达茂旗", "150223"),
        ("长沙", "430100"),
        ("吉林", "220000"),
        ("海南", "460000"),
        ("海南区", "150303"),
        ("乾安县", "220723"),
        ("包头稀土高新区", "150200"),
        ("澳门", "820000"),
    ],
)
def test_region_is_found_by_chain_short_name_and_alias(text, expected):
    assert code(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("巴盟", "150800"),
        ("巴市", "150800"),
        ("锡盟", "152500"),
        ("兴安", "152200"),
        ("呼市", "150100"),
        ("包市", "150200"),
        ("伊盟", "150600"),
        ("哲盟", "150500"),
        ("昭盟", "150400"),
        ("呼盟", "150700"),
        ("乌盟", "150900"),
        ("阿盟", "152900"),
    ],
)
def test_leagues_are_understood_as_people_call_them(text, expected):
    assert code(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("伊克昭盟", "150600"),
        ("伊克昭盟东胜市", "150602"),
        ("内蒙古伊克昭盟鄂托克旗", "150624"),
        ("巴彦淖尔盟临河区", "150802"),
        ("集宁市", "150902"),
        ("152701", "150602"),
        ("襄樊市", "420600"),
        ("下城区", "330105"),
        ("通辽市", "150500"),
    ],
)
def test_what_a_region_was_leads_to_what_it_is(text, expected):
    assert code(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("150105", "150105"),
        ("１５０１０５", "150105"),
        ("150105.0", "150105"),
        ("150105000000", "150105"),
        ("1501", "150100"),
        ("15", "150000"),
        ("110100", "110000"),
        ("150105 赛罕区", "150105"),
        ("赛罕區", "150105"),
        ("內蒙古自治區呼和浩特市賽罕區", "150105"),
        ("Hohhot", "150100"),
        ("hohhot city", "150100"),
        ("Saihan District, Hohhot, Inner Mongolia", "150105"),
        ("Inner Mongolia, Xilingol League", "152500"),
        ("Garze", "513300"),
    ],
)
def test_codes_scripts_and_english_are_understood(text, expected):
    assert code(text) == expected


def test_ambiguous_name_gives_its_candidates():
    answer = find("朝阳区")
    assert (answer.found, answer.ambiguous) == (None, True)
    assert [region.full_name for region in answer.near] == ["北京市朝阳区", "吉林省长春市朝阳区"]
    assert answer.sentence == "“朝阳区”有 2 个：北京市朝阳区、吉林省长春市朝阳区。请写明是哪一个。"


def test_candidates_at_home_come_first():
    assert [region.code for region in find("新城区").near] == ["150102", "610102"]


def test_within_a_region_an_ambiguous_name_is_clear():
    assert code("新城区", within="150100") == "150102"
    assert code("朝阳区", within="150100") is None


def test_unknown_name_gives_the_nearest_within_what_could_be_read():
    answer = find("呼和浩特市赛旱区")
    assert (answer.found, answer.ambiguous) == (None, False)
    assert answer.near[0].code == "150105"
    assert answer.sentence.startswith("没有“呼和浩特市赛旱区”。最接近的是：内蒙古自治区呼和浩特市赛罕区")


def test_misspelt_league_is_suggested():
    assert find("锡林郭了盟").near[0].code == "152500"


def test_code_and_name_that_disagree_are_not_guessed():
    answer = find("150102 东河区")
    assert answer.found is None
    assert [region.code for region in answer.near] == ["150102", "150202"]


def test_zone_of_the_statistical_code_book_leads_to_its_city():
    assert [region.code for region in find("150172").near] == ["150100"]


@pytest.mark.parametrize("text", ["", "  ", "—"])
def test_nothing_written_finds_nothing(text):
    answer = find(text)
    assert (answer.found, answer.near) == (None, ())


@given(st.sampled_from(PRESENT))
def test_every_full_name_and_code_finds_its_region(code):
    region = GAZETTEER.regions[code]
    assert find(region.full_name).found == region
    assert find(code).found == region
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert find(f" {wide}\u3000").found == region


@given(st.sampled_from(PRESENT))
def test_every_name_is_clear_within_what_it_lies_in(code):
    region = GAZETTEER.regions[code]
    if region.parent is not None:
        assert find(region.name, region.parent.code).found == region


@given(st.text(alphabet="内蒙古呼和浩特市赛罕区包头ABab1５,， 0旗盟", max_size=14))
def test_any_text_gets_an_answer_that_stands_today(text):
    answer = find(text)
    assert answer.found is None or answer.found.is_valid(DAY)
    assert all(region.is_valid(DAY) for region in answer.near)
    assert bool(answer.sentence) == (answer.found is None)


def test_a_day_of_the_past_knows_what_then_stood():
    assert find("重庆市江北区", day=date(2024, 1, 1)).found.code == "500105"


def test_address_leads_to_its_lowest_region():
    of_address = GAZETTEER.of_address
    assert of_address("内蒙古包头市昆区钢铁大街6号", day=DAY).code == "150203"
    assert of_address("呼和浩特市赛罕区昭乌达路306号内蒙古农业大学", day=DAY).code == "150105"
    assert of_address("某某大街", day=DAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hhht", "150100"),
        ("xlgl", "152500"),
        ("saihan", "150105"),
        ("赛罕", "150105"),
        ("巴盟", "150800"),
        ("15080", "150800"),
    ],
)
def test_typing_offers_the_region_first(text, expected):
    assert GAZETTEER.search(text, day=DAY)[0].code == expected


def test_typing_two_letters_offers_home_first():
    assert GAZETTEER.search("bt", day=DAY)[0].code == "150200"


def test_simplify_leaves_simplified_text_alone():
    assert simplify("内蒙古") == "内蒙古"
