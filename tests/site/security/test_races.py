"""Several people press at once: one wins, the others are told in a sentence, and nothing is there twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from duijie.site.demands import actions as demands
from duijie.site.demands.models import Demand
from duijie.site.kernel.errors import Refusal
from duijie.site.ledger.models import Entry
from duijie.site.ledger.verify import verify
from duijie.site.parties import actions as parties
from duijie.site.parties.models import Grant, Invitation, Organisation, User
from duijie.site.registry.models import Field

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = 8


def at_once(act: Callable[[int], Any]) -> tuple[int, list[Exception]]:
    """Let eight threads act together; return how many won, and what the others were told."""
    gate = threading.Barrier(EIGHT)

    def run(n: int) -> Exception | None:
        try:
            gate.wait(timeout=30)
            act(n)
        except Exception as error:  # a refusal is the race's answer; anything else fails the test
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(EIGHT) as pool:
        told = [error for error in pool.map(run, range(EIGHT)) if error is not None]
    assert [error for error in told if not isinstance(error, Refusal) or not str(error)] == []
    return EIGHT - len(told), told


def entries(verb: str) -> int:
    return Entry.objects.filter(verb=verb).count()


@pytest.fixture
def ready(company, owner):
    """Give a demand that could be handed in."""

    def making(title: str = "种薯分级") -> Demand:
        to = {"kind": "research", "field": Field.objects.order_by("code").first(), "background": "人工分级"}
        to |= {"question": "分级损伤率高", "deadline": "2030-06-30", "budget": 300}
        to |= {"contact_name": "娜仁", "contact_phone": "0471-1"}
        return demands.start_demand(company, title=title, actor=owner, to=to)

    return making


def test_demand_handed_in_eight_times_is_handed_in_once(ready, owner):
    code = ready().code
    rows = [Demand.objects.get(code=code) for _ in range(EIGHT)]
    won, _told = at_once(lambda n: demands.submit_demand(rows[n], actor=owner))
    assert (won, entries("demand.submit")) == (1, 1)
    assert verify(models=[Demand]).sound


def test_demand_reviewed_both_ways_goes_one_way(ready, owner, league_officer, league_colleague):
    made = ready()
    demands.submit_demand(made, actor=owner)
    demands.take_for_review(made, actor=league_officer)
    rows = [Demand.objects.get(code=made.code) for _ in range(EIGHT)]

    def review(n: int) -> None:
        if n % 2:
            demands.return_demand(rows[n], reasons="请补充指标", actor=league_officer)
        else:
            demands.pass_to_region(rows[n], opinion="属实", actor=league_colleague)

    won, _told = at_once(review)
    assert (won, entries("demand.return") + entries("demand.pass")) == (1, 1)
    assert verify(models=[Demand]).sound


def test_two_demands_merged_into_each_other_leave_one(ready, owner, league_officer):
    codes = []
    for title in ("甲", "乙"):
        made = ready(title)
        demands.submit_demand(made, actor=owner)
        demands.take_for_review(made, actor=league_officer)
        codes.append(made.code)
    pairs = [[Demand.objects.get(code=codes[(n + k) % 2]) for k in (0, 1)] for n in range(EIGHT)]
    won, _told = at_once(lambda n: demands.merge_demand(pairs[n][0], into=pairs[n][1], why="同", actor=league_officer))
    assert (won, Demand.objects.filter(state="merged").count(), entries("demand.merge")) == (1, 1, 1)


def test_two_organisations_merged_into_each_other_leave_one(found, home_officer):
    codes = [found(name).code for name in ("甲公司", "乙公司")]
    pairs = [[Organisation.objects.get(code=codes[(n + k) % 2]) for k in (0, 1)] for n in range(EIGHT)]
    won, _told = at_once(lambda n: parties.merge_organisation(pairs[n][0], into=pairs[n][1], actor=home_officer))
    assert (won, entries("organisation.merge"), entries("organisation.absorb")) == (1, 1, 1)
    assert Organisation.objects.exclude(merged_into=None).count() == 1
    assert verify(models=[Organisation]).sound


def test_invitation_accepted_eight_times_opens_one_account(company, league_officer):
    made = parties.invite_person(actor=league_officer, name="新人", role="contact", place=company)
    rows = [Invitation.objects.get(code=made.code) for _ in range(EIGHT)]
    won, _told = at_once(
        lambda n: parties.accept_invitation(rows[n], username=f"newcomer{n}", password="Kangzhuang-Dadao-2026")
    )
    opened = User.objects.filter(username__startswith="newcomer")
    assert (won, opened.count(), Grant.objects.filter(user__in=opened).count()) == (1, 1, 1)
    assert (entries("account.open"), entries("invitation.accept")) == (1, 1)


def test_role_granted_eight_times_is_held_once(nobody, admin, league):
    accounts = [User.objects.get(pk=nobody.pk) for _ in range(EIGHT)]
    before = entries("grant.give")
    won, told = at_once(lambda n: parties.give_grant(accounts[n], actor=admin, role="broker", place=league))
    assert (won, Grant.objects.filter(user=nobody).count(), entries("grant.give") - before) == (1, 1, 1)
    assert {"已有这项授权" in str(error) for error in told} == {True}
