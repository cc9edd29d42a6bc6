"""What the office's clock ends: silence lapses and never blocks; a match without one of its sides is closed with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from duijie.site.kernel.errors import Stale, WrongState
from duijie.site.ledger.actions import step
from duijie.site.matching import news
from duijie.site.matching.actions.steps import hold, move, settle_open_ends
from duijie.site.matching.queries.reminders import (
    lapsed_inquiries,
    lapsing_matches,
    matches_without_demand,
    matches_without_supply,
)
from duijie.site.matching.states import INQUIRY_NEXT, DeclineReason, InquiryState, Side, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from duijie.site.matching.models import Inquiry, Match


def lapse_overdue() -> int:
    """Let lapse what nobody answered in time; return how many. Run daily, safe to run again."""
    ended = _each(lapsing_matches(), _lapse)
    _each(lapsed_inquiries(), _lapse_inquiry)
    return ended


def close_gone() -> int:
    """Close the matches whose offer, team or demand is gone, and tell both sides; return how many."""
    of_supply = _each(matches_without_supply(), lambda match: _close(match, DeclineReason.OFFER_GONE))
    return of_supply + _each(matches_without_demand(), lambda match: _close(match, DeclineReason.DEMAND_GONE))


def _each(rows: Iterable[Any], act: Callable[[Any], object]) -> int:
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                act(row)
        except (Stale, WrongState):
            continue  # somebody moved it just now
        done += 1
    return done


def _lapse(match: Match) -> None:
    hold(match.demand_id)
    move(match, State.LAPSED, actor=None, verb="match.lapse")
    settle_open_ends(match, state=InquiryState.LAPSED, actor=None)
    news.lapsed(match)


def _lapse_inquiry(inquiry: Inquiry) -> None:
    step(inquiry, InquiryState.LAPSED, actor=None, verb="inquiry.lapse", next_states=INQUIRY_NEXT)


def _close(match: Match, reason: DeclineReason) -> None:
    hold(match.demand_id)
    move(match, State.DECLINED, actor=None, verb="match.close", reason=reason, declined_by=Side.CLOCK)
    settle_open_ends(match, state=InquiryState.RECALLED, actor=None)
    news.declined(match, None)
