from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal, WrongState
from duijie.site.ledger.models import Entry
from duijie.site.parties import actions
from duijie.site.parties.actions.invitations import LASTS, invitation_of, link_token
from duijie.site.parties.models import Invitation, User

PASSWORD = "khan-tengri-7010"


@pytest.fixture
def invitation(league_officer, company):
    return actions.invite_person(
        actor=league_officer, name="萨仁", role="contact", place=company, email="saren@example.com"
    )


def accept(invitation, username="saren", password=PASSWORD):
    return actions.accept_invitation(invitation, username=username, password=password)


def test_accepting_opens_an_account_with_the_role_that_waited(invitation, company):
    account = accept(invitation_of(link_token(invitation)), "ＳaRen")
    assert account.username == "saren"
    assert account.check_password(PASSWORD)
    assert account.organisation == company
    assert account.email == "saren@example.com"
    assert account.scope.over_organisation(company.code, "contact")
    assert Invitation.objects.get().account == account


def test_link_works_once(invitation):
    token = link_token(invitation)
    accept(invitation_of(token))
    assert invitation_of(token) is None
    with pytest.raises(WrongState):
        accept(Invitation.objects.get(), "saren2")
    assert not User.objects.filter(username="saren2").exists()


def test_link_of_a_renewed_or_withdrawn_invitation_is_void(invitation, league_officer, mirror_officer):
    token = link_token(invitation)
    with pytest.raises(Forbidden):
        actions.renew_invitation(invitation, actor=mirror_officer)
    actions.renew_invitation(invitation, actor=league_officer)
    assert invitation_of(token) is None
    token = link_token(invitation)
    assert invitation_of(token) == invitation
    actions.withdraw_invitation(invitation, actor=league_officer)
    assert invitation_of(token) is None
    with pytest.raises(WrongState):
        accept(invitation)


def test_expired_invitation_is_refused(invitation):
    with clock.told(clock.now() + LASTS + timedelta(seconds=1)), pytest.raises(WrongState, match="过期"):
        accept(invitation)


@pytest.mark.parametrize("token", ["", "x", "eyJ0IjoxfQ:1:abc", "W10:1vYx:zz"])
def test_forged_link_is_nobodys(db, token):
    assert invitation_of(token) is None


def test_link_signed_for_one_invitation_opens_no_other(invitation, league_officer, company):
    other = actions.invite_person(actor=league_officer, name="别人", role="contact", place=company)
    token = link_token(invitation)
    assert invitation_of(token) == invitation
    assert invitation_of(token.replace(token[:8], link_token(other)[:8])) in {None, invitation}


def test_inviter_who_lost_his_role_gives_nothing_any_more(invitation, admin, league_officer):
    actions.revoke_grant(league_officer.grants.get(), actor=admin)
    with pytest.raises(Refusal, match="邀请人"):
        accept(Invitation.objects.get())
    assert not User.objects.filter(username="saren").exists()


def test_weak_password_or_taken_name_is_refused_and_the_link_stays_good(invitation, owner):
    with pytest.raises(Invalid) as refusal:
        accept(invitation, password="1234567890")
    assert refusal.value.fields.keys() == {"password"}
    with pytest.raises(Invalid) as refusal:
        accept(invitation, username=owner.username.upper())
    assert refusal.value.fields.keys() == {"username"}
    assert accept(invitation_of(link_token(invitation))).username == "saren"


def test_nobody_invites_beyond_what_he_may_grant(stranger, league_officer, company, region, mirror_company):
    for actor, role, place in (
        (stranger, "contact", company),
        (league_officer, "contact", mirror_company),
        (league_officer, "admin", region),
    ):
        with pytest.raises(Forbidden):
            actions.invite_person(actor=actor, name="某人", role=role, place=place)
    assert not Invitation.objects.exists()


def test_password_and_address_stay_out_of_the_ledger(invitation):
    account = accept(invitation)
    said = str(list(Entry.objects.values_list("changes", "note")))
    assert PASSWORD not in said
    assert account.password not in said
    assert "saren@example.com" not in said


@pytest.mark.django_db(transaction=True)
def test_invitation_raced_by_two_opens_one_account(invitation):
    barrier, outcomes = Barrier(2), []

    def race(username):
        try:
            mine = Invitation.objects.get()
            barrier.wait(5)
            outcomes.append(accept(mine, username).username)
        except Refusal:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=race, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count("refused") == 1
    assert User.objects.filter(username__in=["first", "second"]).count() == 1
    assert Entry.objects.filter(verb="invitation.accept").count() == 1
