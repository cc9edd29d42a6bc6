"""The officers' part: take, return, diagnose, pass on, accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands import permissions
from duijie.site.demands.actions.steps import move, needed, tell_owners
from duijie.site.demands.models import Comparison
from duijie.site.demands.queries.duplicates import undecided
from duijie.site.demands.states import State
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Refusal
from duijie.site.ledger.actions import create
from duijie.site.notices.kinds import Kind

if TYPE_CHECKING:
    from duijie.site.demands.models import Demand
    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User


def take_for_review(demand: Demand, *, actor: User | None) -> Entry:
    """Begin the first review; of two officers at once one has it."""
    permissions.require(actor is None or permissions.is_local_officer(actor, demand), actor)
    return move(demand, State.LOCAL_REVIEW, actor=actor, verb="demand.take")


def return_demand(demand: Demand, *, reasons: str, actor: User | None) -> Entry:
    """Send the demand back to the organisation, with what it should put right."""
    permissions.require(actor is None or permissions.may_return(actor, demand), actor)
    words = needed(reasons, "reasons", _("请写明退回原因，让单位知道要改什么。"))
    with transaction.atomic():
        entry = move(demand, State.RETURNED, actor=actor, verb="demand.return", note=words, to={"opinion": words})
        tell_owners(demand, Kind.DEMAND_RETURNED, gettext_lazy("需求已退回修改：%(title)s（%(code)s）"))
    return entry


def send_to_refinement(demand: Demand, *, diagnosis: str, actor: User | None) -> Entry:
    """Ask for refinement: the diagnosis says what is unclear and what would make it clear."""
    permissions.require(actor is None or permissions.may_refine(actor, demand), actor)
    words = needed(diagnosis, "diagnosis", _("请写明诊断意见：哪里不清楚，补充什么才能对接。"))
    with transaction.atomic():
        entry = move(demand, State.REFINEMENT, actor=actor, verb="demand.refine", note=words, to={"opinion": words})
        tell_owners(demand, Kind.DEMAND_RETURNED, gettext_lazy("需求要补充完善：%(title)s（%(code)s）"))
    return entry


def pass_to_region(demand: Demand, *, actor: User | None, opinion: str = "") -> Entry:
    """Pass the first review: the region reviews next."""
    permissions.require(actor is None or permissions.may_pass(actor, demand), actor)
    words = opinion.strip()
    return move(demand, State.REGIONAL_REVIEW, actor=actor, verb="demand.pass", note=words, to={"opinion": words})


def accept_demand(demand: Demand, *, actor: User | None, opinion: str = "") -> Entry:
    """Accept the demand. Whatever looks like the same need must have been read and decided first."""
    permissions.require(actor is None or permissions.may_accept(actor, demand), actor)
    left = undecided(demand, actor) if demand.state == State.REGIONAL_REVIEW else []
    if left:
        names = _("、").join(left)
        raise Refusal(_("还有疑似重复的需求没有比对：%(names)s。请先逐条比对，合并或确认不重复。") % {"names": names})
    to = {"accepted_at": demand.accepted_at or clock.now(), "opinion": opinion.strip()}
    with transaction.atomic():
        entry = move(demand, State.ACCEPTED, actor=actor, verb="demand.accept", note=opinion.strip(), to=to)
        tell_owners(demand, Kind.DEMAND_ACCEPTED, gettext_lazy("需求已受理：%(title)s（%(code)s）"))
    return entry


def set_apart(demand: Demand, other: Demand, *, why: str, actor: User | None) -> Comparison:
    """Find two demands that look alike to be different needs; said twice, it stands once."""
    permissions.require(actor is None or permissions.may_compare(actor, demand), actor)
    first, second = sorted((demand.code, other.code))
    known = Comparison.objects.filter(first=first, second=second)
    words = needed(why, "why", _("请写明两条需求有什么不同。"))
    number = Comparison.objects.filter(first=first).count() + 1
    try:
        with transaction.atomic():
            row = Comparison(code=f"{first}-C{number:03}", first_id=first, second_id=second, why=words)
            return create(row, actor=actor, verb="demand.set_apart", note=words)
    except IntegrityError:
        return known.get()  # type: ignore[no-any-return]
