"""Folding, terms and signs; the compiled count of terms against the plain list of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from plainly import fixed

from duijie.engine.matching.segment import count_rows
from duijie.engine.matching.text import fold, fold_characters, pieces, sign_keys, signs, term_keys, terms
from duijie.engine.matching.types import Document

texts = st.one_of(
    st.text(),
    st.text(st.characters(codec=None)),  # with halves of surrogate pairs
    st.text(st.sampled_from("风机葉片軟體稀土 　Ａ１％aB5.-/μµ℃\n\t\x00\x01\u00a0\ud83d\ude00😀éßİΣ")),
    st.from_regex(r"\d{1,3}(\.\d)?[ \u00a0\n]?(mm|kV|MPa|%|℃|t)[，a]?", fullmatch=True),
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＢＭＳ　１２％", "bms 12%"),
        ("鋰電池", "锂电池"),
        ("軟體與網路", "软件与网络"),  # words, not only characters
        ("雷射與滑鼠", "激光与鼠标"),
        ("之后", "之后"),
        ("乾隆", "乾隆"),  # also simplified
        ("Nd-Fe-B", "nd-fe-b"),
        ("5 µm", "5 μm"),
        ("软\0体", "软 体"),
        ("軟\0體", "软 体"),
        ("軟\ud800體", "软 体"),
        ("", ""),
    ],
)
def test_fold_brings_writings_of_one_thing_together(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10kV", ["10kv"]),
        ("10 kV", ["10kv"]),
        ("10\u00a0kV", ["10kv"]),
        ("１０ｋＶ", ["10kv"]),
        ("2.5 MW", ["2.5mw"]),
        ("99.9％", ["99.9%"]),
        ("180 ℃", ["180℃"]),
        ("1.1 μm", ["1.1μm"]),
        ("1.1 µm", ["1.1μm"]),
        ("5 mm", ["5mm"]),
        ("5 mmol", ["5", "mmol"]),  # not a millimetre
        ("450MPa", ["450mpa"]),
    ],
)
def test_terms_keep_a_number_with_its_unit(text: str, found: list[str]) -> None:
    assert terms(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Q345B", ["q345b"]),
        ("NdFeB-48SH", ["ndfeb-48sh", "ndfeb", "48sh"]),
        ("KR-210/R2700", ["kr-210/r2700", "kr", "210", "r2700"]),
        ("GB/T 4754-2017", ["gb/t", "gb", "4754-2017", "4754", "2017"]),
        ("C++", ["c"]),
    ],
)
def test_terms_keep_a_model_number_whole(text: str, found: list[str]) -> None:
    assert terms(text) == found


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("magnets", "magnet"), ("batteries", "battery"), ("blades", "blade"), ("gases", "gase"), ("glass", "glass")],
)
def test_terms_drop_a_plural_s(plural: str, singular: str) -> None:
    assert terms(plural) == [singular]


@pytest.mark.parametrize("word", ["gas", "bus", "status", "process", "als", "a1s", "été"])
def test_terms_leave_other_words_alone(word: str) -> None:
    assert terms(word) == [word]


def test_terms_leave_out_english_function_words() -> None:
    assert terms("De-icing of the blades") == ["de-icing", "de", "icing", "blade"]


def test_terms_are_words_and_bigrams() -> None:
    assert terms("风机防冰") == ["风机", "防冰", "风机", "机防", "防冰"]
    assert terms("磁 B 土") == ["b", "磁", "土"]
    assert terms("稀 土 永 磁") == terms("稀土永磁")


def test_terms_of_one_need_in_two_scripts_are_the_same() -> None:
    assert terms("鋰電池軟體１０ｋＶ") == terms("锂电池软件10kV")


@pytest.mark.parametrize("text", ["", " ", "\n", "\ud800", "😀👨‍👩‍👧", "，。！", "\x01", "\x01\x01b\x01", "\0"])
def test_terms_of_anything_without_words_are_only_its_words(text: str) -> None:
    assert terms(text) == (["b"] if "b" in text else [])


def test_terms_of_a_very_long_text_are_all_there() -> None:
    count = Counter(terms("风机防冰技术ＸＫ－２０ " * 20_000))
    assert count["防冰"] == 2 * 20_000
    assert count["xk-20"] == 20_000


def test_signs_are_single_characters_and_latin_words() -> None:
    assert signs("风机 Nd-Fe 5 mm") == ["nd-fe", "nd", "fe", "5mm", "风", "机"]


@fixed(max_examples=150)
@given(texts, texts)
@example("风机\x01abc", "\x01\n\x01x\n风机")
@example("5\nkm", "İ軟體\ud800")
def test_the_compiled_count_is_the_count_of_terms_and_signs(title: str, text: str) -> None:
    rows = count_rows([Document("a", title, text), Document("b", text, title)])
    heads, bodies = Counter(terms(title)), Counter(terms(text))
    head_signs, body_signs = Counter(signs(title)), Counter(signs(text))
    assert _row(rows, 0) == _keyed(heads, bodies) | _keyed(head_signs, body_signs, of_signs=True)
    assert _row(rows, 1) == _keyed(bodies, heads) | _keyed(body_signs, head_signs, of_signs=True)


def _row(rows: object, d: int) -> dict[int, tuple[int, int]]:
    lo, hi = rows.ptr[d : d + 2]
    keys = rows.keys[lo:hi].tolist()
    assert len(set(keys)) == len(keys)
    return {key: (count >> 8, count & 255) for key, count in zip(keys, rows.counts[lo:hi].tolist(), strict=True)}


def _keyed(head: Counter[str], body: Counter[str], *, of_signs: bool = False) -> dict[int, tuple[int, int]]:
    names = list(head | body)
    keys = (sign_keys if of_signs else term_keys)(names).tolist()
    return {key: (min(head[n], 255), min(body[n], 255)) for key, n in zip(keys, names, strict=True)}


def test_counts_stop_at_255() -> None:
    rows = count_rows([Document("a", "磁 " * 300 + "x", "磁，" * 256)])
    assert _row(rows, 0)[int(term_keys(["磁"])[0])] == (0, 255)
    assert _row(rows, 0)[int(sign_keys(["磁"])[0])] == (255, 255)


@fixed(max_examples=100)
@given(texts)
@example("İ")
@example("ẞßŉǰΐ軟體")
@example("a\n軟\n\nΣ")
def test_folding_characters_keeps_every_position(text: str) -> None:
    folded = fold_characters(text)
    assert len(folded) == len(text)
    for start in range(len(text)):
        if text[start].isascii():
            assert folded[start] == text[start].lower()


def test_folding_characters_agrees_with_folding_where_no_word_changes() -> None:
    text = "鋰電池ＢＭＳ　１０％\n永磁體"
    assert fold_characters(text) == fold(text) == "锂电池bms 10%\n永磁体"


@fixed(max_examples=100)
@given(texts)
def test_pieces_hold_no_character_a_library_refuses(text: str) -> None:
    folded, words = pieces(text)
    (folded + words).encode()
    assert "\x01" not in folded
    assert "\0" not in words


@fixed(max_examples=100)
@given(st.lists(texts, max_size=8))
def test_keys_tell_names_apart_and_signs_from_terms(names: list[str]) -> None:
    keys = term_keys(names)
    assert keys.dtype == np.uint64
    assert len(set(keys.tolist())) == len(set(names))
    assert not set(keys.tolist()) & set(sign_keys(names).tolist())


def test_keys_are_those_of_indexes_already_written() -> None:
    assert [f"{key:016x}" for key in term_keys(["风机", "nd-fe-b", "😀"]).tolist()] == [
        "01c79e1f013f7fa8",
        "22608ff3400b5f67",
        "0df1ba8c083d260c",
    ]
