"""Sharing out: the sum is the largest, everybody learns why, adjustments hold, and a plan is confirmed once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Invalid, Stale, WrongState
from duijie.site.ledger.actions import change, create
from duijie.site.matching.actions import sharing
from duijie.site.matching.models import Answer, Match, Plan, Run, Suggestion, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import Organisation, Team, User
    from duijie.site.registry.models import Region


@pytest.fixture
def found_run(db: None) -> Callable[..., Run]:
    """Store what a run over all demands would: demand → team → score."""

    def make(scores: dict[Any, dict[Any, float]], evidence: Any = ()) -> Run:
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
        for demand, teams in scores.items():
            answer = Answer.objects.create(
                run=run, demand=demand, revision=1, verdict="match", specificity=1.0, best=0.9
            )
            for rank, (team, score) in enumerate(sorted(teams.items(), key=lambda item: -item[1]), 1):
                told = [{"offer": offer.code, "revision": 1, "score": s, "level": 3} for offer, s in evidence] or [
                    {"offer": team.code, "revision": 1, "score": score * 2, "level": 3}
                ]
                Suggestion.objects.create(
                    answer=answer, team=team, revision=1, rank=rank, score=score, level=3, evidence=told
                )
        return run

    return make


@pytest.fixture
def form_team(university: Organisation) -> Callable[..., Team]:
    """Another team."""
    from duijie.site.parties.models import Team

    def make(name: str, capacity: int = 1, *, of: Organisation = university, confirmed: date | None = None) -> Team:
        row = Team(
            code=take_code("T"), organisation=of, name=name, leader_name="陈", capacity=capacity,
            confirmed_on=confirmed or clock.today(),
        )  # fmt: skip
        return create(row, actor=None, verb="team.register")

    return make


@pytest.fixture
def case(
    ask: Callable[..., Demand],
    form_team: Callable[..., Team],
    found_run: Callable[..., Run],
    mirror_company: Organisation,
) -> tuple[list[Demand], list[Team]]:
    """Two demands of 呼和浩特 and one of 包头 want the same team of one place; another has one, a third is stale."""
    demands = [ask("耐旱甘蓝"), ask("抗病洋葱"), ask("稀土抛光粉", of=mirror_company)]
    teams = [form_team("甲团队"), form_team("乙团队"), form_team("丙团队", 3, confirmed=date(2020, 1, 1))]
    a, b, c = teams
    found_run({demands[0]: {a: 0.9, b: 0.5, c: 0.8}, demands[1]: {a: 0.8, b: 0.2}, demands[2]: {a: 0.7}})
    return demands, teams


def pairs_of(plan: Plan) -> set[tuple[str, str]]:
    return {(row[0], row[1]) for row in plan.outcome["pairs"]}


def test_plan_takes_the_largest_sum_and_says_why_not_the_first(case: Any, region: Region, home_officer: User) -> None:
    (first, second, third), (a, b, c) = case

    plan = sharing.draft_plan(region, name="", parameters={}, actor=home_officer)

    told = plan.outcome
    assert pairs_of(plan) == {(first.code, b.code), (second.code, a.code)}
    assert (told["total"], told["best"]) == (1.3, 2.4)
    assert {(row[0], row[3]) for row in told["missed"]} == {(first.code, "full"), (third.code, "unmatched")}
    assert told["nobody"] == [[third.code, "unmatched"]]
    assert told["absent"] == {c.code: "stale"}
    missed = {row[0]: row for row in told["missed"]}
    assert missed[first.code][6] == [second.code]
    assert missed[first.code][4] == pytest.approx(0.2)


def test_plan_of_a_league_covers_its_own_demands_only(case: Any, league: Region, league_officer: User) -> None:
    (_first, _second, third), _teams = case

    plan = sharing.draft_plan(league, name="呼和浩特", parameters={}, actor=league_officer)

    assert third.code not in str(plan.outcome)
    assert {row[0] for row in plan.outcome["pairs"]} == {_first.code, _second.code}


def test_plan_over_somebody_elses_region_is_refused(
    case: Any, region: Region, mirror: Region, league_officer: User, broker: User
) -> None:
    for person, where in ((league_officer, region), (league_officer, mirror), (broker, mirror)):
        with pytest.raises(Forbidden):
            sharing.draft_plan(where, name="", parameters={}, actor=person)


def test_plan_counts_no_evidence_its_reader_may_not_see(
    ask: Callable[..., Demand], provide: Any, form_team: Any, found_run: Any, league: Region, league_officer: User,
    region: Region, home_officer: User, mirror_university: Organisation,
) -> None:  # fmt: skip
    demand, team = ask("耐旱甘蓝"), form_team("丁团队", of=mirror_university)
    secret = provide(
        "金雕", of=mirror_university, team=team, disclosure="confidential", state="reviewed", published_at=None
    )
    found_run({demand: {team: 0.8}}, [(secret, 0.9)])

    theirs = sharing.draft_plan(league, name="", parameters={}, actor=league_officer)
    ours = sharing.draft_plan(region, name="", parameters={}, actor=home_officer)

    assert (theirs.outcome["pairs"], team.code in str(theirs.outcome)) == ([], False)
    assert pairs_of(ours) == {(demand.code, team.code)}


def test_plan_of_the_home_region_is_hidden_from_leagues(
    case: Any, region: Region, home_officer: User, league_officer: User, client_of: Any
) -> None:
    plan = sharing.draft_plan(region, name="全区金雕方案", parameters={}, actor=home_officer)
    client = client_of(league_officer)

    for path in ("", "export/"):
        assert client.get(f"/matching/plans/{plan.code}/{path}").status_code == 404
    assert client.post(f"/matching/plans/{plan.code}/confirm/").status_code == 404
    assert "金雕" not in client.get("/matching/plans/").content.decode()
    assert Match.objects.count() == 0


def test_plan_pinned_and_forbidden_pairs_hold(case: Any, region: Region, home_officer: User) -> None:
    (first, second, third), (a, b, _c) = case
    plan = sharing.draft_plan(region, name="", parameters={}, actor=home_officer)

    sharing.switch_pair(plan, "pin", third.code, a.code, expected=plan.revision, actor=home_officer)
    assert (third.code, a.code) in pairs_of(plan)
    with pytest.raises(Invalid):
        sharing.switch_pair(plan, "pin", first.code, a.code, expected=plan.revision, actor=home_officer)
    with pytest.raises(Invalid):
        sharing.switch_pair(plan, "pin", third.code, b.code, expected=plan.revision, actor=home_officer)
    sharing.switch_pair(plan, "unpin", third.code, a.code, expected=plan.revision, actor=home_officer)
    sharing.switch_pair(plan, "forbid", second.code, a.code, expected=plan.revision, actor=home_officer)

    assert (plan.pins, plan.forbidden) == ([], [[second.code, a.code]])
    assert pairs_of(plan) == {(first.code, b.code), (third.code, a.code)}


def test_plan_with_floors_serves_each_league_and_small_institution(
    case: Any, form_team: Any, found_run: Any, mirror_university: Organisation, region: Region, home_officer: User
) -> None:
    (first, second, third), (a, b, _c) = case
    small = form_team("小单位团队", of=mirror_university)
    found_run({first: {a: 0.9, b: 0.5}, second: {a: 0.8, small: 0.1, b: 0.3}, third: {a: 0.7}})

    plan = sharing.draft_plan(region, name="", parameters={"least_league": 1, "least_small": 1}, actor=home_officer)

    assert (third.code, a.code) in pairs_of(plan)
    assert (second.code, small.code) in pairs_of(plan)
    assert plan.outcome["floors"] == []


def test_plan_changed_by_somebody_else_meanwhile_is_not_overwritten(
    case: Any, region: Region, home_officer: User, home_colleague: User
) -> None:
    (first, _second, _third), (a, _b, _c) = case
    plan = sharing.draft_plan(region, name="", parameters={}, actor=home_officer)
    old = Plan.objects.get(pk=plan.pk)
    sharing.switch_pair(plan, "pin", first.code, a.code, expected=plan.revision, actor=home_colleague)

    with pytest.raises(Stale):
        sharing.adjust_plan(old, parameters={"wanted": 2}, expected=old.revision, actor=home_officer)


def test_plan_confirmed_makes_matches_and_tasks_once(
    case: Any, region: Region, home_officer: User, home_colleague: User
) -> None:
    plan = sharing.draft_plan(region, name="", parameters={}, actor=home_officer)
    old = Plan.objects.get(pk=plan.pk)

    done = sharing.confirm_plan(plan, actor=home_officer)
    with pytest.raises(WrongState):
        sharing.confirm_plan(old, actor=home_colleague)

    matches = Match.objects.all()
    assert {(m.demand_id, m.team_id) for m in matches} == pairs_of(done)
    assert {m.broker_id for m in matches} == {home_officer.pk}
    assert Task.objects.count() == len(matches) == len(done.outcome["made"]) == 2
    assert done.outcome["skipped"] == []


def test_plan_confirmed_skips_and_names_what_is_gone(case: Any, region: Region, home_officer: User) -> None:
    (first, second, _third), (a, b, _c) = case
    plan = sharing.draft_plan(region, name="", parameters={}, actor=home_officer)
    change(b, actor=None, verb="team.dissolve", to={"dissolved_on": clock.today()})

    done = sharing.confirm_plan(plan, actor=home_officer)

    assert [row[:2] for row in done.outcome["skipped"]] == [[first.code, b.code]]
    assert {(m.demand_id, m.team_id) for m in Match.objects.all()} == {(second.code, a.code)}


def test_plan_pages_draw_up_adjust_export_and_confirm(
    case: Any, region: Region, home_officer: User, client_of: Any
) -> None:
    (first, _second, third), (a, _b, _c) = case
    client = client_of(home_officer)
    numbers = {"wanted": "1", "least_small": "0", "small_teams": "2", "least_league": "0"}
    sent = client.post("/matching/plans/", {"region": region.code, "name": "春季方案", **numbers})
    address = sent["Location"]
    plan = Plan.objects.get()

    assert "春季方案" in client.get("/matching/plans/").content.decode()
    page = client.get(address).content.decode()
    assert "首选“甲团队”名额已满" in page and "耐旱甘蓝" in page
    for shown in ("moved", "nobody", "teams"):
        assert client.get(f"{address}?show={shown}").status_code == 200
    assert "丙团队" in client.get(f"{address}?show=teams").content.decode()
    assert "指定" in client.get(f"{address}?demand={third.code}").content.decode()
    pinned = {"verb": "pin", "demand": third.code, "team": a.code, "revision": plan.revision, "stay": "1"}
    assert client.post(f"{address}adjust/", pinned).status_code == 302
    assert client.post(f"{address}adjust/", pinned).status_code == 409
    plan.refresh_from_db()
    assert (
        client.post(
            f"{address}adjust/", {"verb": "numbers", "revision": plan.revision, **numbers, "wanted": "2"}
        ).status_code
        == 302
    )
    told = b"".join(client.get(f"{address}export/?format=csv").streaming_content).decode()
    assert third.code in told and "甲团队" in told
    assert client.post(f"{address}confirm/").status_code == 302
    assert "已确认" in client.get(address).content.decode()
    assert client.post(f"{address}confirm/").status_code == 409
    assert first.code in told


def test_plan_page_without_a_run_says_what_is_missing(region: Region, home_officer: User, client_of: Any) -> None:
    client = client_of(home_officer)

    assert "还没有全部需求的匹配结果" in client.get("/matching/plans/").content.decode()


def test_plans_are_no_companies_business(
    case: Any, owner: User, research_office: User, broker: User, client_of: Any
) -> None:
    for person in (owner, research_office, broker):
        assert client_of(person).get("/matching/plans/").status_code == 404
