"""Who is told what about a match. A side's notice names its own demand or offer alone, so it tells of nothing hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from duijie.site.matching.states import DeclineReason, Side, State
from duijie.site.notices.actions import in_words, tell
from duijie.site.notices.kinds import Kind
from duijie.site.notices.queries import nearest_over, speaking_for
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from duijie.site.matching.models import Inquiry, Match, Task
    from duijie.site.parties.models import User

_WHY = {
    Side.DEMAND: gettext_lazy("您是需求单位的联系人"),
    Side.SUPPLY: gettext_lazy("您是供给单位的联系人或团队负责人"),
    Side.OFFICE: gettext_lazy("您经办这项对接"),
}


def people_of(match: Match, side: str) -> list[User]:
    """Return who is told on a side: those who speak for its organisation, or who has the match in hand."""
    if side == Side.DEMAND:
        return speaking_for(match.demand.organisation_id, Role.CONTACT, Role.RESEARCH)
    if side == Side.SUPPLY:
        team = match.team or (match.offer.team if match.offer else None)
        leaders = speaking_for(match.organisation_id, Role.LEADER)
        led = [user for user in leaders if team is not None and team.leader_id == user.pk]
        return [*speaking_for(match.organisation_id, Role.CONTACT, Role.RESEARCH), *led]
    return [match.broker] if match.broker else nearest_over(match.region_id, Role.OFFICER)


def asked(inquiry: Inquiry, actor: User | None) -> None:
    """Somebody asks a side whether it wants to talk."""
    _tell(
        inquiry.match,
        inquiry.side,
        Kind.MATCH_ASKED,
        gettext_lazy("请答复：“%(own)s”有合作机会，您愿意洽谈吗？"),
        actor,
    )


def answered(match: Match, side: str, actor: User | None) -> None:
    """A side wants to talk; the office hears it. A no is told as the end it is."""
    sentence = gettext_lazy("%(whose)s愿意洽谈：%(own)s")
    _tell(match, Side.OFFICE, Kind.MATCH_ANSWERED, sentence, actor, whose=Side(side).label)


def favoured(match: Match, actor: User | None) -> None:
    """The demand's organisation wants this candidate; the office takes it from here."""
    _tell(match, Side.OFFICE, Kind.MATCH_ANSWERED, gettext_lazy("需求单位看中一个推荐，请接手：%(own)s"), actor)


def moved(match: Match, actor: User | None) -> None:
    """The match came to talks, a meeting, an intention."""
    for side in (Side.DEMAND, Side.SUPPLY, Side.OFFICE):
        sentence = gettext_lazy("对接进展到“%(state)s”：%(own)s")
        _tell(match, side, Kind.MATCH_MOVED, sentence, actor, state=State(match.state).label)


def declined(match: Match, actor: User | None) -> None:
    """It came to nothing: both sides hear it, and the office is led to the next candidate."""
    reason = DeclineReason(match.reason).label
    for side in (Side.DEMAND, Side.SUPPLY):
        _tell(match, side, Kind.MATCH_DECLINED, gettext_lazy("对接未成（%(reason)s）：%(own)s"), actor, reason=reason)
    onward = gettext_lazy("对接未成（%(reason)s），请联系下一个推荐：%(own)s")
    _tell(match, Side.OFFICE, Kind.MATCH_DECLINED, onward, actor, reason=reason)


def lapsed(match: Match) -> None:
    """Nobody answered in time."""
    _tell(match, Side.OFFICE, Kind.MATCH_LAPSED, gettext_lazy("到期没有答复，已停下，可以重新联系：%(own)s"), None)


def due_soon(match: Match) -> None:
    """It lapses after the next working day, unless somebody speaks."""
    sentence, once = gettext_lazy("%(day)s 前没有新的联系就会停下：%(own)s"), f"{match.code} due {match.due}"
    _tell(match, Side.OFFICE, Kind.MATCH_DUE, sentence, None, once=once, day=match.due)


def handed(match: Match, actor: User | None) -> None:
    """Somebody else has it in hand now."""
    _tell(match, Side.OFFICE, Kind.MATCH_TAKEN, gettext_lazy("这项对接现在由您经办：%(own)s"), actor)


def task_given(task: Task, actor: User | None) -> None:
    """Somebody gave a task to somebody else."""
    if actor is None or task.owner_id != actor.pk:
        _tell_of_task(task, Kind.TASK_GIVEN, gettext_lazy("新任务（%(day)s 前）：%(what)s"))


def task_due(task: Task) -> None:
    """Its day is the next working day."""
    once = f"{task.code} due {task.due}"
    _tell_of_task(task, Kind.TASK_DUE, gettext_lazy("任务 %(day)s 到期：%(what)s"), once=once)


def _tell_of_task(task: Task, kind: str, sentence: _StrOrPromise, *, once: str | None = None) -> None:
    said = in_words(lambda: str(sentence) % {"day": task.due, "what": task.what})
    url = reverse("matching:tasks")
    tell([task.owner], kind, said, url, why=gettext_lazy("这是您的任务"), about=task.match, once=once)


def _tell(
    match: Match,
    side: str,
    kind: str,
    sentence: _StrOrPromise,
    actor: User | None,
    *,
    once: str | None = None,
    **values: object,
) -> None:
    """Tell a side in terms of its own; who did it himself is not told."""
    own = match.supply if side == Side.SUPPLY else match.demand
    said = in_words(lambda: str(sentence) % {"own": f"{own}（{match.code}）", **values})
    users = [user for user in people_of(match, side) if actor is None or user.pk != actor.pk]
    url = reverse("matching:match", args=[match.code])
    tell(users, kind, said, url, why=_WHY[Side(side)], about=own, once=once)
