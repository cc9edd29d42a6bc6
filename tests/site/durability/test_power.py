"""A power cut loses nothing acknowledged and leaves nothing half done."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.site.operations.conftest import address_of

from . import cuts, people
from .served import Process, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(tmp_path, settings):
    people.companies.cache_clear()
    settings.VAR = tmp_path / "var"
    address = address_of(connection.settings_dict)
    return {"DUIJIE_VAR": str(settings.VAR), "DUIJIE_SECRET_KEY": settings.SECRET_KEY, "DUIJIE_DATABASE_URL": address}


def test_what_was_handed_in_survives_the_cut_and_nothing_is_half_done(environment):
    outcome = cuts.cut_submissions(environment, kills=3)
    assert outcome.acknowledged >= 3
    assert outcome[1:] == (0, 0, "yes")


def test_import_that_was_cut_goes_on_by_itself_and_is_whole(environment):
    assert cuts.cut_imports(environment, kills=2) == (2, 0, 0, "yes")


def test_import_that_is_cut_every_time_fails_in_words_after_three_attempts(environment):
    officer = people.appoint("其木格", "officer", region="150000")
    content = people.sheet([one.name for one in people.companies(2)], 10)
    batch = cuts._confirmed(officer, content)
    cuts.begin(batch, officer)
    job = cuts._job(batch)
    # two attempts were cut; the third is cut as well
    type(job).objects.filter(code=job.code).update(state="running", worker="worker", attempts=3)
    worker = Process("worker", environment=environment)
    try:
        wait_for(lambda: cuts._job(batch).is_finished)
    finally:
        worker.end()
    job = cuts._job(batch)
    assert job.state == "failed"
    assert "3" in job.message
    assert cuts.imported(batch) == 0
