"""The process that carries out jobs and, by the clock, the office's daily duties.

It has a fixed name. What it was doing when it died is found under that name when it is back, and begun again; so is the work
of another worker that has not been heard of for :attr:`Worker.LOST`. Told to end, it stops at its job's next step.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as Hand
from django_tasks_db.models import DBTaskResult

from duijie.site.kernel import clock, jobs
from duijie.site.kernel.errors import Refusal
from duijie.site.kernel.models import Job, JobState, Worker
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from django.utils.functional import _StrOrPromise

_BEAT_SECONDS = 15
_PATIENCE = 2  # seconds
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """What the office does every day from an hour on, once, whoever asked for nothing."""

    name: str
    title: _StrOrPromise
    work: jobs.Work
    at: time = time(0, 5)


def serve(
    name: str = "worker", *, duties: Sequence[Duty] = (), follow: Callable[[], object] = int, interval: float = 1.0
) -> None:
    """Carry out jobs until told to end; ``follow`` is called beside them all the time, for what runs after the ledger."""
    with _only_one(name), _ending(), _beating(name), _beside(follow, every=interval):
        put_back_lost(name)
        while not jobs.leaving.is_set():
            _calmly(lambda: _round(name, duties))
            jobs.leaving.wait(interval)


def work_off(name: str = "worker") -> None:
    """Carry out what is waiting, one after the other, and return."""
    hand = Hand(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
    )
    while not jobs.leaving.is_set() and (task := _next(name)):
        hand.run_task(task)


def _round(name: str, duties: Sequence[Duty]) -> None:
    start_due(duties, clock.now())
    put_back_lost()
    work_off(name)


def _next(name: str) -> Any:
    """Take the task whose turn it is. Looking first keeps an idle worker from SQLite's only write lock."""
    ready = DBTaskResult.objects.ready()
    if not ready.exists():
        return None
    with transaction.atomic():
        task = ready.get_locked()
        if task is not None:
            task.claim(name)
    return task


def start_due(duties: Sequence[Duty], now: datetime) -> None:
    """Start the duties whose hour has come today; ``once`` keeps it to one start, however many workers look."""
    local = timezone.localtime(now)
    for duty in duties:
        once = f"{duty.name} {local.date()}"
        if local.time() >= duty.at and once not in _started:
            if not Job.objects.filter(once=once).exists():
                jobs.start(duty.work, owner=None, title=duty.title, once=once)
            _started.add(once)


_started: set[str] = set()


def put_back_lost(own: str = "") -> None:
    """Queue again what workers were doing who are gone: every lost one, and the one called ``own``, which begins anew."""
    now = clock.now()
    alive = {worker.name for worker in Worker.objects.all() if not worker.is_lost(now)} - {own}
    for job in Job.objects.filter(state=JobState.RUNNING).exclude(worker__in=alive):
        jobs.put_back(job)
    for task in DBTaskResult.objects.running():
        if not alive.intersection(task.worker_ids[-1:]):
            _put_back_task(task)


def _put_back_task(task: Any) -> None:
    """A job's task is over, for the job was queued anew; any other is tried again."""
    running = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, worker_ids=task.worker_ids)
    if task.task_path == jobs.carry_out.module_path or len(task.worker_ids) >= jobs.ATTEMPTS:
        running.update(
            status=TaskResultStatus.FAILED,
            finished_at=clock.now(),
            traceback="the worker died",
            exception_class_path="",
        )
    else:
        running.update(status=TaskResultStatus.READY, started_at=None)


@contextmanager
def _only_one(name: str) -> Iterator[None]:
    """Two workers of one name would take each other's work for lost."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                say(
                    f"名为 {name} 的后台进程已在运行；要再开一个，请用 --name 另起名字。",
                    f"a worker called {name} is running already; to have another, give it a --name of its own.",
                )
            ) from None
        yield


@contextmanager
def _ending() -> Iterator[None]:
    """On SIGTERM and Ctrl-C end at the job's next step; a second one ends at once, and the job begins anew later."""

    def end(number: int, _frame: object) -> None:
        if jobs.leaving.is_set():
            os._exit(128 + number)
        jobs.leaving.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        jobs.leaving.clear()


@contextmanager
def _beating(name: str) -> Iterator[None]:
    """Say every few seconds that this worker lives."""
    started = clock.now()

    def beat() -> None:
        values = {"host": socket.gethostname()[:120], "started_at": started, "beat_at": clock.now()}
        with transaction.atomic():
            if not Worker.objects.filter(name=name).update(**values):
                Worker.objects.bulk_create([Worker(name=name, **values)], ignore_conflicts=True)

    beat()
    try:
        with _beside(beat, every=_BEAT_SECONDS):
            yield
    finally:
        _calmly(lambda: Worker.objects.filter(name=name, started_at=started).delete())


@contextmanager
def _beside(act: Callable[[], object], *, every: float) -> Iterator[None]:
    """Do something every few seconds in a thread of its own, with its own connection, for a job may take long.

    What is still at work :data:`_PATIENCE` seconds after the end ends with the process, so it must bear being cut off.
    """
    over = threading.Event()

    def keep_acting() -> None:
        while not over.is_set():
            _calmly(act)
            over.wait(every)
        connection.close()

    thread = threading.Thread(target=keep_acting, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=_PATIENCE)


def _calmly(act: Callable[[], object]) -> None:
    """A database that is away for a moment ends no worker."""
    try:
        close_old_connections()
        act()
    except DatabaseError:
        _log.exception("the database did not answer; trying again")
