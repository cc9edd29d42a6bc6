"""What a desk shows of matches: to do, done, taken up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands.models.queryset import OWNERS
from duijie.site.demands.queries.desk import DeskRow
from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry
from duijie.site.matching.models import Inquiry, Match
from duijie.site.matching.states import InquiryState, Side, State
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from duijie.site.matching.models.match import MatchQuerySet
    from duijie.site.parties.models import User

KIND = "matching.match"
LOOKING: tuple[str, ...] = ()
WHAT: dict[str, _StrPromise] = {
    State.SUGGESTED: gettext_lazy("联系双方"),
    State.CONTACTED: gettext_lazy("跟进双方的答复"),
    State.TALKING: gettext_lazy("推动洽谈或约会面"),
    State.MEETING: gettext_lazy("会面后记录结果"),
}


def waiting(user: User) -> MatchQuerySet:
    """Return the matches whose next step is the user's: his own as broker, and those he is asked about.

    One that was contacted waits for the two sides, and comes back to its broker when the day for an answer has passed.
    """
    today = clock.today()
    silent = Q(state=State.CONTACTED, due__lt=today) | Q(state=State.CONTACTED, demand_says="yes", supply_says="yes")
    mine = Q(broker=user.pk) & (Q(state__in=(State.SUGGESTED, State.TALKING, State.MEETING)) | silent)
    waiting = mine | _nobodys(user) | Q(code__in=_asked(user))
    rows: MatchQuerySet = Match.objects.visible_to(user).filter(waiting).open()
    return rows.select_related("demand", "offer", "team").order_by(F("due").asc(nulls_last=True), "state_since", "code")


def _nobodys(user: User) -> Q:
    """Say which matches the demand's organisation asked for, so that any of its officers or brokers may take them."""
    scope = user.scope
    office = scope.within("demand__region__code", Role.OFFICER, Role.BROKER)
    return Q(broker=None) & (office | Q(demand__department__in=scope.of(Role.DEPARTMENT)))


def _asked(user: User) -> Any:
    """Return the matches about which one of the user's organisations was asked and has not answered."""
    scope = user.scope
    to_demand = Q(side=Side.DEMAND, organisation__in=scope.of(*OWNERS))
    to_supply = Q(side=Side.SUPPLY, organisation__in=scope.of(Role.CONTACT, Role.RESEARCH, Role.LEADER))
    return Inquiry.objects.filter(to_demand | to_supply, state=InquiryState.SENT).values("match")


def todo(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what waits for the user, what is due first on top."""
    return [_row(one, str(_what(one, user))) for one in waiting(user)[:most]]


def handled(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what the user has acted on and may still see, the latest first."""
    latest = Entry.objects.filter(actor=user.code, kind=KIND).values("subject").annotate(last=Max("id"))
    codes = [one["subject"] for one in latest.order_by("-last")[: most * 2]]
    rows = Match.objects.visible_to(user).select_related("demand", "offer", "team").in_bulk(codes)
    return [_row(rows[code], rows[code].get_state_display()) for code in codes if code in rows][:most]


def started(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what the user took up, the latest first."""
    mine = Match.objects.visible_to(user).filter(broker=user.pk).select_related("demand", "offer", "team")
    return [_row(one, one.get_state_display()) for one in mine.order_by("-created_at", "code")[:most]]


def titled(user: User) -> MatchQuerySet:
    """Return the matches of which the user may read what happened, each called after its demand."""
    return Match.objects.visible_to(user).annotate(title=F("demand__title"))  # type: ignore[no-any-return]


def _what(match: Match, user: User) -> str | _StrPromise:
    if match.broker_id == user.pk and match.state in WHAT:
        return WHAT[match.state]
    return _("需求单位有意，请接手联系") if match.broker_id is None else _("答复是否愿意洽谈")


def _row(match: Match, what: str) -> DeskRow:
    title = f"{match.demand.title} ⇄ {match.supply}"
    url = reverse("matching:match", args=[match.code])
    return DeskRow(match.code, title, url, what, match.state_since, match.due, match.is_overdue)
