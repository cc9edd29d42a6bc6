"""Signing in through the real pages: lockout, second factor, timeouts, and what each answer gives away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from duijie.site.parties import actions
from duijie.site.parties.actions.invitations import link_token
from duijie.site.parties.models import User

PASSWORD = "khan-tengri-7010"
pytestmark = pytest.mark.django_db


@pytest.fixture
def account(owner):
    actions.set_password(owner, PASSWORD, actor=owner)
    return owner


def sign_in(client, username, password=PASSWORD):
    return client.post(reverse("account_login"), {"username": username, "login": username, "password": password})


def is_in(client):
    return client.get(reverse("parties:account")).status_code == 200


def test_right_password_signs_in_whatever_the_case_of_the_name(account):
    client = Client()
    assert sign_in(client, f" {account.username.upper()} ").status_code == 302
    assert is_in(client)


def test_session_key_changes_at_login(account):
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client, account.username)
    assert client.session.session_key != session.session_key


def test_right_password_during_lockout_is_refused(account):
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, account.username, "wrong")
    assert answer.status_code == 429
    answer = sign_in(client, account.username)
    assert answer.status_code == 429
    assert not is_in(client)
    fresh = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(fresh, account.username).status_code == 429
    assert not is_in(fresh)


def test_lockout_counts_every_writing_of_the_name_as_one_person(account):
    client = Client()
    writings = [
        account.username,
        account.username.upper(),
        f"{account.username} ",
        "ｐ" + account.username[1:],
        account.username,
    ]
    for writing in writings:
        sign_in(client, writing, "wrong")
    assert sign_in(client, account.username).status_code == 429


def test_lockout_of_one_account_leaves_the_other_alone(account, colleague):
    actions.set_password(colleague, PASSWORD, actor=colleague)
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, account.username, "wrong")
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(other, colleague.username).status_code == 302


def test_lockout_ends_after_its_time(account):
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, account.username, "wrong")
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        assert sign_in(client, account.username).status_code == 302


def test_limits_hold_over_processes():
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert getattr(settings, "AXES_HANDLER", "axes.handlers.database.AxesDatabaseHandler").endswith("DatabaseHandler")


def test_answer_is_the_same_for_an_unknown_name_a_wrong_password_and_a_suspended_account(
    account, league_officer, colleague
):
    actions.suspend_account(colleague, actor=league_officer, note="x")
    answers = [
        strip(sign_in(Client(), name, word), name)
        for name, word in ((account.username, "wrong"), ("nobody-here", "wrong"), (colleague.username, "wrong"))
    ]
    assert answers[0] == answers[1] == answers[2]


def strip(answer, name):
    text = answer.content.decode().replace(name, "NAME")
    return answer.status_code, re.sub(r'(nonce|csrfmiddlewaretoken)[^>]*value="[^"]*"|nonce="[^"]*"', "", text)


def test_suspended_account_does_not_sign_in_and_is_out_at_the_next_request(account, league_officer):
    client = Client()
    sign_in(client, account.username)
    assert is_in(client)
    actions.suspend_account(account, actor=league_officer, note="离职")
    assert not is_in(client)
    sign_in(client, account.username)
    assert not is_in(client)
    actions.restore_account(account, actor=league_officer)
    assert not is_in(client)


def test_revoked_grant_acts_at_the_next_request(league_officer, admin, client_of):
    client = client_of(league_officer)
    address = reverse("parties:new_organisation")
    assert client.get(address).status_code == 200
    actions.revoke_grant(league_officer.grants.get(), actor=admin)
    assert client.get(address).status_code == 404


def test_changed_password_ends_other_sessions_and_keeps_this_one(account):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, account.username)
    new = "altan-gerel-2026"
    answer = here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert User.objects.get(pk=account.pk).check_password(new)


def test_changed_password_passes_the_same_tests_as_a_first_one(account):
    client = Client()
    sign_in(client, account.username)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "1234567890", "password2": "1234567890"},
    )
    assert User.objects.get(pk=account.pk).check_password(PASSWORD)


def test_signing_out_elsewhere_keeps_this_session(account):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, account.username)
    here.post(reverse("parties:end_sessions"))
    assert is_in(here)
    assert not is_in(elsewhere)


def test_idle_session_ends(account):
    client = Client()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        sign_in(client, account.username)
        assert is_in(client)
    with time_machine.travel(start + timedelta(seconds=settings.SESSION_IDLE_SECONDS - 5), tick=False):
        assert is_in(client)
    with time_machine.travel(start + timedelta(seconds=2 * settings.SESSION_IDLE_SECONDS), tick=False):
        answer = client.get(reverse("parties:account"))
        assert answer.status_code == 302
        assert reverse("account_login") in answer["Location"]


def test_session_in_use_ends_when_it_is_too_old(account):
    client = Client()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        sign_in(client, account.username)
        is_in(client)
    step = settings.SESSION_IDLE_SECONDS - 60
    for seconds in range(step, settings.SESSION_COOKIE_AGE, step):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            assert is_in(client)
    with time_machine.travel(start + timedelta(seconds=settings.SESSION_COOKIE_AGE + 60), tick=False):
        assert not is_in(client)


def test_second_factor_is_asked_once_it_is_set(account):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    assert Authenticator.objects.filter(user=account).count() == 1
    client = Client()
    answer = sign_in(client, account.username)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_in(client)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert is_in(client)


def test_second_factor_is_set_up_after_the_password_is_asked_again(account):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import (
        SECRET_SESSION_KEY,
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    client = Client()
    sign_in(client, account.username)
    assert reverse("mfa_index") in client.get(reverse("parties:account")).content.decode()
    address = reverse("mfa_activate_totp")
    answer = client.get(address)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(answer["Location"], {"password": PASSWORD}).status_code == 302
    assert client.get(address).status_code == 200
    code = format_hotp_value(hotp_value(client.session[SECRET_SESSION_KEY], next(yield_hotp_counters_from_time())))
    assert client.post(address, {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=account, type="totp").exists()


def test_one_address_that_tries_many_accounts_is_slowed_down(account):
    client = Client()
    for number in range(30):
        sign_in(client, f"guess-{number}", "wrong")
    assert sign_in(client, account.username).status_code != 302
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), account.username).status_code == 302


def test_nobody_signs_up_by_himself(db):
    answer = Client().post(
        reverse("account_signup"), {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(username="intruder").exists()
    assert answer.status_code in {200, 403}


def test_invitation_is_accepted_in_the_browser_and_signs_in(league_officer, company):
    invitation = actions.invite_person(actor=league_officer, name="萨仁", role="contact", place=company)
    address = reverse("parties:accept", args=[link_token(invitation)])
    client = Client()
    assert client.get(address).status_code == 200
    weak = client.post(address, {"name": "萨仁", "username": "saren", "password": "12345", "again": "12345"})
    assert weak.status_code == 422
    given = {"name": "萨仁", "username": "Saren", "password": PASSWORD, "again": PASSWORD}
    assert client.post(address, given).status_code == 302
    assert is_in(client)
    assert Client().get(address).status_code == 410
    assert sign_in(Client(), "saren").status_code == 302
