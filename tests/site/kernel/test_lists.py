"""Lists: what stands in the address is what is shown, exported and counted; nonsense is ignored with a word."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict
from django.template import engines
from django.test import RequestFactory

from duijie.site.kernel.fields import WholeField
from duijie.site.kernel.lists import (
    AnyChoice,
    Column,
    FilterForm,
    WordsFilter,
    changed,
    list_page,
    matching_rows,
    ticked,
)
from duijie.site.kernel.models import Series


class SeriesFilter(WordsFilter):
    words_in = ("prefix",)
    lookups = {"least": "last__gte"}  # noqa: RUF012
    least = WholeField(label="至少")
    last = AnyChoice(label="序号", choices=[("1", "一"), ("2", "二")])


COLUMNS = [
    Column("prefix", "前缀", ("prefix",)),
    Column("last", "序号", ("last",), numeric=True),
    Column("note", "备注"),
]


@pytest.fixture
def rows(db):
    Series.objects.bulk_create([Series(prefix=f"D-{place:03}", last=place % 5) for place in range(130)])
    return Series.objects.all()


def page_of(rows, address="", **options):
    return list_page(rows, QueryDict(address), columns=COLUMNS, filters=SeriesFilter, order="prefix", **options)


def codes(page):
    return [row.pk for row in page.rows]


def test_pages_hold_every_row_once(rows):
    seen = [code for number in range(1, 8) for code in codes(page_of(rows, f"sort=-last&page={number}"))]
    assert sorted(seen) == sorted(rows.values_list("pk", flat=True))
    assert len(seen) == 130


@pytest.mark.parametrize("sort", ["last", "-last", "prefix", "-prefix"])
def test_pages_from_the_far_end_keep_the_order(rows, sort):
    shown = [code for number in range(1, 8) for code in codes(page_of(rows, f"sort={sort}&page={number}"))]
    matching = matching_rows(rows, QueryDict(f"sort={sort}"), columns=COLUMNS, filters=SeriesFilter, order="prefix")
    assert shown == list(matching.values_list("pk", flat=True))


def test_page_asks_the_same_number_of_questions_whatever_it_shows(rows, django_assert_num_queries):
    for address in ("", "page=7", "q=D-00", "least=4&size=100&sort=-last"):
        with django_assert_num_queries(3):
            page = page_of(rows, address)
            assert len(page.links) + len(page.headings) + page.total > 0


def test_filters_narrow_and_the_export_is_the_same(rows):
    page = page_of(rows, "q=D-0+1&least=3")
    expected = [code for code in sorted(rows.values_list("pk", flat=True)) if "D-0" in code and "1" in code]
    expected = [code for code in expected if int(code[2:]) % 5 >= 3]
    assert codes(page) == expected
    assert page.total == len(expected)
    assert page.is_filtered
    assert [row.pk for row in page.matching] == expected


def test_choice_filter_asks_for_equality(rows):
    assert page_of(rows, "last=2").total == 26
    assert page_of(rows, "last=").total == 130


@pytest.mark.parametrize(
    ("address", "remark"),
    [
        ("least=abc", "没有看懂筛选条件“至少”，已忽略。"),
        ("last=99", "没有看懂筛选条件“序号”，已忽略。"),
        ("sort=password", "不能按“password”排序，已按默认顺序列出。"),
        ("sort=note", "不能按“note”排序，已按默认顺序列出。"),
        ("page=zero", "“页码”不能是“zero”，已忽略。"),
        ("page=-1", "“页码”不能是“-1”，已忽略。"),
        ("page=99999999999999999999", "“页码”不能是“99999999999999999999”，已忽略。"),
        ("size=7", "“每页条数”不能是“7”，已忽略。"),
        ("page=²", "“页码”不能是“2”，已忽略。"),
    ],
)
def test_nonsense_in_the_address_is_ignored_with_a_word(rows, address, remark):
    page = page_of(rows, address)
    if address == "page=²":  # folded to a plain 2, which is a page
        assert page.page == 2
        return
    assert page.remarks == [remark]
    assert page.total == 130
    assert codes(page)[0] == "D-000"


@pytest.mark.parametrize(
    "address", ["q=%00", "q=%27%3B--", "least=1&least=x", "page=1&page=2", "q=" + "长" * 500, "sort=--prefix"]
)
def test_hostile_addresses_are_answered(rows, address):
    page_of(rows, address)


def test_page_beyond_the_last_shows_the_last(rows):
    page = page_of(rows, "page=900")
    assert page.page == 7
    assert len(page.rows) == 10
    assert (page.first, page.last) == (121, 130)


def test_empty_list_has_one_page(db):
    page = page_of(Series.objects.all())
    assert (page.total, page.pages, page.first, page.last) == (0, 1, 0, 0)


def test_links_keep_the_filters_and_drop_the_page(rows):
    page = page_of(rows, "q=D&least=1&page=3&size=20")
    assert page.address == "?q=D&least=1&size=20"
    assert page.next == "?q=D&least=1&size=20&page=4"
    assert page.unfiltered == "?size=20"
    assert [(link.number, link.current) for link in page.links] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
        (5, False),
        (6, False),
    ]


def test_headings_turn_the_order_around(rows):
    first, second, third = page_of(rows, "sort=last&page=2").headings
    assert (first.url, first.order) == ("?sort=prefix", "")
    assert (second.url, second.order) == ("?sort=-last", "ascending")
    assert (third.url, third.order) == ("", "")


def test_changed_keeps_repeated_parameters():
    assert changed(QueryDict("kind=a&kind=b&page=2"), page=3) == "?kind=a&kind=b&page=3"


def test_ticked_codes_come_once_each():
    assert ticked(QueryDict("code=A&code=B&code=A&code=")) == ["A", "B"]


def test_list_page_shows_rows_and_escapes_what_was_asked(rows):
    template = engines["django"].from_string(
        '{% extends "kernel/list.html" %}{% block title %}编号{% endblock %}{% block cells %}<td>{{ row.pk }}</td>{% endblock %}'
    )
    request = RequestFactory().get("/series/", {"q": "<script>alert(1)</script>"})
    html = template.render({"page": page_of(rows, request.GET.urlencode())}, request)
    assert "<script>alert" not in html
    assert "没有符合条件的记录" in html
    shown = template.render({"page": page_of(rows)}, RequestFactory().get("/series/"))
    assert "<td>D-000</td>" in shown
    assert "共 <strong>130</strong> 条" in shown


def test_filter_by_a_reference_offers_all_first(rows):
    class ByReference(FilterForm):
        kind = forms.ModelChoiceField(Series.objects.all())

    html = str(ByReference(QueryDict())["kind"])
    assert '<option value="" selected>全部</option>' in html
