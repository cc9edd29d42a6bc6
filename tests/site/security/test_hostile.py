"""Requests that mean ill: forged, redirected, overposted, scripted. Hidden and missing look the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from duijie.site.demands import actions as demands
from duijie.site.demands.models import Demand
from duijie.site.ledger.actions import change
from tests.site.security.crawl import Page, faults_of, walk, without_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = pytest.mark.django_db

PAYLOADS = (
    "<script pwned>alert(1)</script>",
    "<img src=x onerror=alert(1) pwned>",
    "<svg/onload=alert(1) pwned>",
    '"><pwned>',
    "'><pwned>",
    '" onmouseover="alert(1)" pwned="',
    "' autofocus onfocus=alert(1) pwned='",
    "</textarea><pwned>",
    "</title><pwned>",
    "</script><pwned>",
    "<!--><pwned>-->",
    "<a href=javascript:alert(1) pwned>甲</a>",
    "<iframe srcdoc='<pwned>'></iframe>",
    "<math><mtext><pwned></mtext></math>",
    "<details open ontoggle=alert(1) pwned>",
    "<style>@import '//evil.example'</style><pwned>",
    "<base href=//evil.example><pwned>",
    "{{ request.user.password }}<pwned>",
    "{% load static %}<pwned>",
    "＜script＞<pwned>",
    "\u202e<pwned>",
)
TEXTS = "background question indicators benchmark use_case base".split()
LINES = "title partner decider recommended_by contact_name".split()


# -- scripts in texts --------------------------------------------------------------------------------------------------


@pytest.mark.timeout(300)
def test_scripts_in_every_text_are_inert_everywhere(half, client_of, league_officer):
    """Through the ledger's door: whatever a form would refuse may still come by an import or another system."""
    everything = "\n".join(PAYLOADS)
    lines = {name: PAYLOADS[at] for at, name in enumerate(LINES)}
    to = dict.fromkeys(TEXTS, everything) | lines | {"keywords": list(PAYLOADS[:5])}
    to |= {"measures": [{"name": PAYLOADS[0], "value": PAYLOADS[3][:20], "unit": PAYLOADS[4][:10]}]}
    change(half.things["demand"], actor=half.owner, verb="demand.change", to=to, note=everything)
    said = dict.fromkeys(("about", "problem", "indicators", "advantage", "use_case"), everything)
    said |= {"title": PAYLOADS[1], "holder": PAYLOADS[5], "units": list(PAYLOADS[6:9]), "people": [PAYLOADS[9]]}
    change(half.things["offer"], actor=half.research, verb="offer.change", to=said, note=everything)
    for row in (half.company, half.university):
        row.refresh_from_db()
        change(row, actor=None, verb="organisation.change", to={"name": PAYLOADS[3], "about": everything})
    change(half.owner, actor=half.owner, verb="account.change", to={"name": PAYLOADS[0], "title": PAYLOADS[3]})
    change(half.things["team"], actor=None, verb="team.change", to={"name": PAYLOADS[11], "about": everything})
    forced = [f"/{noun}s/{half.things[noun].code}/" for noun in ("demand", "offer")]
    forced += [f"/demands/{half.things['demand'].code}/form/{key}/" for key in ("basics", "problem", "disclosure")]
    forced += [f"/offers/{half.things['offer'].code}/trail/", f"/parties/teams/{half.things['team'].code}/"]
    forced += [f"/parties/organisations/{half.company.code}/", f"/parties/people/{half.owner.code}/"]
    forced += ["/search/?q=%22%3E%3Cpwned%3E", "/demands/?q=%22%3E%3Cpwned%3E&sort=%22%3E%3Cpwned%3E"]
    made = walk(client_of(league_officer), ["/", "/demands/", "/offers/", *forced], most=70)
    assert made.faults == []
    assert sum("&lt;pwned&gt;" in text for text in made.texts.values()) > 5


def test_a_live_script_would_be_noticed():
    assert Page("<p onclick=x>").live and Page("<script>1</script>").live and Page('<a href=" java\tscript:1">').live
    tags = [payload for payload in PAYLOADS if payload.startswith("<") and "-->" not in payload]
    assert [payload for payload in tags if not Page(payload).live] == []


# -- hidden and missing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "address", "missing"),
    [
        ("demand", "/demands/{}/", "D-150102-2026-9999"),
        ("demand", "/demands/{}/form/", "D-150102-2026-9999"),
        ("demand", "/demands/{}/take/", "D-150102-2026-9999"),
        ("offer", "/offers/{}/", "S-150102-2026-9999"),
        ("offer", "/offers/{}/trail/", "S-150102-2026-9999"),
        ("offer", "/files/attach/offers.offer/{}/", "S-150102-2026-9999"),
        ("file", "/files/{}/", "F-2026-9999"),
        ("batch", "/imports/{}/", "I-2026-9999"),
        ("job", "/jobs/{}/", "J-2026-9999"),
        ("invitation", "/parties/invitations/{}/", "I-2026-9999"),
    ],
)
def test_hidden_and_missing_look_the_same(kind, address, missing, half, stranger, client_of):
    client, code = client_of(stranger), half.things[kind].code
    hidden, none = client.get(address.format(code)), client.get(address.format(missing))
    assert hidden.status_code == none.status_code == 404
    assert _bare(hidden, code) == _bare(none, missing)
    assert _heads(hidden) == _heads(none)


