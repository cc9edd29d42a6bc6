"""What every step of a match has in common: the demand is held first, waiting begins anew, and the demand follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.demands import actions as demands
from duijie.site.demands.actions.matching import FOLLOWING
from duijie.site.demands.models import Demand
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.ledger.actions import step, step_many
from duijie.site.matching.deadlines import due_on
from duijie.site.matching.models import Inquiry, Match, Task
from duijie.site.matching.states import (
    IN_TALKS,
    INQUIRY_NEXT,
    NEXT,
    TASK_NEXT,
    InquiryState,
    State,
    TaskState,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User


def require(allowed: bool) -> None:
    """Refuse who may not, or not now; the office's clock asks no permission."""
    if not allowed:
        raise Forbidden(_("这一步现在不能办理，或者不由您办理。请在对接页面查看现在的状态。"))


def only_if(rule: Callable[[User, Match], bool], match: Match, actor: User | None) -> None:
    """Refuse an actor to whom the rule does not allow the step."""
    require(actor is None or rule(actor, match))


def needed(text: str, field: str, sentence: str) -> str:
    """Return the tidied text, or refuse: whoever says no says why."""
    if not text.strip():
        raise Invalid(sentence, {field: sentence})
    return text.strip()


def hold(demand_code: str) -> Demand:
    """Lock the demand until the transaction ends, so that of two steps on its matches the second sees the first."""
    held: Demand = Demand.objects.select_for_update().get(pk=demand_code)
    return held


def move(
    match: Match, state: State, *, actor: User | None, verb: str, note: str = "", source: str = "", **to: Any
) -> Entry:
    """Move the match on; the caller holds its demand's lock or takes none. The demand follows in the same transaction."""
    demand = hold(match.demand_id)
    fields: dict[str, Any] = {"state_since": clock.now(), "due": due_on(state, clock.today())}
    fields |= {"declined_by": "", "reason": "", "words": "", **to}
    entry = step(match, state, actor=actor, verb=verb, next_states=NEXT, to=fields, note=note, source=source)
    _let_follow(demand, actor=actor)
    return entry


def _let_follow(demand: Demand, *, actor: User | None) -> None:
    """Set the demand where its matches have brought it; a demand that left the search is left alone."""
    standing = set(Match.objects.filter(demand=demand).values_list("state", flat=True))
    if demand.state not in FOLLOWING:
        return
    if State.INTENDED in standing:
        demands.intend(demand, actor=actor)
    elif standing & IN_TALKS:
        demands.begin_talks(demand, actor=actor)
    else:
        demands.back_to_matching(demand, actor=actor)


def settle_open_ends(match: Match, *, state: InquiryState, actor: User | None) -> None:
    """The match has ended: nobody need answer its questions, and nobody do its tasks."""
    asked = list(Inquiry.objects.filter(match=match, state=InquiryState.SENT))
    step_many(asked, state, actor=actor, verb=f"inquiry.{_ENDS[state]}", next_states=INQUIRY_NEXT)
    tasks = list(Task.objects.filter(match=match, state=TaskState.OPEN))
    to = {"outcome": _("对接已结束")}
    step_many(tasks, TaskState.DROPPED, actor=actor, verb="task.drop", next_states=TASK_NEXT, to=to)


_ENDS = {InquiryState.RECALLED: "recall", InquiryState.LAPSED: "lapse"}
