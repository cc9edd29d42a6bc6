"""Every address × method × role answers as the table says; an address the table does not know fails."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

from duijie.site.demands.views.deciding import DECISIONS
from duijie.site.matching.actions import asking
from duijie.site.matching.asked import STEPS as MATCH_STEPS
from duijie.site.notices.models import Notice
from duijie.site.offers.steps import STEPS
from duijie.site.parties.actions.invitations import link_token
from tests.site.security.conftest import ROLES
from tests.site.security.outcomes import SIGNS, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

    from tests.site.security.world import Half

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT")
Rows = dict[str, dict[str, str]]


def declared() -> Rows:
    """Read the table: its addresses, and for each method a sign a role."""
    rows: Rows = {}
    for line in TABLE.strip().splitlines():
        if line and not line.startswith("#"):
            address, *signs = line.replace("|", "").split()
            rows[address] = dict(zip(METHODS, signs, strict=True))
    return rows


def url_names(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLPattern):
            yield f"{prefix}{one.name}"
        else:
            yield from url_names(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)


def addresses(half: Half) -> dict[str, str]:
    """Return every address of the table: a name, and where it matters of what."""
    things = half.things
    code = {name: thing.pk for name, thing in things.items()}
    found: dict[str, str] = {}

    def add(name: str, *arguments: str, of: str = "") -> None:
        found[f"{name}[{of}]" if of else name] = reverse(name, args=arguments)

    for one in ("draft", "demand", "confidential", "directed", "blurred", "public"):
        add("demands:demand", code[one], of=one)
    for name in ("demands:form", "demands:check", "demands:receipt", "demands:duplicates"):
        add(name, code["demand"])
    add("demands:section", code["draft"], "basics", of="draft")
    add("demands:section", code["demand"], "basics", of="demand")
    add("demands:compare", code["demand"], code["confidential"])
    add("demands:take_back", code["directed"], code["recipient"])
    for verb in DECISIONS:
        add("demands:decide", code["demand"], verb, of=verb)
    for one in ("offer_draft", "offer", "offer_hidden", "offer_directed", "offer_blurred"):
        add("offers:offer", code[one], of=one)
    for name in ("offers:form", "offers:check", "offers:receipt", "offers:trail"):
        add(name, code["offer"])
    for one in ("offer_draft", "offer"):
        add("offers:section", code[one], "basics", of=one)
        add("files:attach", "offers.offer", code[one], of=one)
    add("offers:end_recipient", code["offer_directed"], code["offer_recipient"])
    for verb in STEPS:
        add("offers:step", code["offer"], verb, of=verb)
    for name in ("files:download", "files:withdraw"):
        add(name, code["file"])
    for name in "organisation change_organisation merge_organisation new_team".split():
        add(f"parties:{name}", half.company.code)
    add("parties:keep_apart", half.company.code, half.university.code)
    for name in "team change_team confirm_team dissolve_team add_team_member".split():
        add(f"parties:{name}", code["team"])
    add("parties:end_team_member", code["team"], code["member"])
    for name in "mechanism change_mechanism admit_member appoint".split():
        add(f"parties:{name}", code["mechanism"])
    add("parties:release_member", code["mechanism"], code["tier"])
    add("parties:relieve", code["mechanism"], code["seat"])
    for name in "person grant suspend restore".split():
        add(f"parties:{name}", half.owner.code)
    add("parties:revoke", half.owner.code, code["grant"])
    for name in "invitation renew_invitation withdraw_invitation".split():
        add(f"parties:{name}", code["invitation"])
    add("parties:accept", link_token(things["invitation"]), of="open")
    add("parties:accept", "no-such-link", of="forged")
    for name in "batch map again confirm retry give_up records undo discard marked".split():
        add(f"imports:{name}", code["batch"])
    for noun in ("demands", "offers", "organisations", "teams"):
        add("imports:upload", noun, of=noun)
        add("imports:template", noun, of=noun)
    _add_matching(add, half)
    for name in ("job", "cancel"):
        add(f"kernel:{name}", code["job"])
    add("registry:region", "150100")
    for name, model in (("industry", "Industry"), ("discipline", "Discipline"), ("chain", "Chain")):
        add(f"registry:{name}", _first(model))
    add("account_confirm_email", "no-such-key")
    add("account_reset_password_from_key", "1", "no-such-key")
    named = {address.split("[")[0] for address in found}
    for name in url_names():
        if name not in named:
            add(name)
    return found


def _add_matching(add: Callable[..., None], half: Half) -> None:
    things = half.things
    code = {name: thing.pk for name, thing in things.items()}
    for name in ("candidates", "compare", "run_demand"):
        add(f"matching:{name}", code["public"])
    for name in ("offer", "run_offer"):
        add(f"matching:{name}", code["offer_blurred"])
    for name in ("suggestion", "replay", "take_up"):
        add(f"matching:{name}", str(things["suggestion"].pk))
    add("matching:answer", asking.link_token(things["inquiry"]), of="open")
    add("matching:answer", "no-such-link", of="forged")
    for name in ("match", "claim"):
        add(f"matching:{name}", code["match"])
    for verb in MATCH_STEPS:
        add("matching:step", code["match"], verb, of=verb)
    add("matching:recall", code["match"], code["inquiry"])
    for verb in ("done", "drop"):
        add("matching:task", code["task"], verb, of=verb)
    add("matching:run", code["run"])
    for name in ("model", "restore_model"):
        add(f"matching:{name}", code["model"])
    for name in ("plan", "adjust_plan", "confirm_plan", "discard_plan", "export_plan"):
        add(f"matching:{name}", code["plan"])
    for name in ("chain", "chain_records"):
        add(f"matching:{name}", _first("Chain"))
    add("notices:read", str(Notice.objects.order_by("pk").values_list("pk", flat=True)[0]))
    add("notices:off", "no-such-link")


def _first(model: str) -> str:
    from django.apps import apps

    return apps.get_model("registry", model)._default_manager.order_by("code").values_list("code", flat=True)[0]


def sign(answer: HttpResponse) -> str:
    if answer.status_code in {301, 302}:
        to = unquote(answer.headers["Location"])
        return ">" if to.startswith("/accounts/login/") or to == "/accounts/login/" else "r"
    return SIGNS.get(answer.status_code, f"({answer.status_code})")


def asked(client: Any, method: str, url: str) -> str:
    """Ask, and undo whatever it did, on either side."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        answer = client.generic(method, url, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    return sign(answer)