def _bare(answer: Any, code: str) -> str:
    return without_tokens(answer.content.decode()).replace(code, "#")


def _heads(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "Content-Length"}


# -- fields nobody asked for -------------------------------------------------------------------------------------------

SMUGGLED = {
    "state": "published", "organisation": "O-2026-9999", "revision_": "99", "merged_into": "D-1", "started_by": "U-1",
    "code": "D-1", "published_at": "2020-01-01", "accepted_at": "2020-01-01", "submitted_at": "2020-01-01",
    "opinion": "好", "token": "x", "due": "2099-01-01", "is_active": "", "session_round": "7", "username": "root",
    "role": "admin",
}  # fmt: skip


def test_fields_that_no_form_asks_are_ignored(half, owner, client_of):
    draft = half.things["draft"]
    before = Demand.objects.filter(pk=draft.code).values().get()
    data = SMUGGLED | {"title": "改过的题目", "later": "1", "revision": str(draft.revision)}
    answer = client_of(owner).post(f"/demands/{draft.code}/form/basics/", data)
    after = Demand.objects.filter(pk=draft.code).values().get()
    assert (answer.status_code, after["title"]) == (302, "改过的题目")
    written = {name for name in after if after[name] != before[name]}
    told = set("title kind field_id region_id industry_id chain_node_id department_id keywords".split())
    assert written <= told | {"revision", "changed_at"}


def test_account_form_gives_no_role_and_no_other_name(half, owner, client_of):
    before = type(owner).objects.filter(pk=owner.pk).values().get()
    data = SMUGGLED | {"name": "改名", "revision": str(before["revision"])}
    answer = client_of(owner).post("/parties/me/change/", data)
    after = type(owner).objects.filter(pk=owner.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert (answer.status_code, after["name"]) == (302, "改名")
    assert changed <= {"name", "phone", "email", "title", "english", "revision", "changed_at", "last_login"}
    assert {one.role for one in owner.grants.all()} == {"contact"}


# -- forged requests ---------------------------------------------------------------------------------------------------


def test_every_unsafe_request_needs_its_token(half, owner, rf):
    from tests.site.security.test_outcomes import addresses

    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    # an address that takes no POST, or is another's, refuses anyway; the one-click unsubscription of RFC 8058 carries
    # its own signed token in the address, and this one is forged
    answers = {name: client.post(url).status_code for name, url in addresses(half).items()}
    assert {name: status for name, status in answers.items() if status not in {403, 405}} == {"notices:off": 409}


def test_no_view_is_exempt_but_those_that_check_themselves():
    exempt = [str(one.pattern) for one in _all(get_resolver().url_patterns) if getattr(one.callback, "csrf_exempt", 0)]
    assert sorted(exempt) == ["attach/<str:kind>/<str:code>/", "off/<str:token>/"]


def _all(patterns: Any) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from _all(one.url_patterns)


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
@pytest.mark.parametrize("address", ["/size/", "/language/setlang/", "/demands/batch/", "/accounts/logout/"])
def test_nobody_is_sent_elsewhere(address, next_, owner, client_of):
    answer = client_of(owner).post(address, {"next": next_, "language": "zh-hans"})
    assert not re.search("evil|javascript", answer.headers.get("Location", ""))


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_cookies_are_kept_from_scripts_and_other_sites(owner, client_of, settings):
    client = client_of(owner)
    client.get("/parties/me/")
    answer = client.get("/demands/new/")
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert all(morsel["samesite"] == "Lax" for morsel in answer.cookies.values())


def test_protection_is_on_pages_that_fail_too(client, owner, client_of):
    answers = [client.get("/no-such-page/"), client_of(owner).post("/demands/batch/x/"), client.get("/accounts/login/")]
    assert [fault for answer in answers for fault in faults_of(answer)] == []


# -- twice, and too late -----------------------------------------------------------------------------------------------


def test_a_page_sent_twice_starts_one_demand(owner, company, client_of):
    client = client_of(owner)
    token = re.search(r'name="token" value="([^"]+)"', client.get("/demands/new/").content.decode())[1]
    data = {"organisation": company.code, "title": "只写一条", "token": token}
    places = {client.post("/demands/new/", data).headers["Location"] for _ in range(2)}
    assert (len(places), Demand.objects.filter(title="只写一条").count()) == (1, 1)


def test_a_late_edit_is_compared_and_keeps_what_was_typed(half, owner, colleague, client_of):
    draft = half.things["draft"]
    old = draft.revision
    demands.change_demand(draft, to={"background": "同事先改的背景"}, actor=colleague)
    data = {"background": "我后写的背景", "later": "1", "revision": str(old)}
    answer = client_of(owner).post(f"/demands/{draft.code}/form/problem/", data)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "同事先改的背景" in text and "我后写的背景" in text
    assert Demand.objects.get(pk=draft.code).background == "同事先改的背景"
