"""The worker as a process: killed in the middle of its work, told to end, started twice."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, connections

from duijie.engine.matching.index import Index
from duijie.site.kernel import jobs, worker
from duijie.site.kernel.models import Job, JobState, Worker

from .conftest import address_of, wait_for
from .shepherd import count_slowly

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(environment):
    return {**environment, "DUIJIE_DATABASE_URL": address_of(connection.settings_dict)}


@pytest.fixture
def marks(tmp_path):
    path = tmp_path / "marks"
    path.touch()
    return path


def counting(marks, many=400, seconds=0.05):
    return jobs.start(count_slowly, owner=None, title="数羊", marks=str(marks), many=many, seconds=seconds)


def state_of(job):
    job.refresh_from_db()
    return job.state


def under_way(job):
    return wait_for(lambda: state_of(job) == JobState.RUNNING and job.done)


def test_work_interrupted_by_kill_runs_again_and_is_done(start, marks):
    job = counting(marks, many=40)
    worker = start("worker")
    under_way(job)
    worker.kill()
    worker.wait()
    assert state_of(job) == JobState.RUNNING
    start("worker")
    wait_for(lambda: state_of(job) == JobState.DONE)
    assert marks.read_text().split() == ["begun", "begun", "done"]
    assert job.attempts == 2


def test_work_interrupted_by_kill_three_times_fails_in_words(start, marks):
    job = counting(marks)
    for time in range(1, jobs.ATTEMPTS + 1):
        worker = start("worker")
        wait_for(lambda time=time: marks.read_text().count("begun") == time)
        worker.kill()
        worker.wait()
    start("worker")
    wait_for(lambda: state_of(job) == JobState.FAILED)
    assert "3 次" in job.message
    assert marks.read_text().split() == ["begun"] * 3


def test_worker_told_to_end_stops_at_the_next_step_and_goes_on_later(start, marks):
    job = counting(marks)
    worker = start("worker")
    under_way(job)
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    assert state_of(job) == JobState.WAITING
    assert job.attempts == 0
    assert not Worker.objects.exists()


def test_worker_is_heard_of_while_it_lives(start):
    start("worker", "--name", "night-shift")
    assert wait_for(Worker.objects.first).name == "night-shift"


def test_second_worker_of_one_name_is_refused_in_words(start, run):
    start("worker")
    wait_for(Worker.objects.exists)
    code, said = run("worker")
    assert code == 2
    assert "worker" in said
    assert "--name" in said


def test_index_follows_the_ledger_while_a_long_job_runs(start, marks, tmp_path, found):
    first = found("蒙草种业有限公司")
    job = counting(marks, many=1200)
    start("worker")
    under_way(job)
    wait_for(lambda: indexed(tmp_path) == {first.code})
    second = found("巴盟葵花籽厂")
    wait_for(lambda: second.code in indexed(tmp_path), seconds=5)
    assert state_of(job) == JobState.RUNNING


def indexed(tmp_path):
    folder = tmp_path / "var" / "index" / "search"
    if not (folder / "manifest.json").exists():
        return set()
    return {document.id for document in Index.open(folder).snapshot.living()}


def test_what_runs_beside_the_jobs_bears_a_database_that_is_away_and_closes_its_connection():
    own = []

    def act():
        own.append(connections["default"])
        connection.ensure_connection()
        if len(own) == 1:
            raise OperationalError

    with worker._beside(act, every=0.01):
        wait_for(lambda: len(own) > 2)
    assert {wrapper.connection for wrapper in own} == {None}
    assert not any(wrapper is connections["default"] for wrapper in own)


def test_running_job_is_cancelled_while_its_worker_goes_on(start, marks, owner):
    job = counting(marks)
    Job.objects.update(owner=owner.code)
    start("worker")
    under_way(job)
    jobs.cancel(job, actor=owner)
    wait_for(lambda: state_of(job) == JobState.CANCELLED)
    second = counting(marks, many=1)
    wait_for(lambda: state_of(second) == JobState.DONE)
