"""The exits: withdrawn, refused, merged, long-term, frozen; and the ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duijie.site.demands import permissions
from duijie.site.demands.actions.steps import leave, move, needed
from duijie.site.demands.models import Demand
from duijie.site.demands.states import EXPIRING, ExitReason, State
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Invalid, Refusal, Stale, WrongState

if TYPE_CHECKING:
    from datetime import date, datetime

    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User


def withdraw_demand(demand: Demand, *, reason: str, words: str = "", actor: User | None) -> Entry:
    """Take the demand back."""
    permissions.require(actor is None or permissions.is_handled_by(actor, demand), actor)
    owns = actor is None or permissions.is_owner(actor, demand) or demand.submitted_at is None
    permissions.require(owns, actor)
    return leave(demand, State.WITHDRAWN, reason=reason, words=words, actor=actor, verb="demand.withdraw")


def refuse_demand(demand: Demand, *, reason: str, words: str = "", actor: User | None) -> Entry:
    """Refuse the demand for good."""
    permissions.require(actor is None or permissions.may_refuse(actor, demand), actor)
    return leave(demand, State.REFUSED, reason=reason, words=words, actor=actor, verb="demand.refuse")


def set_long_term(demand: Demand, *, reason: str, words: str = "", actor: User | None) -> Entry:
    """Move the demand to the long-term list, from which challenges are made."""
    permissions.require(actor is None or permissions.may_set_long_term(actor, demand), actor)
    return leave(demand, State.LONG_TERM, reason=reason, words=words, actor=actor, verb="demand.set_long_term")


def merge_demand(demand: Demand, *, into: Demand, actor: User | None, why: str) -> Entry:
    """Merge the demand into another that stands for the same need: it leaves every count and stays on record."""
    allowed = actor is None or (permissions.may_merge(actor, demand) and permissions.is_handled_by(actor, into))
    permissions.require(allowed, actor)
    words = needed(why, "why", _("请写明为什么认为是同一条需求。"))
    with transaction.atomic():
        pair = Demand.objects.select_for_update().order_by("pk").in_bulk([demand.pk, into.pk])  # in one order: no ring
        target = pair[into.pk]
        if target.pk == demand.pk:
            raise Refusal(_("不能把需求合并到它自己。"))
        if target.state in {State.MERGED, State.REFUSED, State.WITHDRAWN, State.DRAFT}:
            raise Refusal(
                _("%(code)s 现在是“%(state)s”，不能作为合并的去向。请选另一条。")
                % {"code": target.code, "state": target.get_state_display()}
            )
        return move(demand, State.MERGED, actor=actor, verb="demand.merge", note=words, to={"merged_into": target})


def reopen_demand(demand: Demand, *, actor: User | None, note: str, deadline: date | None = None) -> Entry:
    """Bring a demand back on its path. What was frozen needs a new deadline."""
    permissions.require(actor is None or permissions.may_reopen(actor, demand), actor)
    words = needed(note, "note", _("请写明为什么重新办理。"))
    to = {"deadline": deadline} if deadline else {}
    due = deadline or demand.deadline
    if demand.state == State.FROZEN and (due is None or due < clock.today()):
        sentence = _("要求完成时间已过，请填写新的完成时间。")
        raise Invalid(sentence, {"deadline": sentence})
    return move(demand, _back(demand), actor=actor, verb="demand.reopen", note=words, to=to)


def _back(demand: Demand) -> State:
    if demand.state == State.WITHDRAWN:
        return State.DRAFT
    if demand.state == State.FELL_THROUGH:
        return State.MATCHING
    return State.ACCEPTED if demand.accepted_at else State.REGIONAL_REVIEW


def freeze_overdue(now: datetime) -> int:
    """Freeze what still looks for an answer after its own deadline; return how many. Run daily, safe to run again."""
    passed = Demand.objects.filter(state__in=EXPIRING, deadline__lt=timezone.localdate(now))
    frozen = 0
    for demand in passed.order_by("code").iterator(chunk_size=500):
        try:
            leave(demand, State.FROZEN, reason=ExitReason.DEADLINE, words="", actor=None, verb="demand.freeze")
        except (Stale, WrongState):
            continue  # somebody moved it just now
        frozen += 1
    return frozen
