"""Who sees what: the table of disclosure, asked of one demand and of the queryset, which must agree."""

from __future__ import annotations

import pytest

from duijie.site.demands import actions, permissions, queries
from duijie.site.demands.models import Demand
from duijie.site.ledger.models import Entry

INSIDE = ("owner", "colleague", "league_officer", "banner_officer", "home_officer")
OUTSIDE = ("stranger", "mirror_officer", "nobody", "team_leader", "broker", "leader", "admin")


def views(demand, people):
    demand.refresh_from_db()
    return {name: permissions.view_of(demand, person) for name, person in people.items()}


@pytest.fixture
def people(request):
    return {name: request.getfixturevalue(name) for name in (*INSIDE, *OUTSIDE)}


def agree(demand, people):
    for name, person in people.items():
        view = permissions.view_of(demand, person)
        assert Demand.objects.readable_by(person).filter(pk=demand.pk).exists() == (view == "full"), name
        assert Demand.objects.visible_to(person).filter(pk=demand.pk).exists() == (view != "none"), name


def test_draft_is_the_organisations_own_business(draft, people):
    demand = draft()
    seen = views(demand, people)
    assert {name for name, view in seen.items() if view != "none"} == {"owner", "colleague"}
    agree(demand, people)


def test_demand_under_review_is_seen_by_its_officers_only(at, people, department_officer, department):
    demand = at("submitted", department=department)
    seen = views(demand, people | {"department_officer": department_officer})
    assert {name for name, view in seen.items() if view == "full"} == {*INSIDE, "department_officer"}
    assert {view for name, view in seen.items() if name in OUTSIDE} == {"none"}
    agree(demand, people | {"department_officer": department_officer})


@pytest.mark.parametrize(
    ("disclosure", "outside"),
    [("public", "full"), ("blurred", "blurred"), ("directed", "none"), ("confidential", "none")],
)
def test_after_review_others_see_what_the_disclosure_says(at, people, disclosure, outside):
    demand = at("published" if outside != "none" else "accepted", disclosure=disclosure)
    seen = views(demand, people)
    assert {seen[name] for name in INSIDE} == {"full"}
    assert {seen[name] for name in OUTSIDE} == {outside}
    agree(demand, people)


def test_named_recipients_read_what_was_directed_until_it_is_taken_back(
    at, people, university, team_leader, mirror_team_leader, home_officer
):
    demand = at("accepted", disclosure="directed")
    assert permissions.view_of(demand, team_leader) == "none"
    actions.direct_demand(demand, recipients=[university], actor=home_officer)
    assert permissions.view_of(demand, team_leader) == "full"
    assert permissions.view_of(demand, mirror_team_leader) == "none"
    agree(demand, people | {"team_leader": team_leader, "mirror_team_leader": mirror_team_leader})
    actions.direct_demand(demand, recipients=[university], actor=home_officer)
    named = demand.recipients.get()
    actions.take_back(named, actor=home_officer, why="联系后对方不需要")
    assert permissions.view_of(demand, team_leader) == "none"
    agree(demand, people)


def test_tightening_the_disclosure_acts_at_once(at, owner, stranger):
    demand = at("published")
    assert permissions.view_of(demand, stranger) == "full"
    actions.change_demand(demand, to={"disclosure": "confidential"}, actor=owner)
    assert permissions.view_of(demand, stranger) == "none"


def test_withdrawn_demands_are_hidden_again(at, owner, stranger):
    demand = at("published")
    actions.withdraw_demand(demand, reason="need_gone", actor=owner)
    assert permissions.view_of(demand, stranger) == "none"
    assert permissions.view_of(demand, owner) == "full"


def test_openings_by_outsiders_are_recorded(at, owner, league_officer, stranger):
    secret, public = at("submitted", disclosure="confidential"), at("published", title="草原碳汇")
    actions.record_opening(secret, actor=owner)
    actions.record_opening(secret, actor=league_officer)
    actions.record_opening(public, actor=stranger)
    opened = Entry.objects.filter(verb="demand.open").values_list("subject", "actor")
    assert list(opened) == [(secret.code, league_officer.code)]


def test_as_known_answers_with_the_version_of_that_moment(at, owner, stranger, clock_at):
    from duijie.site.kernel import clock

    demand = at("published")
    before = clock.now()
    with clock_at(days=1):
        actions.change_demand(demand, to={"disclosure": "confidential"}, actor=owner)
    assert Demand.objects.known_at(before).get(code=demand.code).disclosure == "public"
    assert Demand.objects.known_at(before).visible_to(stranger).count() == 1
    assert Demand.objects.visible_to(stranger).count() == 0
    shown = queries.demand_page(demand.code, owner, known=before).shown
    assert (shown.disclosure, shown.revision) == ("public", 6)


def test_turns_go_round(draft, at, owner, league_officer, mirror_officer, home_officer):
    demand = draft()

    def waiting():
        people = {"owner": owner, "league": league_officer, "mirror": mirror_officer, "home": home_officer}
        return [name for name, one in people.items() if Demand.objects.waiting_for(one).filter(pk=demand.pk).exists()]

    assert waiting() == ["owner"]
    actions.submit_demand(demand, actor=owner)
    assert waiting() == ["league"]
    actions.take_for_review(demand, actor=league_officer)
    actions.send_to_refinement(demand, diagnosis="补充", actor=league_officer)
    assert waiting() == ["owner"]
    actions.hand_back(demand, actor=owner)
    actions.pass_to_region(demand, actor=league_officer)
    assert waiting() == ["home"]
    assert [row.code for row in queries.todo(home_officer)] == [demand.code]
    assert [row.code for row in queries.handled(league_officer)] == [demand.code]
    assert [row.code for row in queries.started(owner)] == [demand.code]
    assert queries.todo(league_officer) == []


def test_trail_does_not_name_a_hidden_demand_that_this_one_was_merged_into(
    at, owner, home_officer, mirror_company, stranger, mirror_officer, client_of
):
    hidden = at(title="机密工艺金雕", organisation=mirror_company, actor=stranger, disclosure="confidential")
    merged = at("accepted", title="草原碳汇")
    actions.merge_demand(merged, into=hidden, actor=home_officer, why="同一项目")
    page = client_of(owner).get(f"/demands/{merged.code}/").content.decode()
    assert hidden.code in page
    assert "机密工艺" not in page
