"""What a broker or an officer has in hand, and which candidate is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.http import Http404

from duijie.site.matching.models import Answer, Match, Suggestion, Task
from duijie.site.matching.states import OPEN, State, TaskState
from duijie.site.parties.models import Role, User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.demands.models import Demand
    from duijie.site.ledger.models import RecordedQuerySet

RELATED = (
    "demand__organisation",
    "demand__field",
    "offer__team",
    "offer__organisation",
    "team",
    "organisation",
    "broker",
)
_MOST = 100


@dataclass(frozen=True, slots=True)
class StateGroup:
    """The matches one has in hand that stand at the same point, what is due first on top."""

    label: str
    matches: Sequence[Match]


@dataclass(frozen=True, slots=True)
class BrokersDesk:
    """Matches by state, tasks by day, and what waits for somebody to take it up."""

    groups: Sequence[StateGroup]
    tasks: Sequence[Task]
    unclaimed: Sequence[Match]
    total: int
    overdue: int


def fetch_match(code: str, user: User) -> Match:
    """Return a match the user may know of, with both sides; what is hidden looks like what is not there."""
    found: Match | None = Match.objects.visible_to(user).select_related(*RELATED).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def fetch_task(code: str, user: User) -> Task:
    """Return a task of the user's, or of a match he may know of."""
    found: Task | None = Task.objects.select_related("match__demand", "owner").filter(code=code).first()
    if found is None or (found.owner_id != user.pk and not _visible(found.match, user)):
        raise Http404
    return found


def _visible(match: Match, user: User) -> bool:
    return bool(Match.objects.visible_to(user).filter(pk=match.pk).exists())


def brokers_desk(user: User) -> BrokersDesk:
    """Assemble the desk."""
    mine = list(in_hand(user).select_related(*RELATED)[:_MOST])
    by_state = {state: [one for one in mine if one.state == state] for state in State if state in OPEN}
    return BrokersDesk(
        groups=[StateGroup(str(state.label), some) for state, some in by_state.items() if some],
        tasks=list(my_tasks(user)[:_MOST]),
        unclaimed=list(unclaimed(user).select_related(*RELATED)[:20]),
        total=in_hand(user).count(),
        overdue=sum(one.is_overdue for one in mine),
    )


def in_hand(user: User) -> RecordedQuerySet:
    """Return the open matches the user works on, what is due first on top."""
    mine = Match.objects.visible_to(user).open().filter(broker=user.pk)
    return mine.order_by(F("due").asc(nulls_last=True), "code")


def unclaimed(user: User) -> RecordedQuerySet:
    """Return the matches that a demand's organisation asked for and nobody has in hand, where the user may take them."""
    waiting = Match.objects.visible_to(user).open().filter(broker=None)
    scope = user.scope
    over = scope.within("region", Role.OFFICER, Role.BROKER)
    return waiting.filter(over).order_by("due", "code")


def my_tasks(user: User) -> RecordedQuerySet:
    """Return the user's open tasks, what is due first on top."""
    mine = Task.objects.filter(owner=user.pk, state=TaskState.OPEN).select_related("match__demand")
    return mine.order_by("due", "code")


def next_candidate(demand: Demand, user: User) -> Suggestion | None:
    """Return the best suggestion of the newest answer that nobody has taken up yet, of those the user may see."""
    answer = Answer.objects.latest_of(demand)
    if answer is None:
        return None
    tried = Match.objects.filter(demand=demand)
    rest = Suggestion.objects.visible_to(user).filter(answer=answer)
    for name in ("offer", "team"):
        taken = tried.exclude(**{name: None}).values(name)
        rest = rest.exclude(**{f"{name}__in": taken})
    found: Suggestion | None = rest.select_related("offer", "team").order_by("rank").first()
    return found


def colleagues(match: Match, user: User) -> list[User]:
    """Return who else may work on the match: the officers and brokers over its region, by name."""
    region = match.region
    held = User.objects.active().filter(
        grants__role__in=(Role.OFFICER, Role.BROKER),
        grants__region__code__lte=region.code,
        grants__region__last__gte=region.code,
    )
    return list(held.exclude(pk=user.pk).distinct().order_by("name", "code"))
