"""Long work: it shows its progress, can be left, cancelled, and interrupted by anything, and says when it is done.

A room declares what is to be done, and starts it from a view or an action::

    @work
    def count_sheep(progress: Progress, *, field: str) -> dict[str, Any]:
        for sheep in progress.over(sheep_of(field)):
            …
        return {"url": reverse(…), "summary": _("…")}

    job = jobs.start(count_sheep, owner=request.user, title=_("数羊"), field="F-1")
    return redirect("kernel:job", job.code)

Work must be *idempotent*: after a power cut it starts again from the beginning, at most :data:`ATTEMPTS` times. Each call of
``progress`` is a point where it may be stopped, so a transaction that must not be lost ends before it. Inside a
transaction others see no progress, and SQLite lets nobody else write: keep transactions short.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import TaskContext, task

from duijie import words
from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Refusal, WrongState
from duijie.site.kernel.models import OPEN, Job, JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from django.utils.functional import _StrOrPromise

T = TypeVar("T")
ATTEMPTS = 3
"""How often a job that dies with its worker is begun."""
_TELL_EVERY = 0.5  # seconds
_log = logging.getLogger(__name__)


class Stop(BaseException):
    """A job's work ends here; not an ``Exception``, so that no work swallows it by mistake."""


class Cancelled(Stop):
    """Its owner wants it no more."""


class Superseded(Stop):
    """Another worker carries it out by now."""


class Leaving(Stop):
    """The worker was told to end; the job goes on when it is back."""


class Owner(Protocol):
    """Who starts a job."""

    @property
    def code(self) -> str:
        """The owner's code, which never changes."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a kind of job does, and the name it is found by."""

    path: str
    do: Callable[..., Mapping[str, Any] | None]


def work(function: Callable[..., Mapping[str, Any] | None]) -> Work:
    """Declare a function of a module as work: it takes a :class:`Progress` and named JSON values."""
    return Work(f"{function.__module__}.{function.__qualname__}", function)


def start(
    work: Work, *, owner: Owner | None, title: _StrOrPromise, total: int = 0, once: str | None = None, **arguments: Any
) -> Job:
    """Queue work and return its job. Of two starts with the same ``once``, the second returns the first one's job."""
    try:
        with transaction.atomic():
            job = Job(
                code=take_code("J"),
                kind=work.path,
                arguments=arguments,
                owner=owner.code if owner else "",
                title=str(title)[:120],
                language=translation.get_language() or "zh-hans",
                total=total,
                once=once,
                created_at=clock.now(),
            )
            job.save(force_insert=True)
            carry_out.enqueue(job.code)
    except IntegrityError:
        if once is None:
            raise
        return Job.objects.get(once=once)
    return job


def job_of(user: Any, code: str) -> Job:
    """Return the user's job; somebody else's looks like one that is not there."""
    return get_object_or_404(Job.objects.visible_to(user), code=code)


def may_cancel(job: Job, user: Any) -> bool:
    """Say whether the user may still call the job off."""
    return is_mine(job, user) and not job.is_finished and not job.cancelling


def is_mine(job: Job, user: Any) -> bool:
    """Say whether the user started the job."""
    return bool(job.owner) and job.owner == user.code


def cancel(job: Job, *, actor: Any) -> None:
    """Call a job off: at once if it waits, at its next step if it runs."""
    if not is_mine(job, actor):
        raise Forbidden(_("只有发起人可以取消。"))
    now = clock.now()
    waiting = Job.objects.filter(code=job.code, state=JobState.WAITING)
    if waiting.update(state=JobState.CANCELLED, finished_at=now, message=_("已取消，没有开始处理。"), seen=True):
        return
    if not Job.objects.filter(code=job.code, state=JobState.RUNNING).update(cancelling=True):
        raise WrongState(_("%(code)s 已经结束，不能取消。") % {"code": job.code})


