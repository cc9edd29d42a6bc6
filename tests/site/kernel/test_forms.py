"""Messy input is understood; what is not, is answered with what to do; nothing typed is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.http import QueryDict
from django.template import engines
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from duijie.site.kernel.errors import Invalid
from duijie.site.kernel.fields import WAN, YUAN, AmountWidget, money
from duijie.site.kernel.forms import (
    AmountField,
    CodeField,
    DayField,
    LineField,
    NumberField,
    OfficeForm,
    TextField,
    WholeField,
    problems,
)


class Sheet(OfficeForm):
    name = LineField(label="名称", max_length=10)
    credit = CodeField(label="信用代码", required=False, max_length=18)
    words = TextField(label="说明", required=False, max_length=5)
    on = DayField(label="日期", required=False)
    level = WholeField(label="级别", required=False, min_value=1, max_value=9)
    share = NumberField(label="比例", required=False)
    budget = AmountField(label="经费", required=False)
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "—"), ("a", "甲"), ("b", "乙")])
    mode = forms.ChoiceField(
        label="方式", required=False, widget=forms.RadioSelect, choices=[("x", "联合"), ("y", "引进")]
    )
    open = forms.BooleanField(label="公开", required=False)


def filled(**values):
    data = QueryDict(mutable=True)
    data.update({"name": "稀土", **values})
    return Sheet(data)


def cleaned(name, value):
    form = filled(**{name: value})
    assert form.is_valid(), form.errors
    return form.cleaned_data[name]


def refused(name, value, key=""):
    form = filled(**{key or name: value})
    assert not form.is_valid()
    return form.errors[name]


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23",
        "2026/11/23",
        "2026.11.23",
        "2026年11月23日",
        " ２０２６－１１－２３ ",
        "20261123",
        "2026 年 11 月 23 日",
    ],
)
def test_day_is_read_in_every_usual_writing(typed):
    assert cleaned("on", typed) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-02-30", "没有“2026-02-30”这一天，请检查月份和日期。"),
        ("明天", "请按“2026-11-23”的样子填写日期。"),
        ("2026", "请按“2026-11-23”的样子填写日期。"),
        ("0000-00-00", "没有“0000-00-00”这一天，请检查月份和日期。"),
    ],
)
def test_day_that_is_none_says_what_to_write(typed, sentence):
    assert refused("on", typed) == [sentence]


def test_code_is_folded_to_what_registers_write():
    assert cleaned("credit", " ９１１５０１００ ma０ｎ１２ 34ｘ５ ") == "91150100MA0N1234X5"


def test_line_keeps_one_space_and_no_line_break():
    assert cleaned("name", "  稀土　 钢\r\n耐候 ") == "稀土 钢 耐候"


def test_text_keeps_its_lines():
    assert cleaned("words", "一\r\n二\r三") == "一\n二\n三"


def test_code_of_an_empty_nullable_column_is_none():
    field = CodeField(required=False, empty_value=None)
    assert field.clean("  ") is None


@pytest.mark.parametrize(("typed", "number"), [("１，２００", 1200), ("1,200", 1200), (" 12 ", 12)])
def test_number_is_read_with_thousands_apart(typed, number):
    assert cleaned("share", typed) == number


@pytest.mark.parametrize(
    ("number", "unit", "yuan"),
    [
        ("260", WAN, "2600000"),
        ("２６０．５", WAN, "2605000"),
        ("1,234.56", YUAN, "1234.56"),
        ("50万", YUAN, "500000"),
        ("3 亿元", WAN, "300000000"),
        ("￥800元", WAN, "800"),
        ("0.000001", WAN, "0.01"),
    ],
)
def test_amount_is_yuan_whatever_its_unit(number, unit, yuan):
    form = filled(budget_0=number, budget_1=unit)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["budget"] == Decimal(yuan)


@pytest.mark.parametrize(
    ("number", "unit", "sentence"),
    [
        ("一百", WAN, "请填写金额，例如 1,200，并选择“元”或“万元”。"),
        ("1e9", WAN, "请填写金额，例如 1,200，并选择“元”或“万元”。"),
        ("12", "斤", "请填写金额，例如 1,200，并选择“元”或“万元”。"),
        ("-1", YUAN, "金额不能小于 0。"),
        ("0.001", YUAN, "金额最多精确到分，请检查小数。"),
        ("99999999999", WAN, "金额太大，请检查单位是否选对。"),
        ("9" * 400, WAN, "金额太大，请检查单位是否选对。"),
    ],
)
def test_amount_that_is_none_says_what_to_write(number, unit, sentence):
    form = filled(budget_0=number, budget_1=unit)
    assert not form.is_valid()
    assert form.errors["budget"] == [sentence]


def test_amount_with_a_unit_alone_is_nothing_said():
    assert filled(budget_0=" ", budget_1=WAN).errors == {}


def test_required_amount_asks_for_it():
    form = OfficeForm({"b_1": WAN})
    form.fields["b"] = AmountField(label="经费", error_messages={"required": "请填写“经费”。"})
    assert form.errors["b"] == ["请填写“经费”。"]


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_amount_shown_again_is_the_amount_that_was_kept(yuan):
    number, unit = AmountWidget().decompress(yuan)
    assert AmountField().clean([number, unit]) == yuan


@given(st.text(max_size=30))
def test_any_text_in_any_field_is_answered_without_failing(text):
    form = Sheet(dict.fromkeys([*Sheet.base_fields, "budget_0", "budget_1"], text))
    form.is_valid()
    problems(form)


def test_amount_changes_only_with_its_value():
    data = QueryDict("name=a&budget_0=10000&budget_1=1")
    assert "budget" not in Sheet(data, initial={"name": "a", "budget": Decimal("10000.00")}).changed_data


def test_money_is_written_as_the_readers_language_does():
    assert money(Decimal(12_345_600)) == "1,234.56 万元"
    with override("en"):
        assert money(Decimal(12_345_600)) == "12,345,600 yuan"


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("name", "", "请填写“名称”。"),
        ("name", "一二三四五六七八九十十一", "最多 10 个字，现有 12 个，请删减。"),
        ("level", "12", "不能大于 9。"),
        ("level", "高", "请填写整数，例如 12。"),
        ("share", "NaN", "请填写数字，例如 1,200 或 0.85。"),
        ("kind", "c", "“c”不在选项里，请重新选择。"),
        ("words", "a\0b", "文字里有不能保存的字符，请重新输入。"),
    ],
)
def test_error_says_what_to_do(name, typed, sentence):
    assert refused(name, typed) == [sentence]


def test_text_too_long_is_kept_whole_for_its_author():
    form = filled(words="一二三四五六七")
    assert not form.is_valid()
    assert "一二三四五六七" in str(form["words"])
    assert "maxlength" not in str(form["words"])


def test_problems_link_to_the_place_to_put_them_right():
    form = Sheet({"mode": "z", "budget_0": "x", "budget_1": WAN})
    assert [(one.sentence, one.anchor) for one in problems(form)] == [
        ("请填写“名称”。", "id_name"),
        ("经费：请填写金额，例如 1,200，并选择“元”或“万元”。", "id_budget_0"),
        ("方式：“z”不在选项里，请重新选择。", "id_mode"),
    ]


def test_field_in_error_is_tied_to_its_words():
    form = Sheet({})
    html = engines["django"].get_template("kernel/parts/field.html").render({"field": form["name"]})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert "必填" in html


def test_refusal_of_an_action_stands_beside_its_fields():
    form = filled()
    assert form.is_valid()
    form.refuse(Invalid("单位有误", {"credit": "校验位不对，请核对。", "elsewhere": "另有一处不对。"}))
    assert form.errors == {"credit": ["校验位不对，请核对。"], "__all__": ["另有一处不对。"]}


def test_form_of_a_row_carries_the_revision_its_author_saw():
    row = SimpleNamespace(name="稀土", kind="a", budget=Decimal(20000), revision=7)
    form = Sheet.of(row)
    assert form.initial == {"name": "稀土", "kind": "a", "budget": Decimal(20000)}
    assert 'value="7"' in str(form["revision"])
    assert 'type="hidden"' in str(form["revision"])
    sent = Sheet.of(row, QueryDict("name=a&revision=6"))
    assert sent.is_valid()
    assert sent.revision == 6
    assert "revision" not in sent.answers


def test_late_form_is_compared_with_what_was_seen_and_what_stands():
    seen = SimpleNamespace(name="旧名", kind="a", budget=None, open=False, revision=6)
    now = SimpleNamespace(name="别人的名", kind="a", budget=Decimal(5000), open=False, revision=7)
    form = Sheet.of(now, QueryDict("name=我的名&kind=b&revision=6"))
    assert form.is_valid()
    found = {one.label: (one.seen, one.now, one.given, one.clashes) for one in form.against(seen, now)}
    assert found == {
        "名称": ("旧名", "别人的名", "我的名", True),
        "类型": ("甲", "甲", "乙", False),
        "经费": ("", "0.50 万元", "", False),
    }
    assert form.renewed(7)["revision"].value() == "7"
    assert form.renewed(7)["name"].value() == "我的名"
