"""Several people at once: one wins, the others are told, and the ledger holds one entry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from duijie.site.demands.models import Demand
from duijie.site.kernel.errors import Refusal
from duijie.site.ledger.models import Entry
from duijie.site.matching.actions import asking, working
from duijie.site.matching.models import Inquiry, Match
from duijie.site.offers.models import Offer
from duijie.site.parties.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts):
    def attempt(act):
        try:
            act()
        except Refusal as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def test_of_two_brokers_at_once_one_has_the_match_and_the_other_hears_who(
    cabbage, answering, broker, league_officer, appoint
):
    people = [broker.pk, league_officer.pk, appoint("林涛", "broker", "150100").pk]

    def take(person):
        def act():
            working.take_up(Demand.objects.get(), Offer.objects.get(pk=answering.pk), actor=User.objects.get(pk=person))

        return act

    said = at_once([take(person) for person in people])
    match = Match.objects.get()
    assert said.count("won") == 1
    assert sum(f"已由{match.broker.name}" in one for one in said) == 2
    assert Entry.objects.filter(verb="match.take").count() == 1


def test_answer_sent_eight_times_at_once_is_heard_once(asked):
    def act():
        inquiry = Inquiry.objects.select_related("match__demand").get()
        asking.answer_inquiry(inquiry, says="yes", actor=None)

    said = at_once([act] * 8)
    assert said.count("won") == 1
    assert Entry.objects.filter(verb="inquiry.answer").count() == 1
