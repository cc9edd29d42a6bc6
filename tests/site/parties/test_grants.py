from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal, WrongState
from duijie.site.parties import actions, permissions
from duijie.site.parties.models import BY_REGION, Grant, Role, User
from duijie.site.parties.scope import NOTHING, scope_of

pytestmark = pytest.mark.django_db
PEOPLE = (
    "admin home_officer league_officer mirror_officer banner_officer department_officer owner stranger "
    "research_office team_leader broker organiser leader nobody"
).split()


@pytest.fixture
def person(request):
    return request.getfixturevalue


@pytest.mark.parametrize("giver", PEOPLE)
def test_nobody_gives_a_role_over_a_region_beyond_his_own(giver, person, place, nobody):
    actor = person(giver)
    for role in sorted(BY_REGION):
        for code in ("150000", "150100", "150200", "150102", "110000"):
            region = place(code)
            rules = actor.scope.over_subtree(region, Role.ADMIN)
            shares = role == Role.OFFICER and actor.scope.over_subtree(region, Role.OFFICER)
            assert permissions.may_grant(actor, role, region) == (rules or shares)


def test_league_officer_gives_what_he_holds_within_his_league(
    league_officer, nobody, league, mirror, region, banner, company, mirror_company
):
    allowed = [
        ("officer", league),
        ("officer", banner),
        ("contact", company),
        ("research", company),
        ("team_leader", company),
    ]
    refused = [
        ("officer", region),
        ("officer", mirror),
        ("admin", league),
        ("broker", banner),
        ("reader", league),
        ("organiser", league),
        ("contact", mirror_company),
        ("department", company),
        ("officer", company),
        ("contact", league),
    ]
    for role, over in allowed:
        assert actions.give_grant(nobody, actor=league_officer, role=role, place=over).place == over
    for role, over in refused:
        with pytest.raises(Forbidden):
            actions.give_grant(nobody, actor=league_officer, role=role, place=over)


def test_department_officer_gives_his_own_department_only(department_officer, nobody, department, science_department):
    actions.give_grant(nobody, actor=department_officer, role="department", place=department)
    with pytest.raises(Forbidden):
        actions.give_grant(nobody, actor=department_officer, role="department", place=science_department)


def test_research_office_gives_within_its_organisation_only(research_office, nobody, university, mirror_university):
    actions.give_grant(nobody, actor=research_office, role="team_leader", place=university)
    for role, over in (("team_leader", mirror_university), ("contact", university)):
        with pytest.raises(Forbidden):
            actions.give_grant(nobody, actor=research_office, role=role, place=over)


def test_administrator_gives_every_role(admin, nobody, region, department, company):
    for role in Role:
        over = region if role in BY_REGION else department if role == Role.DEPARTMENT else company
        actions.give_grant(nobody, actor=admin, role=role, place=over)
    assert nobody.grants.count() == len(Role)


def test_revoked_role_is_gone_at_once(league_officer, colleague, company):
    grant = colleague.grants.get()
    actions.revoke_grant(grant, actor=league_officer, note="调离")
    assert scope_of(colleague) == NOTHING
    with pytest.raises(WrongState):
        actions.revoke_grant(grant, actor=league_officer)


def test_role_is_revoked_only_by_who_could_give_it(mirror_officer, owner, home_officer, admin):
    with pytest.raises(Forbidden):
        actions.revoke_grant(owner.grants.get(), actor=mirror_officer)
    with pytest.raises(Forbidden):
        actions.revoke_grant(admin.grants.get(), actor=home_officer)


def test_last_administrator_stays(admin, appoint):
    with pytest.raises(Refusal, match="最后一位"):
        actions.revoke_grant(admin.grants.get(), actor=admin)
    assert scope_of(admin).over_home("admin")
    second = appoint("后来", "admin", "150000")
    actions.revoke_grant(admin.grants.get(), actor=second)
    with pytest.raises(Refusal):
        actions.suspend_account(second, actor=None, note="x")


def test_grant_holds_from_its_first_day_to_the_day_before_its_last(admin, nobody, league):
    today = clock.today()
    week = timedelta(days=7)
    later = actions.give_grant(nobody, actor=admin, role="officer", place=league, since=today + week)
    assert not scope_of(nobody).holds("officer")
    with clock.told(clock.now() + week):
        assert scope_of(nobody).holds("officer")
    assert later.valid_from == today + week
    with pytest.raises(Invalid):
        actions.give_grant(nobody, actor=admin, role="broker", place=league, until=today)


def test_same_grant_is_not_given_twice(admin, league_officer, league):
    with pytest.raises(WrongState):
        actions.give_grant(league_officer, actor=admin, role="officer", place=league)
    assert Grant.objects.filter(user=league_officer).count() == 1


def test_home_region_looks_after_partners_elsewhere_and_a_league_does_not(home_officer, league_officer, found):
    from duijie.site.parties.models import Organisation

    outside = found("中国农业大学", "university", region="110108")
    assert home_officer.scope.over_region(outside.region_id, "officer")
    assert not league_officer.scope.over_region(outside.region_id, "officer")
    assert outside in Organisation.objects.filter(home_officer.scope.within("region", "officer"))
    assert outside not in Organisation.objects.filter(league_officer.scope.within("region", "officer"))
    assert settings.HOME_REGION == "150000"


def test_scope_within_nowhere_matches_nothing(owner, company):
    from duijie.site.parties.models import Organisation

    assert not Organisation.objects.filter(owner.scope.within("region", "officer")).exists()


def test_accounts_are_visible_to_those_who_look_after_them(
    home_officer, league_officer, mirror_officer, owner, colleague, stranger, nobody, research_office
):
    seen = {
        person.name: set(User.objects.visible_to(person))
        for person in (home_officer, league_officer, mirror_officer, owner, nobody)
    }
    assert {owner, colleague, league_officer, research_office} <= seen[league_officer.name]
    assert not {stranger, mirror_officer, nobody} & seen[league_officer.name]
    assert stranger in seen[mirror_officer.name]
    assert not {owner, league_officer} & seen[mirror_officer.name]
    assert seen[owner.name] == {owner, colleague}
    assert seen[nobody.name] == {nobody}
    assert {owner, stranger, league_officer} <= seen[home_officer.name]


def test_suspended_account_holds_nothing_and_comes_back_with_its_roles(
    league_officer, owner, colleague, mirror_officer
):
    with pytest.raises(Forbidden):
        actions.suspend_account(owner, actor=mirror_officer, note="x")
    with pytest.raises(Forbidden):
        actions.suspend_account(owner, actor=colleague, note="x")
    with pytest.raises(Forbidden):
        actions.suspend_account(league_officer, actor=league_officer, note="x")
    actions.suspend_account(owner, actor=league_officer, note="离职")
    assert scope_of(owner) == NOTHING
    actions.restore_account(owner, actor=league_officer)
    assert scope_of(owner).holds("contact")


def test_account_is_changed_by_its_owner_and_not_by_a_colleague(owner, colleague):
    actions.change_account(owner, actor=owner, to={"title": "研发部主任", "phone": "13900000000"})
    assert User.objects.get(pk=owner.pk).title == "研发部主任"
    with pytest.raises(Forbidden):
        actions.change_account(owner, actor=colleague, to={"title": "x"})
    with pytest.raises(Forbidden):
        actions.change_account(owner, actor=owner, to={"is_active": False})
