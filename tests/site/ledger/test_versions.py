"""What was known at any moment is what a naive clerk had written down by then."""

from __future__ import annotations

import random

import pytest

from duijie.site.ledger.models import FOREVER, recorded_models
from tests.site.ledger.histories import BEGAN, FIELDS, live
from tests.site.ledger.parcels import Parcel, State

pytestmark = pytest.mark.usefixtures("parcels")


def known_at(moment):
    return {
        version.code: {name: getattr(version, name) for name in FIELDS} for version in Parcel.objects.known_at(moment)
    }


@pytest.mark.parametrize("seed", range(12))
def test_known_at_agrees_with_a_naive_clerk(seed):
    clerk = live(seed, steps=60)
    book = dict(clerk)  # of several things at one moment, the last is what was known
    for moment in random.Random(seed).sample(sorted(book), 15):
        assert known_at(moment) == book[moment]
    assert known_at(BEGAN.replace(year=2025)) == {}


def test_versions_answer_the_same_questions_as_rows():
    clerk = live(5, steps=80)
    for moment, book in clerk[::7]:
        arrived = {code for code, row in book.items() if row["state"] == State.ARRIVED}
        later = [at for at, _ in clerk if at == moment]
        if len(later) == 1:
            assert set(Parcel.objects.known_at(moment).arrived().values_list("code", flat=True)) == arrived


def test_one_version_of_each_row_stands_and_says_what_the_row_says():
    live(9, steps=80)
    standing = Parcel.versions.filter(known_to=FOREVER)
    names = [field.attname for field in Parcel.recorded_fields()]
    assert list(standing.order_by("code").values_list("revision", *names)) == list(
        Parcel.objects.order_by("code").values_list("revision", *names)
    )


def test_every_recorded_model_keeps_versions_with_its_fields():
    for model in recorded_models():
        columns = {field.name for field in model.versions.model._meta.concrete_fields}
        assert {field.name for field in model.recorded_fields()} <= columns, model
        assert not model.PRIVATE & columns, model
        assert isinstance(model.versions.all(), type(model._default_manager.all()) | object)
