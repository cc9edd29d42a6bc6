from __future__ import annotations

import pytest

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.ledger.models import Entry, Recorded
from duijie.site.parties import actions
from duijie.site.parties.models import Grant, MechanismMember, Organisation, Team, User
from duijie.site.parties.references import merge_preview, referring_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(found):
    """The company, entered a second time."""
    return found("蒙草种业有限责任公司", english="M-Grass", address="新城区")


def test_merge_moves_every_reference_through_the_ledger(home_officer, appoint, company, double, mechanism):
    person = appoint("白云", "contact", double)
    actions.admit_member(mechanism, actor=home_officer, tier="N", organisation=double)
    team = actions.register_team(actor=home_officer, organisation=double, name="草种团队", leader_name="白云")
    actions.merge_organisation(double, into=company, actor=home_officer, note="重复登记")
    assert User.objects.get(pk=person.pk).organisation == company
    assert Grant.objects.get(user=person).organisation == company
    assert MechanismMember.objects.get().organisation == company
    assert Team.objects.get(pk=team.pk).organisation == company
    assert Entry.objects.filter(verb="organisation.move", note=double.code).count() == 4


def test_merge_leaves_nothing_behind_and_keeps_the_row(home_officer, appoint, company, double):
    appoint("白云", "contact", double)
    actions.merge_organisation(double, into=company, actor=home_officer)
    for model, field in referring_fields():
        assert not model._base_manager.filter(**{field: double.pk}).exists()
    assert Organisation.objects.get(pk=double.pk).merged_into == company
    assert double not in Organisation.objects.present()


def test_survivor_gains_what_it_lacked_and_the_other_name(home_officer, company, double):
    actions.merge_organisation(double, into=company, actor=home_officer)
    kept = Organisation.objects.get(pk=company.pk)
    assert (kept.english, kept.address) == ("M-Grass", "新城区")
    assert double.name in kept.former_names
    assert set(Organisation.objects.present().named(double.name)) == {kept}


def test_preview_counts_what_the_merge_moves_and_changes_nothing(home_officer, appoint, company, double):
    appoint("白云", "contact", double)
    before = Entry.objects.count()
    preview = merge_preview(double, company)
    assert preview.total == 2
    assert {reference.model for reference in preview.references} == {User, Grant}
    assert Entry.objects.count() == before
    actions.merge_organisation(double, into=company, actor=home_officer)
    assert Entry.objects.filter(verb="organisation.move").count() == preview.total


def test_membership_that_would_stand_twice_ends(home_officer, company, double, mechanism):
    for one in (company, double):
        actions.admit_member(mechanism, actor=home_officer, tier="N", organisation=one)
    [reference] = merge_preview(double, company).references
    assert len(reference.doubled) == 1
    actions.merge_organisation(double, into=company, actor=home_officer)
    assert mechanism.members.filter(organisation=company).count() == 2
    assert mechanism.members.filter(organisation=company, valid_to=None).count() == 1
    assert mechanism.members.filter(organisation=company, valid_to=clock.today()).count() == 1


def test_teams_of_one_name_stop_the_merge_and_are_named(home_officer, company, double):
    for one in (company, double):
        actions.register_team(actor=home_officer, organisation=one, name="草种团队", leader_name="白云")
    assert merge_preview(double, company).clashes
    with pytest.raises(Invalid, match="草种团队"):
        actions.merge_organisation(double, into=company, actor=home_officer)
    assert Organisation.objects.get(pk=double.pk).merged_into is None


def test_merge_takes_officers_over_both_regions(league_officer, mirror_officer, owner, company, mirror_company, double):
    for actor, into in ((league_officer, mirror_company), (mirror_officer, company), (owner, company)):
        with pytest.raises(Forbidden):
            actions.merge_organisation(double, into=into, actor=actor)
    actions.merge_organisation(double, into=company, actor=league_officer)


def test_chains_of_merges_point_to_the_last_one(home_officer, company, double, university):
    actions.merge_organisation(double, into=company, actor=home_officer)
    actions.merge_organisation(company, into=university, actor=home_officer)
    assert Organisation.objects.get(pk=double.pk).merged_into == university


def test_every_reference_to_an_organisation_is_in_a_recorded_row():
    for relation in Organisation._meta.related_objects:
        assert issubclass(relation.related_model, Recorded), relation
