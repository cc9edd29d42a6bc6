"""The indexes of offers and of demands: what stands in them, and how fast."""

from __future__ import annotations

import pytest

from duijie.site.ledger.actions import change
from duijie.site.matching import documents, shelf
from duijie.site.matching.queries.ranking import Corpus

pytestmark = pytest.mark.django_db


def ids(which: shelf.Shelf) -> set[str]:
    index = which.standing()
    assert index is not None
    return {document.id for document in index.snapshot.living()}


def test_offers_on_offer_and_present_teams_stand_in_the_index(provide, team):
    shown = [provide("甲"), provide("乙", state="reviewed")]
    for state in ("draft", "submitted", "expired"):
        provide(f"丙{state}", state=state)
    shelf.follow()
    assert ids(shelf.OFFERS) == {*(one.code for one in shown), team.code}


def test_open_demands_stand_in_the_index(ask):
    sought = {ask(state, state=state).code for state in ("accepted", "published", "directed", "matching")}
    for state in ("draft", "submitted", "signed", "in_talks"):
        ask(state, state=state)
    shelf.follow()
    assert ids(shelf.DEMANDS) == sought


def test_new_changed_and_withdrawn_offers_are_followed(provide, team):
    kept, leaving = provide("甲"), provide("乙")
    shelf.follow()
    change(kept, actor=None, verb="offer.change", to={"title": "甲改"})
    change(leaving, actor=None, verb="offer.withdraw", to={"state": "withdrawn", "exit_reason": "other"})
    new = provide("丙")
    shelf.follow()
    assert ids(shelf.OFFERS) == {kept.code, new.code, team.code}
    snapshot = Corpus.standing().snapshot
    found = snapshot.document(int(snapshot.positions([kept.code])[0]))
    assert (found.title, documents.revision_of(found.kind)) == ("甲改", 2)


def test_dissolved_team_leaves_the_index(team):
    from duijie.site.kernel import clock

    shelf.follow()
    change(team, actor=None, verb="team.dissolve", to={"dissolved_on": clock.today()})
    shelf.follow()
    assert ids(shelf.OFFERS) == set()


def test_empty_corpus_has_an_index(db):
    shelf.follow()
    assert ids(shelf.OFFERS) == ids(shelf.DEMANDS) == set()


def test_following_twice_changes_nothing(provide):
    offer = provide("甲")
    shelf.follow()
    shelf.OFFERS.write_cursor(type(shelf.OFFERS.read_cursor())(0, {}))  # as after a crash
    shelf.follow()
    assert ids(shelf.OFFERS) == {offer.code}
    assert shelf.follow() == 0


def test_price_is_compared_in_ten_thousand_yuan(provide):
    assert documents.offer_document(provide("甲", price=250_000)).budget == 25.0


def test_seal_tells_one_corpus_from_another(provide):
    provide("甲")
    shelf.follow()
    before = Corpus.standing().seal
    assert Corpus.standing().seal == before
    provide("乙")
    shelf.follow()
    assert Corpus.standing().seal != before


def test_what_was_indexed_anew_is_not_read_again(provide, ask):
    """Reading a text with the encoder is dear."""
    offer = provide("甲")
    ask("乙")
    shelf.rebuild()
    assert shelf.follow() == 0
    change(offer, actor=None, verb="offer.change", to={"title": "甲改"})
    assert shelf.follow() == 1