class Progress:
    """How a work tells how far it is, and learns that it should stop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told = 0.0

    def tell(self, message: _StrOrPromise = "", *, done: int | None = None, total: int | None = None) -> None:
        """Say how far the work is; raises a :class:`Stop` when it should end."""
        if leaving.is_set():
            raise Leaving
        job = self.job
        job.done = job.done if done is None else done
        job.total = job.total if total is None else total
        new = str(message)[:300] if message else job.message
        if new != job.message or time.monotonic() - self._told >= _TELL_EVERY:
            job.message = new
            self._write()

    def advance(self, count: int = 1) -> None:
        """Say that ``count`` more are done."""
        self.tell(done=self.job.done + count)

    def over(self, things: Collection[T]) -> Iterator[T]:
        """Yield each of ``things``, and count those that are done with."""
        self.tell(done=0, total=len(things))
        for thing in things:
            yield thing
            self.advance()

    def _write(self) -> None:
        self._told = time.monotonic()
        job = self.job
        mine = Job.objects.filter(code=job.code, state=JobState.RUNNING, attempts=job.attempts)
        if not mine.filter(cancelling=False).update(
            done=job.done, total=job.total, message=job.message, beat_at=clock.now()
        ):
            raise Cancelled if mine.exists() else Superseded


leaving = threading.Event()
"""Set when this process was told to end."""


@task(takes_context=True)
def carry_out(context: TaskContext, code: str) -> None:
    """Carry out one job. A job that was cancelled, or is done, or is another worker's, is left alone."""
    now = clock.now()
    worker = (context.task_result.worker_ids or [""])[-1]
    if not Job.objects.filter(code=code, state=JobState.WAITING).update(
        state=JobState.RUNNING,
        worker=worker,
        attempts=F("attempts") + 1,
        started_at=now,
        beat_at=now,
        done=0,
        message="",
    ):
        return
    job = Job.objects.get(code=code)
    with translation.override(job.language):
        words.speak("en" if job.language.startswith("en") else "zh")
        _carry_out(job)


def _carry_out(job: Job) -> None:
    progress = Progress(job)
    try:
        found = import_string(job.kind)
        result = found.do(progress, **job.arguments)
    except Cancelled:
        _finish(job, JobState.CANCELLED, _("已取消。"))
    except Superseded:
        return
    except Leaving:
        put_back(job, counted=False)
    except Refusal as refusal:
        _finish(job, JobState.FAILED, str(refusal))
    except Exception:
        _log.exception("job %s failed", job.code)
        sentence = _("处理时出了意外，没有完成。请稍后重新发起；再次出现时，请把编号 %(code)s 告诉管理员。")
        _finish(job, JobState.FAILED, sentence % {"code": job.code})
    else:
        result = dict(result or {})
        _finish(job, JobState.DONE, str(result.get("summary", "")), result=result, done=job.total or job.done)


def _finish(job: Job, state: JobState, message: str, **values: Any) -> None:
    Job.objects.filter(code=job.code, state=JobState.RUNNING, attempts=job.attempts).update(
        state=state, message=message[:300], finished_at=clock.now(), **values
    )


def put_back(job: Job, *, counted: bool = True) -> None:
    """Queue a job again that was interrupted, or fail it in words when that happened :data:`ATTEMPTS` times."""
    mine = Job.objects.filter(code=job.code, state=JobState.RUNNING, attempts=job.attempts)
    with translation.override(job.language), transaction.atomic():
        if job.cancelling:
            mine.update(state=JobState.CANCELLED, finished_at=clock.now(), message=_("已取消。"))
        elif counted and job.attempts >= ATTEMPTS:
            sentence = _("处理了 %(times)s 次都中途中断，不再重试。请把编号 %(code)s 告诉管理员。")
            mine.update(
                state=JobState.FAILED,
                finished_at=clock.now(),
                message=sentence % {"times": job.attempts, "code": job.code},
            )
        elif mine.update(
            state=JobState.WAITING,
            attempts=job.attempts - (not counted),
            message=_("处理中断，已重新排队。"),
        ):
            carry_out.enqueue(job.code)


def look_at(job: Job) -> None:
    """Note that its owner has seen how the job ended."""
    if job.is_finished and not job.seen:
        Job.objects.filter(code=job.code).exclude(state__in=OPEN).update(seen=True)
