"""Long work on a batch: checking, importing and undoing, carried out by the worker.

Each may be interrupted by anything and begin again: what is written is written in one transaction with the batch's step.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.imports import actions, checking
from duijie.site.imports.models import Batch
from duijie.site.imports.states import WORKING, State
from duijie.site.kernel import jobs
from duijie.site.kernel.errors import Refusal
from duijie.site.kernel.jobs import Progress, work
from duijie.site.parties.models import User
from duijie.tables.problems import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from duijie.site.kernel.models import Job

HEED = 0.5
"""Seconds between two reports of progress: each is a write that reaches the disk."""


@work
def check(progress: Progress, *, code: str, actor: str) -> Mapping[str, Any]:
    """Read and check the rows of a batch. Done twice it is the same as once."""
    batch, person = _meant(code, actor)
    if batch.state == State.CHECKING:
        with told_of_failure(batch, person):
            found = checking.check_batch(batch, actor=person, heed=_counting(progress, 0))
            actions.note_checked(batch, found, actor=person)
    summary = _("核对完毕：%(good)s 行可以导入，%(bad)s 行有问题。") % {"good": batch.good, "bad": batch.bad}
    return {"summary": summary, "url": reverse("imports:batch", args=[code])}


@work
def run(progress: Progress, *, code: str, actor: str) -> Mapping[str, Any]:
    """Import the good rows of a batch, all or none. Interrupted, it starts again; what is done is not done twice."""
    batch, person = _meant(code, actor)
    if batch.state == State.IMPORTING:
        with told_of_failure(batch, person):
            rows = checking.read_batch(batch, actor=person, heed=_counting(progress, batch.good)).rows
            said = _("正在写入 %(count)s 行，要么全部成功，要么一行不写") % {"count": len(rows)}
            progress.tell(said, done=len(rows))
            actions.import_batch(batch, rows, actor=person)
    summary = _("已导入 %(count)s 行。") % {"count": batch.imported}
    return {"summary": summary, "url": reverse("imports:batch", args=[code])}


@work
def take_back(progress: Progress, *, code: str, actor: str) -> Mapping[str, Any]:
    """Undo an imported batch, all or none."""
    batch, person = _meant(code, actor)
    if batch.state == State.UNDOING:
        progress.tell(_("正在收回 %(count)s 条记录") % {"count": batch.imported})
        with told_of_failure(batch, person):
            actions.undo_batch(batch, actor=person)
    summary = _("已撤销这一批次，收回 %(count)s 条记录。") % {"count": batch.imported}
    return {"summary": summary, "url": reverse("imports:batch", args=[code])}


WORK = {State.CHECKING: check, State.IMPORTING: run, State.UNDOING: take_back}


def begin(batch: Batch, *, actor: User) -> Job:
    """Start the work that the batch's state asks for; of two starts for one step there is one job."""
    titles = {
        State.CHECKING: _("核对 %(file)s"),
        State.IMPORTING: _("导入 %(file)s"),
        State.UNDOING: _("撤销 %(file)s"),
    }
    state = State(batch.state)
    title = titles[state] % {"file": batch.file_name}
    return jobs.start(WORK[state], owner=actor, title=title, code=batch.code, actor=actor.code)


def _meant(code: str, actor: str) -> tuple[Batch, User]:
    return Batch.objects.get(code=code), User.objects.get(code=actor)


def _counting(progress: Progress, total: int) -> Callable[[], None]:
    """Return what counts the rows read and now and then tells how many."""
    counted, told = 0, time.monotonic()
    progress.tell(_("正在逐行核对"), done=0, total=total)

    def heed() -> None:
        nonlocal counted, told
        counted += 1
        if time.monotonic() - told >= HEED:
            told = time.monotonic()
            progress.tell(_("已核对 %(count)s 行") % {"count": f"{counted:,}"}, done=counted)

    return heed


@contextmanager
def told_of_failure(batch: Batch, actor: User) -> Iterator[None]:
    """Note on the batch why its work was refused; whatever else goes wrong is the job's to say."""
    try:
        yield
    except (Refusal, TableError) as error:
        batch.refresh_from_db()
        if batch.state in WORKING:
            actions.note_failure(batch, str(error), actor=actor)
        raise Refusal(str(error)) from error
