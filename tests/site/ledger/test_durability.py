"""What was acknowledged survives ``kill -9``, and nothing is half done. Forty kills stand in benchmarks/ledger.py."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from duijie.site.ledger.models import Entry
from duijie.site.ledger.verify import verify
from tests.site.ledger.killing import killed_writer
from tests.site.ledger.parcels import Parcel, State

KILLS = 5


def address() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{settings['NAME']}"
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared_parcels")
def test_kill_of_a_writer_loses_nothing_and_leaves_nothing_half_done():
    dice, acknowledged = random.Random(20), []
    for turn in range(KILLS):
        acknowledged += killed_writer(address(), first=turn * 10_000, dice=dice)
    singles = [code for code in acknowledged if code.startswith("P-")]
    batches = [code for code in acknowledged if code.startswith("Q-")]
    assert Parcel.objects.filter(pk__in=singles, state=State.SENT, revision=2).count() == len(singles) >= KILLS
    for batch in batches:
        assert Parcel.objects.filter(pk__startswith=batch).count() == 20
    assert Parcel.objects.filter(pk__startswith="Q-").count() % 20 == 0
    made = Entry.objects.filter(kind="parcels.parcel", revision=1).count()
    assert made == Parcel.objects.count() == Parcel.versions.filter(revision=1).count()
    assert verify(models=[Parcel]).sound
