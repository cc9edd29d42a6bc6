"""Signing in, second factor, new password: each page in the house's own words, and none of the library's pages bare."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

PASSWORD = "Kangzhuang-Dadao-2026"


@pytest.fixture
def member(owner):
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def sign_in(member, password=PASSWORD):
    client = Client()
    answer = client.post(reverse("account_login"), {"login": member.username, "password": password})
    return client, answer


def words(answer):
    text = answer.content.decode()
    assert 'class="topbar"' in text
    assert '<main id="main"' in text
    return text


def present_code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def confirm(client):
    """The library asks for the password once more before anything that concerns the account's safety."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def turn_on(client):
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'class="code whole">(\w+)<', words(page))[1]
    client.post(reverse("mfa_activate_totp"), {"code": present_code(secret)})
    return secret


def test_sign_in_page_has_one_heading_and_no_way_to_sign_up(db):
    text = words(Client().get(reverse("account_login")))
    assert re.findall(r"<h1>(.*?)</h1>", text) == ["登录"]
    assert "<title>登录 · 对接</title>" in text
    assert reverse("account_signup") not in text


def test_wrong_password_says_so_without_saying_what_was_wrong(member):
    _client, answer = sign_in(member, "wrong")
    assert answer.status_code == 200
    text = words(answer)
    assert 'id="error-summary"' in text
    assert "用户名或密码不正确" in text
    _client, stranger = Client(), Client().post(reverse("account_login"), {"login": "nobody-here", "password": "wrong"})
    assert re.sub(r'value="[^"]*"|name="[^"]*"', "", words(stranger)) == re.sub(r'value="[^"]*"|name="[^"]*"', "", text)


def test_sign_up_is_closed_in_words(db):
    assert "邀请开通" in words(Client().get(reverse("account_signup")))


def test_pages_of_an_account_are_in_the_house_style(member):
    client, answer = sign_in(member)
    assert answer.status_code == 302
    confirm(client)
    for name in ("account_change_password", "account_logout", "mfa_index", "mfa_activate_totp"):
        assert words(client.get(reverse(name))).count("<h1>") == 1


def test_password_is_changed_with_the_old_one(member):
    client, _answer = sign_in(member)
    wrong = client.post(reverse("account_change_password"), {"oldpassword": "x", "password1": "y", "password2": "z"})
    assert 'id="error-summary"' in words(wrong)
    new = "Xin-Mima-Hen-Chang-7"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert sign_in(member, new)[1].status_code == 302


def test_second_factor_is_turned_on_asked_for_and_turned_off(member):
    client, _answer = sign_in(member)
    secret = turn_on(client)
    assert "已启用" in words(client.get(reverse("mfa_index")))
    assert words(client.get(reverse("mfa_view_recovery_codes"))).count('<li class="code">') == 10
    assert "全部作废" in words(client.get(reverse("mfa_generate_recovery_codes")))
    assert "安全性会降低" in words(client.get(reverse("mfa_deactivate_totp")))

    second, answer = sign_in(member)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "动态验证码" in words(second.get(answer["Location"]))
    wrong = second.post(answer["Location"], {"code": "000000"})
    assert 'id="error-summary"' in words(wrong)
    assert secret


def test_old_session_confirms_who_it_is_before_a_second_factor(member):
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "请再次确认身份" in words(answer)


def test_signing_out_is_a_post(member):
    client, _answer = sign_in(member)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_reset_page_of_the_library_wears_the_house_style(db):
    text = words(Client().get(reverse("account_reset_password")))
    assert 'class="btn btn-primary"' in text


def test_letter_size_is_kept_and_leads_back(db):
    client = Client()
    answer = client.post(reverse("size"), {"size": "large", "next": reverse("account_login")})
    assert answer["Location"] == reverse("account_login")
    assert 'data-size="large"' in words(client.get(reverse("account_login")))


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_letter_size_leads_nowhere_else(db, back):
    assert Client().post(reverse("size"), {"size": "huge", "next": back})["Location"] == "/"


def test_missing_page_says_what_to_do(db):
    answer = Client().get("/no-such-place/")
    assert answer.status_code == 404
    assert "不在您的查看范围内" in words(answer)
