"""What is to be recalled to mind, what has lapsed, and what lost one of its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.kernel import clock
from duijie.site.matching.models import Inquiry, Match, Task
from duijie.site.matching.queries.supply import GONE_DEMAND, GONE_SUPPLY
from duijie.site.matching.states import WAITING, InquiryState, TaskState
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from django.db.models import QuerySet

SIDES = ("demand__organisation", "offer__team", "team", "organisation", "broker")


def tasks_to_remind() -> QuerySet[Task]:
    """Return the open tasks due by the next working day that nobody was reminded of."""
    due = Task.objects.filter(state=TaskState.OPEN, reminded_on=None, due__lte=add_working_days(clock.today(), 1))
    return due.select_related("owner", "match__demand").order_by("due", "code")


def matches_to_remind() -> QuerySet[Match]:
    """Return the matches that lapse after the next working day."""
    last = add_working_days(clock.today(), 1)
    due = Match.objects.filter(state__in=WAITING, due__gte=clock.today(), due__lte=last)
    return due.select_related(*SIDES).order_by("due", "code")


def lapsing_matches() -> QuerySet[Match]:
    """Return the matches of which nobody has heard in time."""
    return Match.objects.lapsing(clock.today()).select_related(*SIDES).order_by("code")


def lapsed_inquiries() -> QuerySet[Inquiry]:
    """Return the questions whose time is over."""
    return Inquiry.objects.filter(state=InquiryState.SENT, expires_at__lt=clock.now()).order_by("code")


def matches_without_supply() -> QuerySet[Match]:
    """Return the matches at work whose offer or team is gone."""
    return Match.objects.open().filter(GONE_SUPPLY).select_related(*SIDES).order_by("code")


def matches_without_demand() -> QuerySet[Match]:
    """Return the matches at work whose demand is gone."""
    return Match.objects.open().filter(GONE_DEMAND).select_related(*SIDES).order_by("code")
