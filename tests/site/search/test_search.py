"""One box for everything: what is found, why, and that nobody finds what he may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from duijie.site.demands import actions as demands
from duijie.site.demands.models import Demand, Disclosure
from duijie.site.registry.models import Field
from duijie.site.search import queries, shelf
from duijie.site.search.initials import initials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from duijie.site.parties.models import Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_shelf(tmp_path: Path, settings) -> Iterator[None]:
    settings.VAR = tmp_path
    shelf._open.cache_clear()
    yield
    shelf._open.cache_clear()


@pytest.fixture
def published(company: Organisation, home_officer: User) -> Callable[..., Demand]:
    """A demand on its way out, without the review's steps: the ledger's own door."""
    from duijie.site.kernel import clock
    from duijie.site.ledger.actions import change

    def make(title: str, *, disclosure: str = Disclosure.PUBLIC, **to) -> Demand:
        demand = demands.start_demand(company, title=title, actor=None)
        said = {"field": Field.objects.first(), "disclosure": disclosure, **to}
        now = clock.now()
        told = {"state": "published", "submitted_at": now, "accepted_at": now, "published_at": now}
        change(demand, actor=None, verb="demand.publish", to={**said, **told})
        return demand

    return make


def codes(text: str, user: User) -> list[str]:
    return [code for code, _kind in queries.find(text, user).met]


@pytest.mark.parametrize("text", ["甘蓝", "耐旱甘蓝", "gl", "nhgl", "cabbage", "蒙草", "mczy"])
def test_demand_is_found_by_two_characters_initials_and_english(published, stranger, text):
    demand = published("耐旱甘蓝新品种选育")
    shelf.follow()
    assert demand.code in codes(text, stranger)


def test_code_leads_straight_to_its_record(published, stranger, client_of):
    demand = published("耐旱甘蓝新品种选育")
    shelf.follow()
    answer = client_of(stranger).get(reverse("search:results"), {"q": demand.code.lower()})
    assert answer.status_code == 302
    assert demand.code in answer.url


def test_blurred_demand_is_found_by_its_title_but_never_by_its_text(published, stranger, owner):
    demand = published("降低能耗", disclosure=Disclosure.BLURRED, question="白云鄂博选矿尾渣中钪的提取")
    shelf.follow()
    assert demand.code in codes("降低能耗", stranger)
    assert demand.code not in codes("白云鄂博 选矿", stranger)
    assert demand.code in codes("白云鄂博 选矿", owner)


def test_confidential_demand_is_found_by_its_own_people_only(
    published, stranger, owner, league_officer, mirror_officer
):
    demand = published("秘密配方改良", disclosure=Disclosure.CONFIDENTIAL)
    shelf.follow()
    assert codes("秘密配方", owner) == [demand.code]
    assert codes("秘密配方", league_officer) == [demand.code]
    assert codes("秘密配方", stranger) == codes("秘密配方", mirror_officer) == []
    assert queries.find("秘密配方", stranger).counts == {}


def test_index_follows_the_ledger(published, stranger):
    shelf.follow()
    demand = published("耐旱甘蓝新品种选育")
    assert codes("甘蓝", stranger) == []
    assert shelf.follow() >= 1
    assert codes("甘蓝", stranger) == [demand.code]
    demands.withdraw_demand(demand, reason="need_gone", actor=None)
    shelf.follow()
    assert codes("甘蓝", stranger) == []


def test_following_twice_changes_nothing(published, stranger):
    published("耐旱甘蓝新品种选育")
    shelf.follow()
    shelf._write_cursor(shelf.Cursor(0, {}))  # as after a crash between the index and the cursor
    shelf.follow()
    assert len(codes("甘蓝", stranger)) == 1


def test_words_met_are_marked_and_the_rest_escaped(published, stranger):
    published("<b>耐旱</b>甘蓝选育")
    shelf.follow()
    found = queries.described(queries.find("甘蓝", stranger).met, "甘蓝", stranger)[0]
    assert found.title == "&lt;b&gt;耐旱&lt;/b&gt;<mark>甘蓝</mark>选育"


def test_search_says_that_the_index_is_not_there_yet(client_of, stranger):
    answer = client_of(stranger).get(reverse("search:results"), {"q": "甘蓝"})
    assert "检索目录正在建立" in answer.content.decode()


def test_initials_span_words():
    assert {"nmgdx", "nmg", "dx", "neimenggu"} <= set(initials("内蒙古大学"))