def measured(part: str, half: Half, people: dict[str, Any], client_of: Any) -> Rows:
    clients = {role: client_of(person) for role, person in people.items()}
    rows: Rows = defaultdict(dict)
    for address, url in addresses(half).items():
        if room(address) == part:
            for method in METHODS:
                # a wrong method is wrong for everybody who has signed in; two of them show it
                roles = ("anonymous", "owner") if method == "PUT" else ROLES
                rows[address][method] = "".join(asked(clients[role], method, url) for role in roles)
    return rows


def room(address: str) -> str:
    name = address.split("[", maxsplit=1)[0].partition(":")[0] if ":" in address else "site"
    return name if name in PARTS else "site"


PARTS = ("demands", "offers", "parties", "imports", "matching", "site")


def test_every_address_is_declared():
    assert sorted(set(url_names()) - {address.split("[")[0] for address in declared()}) == []


@pytest.mark.timeout(300)
@pytest.mark.ignore_template_errors  # the sign-in library's own pages leave variables out
@pytest.mark.parametrize("part", PARTS)
def test_every_address_answers_each_role_as_declared(part, half, people, client_of):
    table = {address: signs for address, signs in declared().items() if room(address) == part}
    found = measured(part, half, people, client_of)
    differing = [
        f"{address} {method}: declared {signs.get(method, 'nothing')}, answered {got}"
        for address, answers in found.items()
        for method, got in answers.items()
        if (signs := table.get(address, {})).get(method) != got
    ]
    assert (differing, sorted(table.keys() - found.keys())) == ([], [])
