"""The story, told on its small stage: every state, every role, a sound ledger, and no page that breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from duijie.site.demands.models import Demand
from duijie.site.demands.states import NEXT as DEMAND_NEXT
from duijie.site.demands.states import State as DemandState
from duijie.site.demo import story
from duijie.site.demo.people import PASSWORD, PEOPLE
from duijie.site.desk.queries import desk
from duijie.site.files.models import Attachment
from duijie.site.imports.models import Batch
from duijie.site.kernel.errors import Refusal
from duijie.site.ledger.verify import verify
from duijie.site.offers.models import Offer
from duijie.site.offers.states import State as OfferState
from duijie.site.parties.models import Mechanism, Organisation, Role, Team, User

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
DOWNSTREAM = {
    DemandState.SIGNED, DemandState.UNDER_WAY, DemandState.DELIVERED, DemandState.FAILED, DemandState.FOLLOWED_UP,
    DemandState.FELL_THROUGH,
}  # fmt: skip
"""No action leads here before the rooms of meetings and agreements exist."""
BUSY = ("quyu", "mengshi", "mengshi2", "qixian", "tingju", "qiye", "gaoxiao", "tuandui")
LISTS = ("desk:desk", "demands:list", "offers:list", "parties:organisations", "parties:teams", "parties:mechanisms")


@pytest.fixture(scope="module", autouse=True)
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tell it once for all tests of this module, and take it back afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock():
        stage = transaction.atomic()
        stage.__enter__()
        story.tell(stage="small")
        yield
        transaction.set_rollback(True)
        stage.__exit__(None, None, None)


def test_story_brings_demands_to_every_state_that_has_an_action() -> None:
    reached = set(Demand.objects.values_list("state", flat=True))
    assert reached == set(DEMAND_NEXT) - DOWNSTREAM


def test_story_brings_offers_to_every_state() -> None:
    assert set(Offer.objects.values_list("state", flat=True)) == set(OfferState)


def test_story_gives_every_role_an_account_that_signs_in() -> None:
    assert {person.role for person in PEOPLE if person.shown} == set(Role)
    for username, password, _words in story.accounts():
        answer = Client().post(reverse("account_login"), {"login": username, "password": password})
        assert (answer.status_code, username) == (302, username)


@pytest.mark.parametrize("username", BUSY)
def test_story_leaves_something_to_do_on_the_desk_of(username: str) -> None:
    assert desk(User.objects.get(username=username), "todo").total > 0


def test_story_leaves_something_overdue() -> None:
    assert desk(User.objects.get(username="quyu"), "todo").overdue > 0
    assert desk(User.objects.get(username="mengshi"), "todo").overdue > 0


def test_story_leaves_a_ledger_that_verifies() -> None:
    assert verify().sound


@pytest.mark.parametrize("username", [person.username for person in PEOPLE if person.shown])
def test_story_breaks_no_list_of(username: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    for name in LISTS:
        assert client.get(reverse(name)).status_code == 200, name


@pytest.mark.parametrize("username", BUSY)
def test_story_breaks_no_page_on_the_desk_of(username: str) -> None:
    client, user = Client(), User.objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for line in desk(user, "todo").lines[:6]:
        assert client.get(line.row.url).status_code == 200, line.row.url


def test_story_has_batches_done_and_waiting_and_attachments() -> None:
    assert set(Batch.objects.values_list("state", flat=True)) == {"imported", "checked"}
    assert Attachment.objects.exists()
    waiting = Batch.objects.get(state="checked")
    assert (waiting.good, waiting.bad) == (7, 2)


def test_story_has_stale_teams_and_a_mechanism_whose_members_changed() -> None:
    assert Team.objects.present().stale().exists()
    assert Team.objects.present().fresh().exists()
    mechanism = Mechanism.objects.get(name__contains="4+8+N")
    assert mechanism.members.exclude(valid_to=None).count() == 1
    assert mechanism.lead_group.filter(valid_to=None, office="head").count() == 1


def test_story_marks_every_invented_organisation_as_a_sample() -> None:
    unmarked = Organisation.objects.exclude(name__contains="样例").exclude(about__startswith="示范数据")
    assert not unmarked.exists()


def test_story_is_not_told_to_a_database_that_holds_something() -> None:
    with pytest.raises(Refusal, match="只讲给空的数据库"):
        story.tell(stage="small")
    assert PASSWORD not in str(User.objects.first().password)
