"""The job that answers all open demands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from duijie.site.kernel import jobs
from duijie.site.matching import shelf
from duijie.site.matching.actions.running import digest_of, fail_run, finish_run, forget_answers, keep_answers
from duijie.site.matching.documents import demand_document
from duijie.site.matching.models import Run
from duijie.site.matching.queries.ranking import Corpus, answer_demands, model_of
from duijie.site.matching.states import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duijie.engine.matching.types import Document
    from duijie.site.kernel.jobs import Progress

_AT_ONCE = 64
"""Demands answered and stored together: half a second of other people's waiting on SQLite at most."""


@jobs.work
def match_all(progress: Progress, *, run: str) -> dict[str, Any]:
    """Answer every open demand. Interrupted, it begins the same run anew; called off, the run has failed."""
    row = Run.objects.select_related("started_by").get(code=run)
    if row.state == RunState.DONE:
        return _told(row)
    try:
        _answer_all(row, progress)
    except (jobs.Leaving, jobs.Superseded):
        raise
    except BaseException as error:
        fail_run(row, actor=row.started_by, note=type(error).__name__)
        raise
    return _told(row)


def _answer_all(row: Run, progress: Progress) -> None:
    began = time.perf_counter()
    forget_answers(row)
    corpus, model = Corpus.standing(), model_of(row.model)
    demands = list(_sought())
    progress.tell(_("正在匹配"), done=0, total=len(demands))
    digests, answered = [], 0
    for start in range(0, len(demands), _AT_ONCE):
        found = list(answer_demands(demands[start : start + _AT_ONCE], corpus, model))
        keep_answers(row, found)
        digests += [digest_of(one) for one in found]
        answered += sum(one.verdict == "match" for one in found)
        progress.advance(len(found))
    finish_run(row, digests, answered=answered, seconds=time.perf_counter() - began, actor=row.started_by)


def _sought() -> Iterator[Document]:
    """Read in short statements."""
    last = ""
    while rows := list(shelf.sought().filter(pk__gt=last).order_by("pk")[:500]):
        last = rows[-1].pk
        yield from map(demand_document, rows)


def _told(run: Run) -> dict[str, Any]:
    summary = _("匹配了 %(demands)s 项需求，%(answered)s 项有推荐。") % {
        "demands": run.demands,
        "answered": run.answered,
    }
    try:
        return {"url": reverse("matching:run", args=[run.code]), "summary": summary}
    except NoReverseMatch:
        return {"summary": summary}
