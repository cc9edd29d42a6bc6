from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.site.parties import numbers
from duijie.site.parties.numbers import WrongNumber

CREDIT = st.text(numbers.CREDIT_ALPHABET, min_size=17, max_size=17).map(
    lambda text: text[:2] + "".join(str(ord(one) % 10) for one in text[2:8]) + text[8:]
)
CREDIT_CODE = CREDIT.map(lambda first: first + numbers.credit_check(first))
ROR = st.text(numbers.ROR_ALPHABET, min_size=6, max_size=6).map(lambda text: "0" + text)
ROR_ID = ROR.map(lambda first: first + numbers.ror_check(first))
DIGITS = st.text("0123456789", min_size=15, max_size=15)


@given(CREDIT_CODE)
def test_credit_code_with_its_own_check_is_accepted_however_it_is_typed(code):
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    for typed in (code, code.lower(), f" {code[:8]} {code[8:]} ", wide, "-".join(code)):
        assert numbers.read_credit_code(typed) == code


@given(CREDIT_CODE, st.integers(0, 17), st.sampled_from(numbers.CREDIT_ALPHABET))
def test_credit_code_with_one_wrong_character_is_refused(code, place, other):
    wrong = code[:place] + other + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(WrongNumber):
        numbers.check_credit_code(wrong)


@given(CREDIT_CODE, st.integers(0, 15))
def test_credit_code_with_two_neighbours_swapped_is_refused(code, place):
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if wrong == code:
        return
    with pytest.raises(WrongNumber):
        numbers.check_credit_code(wrong)


@pytest.mark.parametrize("first", ["N2150102MA0N0H0K0", "A1150102MA0N0H0K0", "Y1150102MA0N0H0K0"])
def test_credit_code_of_rural_collectives_is_accepted(first):
    numbers.check_credit_code(first + numbers.credit_check(first))


def test_credit_code_known_to_be_valid_is_accepted_without_warning():
    assert numbers.read_credit_code("91110000600037341l") == "91110000600037341L"
    assert numbers.warn_of_credit_code("91110000600037341L") == ""


def test_credit_code_agrees_with_the_library_where_the_library_is_right():
    from stdnum.cn import uscc

    source = random.Random(7)
    for _ in range(300):
        code = "".join(source.choice("0123456789") for _ in range(8)) + "".join(
            source.choice(numbers.CREDIT_ALPHABET) for _ in range(10)
        )
        try:
            numbers.check_credit_code(code)
            valid = True
        except WrongNumber:
            valid = False
        assert valid == uscc.is_valid(code)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9111000060003734", "应为 18 位，现为 16 位"),
        ("91110000600037341M", "末位应为“L”，现为“M”"),
        ("9111000060003734OL", "第 17 位“O”不会出现"),
        ("911100A060003734XL", "第 7 位现为“A”"),
    ],
)
def test_wrong_credit_code_says_which_character_and_what_was_expected(typed, sentence):
    with pytest.raises(WrongNumber, match=sentence):
        numbers.read_credit_code(typed)


def test_wrong_organisation_code_inside_is_a_warning_only():
    first = "91110000600037340"
    code = first + numbers.credit_check(first)
    numbers.check_credit_code(code)
    assert "通常为“1”，现为“0”" in numbers.warn_of_credit_code(code)


@given(ROR_ID)
def test_ror_with_its_own_check_is_accepted_bare_and_as_an_address(ror):
    for typed in (ror, ror.upper(), f"https://ror.org/{ror}", f" ror.org/{ror}"):
        assert numbers.read_ror(typed) == ror


@given(ROR_ID, st.integers(1, 6), st.sampled_from(numbers.ROR_ALPHABET))
def test_ror_with_one_wrong_character_is_refused(ror, place, other):
    wrong = ror[:place] + other + ror[place + 1 :]
    if wrong == ror:
        return
    with pytest.raises(WrongNumber):
        numbers.check_ror(wrong)


@pytest.mark.parametrize("ror", ["03cve4549", "0106qb496"])
def test_ror_known_to_be_valid_is_accepted(ror):
    assert numbers.read_ror(ror) == ror


@given(DIGITS, st.integers(0, 14), st.sampled_from("0123456789"))
def test_orcid_is_accepted_with_its_check_and_refused_with_one_wrong_digit(first, place, other):
    from stdnum.iso7064 import mod_11_2

    plain = first + mod_11_2.calc_check_digit(first)
    orcid = "-".join(plain[start : start + 4] for start in range(0, 16, 4))
    assert numbers.read_orcid(f"https://orcid.org/{orcid}") == orcid
    assert numbers.read_orcid(plain.lower()) == orcid
    wrong = plain[:place] + other + plain[place + 1 :]
    if wrong != plain:
        with pytest.raises(WrongNumber):
            numbers.read_orcid(wrong)


@pytest.mark.parametrize("read", [numbers.read_credit_code, numbers.read_ror, numbers.read_orcid])
def test_nothing_typed_is_nothing(read):
    assert read("") is None
    assert read(None) is None
    assert read("  ") is None


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_or_one_sentence(text):
    for read in (numbers.read_credit_code, numbers.read_ror, numbers.read_orcid):
        try:
            read(text)
        except WrongNumber as error:
            assert str(error).endswith(("。", "："))
