"""Two mirrored regions crawled as each other: nobody meets a word of what is hidden from him, nor its shadow in a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.site.security import world
from tests.site.security.crawl import exports, queries, walk, without_tokens
from tests.site.security.test_outcomes import addresses

if TYPE_CHECKING:
    from tests.site.security.world import Half

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
INSIDE = ("owner", "league_officer", "research_office")
OUTSIDE = ("stranger", "mirror_officer", "mirror_research_office")
NO_SIDE = ("anonymous", "nobody", "leader", "admin")
ELSEWHERE = (
    "account_",
    "mfa_",
    "parties:accept",
    "matching:answer",
    "registry:",
    "demands:decide",
    "offers:step",
    "imports:template",
)
"""Addresses that hold nobody's words, or answer outsiders as the table of outcomes says."""
ASKED = ("金雕", "银狐", "机密", "jd", "goldeagle")


@pytest.fixture
def searched(half: Half, other: Half) -> None:
    """Let the search know of both sides."""
    from duijie.site.search import shelf

    shelf.rebuild()


def met_by(who: str, words: list[str], half: Half, request: pytest.FixtureRequest, client_of: Any) -> dict[str, Any]:
    """Walk the whole site as one person, and go to every address of the half by force; return which words he met."""
    person = None if who == "anonymous" else request.getfixturevalue(who)
    asked = addresses(half).items()
    forced = [url for name, url in asked if not name.startswith(ELSEWHERE)]
    forced += [f"/demands/{half.things[one].code}/" for one in ("returned", "withdrawn")]
    known = [f"/demands/{half.things['public'].code}/?known=2030-01-01T00:00"]
    known += [f"/offers/{half.things['offer'].code}/trail/?known=2030-01-01T00:00"]
    files = [f"/{place}/export/?format={ending}" for place in ("demands", "offers") for ending in ("csv", "xlsx")]
    made = walk(client_of(person), ["/", *forced, *known, *files, *queries(ASKED)])
    assert made.faults == []
    assert {url: status for url, status in made.statuses.items() if status >= 500} == {}
    assert len(made.texts) > 60
    return made.met(words)


@pytest.mark.parametrize("who", OUTSIDE)
def test_outsider_meets_no_word_of_the_other_side(who, half, searched, request, client_of):
    # directed to both organisations of the other side; here nobody outside is named
    assert met_by(who, half.canaries, half, request, client_of) == {}


@pytest.mark.parametrize("who", NO_SIDE)
def test_person_of_neither_side_meets_no_word(who, half, other, searched, request, client_of):
    found = met_by(who, half.canaries, half, request, client_of)
    if who == "admin":  # looks after accounts, organisations and invitations, not after what they say
        assert not any("需求" in word or "供" in word for word in found)
        found = {word: where for word, where in found.items() if not _of_the_directory(word)}
    assert found == {}


def test_own_side_meets_its_words(half, searched, request, client_of):
    met = [met_by(who, half.canaries, half, request, client_of).keys() for who in INSIDE]
    never = set(half.canaries) - set().union(*met)
    assert sorted(never) == []


def _of_the_directory(word: str) -> bool:
    return word == "goldeagle" or any(part in word for part in ("机构", "手机", "队", "受邀"))


@pytest.mark.parametrize("who", [*OUTSIDE, "nobody", "leader"])
def test_hidden_things_leave_no_shadow(who, half, other, request, client_of):
    client = client_of(request.getfixturevalue(who))
    before = dict(_shadows(client, half))
    world.demand(half, "另稿")
    world.demand(half, "另密", state="accepted", disclosure="confidential")
    world.demand(half, "另定", state="submitted", disclosure="directed")
    world.offer(half, "另供")
    world.offer(half, "另审", state="submitted", disclosure="public")
    world.offer(half, "另密", state="reviewed", disclosure="confidential")
    after = dict(_shadows(client, half))
    assert [url for url, text in after.items() if text != before[url]] == []


def test_hidden_things_do_show_to_their_own(half, owner, client_of):
    client = client_of(owner)
    before = dict(_shadows(client, half))
    world.demand(half, "另稿")
    after = dict(_shadows(client, half))
    assert [url for url, text in after.items() if text != before[url]] != []


def _shadows(client: Any, half: Half) -> Any:
    lists = ["/", "/demands/", "/offers/", "/demands/?q=金雕", "/demands/?sort=-title&size=100", "/jobs/", "/imports/"]
    lists += [f"/demands/?region={half.league}", f"/offers/?region={half.league}", "/demands/?state=submitted"]
    lists += [f"/parties/organisations/{half.company.code}/", f"/parties/organisations/{half.university.code}/"]
    lists += [f"/registry/regions/{half.league}/"]
    for url in lists:
        yield url, without_tokens(client.get(url).content.decode())
    yield from ((url, text) for url, text in exports(client) if url.endswith("csv"))
