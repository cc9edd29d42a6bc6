"""A match's page: both sides, where it stands, who did what, what is to be done, and why it was suggested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands import permissions as of_demands
from duijie.site.kernel.parts import Answer, LifeStep
from duijie.site.ledger.queries import trail
from duijie.site.matching import permissions
from duijie.site.matching.models import Contact, Inquiry, Match, Suggestion, Task
from duijie.site.matching.queries.answers import NEEDS, SUPPLY, all_bars, some_candidates
from duijie.site.matching.queries.listing import SAYS, TONES
from duijie.site.matching.states import Side, State
from duijie.site.matching.wording import level_word
from duijie.site.offers.models.visibility import View, view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from duijie.site.kernel.parts import Tone, TrailRow
    from duijie.site.matching.queries.answers import Candidate
    from duijie.site.matching.wording import Bar
    from duijie.site.parties.models import User

RELATED = (
    "demand__organisation", "demand__region", "demand__field", "offer__organisation", "offer__team", "team__organisation",
    "organisation", "region", "broker",
)  # fmt: skip
STEPS: dict[str, _StrPromise] = {
    "answer": gettext_lazy("答复是否愿意洽谈"),
    "contact": gettext_lazy("记录联系"),
    "ask": gettext_lazy("发征询"),
    "talks": gettext_lazy("开始洽谈"),
    "meet": gettext_lazy("约定会面"),
    "intend": gettext_lazy("形成签约意向"),
    "task": gettext_lazy("添加任务"),
    "hand-over": gettext_lazy("转交他人"),
    "resume": gettext_lazy("重新对接"),
    "decline": gettext_lazy("结束对接"),
}
"""What the buttons of the steps say."""
_TOLD = ("state", "broker", "due", "demand_says", "supply_says", "declined_by", "reason", "words", "meeting_at")
_LIFE = (State.SUGGESTED, State.CONTACTED, State.TALKING, State.MEETING, State.INTENDED)


@dataclass(frozen=True, slots=True)
class Button:
    """One step the reader may take."""

    verb: str
    label: _StrPromise | str
    first: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class MatchPage:
    """What the page of one match shows."""

    match: Match
    tone: Tone
    life: Sequence[LifeStep]
    buttons: Sequence[Button]
    facts: Sequence[Answer]
    candidate: Candidate | None
    bars: Sequence[Bar]
    contacts: Sequence[Contact]
    tasks: Sequence[Task]
    inquiries: Sequence[Inquiry]
    trail: Sequence[TrailRow]
    works: bool
    may_claim: bool


def match_page(code: str, user: User) -> MatchPage:
    """Fetch and assemble the page."""
    match = fetch(code, user)
    works = permissions.may_work(user, match)
    candidate, bars = _explained(match, user)
    return MatchPage(
        match=match,
        tone=TONES[match.state],
        life=life_of(match),
        buttons=_buttons(permissions.steps_of(user, match), claimed=match.broker_id is not None),
        facts=_facts(match, user),
        candidate=candidate,
        bars=bars,
        contacts=_contacts(match, user, works=works),
        tasks=_tasks(match, user, works=works),
        inquiries=_inquiries(match, user, works=works),
        trail=_trail(match, user),
        works=works,
        may_claim=works and match.broker_id is None and permissions.may_take_up(user, match.demand),
    )


def fetch(code: str, user: User) -> Match:
    """Return a match that is the user's to know of; all else is missing."""
    found = Match.objects.visible_to(user).select_related(*RELATED).filter(code=code).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def life_of(match: Match) -> list[LifeStep]:
    """Return the match's life on one line, and the way out if it took one."""
    labels = [State(state).label for state in _LIFE]
    dates = (match.created_at, match.contacted_at, None, match.meeting_at, match.intended_at)
    days = [timezone.localdate(at) if at else None for at in dates]
    if match.state not in _LIFE:
        reached = 2 if match.contacted_at else 1
        steps = [LifeStep(labels[n], "done", days[n]) for n in range(reached)]
        return [*steps, LifeStep(match.get_state_display(), "left", timezone.localdate(match.state_since))]
    place = _LIFE.index(State(match.state))
    return [
        LifeStep(label, "done" if n < place else "now" if n == place else "ahead", days[n] if n <= place else None)
        for n, label in enumerate(labels)
        if n != _LIFE.index(State.MEETING) or n >= place or match.meeting_at
    ]


def _buttons(verbs: Sequence[str], *, claimed: bool) -> list[Button]:
    return [
        Button(verb, STEPS.get(verb, verb), first=claimed and number == 0, danger=verb == "decline")
        for number, verb in enumerate(verbs)
    ]


def _facts(match: Match, user: User) -> list[Answer]:
    """Return the match's facts; the supplier of an offer told by title and field alone is not named."""
    knows_supply = match.offer is None or view_of(match.offer, user) is View.FULL
    knows_demand = of_demands.may_open(match.demand, user)
    hidden = _("未公开")
    meeting = f"{timezone.localtime(match.meeting_at):%Y-%m-%d %H:%M}" if match.meeting_at else ""
    return [
        Answer(_("需求单位"), str(match.demand.organisation) if knows_demand else hidden),
        Answer(_("供给单位"), str(match.organisation) if knows_supply else hidden),
        Answer(_("需求所在地"), str(match.region)),
        Answer(_("合适程度"), level_word(match.level)),
        Answer(_("经办人"), match.broker.signature if match.broker else _("还没有人接手")),
        Answer(_("需求方意见"), str(SAYS.get(match.demand_says, _("未答复")))),
        Answer(_("供给方意见"), str(SAYS.get(match.supply_says, _("未答复")))),
        Answer(_("等待回复至"), f"{match.due:%Y-%m-%d}" if match.due else ""),
        Answer(_("会面时间"), meeting),
    ]


def _explained(match: Match, user: User) -> tuple[Candidate | None, Sequence[Bar]]:
    if match.suggestion_id is None:
        return None, ()
    suggestion: Suggestion = Suggestion.objects.select_related(*NEEDS, *SUPPLY).get(pk=match.suggestion_id)
    found = some_candidates([suggestion], suggestion.answer.demand, user)
    return (found[0], all_bars(suggestion)) if found else (None, ())


def _sides(match: Match, user: User, *, works: bool) -> Sequence[str]:
    """Return whose talk the user may read: the office everybody's, a side its own."""
    if works or match.broker_id == user.pk:
        return (Side.DEMAND, Side.SUPPLY)
    side = permissions.side_of(user, match)
    return (side,) if side else ()


def _contacts(match: Match, user: User, *, works: bool) -> list[Contact]:
    rows = match.contacts.filter(side__in=_sides(match, user, works=works))
    return list(rows.select_related("by").order_by("-at", "-code"))


def _inquiries(match: Match, user: User, *, works: bool) -> list[Inquiry]:
    rows = match.inquiries.filter(side__in=_sides(match, user, works=works))
    return list(rows.select_related("organisation").order_by("-created_at", "-code"))


def _tasks(match: Match, user: User, *, works: bool) -> list[Task]:
    rows = match.tasks.filter(Q() if works else Q(owner=user.pk))
    return list(rows.select_related("owner").order_by("state", "due", "code"))


def _trail(match: Match, user: User) -> list[TrailRow]:
    """Return who did what when; of the changes those that speak of the work, not of either side."""
    told = {str(_label(name)) for name in _TOLD}
    rows = trail(match, user)
    return [replace(row, changes=[one for one in row.changes if str(one.label) in told]) for row in rows]


def _label(name: str) -> Any:
    return Match._meta.get_field(name).verbose_name  # type: ignore[union-attr]
