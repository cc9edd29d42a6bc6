"""Tasks about a match: given, done, dropped, and recalled to mind the working day before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Invalid, Stale
from duijie.site.ledger.actions import change, create, step
from duijie.site.matching import news, permissions
from duijie.site.matching.actions.steps import needed, only_if, require
from duijie.site.matching.models import Match, Task
from duijie.site.matching.queries.reminders import matches_to_remind, tasks_to_remind
from duijie.site.matching.states import TASK_NEXT, TaskState

if TYPE_CHECKING:
    from datetime import date

    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User


def add_task(match: Match, *, what: str, due: date, owner: User | None = None, actor: User | None) -> Task:
    """Give somebody who may work on the match, or oneself, something to do until a day."""
    only_if(permissions.may_add_task, match, actor)
    said = needed(what, "what", _("请写明要做什么。"))
    doer = owner or actor
    if doer is None or (actor is not None and doer.pk != actor.pk and not permissions.may_work(doer, match)):
        sentence = _("这位同事看不到这项对接，不能给他派任务。")
        raise Invalid(sentence, {"owner": sentence})
    if due < clock.today():
        raise Invalid(_("期限已经过去。"), {"due": _("请填写今天或以后的日期。")})
    with transaction.atomic():
        task = Task(code=take_code("K"), match=match, owner=doer, what=said, due=due)
        create(task, actor=actor, verb="task.add")
        news.task_given(task, actor)
    return task


def finish_task(task: Task, *, outcome: str = "", actor: User) -> Entry:
    """It is done."""
    require(permissions.may_settle_task(actor, task))
    to = {"outcome": outcome.strip()[:200]}
    return step(task, TaskState.DONE, actor=actor, verb="task.finish", next_states=TASK_NEXT, to=to)


def drop_task(task: Task, *, outcome: str, actor: User) -> Entry:
    """It need not be done any more; why is said."""
    require(permissions.may_settle_task(actor, task))
    to = {"outcome": needed(outcome, "outcome", _("请写明为什么不再需要。"))[:200]}
    return step(task, TaskState.DROPPED, actor=actor, verb="task.drop", next_states=TASK_NEXT, to=to)


def remind() -> int:
    """Recall to mind the tasks and the matches whose day is today or the next working day; each is recalled once."""
    told = 0
    for task in tasks_to_remind():
        try:
            with transaction.atomic():
                change(task, actor=None, verb="task.remind", to={"reminded_on": clock.today()})
                news.task_due(task)
        except Stale:
            continue  # somebody is at it just now
        told += 1
    for match in matches_to_remind():
        news.due_soon(match)
        told += 1
    return told
