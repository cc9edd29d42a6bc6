from __future__ import annotations

from datetime import date

import pytest

from duijie.site.kernel.errors import Forbidden, Invalid, WrongState
from duijie.site.parties import actions
from duijie.site.parties.queries import mechanism_page, tiers_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiered(mechanism, home_officer, place, university, company):
    """北京 and 广东 from the beginning, the university from 2021, the company only in 2021."""

    def admit(tier, since, **party):
        return actions.admit_member(mechanism, actor=home_officer, tier=tier, since=since, **party)

    admit("N", date(2021, 1, 1), organisation=company)
    admit("8", date(2021, 1, 1), organisation=university)
    admit("4", date(2020, 1, 1), region=place("110000"))
    admit("4", date(2020, 1, 1), region=place("440000"))
    leaving = mechanism.members.get(organisation=company)
    actions.release_member(leaving, actor=home_officer, on=date(2022, 1, 1))
    return mechanism


def named(mechanism, day):
    return {tier.name: [str(member) for member in tier.members] for tier in tiers_on(mechanism, day)}


def test_members_on_a_day_stand_by_tier_in_order(tiered, university, company):
    assert named(tiered, date(2019, 12, 31)) == {}
    assert named(tiered, date(2020, 6, 1)) == {"4": ["北京市", "广东省"]}
    assert list(named(tiered, date(2021, 6, 1))) == ["4", "8", "N"]
    assert named(tiered, date(2021, 12, 31))["N"] == [company.name]
    assert "N" not in named(tiered, date(2022, 1, 1))


def test_member_stands_once_at_a_time_and_may_come_back(tiered, home_officer, university, company):
    with pytest.raises(Invalid, match=university.name):
        actions.admit_member(tiered, actor=home_officer, tier="N", organisation=university)
    actions.admit_member(tiered, actor=home_officer, tier="N", organisation=company, since=date(2024, 1, 1))
    assert named(tiered, date(2024, 1, 1))["N"] == [company.name]
    assert "N" not in named(tiered, date(2023, 12, 31))


def test_member_is_one_party(mechanism, home_officer, company, region):
    from django.db import IntegrityError, transaction

    for party in ({}, {"organisation": company, "region": region}):
        with pytest.raises(IntegrityError), transaction.atomic():
            actions.admit_member(mechanism, actor=home_officer, tier="N", **party)


def test_lead_group_has_one_head_at_a_time(mechanism, home_officer):
    def seat(office, name, since=date(2020, 12, 1)):
        return actions.appoint_to_lead_group(mechanism, actor=home_officer, office=office, name=name, since=since)

    first = seat("head", "张书记")
    seat("deputy", "李厅长")
    with pytest.raises(Invalid, match="组长"):
        seat("head", "王书记")
    actions.relieve_of_lead_group(first, actor=home_officer, on=date(2022, 5, 1))
    seat("head", "王书记", date(2022, 5, 1))
    for day, head in ((date(2022, 4, 30), "张书记"), (date(2022, 5, 1), "王书记")):
        page = mechanism_page(mechanism, home_officer, on=day)
        assert [one.name for one in page.heads] == [head]
        assert [one.name for one in page.deputies] == ["李厅长"]
    with pytest.raises(WrongState):
        actions.relieve_of_lead_group(first, actor=home_officer)


def test_mechanism_is_kept_by_officers_over_its_region(mechanism, league_officer, owner, company, league, region):
    for actor in (league_officer, owner):
        with pytest.raises(Forbidden):
            actions.admit_member(mechanism, actor=actor, tier="N", organisation=company)
        with pytest.raises(Forbidden):
            actions.found_mechanism(actor=actor, name="x", kind="paired", region=region, valid_from=date(2020, 1, 1))
    own = {"name": "呼包协同", "kind": "bilateral", "region": league, "valid_from": date(2021, 1, 1)}
    assert actions.found_mechanism(actor=league_officer, **own).region == league
    with pytest.raises(Invalid):
        actions.found_mechanism(actor=league_officer, **own)
