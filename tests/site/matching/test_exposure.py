"""How often institutions are shown and taken up: every number agrees with its records, and tells nobody too much."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.ledger.actions import create
from duijie.site.matching.models import Answer, Match, Run, Suggestion
from duijie.site.matching.queries.exposure import HIDDEN, Extent, exposure
from duijie.site.matching.queries.fairness import balance, concentration, gini


def url(name, *arguments):
    return reverse(f"matching:{name}", args=arguments)


def this_year(user, region=None):
    today = clock.today()
    return Extent(user, today.replace(month=1, day=1), today, region)


@pytest.fixture
def show(home_officer):
    """Write what a run answered, without computing it."""

    def showing(demand, *supplies, scope="demand", state="done"):
        run = Run(
            code=take_code("R"), scope=scope, subject=demand.code, started_by=home_officer, state=state,
            engine="test", model="test", corpus="0" * 64, digest="0" * 64, finished_at=clock.now(),
        )  # fmt: skip
        create(run, actor=None, verb="run.start")
        answer = Answer.objects.create(run=run, demand=demand, revision=1, verdict="match", specificity=1.0, best=1.0)
        for rank, supply in enumerate(supplies, 1):
            of = {"offer": supply} if hasattr(supply, "disclosure") else {"team": supply}
            Suggestion.objects.create(answer=answer, revision=1, rank=rank, score=1 / rank, level=3, **of)
        return answer

    return showing


@pytest.fixture
def take():
    """Write a match that somebody contacted."""

    def taking(demand, offer, state="contacted", **more):
        now = clock.now()
        row = Match(
            code=take_code("DJ", demand.region_id), demand=demand, offer=offer, organisation=offer.organisation,
            region_id=demand.region_id, state=state, state_since=now, **{"contacted_at": now, **more},
        )  # fmt: skip
        return create(row, actor=None, verb="match.take")

    return taking


def lines(user, region=None):
    return {line.code: line for line in exposure(this_year(user, region)).lines}


def numbers(line):
    return {share.what: share.number for share in line.shares}


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_suggestions_are_counted_once_a_demand_and_all_runs_apart(
    show, cabbage, answering, elsewhere, provide, home_officer, university
):
    others = [provide(f"甘蓝加工设备 {n}") for n in range(2)]
    show(cabbage, answering)
    show(cabbage, elsewhere, answering, *others)
    line = lines(home_officer)[university.code]
    assert numbers(line) == {"shown": 4, "top": 3, "every": 5, "contacted": 0, "talking": 0, "intended": 0}


def test_searches_for_an_offer_and_failed_runs_show_nobody(show, cabbage, answering, home_officer, university):
    show(cabbage, answering, scope="offer")
    show(cabbage, answering, state="failed")
    assert numbers(lines(home_officer)[university.code])["every"] == 0


def test_work_counts_in_the_period_of_the_first_contact(ask, answering, elsewhere, take, home_officer, university):
    first, second, third = (ask(f"甘蓝储藏技术 {n}") for n in range(3))
    take(first, answering, "talking")
    take(second, answering, "intended", intended_at=clock.now())
    take(third, elsewhere, contacted_at=datetime(2020, 5, 1, tzinfo=UTC))
    assert {key: number for key, number in numbers(lines(home_officer)[university.code]).items() if number} == {
        "contacted": 2,
        "talking": 1,
        "intended": 1,
    }
    then = Extent(home_officer, date(2020, 1, 1), date(2020, 12, 31))
    assert numbers(exposure(then).lines[0])["contacted"] == 1


def test_supply_is_what_can_be_had_and_a_little_of_it_is_small(answering, team, provide, home_officer, university):
    provide("草稿成果", state="draft")
    line = lines(home_officer)[university.code]
    assert (line.offers, line.teams, line.percent, line.is_small) == (1, 1, 100.0, True)


def test_region_narrows_the_demands_and_not_the_supply(
    show, cabbage, answering, ask, mirror_company, league, mirror, home_officer, university
):
    there = ask("稀土抛光粉", of=mirror_company)
    show(cabbage, answering)
    show(there, answering)
    found = [lines(home_officer, region)[university.code] for region in (None, league, mirror)]
    assert [numbers(line)["shown"] for line in found] == [2, 1, 1]
    assert {line.supply for line in found} == {2}


def test_broker_counts_the_demands_of_his_region(show, cabbage, answering, ask, mirror_company, broker, university):
    show(cabbage, answering)
    show(ask("稀土抛光粉", of=mirror_company), answering)
    assert numbers(lines(broker)[university.code])["shown"] == 1


# -- what is said ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "whole", "share", "word"),
    [(5, 10, 0.5, "even"), (20, 100, 0.5, "few"), (80, 100, 0.5, "many"), (0, 8, 0.5, "sample"), (3, 9, 0.0, "")],
)
def test_balance_judges_only_where_enough_was_to_be_expected(got, whole, share, word):
    assert balance(got, whole, share) == word


def test_gini_is_nothing_in_proportion_and_near_one_where_one_gets_all():
    assert gini([(10, 20), (5, 10), (1, 2)]) == pytest.approx(0)
    assert gini([(1, 0)] * 99 + [(1, 7)]) == pytest.approx(0.99)
    assert gini([(3, 0), (2, 0)]) is None
    assert gini([(0, 4), (2, 4)]) is None


def test_concentration_names_the_five_most_shown():
    found = concentration([(1, 9)] * 5 + [(5, 1)] * 5)
    assert (found.top, found.top_shown, round(found.top_supply, 1)) == (5, 90.0, 16.7)


# -- who may, and what does not leak -----------------------------------------------------------------------------------


def test_page_is_for_those_who_match_and_those_who_lead(
    client_of, home_officer, leader, broker, owner, research_office
):
    assert [client_of(one).get(url("exposure")).status_code for one in (home_officer, leader, broker)] == [200] * 3
    assert [client_of(one).get(url("exposure")).status_code for one in (owner, research_office)] == [404] * 2


def test_directed_demand_and_confidential_offer_are_not_counted_for_others(
    show, ask, provide, cabbage, answering, leader, home_officer, university
):
    directed = ask("定向的甘蓝需求", disclosure="directed", state="directed", published_at=None)
    secret = provide("保密的甘蓝成果", disclosure="confidential", state="reviewed", published_at=None)
    show(directed, answering, secret)
    show(cabbage, answering, secret)
    assert numbers(lines(home_officer)[university.code])["shown"] == 4
    line = lines(leader)[university.code]
    assert (numbers(line)["shown"], line.offers) == (1, 1)


def test_blurred_offer_counts_without_saying_whose_it_is(show, cabbage, provide, leader, client_of, mirror_university):
    blurred = provide("甘蓝抗旱制剂", of=mirror_university, disclosure="blurred")
    show(cabbage, blurred)
    found = lines(leader)
    assert mirror_university.code not in found
    assert (found[HIDDEN].offers, numbers(found[HIDDEN])["shown"]) == (1, 1)
    asked = {"what": "shown", "organisation": mirror_university.code}
    page = client_of(leader).get(url("exposure_records"), asked)
    assert blurred.title not in page.content.decode()
    page = client_of(leader).get(url("exposure_records"), {**asked, "organisation": HIDDEN})
    assert blurred.title in page.content.decode()
    assert mirror_university.name not in page.content.decode()


def test_leader_reads_no_single_match(take, cabbage, answering, leader, client_of):
    match = take(cabbage, answering)
    assert "contacted" not in exposure(this_year(leader)).measures
    page = client_of(leader).get(url("exposure_records"), {"what": "contacted"})
    assert match.code not in page.content.decode()


# -- the page ----------------------------------------------------------------------------------------------------------


def test_every_number_opens_into_as_many_records(
    show, take, cabbage, answering, elsewhere, ask, team, home_officer, client_of, university
):
    show(cabbage, answering, elsewhere, team)
    show(cabbage, answering, elsewhere)
    take(cabbage, answering, "talking")
    take(ask("甘蓝储藏"), answering, "intended", intended_at=clock.now())
    client, line = client_of(home_officer), lines(home_officer)[university.code]
    expected = {"offers": line.offers, "teams": line.teams, **numbers(line)}
    found = {
        what: client.get(url("exposure_records"), {"what": what, "organisation": university.code}).context["page"].total
        for what in expected
    }
    assert found == expected
    assert all(found.values())


def test_page_costs_the_same_whatever_there_is(show, take, cabbage, answering, provide, found, home_officer, client_of):
    show(cabbage, answering)
    client = client_of(home_officer)
    client.get(url("exposure"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url("exposure"))
    for n in range(4):
        show(cabbage, provide(f"甘蓝良种 {n}", of=found(f"第{n}研究所", "institute")))
        take(cabbage, provide(f"甘蓝新种 {n}", of=found(f"第{n}研究院", "institute")))
    with CaptureQueriesContext(connection) as many:
        assert client.get(url("exposure")).context["page"].total == 9
    assert len(many) == len(few)


def test_filters_the_order_and_the_export_agree(show, cabbage, answering, provide, found, home_officer, client_of):
    institute = found("草原研究所", "institute")
    for n in range(8):
        provide(f"牧草良种 {n}", of=institute)
    for n in range(8):
        show(cabbage, answering, *(provide(f"甘蓝 {n} {m}") for m in range(2)))
    client = client_of(home_officer)
    page = client.get(url("exposure"), {"sort": "name", "q": "研究所"}).context["page"]
    assert [line.name for line in page.rows] == ["草原研究所"]
    assert [line.name for line in client.get(url("exposure"), {"only": "small"}).context["page"].rows] == []
    body = b"".join(client.get(url("export_exposure"), {"q": "研究所", "format": "csv"}).streaming_content)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["单位", "草原研究所", "合计"]
    assert rows[1][2:4] == ["8", "0"]


def test_bad_dates_and_regions_are_said_and_ignored(client_of, home_officer, answering):
    page = client_of(home_officer).get(url("exposure"), {"since": "昨天", "region": "zzz", "only": "all", "sort": "x"})
    assert page.status_code == 200
    assert {"自", "地区", "只看"} <= {
        label for remark in page.context["page"].remarks for label in remark.split("“")[1].split("”")[:1]
    }
    assert client_of(home_officer).get(url("exposure_records"), {"what": "nothing"}).status_code == 404
