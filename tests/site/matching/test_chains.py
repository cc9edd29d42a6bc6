"""The map of industry chains: numbers, gaps both ways, and what nobody may learn from it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duijie.site.matching.queries.chain_words import words
from duijie.site.matching.queries.chains import chain_map, chain_maps


def url(name, *arguments):
    return reverse(f"matching:{name}", args=arguments)


@pytest.fixture
def magnets(ask):
    """A demand at the node of magnets, and a word for where nothing was written."""
    return ask("晶界扩散工艺", chain_node_id="rare-earth-4")


def node(user, code="rare-earth-4", region=None):
    return next(one for one in chain_map(code.rpartition("-")[0], user, region).nodes if one.node.code == code)


def test_nodes_stand_from_upstream_to_downstream(home_officer):
    found = chain_map("rare-earth", home_officer)
    assert [one.node.code for one in found.nodes] == [f"rare-earth-{n}" for n in range(1, 9)]


def test_demand_without_supply_is_a_gap_until_somebody_offers(magnets, provide, home_officer):
    before = node(home_officer)
    assert (before.demands, before.offers, before.gap) == (1, 0, "supply")
    assert "1 项需求" in before.sentence
    provide("烧结钕铁硼毛坯", chain_node_id="rare-earth-4")
    assert node(home_officer).gap == "both"


def test_supply_without_demand_is_a_gap_the_other_way(provide, home_officer):
    provide("烧结钕铁硼毛坯", chain_node_id="rare-earth-4")
    found = chain_map("rare-earth", home_officer)
    assert [one.node.code for one in found.without_demand] == ["rare-earth-4"]
    assert found.without_supply == []


def test_what_only_keywords_say_stands_apart_and_closes_no_gap(magnets, provide, home_officer):
    offer = provide("稀土永磁电机转子", keywords=["钕铁硼"])
    found = node(home_officer)
    assert (found.offers, found.offers_by_words, found.gap) == (0, 1, "supply")
    assert "按关键词另有 1 项供给" in found.sentence
    assert offer.chain_node_id is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("稀土冶炼分离废水", "rare-earth-2"),
        ("钕铁硼永磁转子", "rare-earth-4"),
        ("企业管理基础组件", ""),
        ("耐旱甘蓝", ""),
        ("", ""),
    ],
)
def test_one_common_word_names_no_node(db, text, code):
    assert words().node_of(text) == code


def test_matches_stand_at_their_demands_node(magnets, provide, home_officer, client_of):
    from duijie.site.kernel import clock
    from duijie.site.kernel.codes import take_code
    from duijie.site.ledger.actions import create
    from duijie.site.matching.models import Match

    offer = provide("烧结钕铁硼毛坯")
    row = Match(
        code=take_code("DJ", magnets.region_id), demand=magnets, offer=offer, organisation=offer.organisation,
        region_id=magnets.region_id, state="contacted", state_since=clock.now(), contacted_at=clock.now(),
    )  # fmt: skip
    create(row, actor=None, verb="match.take")
    assert node(home_officer).matches == 1
    page = client_of(home_officer).get(url("chain_records", "rare-earth"), {"node": "rare-earth-4", "what": "matches"})
    assert [one.code for one in page.context["page"].rows] == [row.code]


def test_region_narrows_the_demands(magnets, league, mirror, home_officer):
    assert [node(home_officer, region=region).demands for region in (None, league, mirror)] == [1, 1, 0]


@pytest.mark.parametrize("disclosure", ["blurred", "directed", "confidential"])
def test_node_of_what_is_not_read_in_full_is_not_told(ask, disclosure, owner, stranger, client_of):
    state = "published" if disclosure == "blurred" else "matching"
    secret = ask("晶界扩散工艺", chain_node_id="rare-earth-4", disclosure=disclosure, state=state)
    assert (node(owner).demands, node(stranger).demands) == (1, 0)
    asked = {"node": "rare-earth-4", "what": "demands"}
    assert secret.title in client_of(owner).get(url("chain_records", "rare-earth"), asked).content.decode()
    assert secret.title not in client_of(stranger).get(url("chain_records", "rare-earth"), asked).content.decode()


def test_every_number_opens_into_as_many_records(magnets, ask, provide, home_officer, client_of):
    ask("钕铁硼永磁材料晶界扩散")
    provide("钕铁硼烧结", chain_node_id="rare-earth-4")
    provide("稀土永磁转子")
    provide("高丰度稀土永磁")
    client, found = client_of(home_officer), node(home_officer)

    def total(what, how=""):
        asked = {"node": "rare-earth-4", "what": what, "how": how}
        return client.get(url("chain_records", "rare-earth"), asked).context["page"].total

    assert (found.demands, found.offers) == (total("demands"), total("offers")) == (1, 1)
    assert (found.demands_by_words, found.offers_by_words) == (total("demands", "words"), total("offers", "words"))
    assert (found.demands_by_words, found.offers_by_words) == (1, 2)


def test_pages_are_read_by_everybody_signed_in(magnets, stranger, client_of):
    client = client_of(stranger)
    assert "永磁材料" in client.get(url("chain", "rare-earth")).content.decode()
    assert "稀土" in client.get(url("chains")).content.decode()
    assert client_of().get(url("chains")).status_code == 302


def test_unknown_chains_nodes_and_numbers_are_not_found(client_of, home_officer):
    client = client_of(home_officer)
    assert client.get(url("chain", "nothing")).status_code == 404
    for asked in ({"node": "wind-1", "what": "offers"}, {"node": "rare-earth-1", "what": "people"}, {}):
        assert client.get(url("chain_records", "rare-earth"), asked).status_code == 404
    by_words = {"node": "rare-earth-1", "what": "matches", "how": "words"}
    assert client.get(url("chain_records", "rare-earth"), by_words).status_code == 404
    assert client.get(url("chains"), {"region": "nowhere"}).status_code == 200


def test_map_costs_the_same_whatever_there_is(magnets, provide, home_officer):
    home_officer.scope  # noqa: B018  read before counting
    chain_maps(home_officer)
    with CaptureQueriesContext(connection) as few:
        chain_maps(home_officer)
    for n in range(5):
        provide(f"稀土永磁转子 {n}")
    with CaptureQueriesContext(connection) as many:
        chain_maps(home_officer)
    assert len(many) == len(few)
