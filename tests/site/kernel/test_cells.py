"""Cells of sheets and answers of forms: full-width writing means the same as plain."""

from __future__ import annotations

import pytest

from duijie.site.kernel.cells import measure_of
from duijie.site.kernel.fields import AmountField, DayField, PhoneField


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("发芽率：≥８５％", {"name": "发芽率", "value": "≥85", "unit": "%"}),
        ("速度 １．５ｋｍ", {"name": "速度", "value": "1.5", "unit": "km"}),
        ("亩产 ４，５００ 公斤", {"name": "亩产", "value": "4,500", "unit": "公斤"}),
    ],
)
def test_measure_in_full_width_is_read_as_plain(written, meant):
    assert measure_of(written) == meant


@pytest.mark.parametrize(
    ("field", "written", "plain"),
    [
        (PhoneField(), "０４７１－１２３４５６７", "0471-1234567"),
        (PhoneField(), "＋８６ １３８００００００００", "+86 13800000000"),
        (DayField(), "２０２７年６月３０日", "2027-06-30"),
        (AmountField(), ["１，２００．５", "10000"], ["1200.5", "10000"]),
        (AmountField(), ["５０万", "1"], ["50", "10000"]),
    ],
)
def test_answer_in_full_width_is_read_as_plain(field, written, plain):
    assert field.clean(written) == field.clean(plain)
