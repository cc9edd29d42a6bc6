"""The site's commands: quick where they need no site, and one sentence where something is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from duijie.site.kernel.errors import Refusal
from duijie.site.operations.invite import invite
from duijie.site.parties.actions.invitations import invitation_of


def test_commands_of_the_engine_load_no_django():
    text = "import sys, duijie.cli; print(sorted({'django', 'numpy', 'granian', 'psycopg'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_invitation_from_the_command_line_is_a_link_that_works(db, client_of):
    said = invite("何平", role="admin", region="", address="http://127.0.0.1:8000/")
    link = said[-1]
    assert link.startswith("http://127.0.0.1:8000/parties/")
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert invitation_of(token).role == "admin"
    assert client_of().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize(("role", "region", "said"), [("contact", "", "可选"), ("admin", "999999", "999999")])
def test_invitation_to_what_is_not_there_is_refused_in_words(db, role, region, said):
    with pytest.raises(Refusal, match=said):
        invite("何平", role=role, region=region, address="http://x")


def test_wrong_environment_is_one_sentence(run):
    code, said = run("doctor", DUIJIE_IDLE_MINUTES="soon")
    assert code == 1
    assert "DUIJIE_IDLE_MINUTES" in said
    assert len(said.splitlines()) == 1


def test_duties_are_there_and_their_work_is_found_by_name(db):
    from django.utils.module_loading import import_string

    from duijie.site.operations.duties import DUTIES

    assert [import_string(duty.work.path) for duty in DUTIES] == [duty.work for duty in DUTIES]


def test_every_duty_is_done_in_words_or_not_at_all(db, company):
    from duijie.site.kernel import jobs, worker
    from duijie.site.kernel.models import Job, JobState
    from duijie.site.ledger.models import Entry
    from duijie.site.operations.duties import DUTIES

    for duty in DUTIES:
        jobs.start(duty.work, owner=None, title=duty.title)
    worker.work_off()
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert not Entry.objects.filter(seal=None).exists()
