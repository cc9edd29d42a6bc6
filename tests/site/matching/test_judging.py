"""Verdicts: whose count, that one person has one a pair, and that nobody learns of what he may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.matching.actions.judging import judge
from duijie.site.matching.models import Answer, Run, Suggestion, Verdict
from duijie.site.matching.queries.verdicts import judging_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.demands.models import Demand
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import Team, User


@pytest.fixture
def suggestion(cabbage: Demand, answering: Offer) -> Suggestion:
    """The offer as the engine would propose it."""
    return suggested(cabbage, answering)


def suggested(demand: Demand, offer: Offer) -> Suggestion:
    from duijie.site.kernel import clock
    from duijie.site.kernel.codes import take_code
    from duijie.site.ledger.actions import create

    now = clock.now()
    row = Run(
        code=take_code("R"),
        scope="all",
        state="done",
        engine="e",
        model="default",
        corpus="c",
        digest="d",
        finished_at=now,
    )
    run = create(row, actor=None, verb="run.start")
    answer = Answer.objects.create(run=run, demand=demand, revision=1, verdict="match", specificity=1.0, best=0.5)
    return Suggestion.objects.create(answer=answer, offer=offer, revision=1, rank=1, score=0.46, level=3)


def test_verdict_given_again_is_changed(cabbage: Demand, answering: Offer, league_officer: User) -> None:
    first = judge(cabbage, answering, 4, actor=league_officer)
    again = judge(cabbage, answering, 2, "只做过盆栽", actor=league_officer)

    assert (again.code, again.level, again.words) == (first.code, 2, "只做过盆栽")
    assert Verdict.objects.count() == 1


def test_verdict_of_two_people_are_two(cabbage: Demand, team: Team, league_officer: User, broker: User) -> None:
    judge(cabbage, team, 4, actor=league_officer)
    judge(cabbage, team, 3, actor=broker)

    assert sorted(Verdict.objects.values_list("level", flat=True)) == [3, 4]


def test_verdict_is_refused_to_the_company_and_to_others_officers(
    cabbage: Demand, answering: Offer, owner: User, mirror_officer: User, research_office: User
) -> None:
    for person in (owner, mirror_officer, research_office):
        with pytest.raises(Forbidden):
            judge(cabbage, answering, 4, actor=person)
    assert not Verdict.objects.exists()


def test_verdict_outside_the_four_levels_is_refused(cabbage: Demand, answering: Offer, broker: User) -> None:
    with pytest.raises(Invalid):
        judge(cabbage, answering, 5, actor=broker)


def test_verdict_by_a_broker_on_a_confidential_demand_is_refused(
    ask: Callable[..., Demand], answering: Offer, broker: User
) -> None:
    hidden = ask("金雕装置", disclosure="confidential", published_at=None, state="matching")

    with pytest.raises(Forbidden):
        judge(hidden, answering, 4, actor=broker)


def test_judging_page_counts_only_what_the_reader_may_see(
    ask: Callable[..., Demand],
    cabbage: Demand,
    answering: Offer,
    league_officer: User,
    broker: User,
    mirror_officer: User,
) -> None:
    hidden = ask("金雕装置", disclosure="confidential", published_at=None, state="matching")
    judge(hidden, answering, 4, actor=league_officer)
    judge(cabbage, answering, 4, actor=league_officer)

    assert judging_page(league_officer).total == 2
    assert judging_page(broker).total == 1
    assert judging_page(mirror_officer).total == 0


def test_judging_page_names_disputed_pairs_and_agreement(
    cabbage: Demand, answering: Offer, league_officer: User, broker: User, home_officer: User
) -> None:
    judge(cabbage, answering, 4, actor=league_officer)
    judge(cabbage, answering, 1, actor=broker)

    page = judging_page(home_officer)

    assert (page.agreement.pairs, page.agreement.same, page.agreement.near) == (1, 0, 0)
    assert [one.demand_id for one in page.disputed] == [cabbage.code]
    assert judging_page(broker).disputed == []


def test_judge_by_the_page_returns_and_shows(suggestion: Suggestion, league_officer: User, client_of: Any) -> None:
    client = client_of(league_officer)
    assert suggestion.answer.demand.title in client.get("/matching/verdicts/").content.decode()

    sent = client.post(
        "/matching/judge/", {"suggestion": suggestion.pk, "level": "4", "next": "https://elsewhere.example/"}
    )

    assert (sent.status_code, sent["Location"]) == (302, "/matching/verdicts/")
    assert Verdict.objects.get().level == 4
    assert "很合适" in client.get("/matching/verdicts/").content.decode()


def test_judge_hides_from_strangers(
    suggestion: Suggestion, stranger: User, mirror_officer: User, client_of: Any
) -> None:
    for person in (stranger, mirror_officer):
        told = client_of(person).post("/matching/judge/", {"suggestion": suggestion.pk, "level": "4"})
        assert told.status_code == 404
    assert client_of(stranger).get("/matching/verdicts/").status_code == 404
    assert not Verdict.objects.exists()
