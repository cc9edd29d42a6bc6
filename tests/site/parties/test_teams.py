from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid, WrongState
from duijie.site.parties import actions, permissions
from duijie.site.parties.models import Team
from duijie.site.parties.models.team import stale_before
from duijie.site.parties.queries import team_page

pytestmark = pytest.mark.django_db


def test_research_office_registers_a_team_of_its_organisation_only(research_office, mirror_university):
    with pytest.raises(Forbidden):
        actions.register_team(actor=research_office, organisation=mirror_university, name="甲", leader_name="乙")


def test_leader_keeps_his_own_team_and_loses_it_with_his_role(
    team, team_leader, mirror_team_leader, research_office, admin
):
    with pytest.raises(Forbidden):
        actions.change_team(team, actor=team_leader, to={"capacity": 3})
    actions.change_team(team, actor=research_office, to={"leader": team_leader})
    actions.change_team(team, actor=team_leader, to={"capacity": 3})
    assert Team.objects.get().capacity == 3
    with pytest.raises(Forbidden):
        actions.change_team(team, actor=mirror_team_leader, to={"capacity": 9})
    actions.revoke_grant(team_leader.grants.get(), actor=admin)
    del team_leader._scope
    assert not permissions.may_change_team(team_leader, team)


def test_leader_of_another_organisation_is_refused(team, research_office, mirror_team_leader):
    with pytest.raises(Invalid) as refusal:
        actions.change_team(team, actor=research_office, to={"leader": mirror_team_leader})
    assert refusal.value.fields.keys() == {"leader"}


def test_team_goes_stale_after_two_years_and_is_fresh_again_when_confirmed(team, research_office):
    assert Team.objects.fresh().get() == team
    later = clock.now() + timedelta(days=2 * 365 + 2)
    with clock.told(later):
        assert team.is_stale
        assert Team.objects.stale().get() == team
        assert not Team.objects.available().exists()
        actions.confirm_team(team, actor=research_office)
        assert not team.is_stale
        assert Team.objects.available().get() == team


def test_stale_is_asked_as_of_any_moment(team):
    far = datetime(2099, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert Team.objects.stale(far).get() == team
    assert not Team.objects.stale(clock.now()).exists()


def test_two_years_before_leap_day_is_the_28th():
    assert stale_before(date(2028, 2, 29)) == date(2026, 2, 28)
    assert stale_before(date(2026, 11, 23)) == date(2024, 11, 23)


def test_full_team_takes_nothing_new(team, research_office):
    actions.change_team(team, actor=research_office, to={"capacity": 0})
    assert not Team.objects.available().exists()
    with pytest.raises(Invalid):
        actions.change_team(team, actor=research_office, to={"capacity": -1})


def test_members_come_and_go_with_dates(team, research_office, stranger):
    member = actions.add_team_member(
        team, actor=research_office, name="高娃", orcid="https://orcid.org/0000-0002-1825-0097"
    )
    assert member.orcid == "0000-0002-1825-0097"
    with pytest.raises(Invalid, match="高娃"):
        actions.add_team_member(team, actor=research_office, name="高娃", orcid="0000-0002-1825-0097")
    with pytest.raises(Forbidden):
        actions.end_team_member(member, actor=stranger)
    actions.end_team_member(member, actor=research_office)
    page = team_page(team, research_office)
    assert [one.name for one in page.members] == ["刘洋"]
    assert [one.name for one in page.former] == ["高娃"]
    with pytest.raises(WrongState):
        actions.end_team_member(member, actor=research_office)


def test_dissolved_team_leaves_the_list_and_is_changed_no_more(team, research_office, team_leader):
    with pytest.raises(Forbidden):
        actions.dissolve_team(team, actor=team_leader, note="x")
    actions.dissolve_team(team, actor=research_office, note="任务完成")
    assert not Team.objects.present().exists()
    with pytest.raises(WrongState):
        actions.change_team(team, actor=research_office, to={"capacity": 2})


def test_name_stands_once_in_an_organisation(team, research_office, university):
    with pytest.raises(Invalid) as refusal:
        actions.register_team(actor=research_office, organisation=university, name=team.name, leader_name="另一人")
    assert refusal.value.fields.keys() == {"name"}


def test_wrong_orcid_is_refused_beside_its_field(team, research_office):
    with pytest.raises(Invalid) as refusal:
        actions.change_team(team, actor=research_office, to={"leader_orcid": "0000-0002-1825-0098"})
    assert refusal.value.fields.keys() == {"leader_orcid"}
