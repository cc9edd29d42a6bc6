"""Long work: shows its progress, can be left and cancelled, begins again after its worker died, and fails in words."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from duijie.site.kernel import clock, jobs, worker
from duijie.site.kernel.errors import Forbidden, Refusal, WrongState
from duijie.site.kernel.models import Job, JobState, Worker

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@jobs.work
def count_sheep(progress, *, field, many=3):
    _seen.extend(progress.over([field] * many))
    return {"summary": f"{field} 有 {many} 只羊", "url": "/demands/"}


@jobs.work
def refuse(progress):
    raise Refusal("草场已经封了，请换一块。")


@jobs.work
def stumble(progress):
    raise ZeroDivisionError


@jobs.work
def change_ones_mind(progress, *, code):
    Job.objects.filter(code=code or progress.job.code).update(cancelling=True)
    progress.tell("还没发现")
    _seen.append("went on")


@jobs.work
def be_overtaken(progress):
    Job.objects.filter(code=progress.job.code).update(attempts=2)
    progress.tell("晚了一步")
    _seen.append("went on")


@jobs.work
def be_told_to_leave(progress):
    if not _seen:
        _seen.append("begun")
        jobs.leaving.set()
    progress.tell("做到一半")
    return {"summary": "做完了"}


_seen: list[str] = []


@pytest.fixture(autouse=True)
def fresh():
    _seen.clear()
    worker._started.clear()
    yield
    jobs.leaving.clear()


@pytest.fixture
def counting(owner):
    return jobs.start(count_sheep, owner=owner, title="数羊", field="F-1")


def run(job):
    worker.work_off()
    job.refresh_from_db()
    return job


def die_at_work(job, *, name="worker"):
    """Leave the rows as ``kill -9`` in the middle of the work leaves them."""
    task = DBTaskResult.objects.ready().get(args_kwargs__args=[job.code])
    task.claim(name)
    now = clock.now()
    Job.objects.filter(code=job.code).update(
        state=JobState.RUNNING, worker=name, attempts=job.attempts + 1, started_at=now, beat_at=now
    )
    job.refresh_from_db()


def test_job_says_how_far_it_came_and_what_came_of_it(counting):
    assert counting.code.startswith("J-")
    assert counting.state == JobState.WAITING
    run(counting)
    assert (counting.state, counting.done, counting.total, counting.percent) == (JobState.DONE, 3, 3, 100)
    assert counting.message == "F-1 有 3 只羊"
    assert counting.result["url"] == "/demands/"
    assert _seen == ["F-1"] * 3


def test_job_speaks_the_language_of_who_started_it(owner):
    from django.utils import translation

    with translation.override("en"):
        job = jobs.start(count_sheep, owner=owner, title="Sheep", field="F")
    assert job.language == "en"


def test_job_started_twice_with_one_key_is_one_job(owner):
    first = jobs.start(count_sheep, owner=owner, title="数羊", once="batch 7", field="F-1")
    second = jobs.start(count_sheep, owner=owner, title="数羊", once="batch 7", field="F-1")
    assert first == second
    run(first)
    assert len(_seen) == 3


def test_job_refused_fails_with_the_refusals_sentence(owner):
    job = run(jobs.start(refuse, owner=owner, title="放羊"))
    assert (job.state, job.message) == (JobState.FAILED, "草场已经封了，请换一块。")


def test_job_with_a_fault_fails_with_its_code_and_no_traceback(owner, caplog):
    job = run(jobs.start(stumble, owner=owner, title="分羊"))
    assert job.state == JobState.FAILED
    assert job.code in job.message
    assert "Zero" not in job.message
    assert "ZeroDivisionError" in caplog.text


def test_waiting_job_is_cancelled_at_once_and_never_begins(counting, owner):
    jobs.cancel(counting, actor=owner)
    assert run(counting).state == JobState.CANCELLED
    assert _seen == []


def test_running_job_is_cancelled_at_its_next_step(owner):
    job = run(jobs.start(change_ones_mind, owner=owner, title="犹豫", code=""))
    assert job.state == JobState.CANCELLED
    assert _seen == []


def test_job_taken_over_by_another_worker_stops_and_changes_nothing(owner):
    job = run(jobs.start(be_overtaken, owner=owner, title="慢"))
    assert (job.state, job.attempts, job.message) == (JobState.RUNNING, 2, "")
    assert _seen == []


def test_finished_job_cannot_be_cancelled(counting, owner):
    run(counting)
    with pytest.raises(WrongState, match="已经结束"):
        jobs.cancel(counting, actor=owner)


def test_job_is_cancelled_by_nobody_but_its_owner(counting, colleague):
    with pytest.raises(Forbidden):
        jobs.cancel(counting, actor=colleague)
    assert not jobs.may_cancel(counting, colleague)


def test_job_whose_worker_was_told_to_end_goes_on_later_without_losing_an_attempt(owner):
    job = run(jobs.start(be_told_to_leave, owner=owner, title="放羊"))
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    jobs.leaving.clear()
    run(job)
    assert (job.state, job.attempts, job.message) == (JobState.DONE, 1, "做完了")


def test_job_interrupted_by_kill_begins_again(counting):
    die_at_work(counting)
    worker.put_back_lost("worker")
    assert run(counting).state == JobState.DONE
    assert counting.attempts == 2
    assert not DBTaskResult.objects.running().exists()


def test_job_interrupted_three_times_fails_in_words(counting):
    for _time in range(jobs.ATTEMPTS):
        die_at_work(counting)
        worker.put_back_lost("worker")
        counting.refresh_from_db()
    assert counting.state == JobState.FAILED
    assert "3 次" in counting.message
    worker.work_off()
    assert _seen == []
    assert not DBTaskResult.objects.running().exists()


def test_job_of_a_living_worker_is_left_to_it(counting):
    now = clock.now()
    Worker.objects.create(name="other", host="h", started_at=now, beat_at=now)
    die_at_work(counting, name="other")
    worker.put_back_lost("worker")
    counting.refresh_from_db()
    assert counting.state == JobState.RUNNING


def test_job_of_a_worker_not_heard_of_is_taken_over(counting):
    long_ago = clock.now() - Worker.LOST - timedelta(seconds=1)
    Worker.objects.create(name="other", host="h", started_at=long_ago, beat_at=long_ago)
    die_at_work(counting, name="other")
    worker.put_back_lost()
    assert run(counting).state == JobState.DONE


def test_job_done_but_not_ticked_off_is_not_done_twice(counting):
    run(counting)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    worker.put_back_lost("worker")
    run(counting)
    assert _seen == ["F-1"] * 3
    assert counting.attempts == 1


def test_cancelled_job_whose_worker_died_stays_cancelled(counting, owner):
    die_at_work(counting)
    jobs.cancel(counting, actor=owner)
    worker.put_back_lost("worker")
    assert run(counting).state == JobState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_eight_starts_at_once_with_one_key_make_one_job():
    made, ready = [], threading.Barrier(8)

    def start():
        ready.wait()
        made.append(jobs.start(count_sheep, owner=None, title="数羊", once="race", field="F").code)
        connection.close()

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(made) == 8


def test_duty_is_started_once_a_day_after_its_hour(db):
    duty = worker.Duty("sheep.count", "数羊", count_sheep)
    midnight = NOON.replace(hour=16)  # 00:00 of the 24th in Shanghai
    for moment in (NOON, NOON + timedelta(hours=1), midnight, midnight + timedelta(minutes=5)):
        worker._started.clear()
        worker.start_due([duty], moment)
    assert sorted(Job.objects.values_list("once", flat=True)) == ["sheep.count 2026-11-23", "sheep.count 2026-11-24"]


# -- pages -------------------------------------------------------------------------------------------------------------


def test_job_page_shows_progress_and_htmx_gets_only_what_changes(counting, client_of, owner):
    client = client_of(owner)
    page = client.get(f"/jobs/{counting.code}/")
    part = client.get(f"/jobs/{counting.code}/", headers={"HX-Request": "true"})
    assert "数羊" in page.text
    assert "</html>" in page.text
    assert "</html>" not in part.text
    assert "取消这项任务" in part.text
    assert "HX-Request" in page["Vary"]


def test_job_page_of_a_finished_job_leads_to_its_result(counting, client_of, owner):
    run(counting)
    page = client_of(owner).get(f"/jobs/{counting.code}/")
    assert 'href="/demands/"' in page.text
    assert "F-1 有 3 只羊" in page.text
    assert "取消这项任务" not in page.text


def test_finished_job_is_news_until_its_owner_looked(counting, client_of, owner):
    run(counting)
    assert Job.objects.visible_to(owner).news().count() == 1
    client_of(owner).get(f"/jobs/{counting.code}/")
    assert not Job.objects.visible_to(owner).news().exists()


def test_job_is_cancelled_from_its_page(counting, client_of, owner):
    answer = client_of(owner).post(f"/jobs/{counting.code}/cancel/", follow=True)
    counting.refresh_from_db()
    assert counting.state == JobState.CANCELLED
    assert "已取消" in answer.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_job_of_somebody_else_looks_like_none(counting, client_of, stranger, colleague, method):
    tail = "cancel/" if method == "post" else ""
    for person in (stranger, colleague):
        client = client_of(person)
        assert getattr(client, method)(f"/jobs/{counting.code}/{tail}").status_code == 404
        assert getattr(client, method)(f"/jobs/J-0000-0000/{tail}").status_code == 404
    counting.refresh_from_db()
    assert counting.state == JobState.WAITING


def test_job_list_shows_mine_and_nobody_elses(counting, client_of, owner, stranger):
    assert counting.code in client_of(owner).get("/jobs/").text
    assert counting.code not in client_of(stranger).get("/jobs/").text


def test_job_list_asks_as_many_questions_for_one_as_for_three(
    owner, client_of, counting, django_assert_num_queries, django_assert_max_num_queries
):
    from django.test.utils import CaptureQueriesContext

    client = client_of(owner)
    client.get("/jobs/")
    with CaptureQueriesContext(connection) as one:
        client.get("/jobs/")
    for field in ("F-2", "F-3"):
        jobs.start(count_sheep, owner=owner, title="数羊", field=field)
    with CaptureQueriesContext(connection) as three:
        client.get("/jobs/")
    assert len(three) == len(one)


def test_jobs_of_nobody_need_a_sign_in(client_of, db):
    jobs.start(count_sheep, owner=None, title="数羊", field="F-1")
    assert client_of().get("/jobs/").status_code == 302
