from __future__ import annotations

import pytest
from django.urls import reverse

from duijie.site.registry.models import ContractKind

pytestmark = pytest.mark.django_db
PAGES = [
    ("home", ()),
    ("regions", ()),
    ("region", ("150000",)),
    ("region", ("150105",)),
    ("region", ("152700",)),
    ("industries", ()),
    ("industry", ("C3985",)),
    ("disciplines", ()),
    ("discipline", ("430",)),
    ("chains", ()),
    ("chain", ("rare-earth",)),
    ("kinds", ()),
    ("days", ()),
]


@pytest.mark.parametrize(("name", "arguments"), PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_is_there_for_everybody_in_both_languages(client, name, arguments, language):
    answer = client.get(reverse(f"registry:{name}", args=arguments), headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "code"), [("region", "159999"), ("industry", "Z"), ("discipline", "999"), ("chain", "none")]
)
def test_unknown_code_is_missing(client, name, code):
    assert client.get(reverse(f"registry:{name}", args=[code])).status_code == 404


def test_pages_are_only_read(client):
    assert {client.post(reverse(f"registry:{name}", args=arguments)).status_code for name, arguments in PAGES} == {405}


def test_region_page_shows_what_it_was_and_what_lies_below(client):
    page = client.get(reverse("registry:region", args=["150600"])).content.decode()
    assert "伊克昭盟" in page
    assert "准格尔旗" in page
    old = client.get(reverse("registry:region", args=["152700"])).content.decode()
    assert "已不使用" in old
    assert reverse("registry:region", args=["150600"]) in old


def test_search_finds_by_initials_and_says_so_when_nothing_is_found(client):
    assert "呼和浩特市" in client.get(reverse("registry:regions"), {"q": "hhht"}).content.decode()
    assert "没有找到“zzzz”" in client.get(reverse("registry:regions"), {"q": "zzzz"}).content.decode()
    assert "没有找到“&lt;b&gt;”" in client.get(reverse("registry:industries"), {"q": "<b>"}).content.decode()


def test_picker_gets_options_and_a_plain_request_a_page(client):
    place, typed = reverse("registry:regions"), {"from": "demand-region", "demand-region": "赛罕"}
    options = client.get(place, typed, headers={"HX-Request": "true"})
    assert options.content.decode().strip() == '<option value="内蒙古自治区呼和浩特市赛罕区">150105</option>'
    assert "HX-Request" in options.headers["Vary"]
    assert "<html" in client.get(place, typed).content.decode()


def test_industry_picker_offers_code_and_name(client):
    typed = {"from": "industry", "industry": "C3985"}
    options = client.get(reverse("registry:industries"), typed, headers={"HX-Request": "true"}).content.decode()
    assert '<option value="C3985 电子专用材料制造">' in options


@pytest.mark.parametrize(
    ("name", "code", "queries"), [("region", "150000", 4), ("region", "130000", 4), ("chains", "", 4)]
)
def test_a_page_needs_as_many_queries_for_few_rows_as_for_many(
    client, name, code, queries, django_assert_max_num_queries
):
    client.get(reverse("registry:home"))
    with django_assert_max_num_queries(queries):
        client.get(reverse(f"registry:{name}", args=[code] if code else []))


def test_year_without_notice_is_marked(client):
    page = client.get(reverse("registry:days"), {"year": "2027"}).content.decode()
    assert "放假通知尚未收入" in page
    assert "放假通知尚未收入" not in client.get(reverse("registry:days"), {"year": "2026"}).content.decode()


@pytest.mark.parametrize("year", ["", "abc", "1900", "²⁰²⁶", "99999"])
def test_any_year_gets_a_calendar(client, year):
    assert client.get(reverse("registry:days"), {"year": year}).status_code == 200


def test_names_follow_the_language():
    from django.utils import translation

    kind = ContractKind.objects.get(code="licence")
    assert (kind.label, str(kind)) == ("技术许可合同", "技术许可合同")
    with translation.override("en"):
        assert (kind.label, str(kind)) == ("Technology licence contract", "Technology licence contract")
        assert kind.meaning.startswith("Permission to work patents")
