"""Work on a match: taken up, contacted, talking, met, intended; declined, resumed, handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.demands import actions as demands
from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Invalid, Refusal
from duijie.site.ledger.actions import change, create
from duijie.site.matching import news, permissions
from duijie.site.matching.actions.steps import hold, move, needed, only_if, require, settle_open_ends
from duijie.site.matching.deadlines import due_on
from duijie.site.matching.models import Contact, Match, Suggestion
from duijie.site.matching.models.match import ContactWay
from duijie.site.matching.queries.supply import refusal_of_supply
from duijie.site.matching.states import DeclineReason, InquiryState, Side, State
from duijie.site.offers.models import Offer

if TYPE_CHECKING:
    from datetime import datetime

    from duijie.site.demands.models import Demand
    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import Team, User

GIVEN = frozenset(DeclineReason.values) - {DeclineReason.DEMAND_GONE, DeclineReason.OFFER_GONE}
"""Reasons that people give; the others the office's clock finds by itself."""


def take_up(
    demand: Demand, supply: Offer | Team, *, suggestion: Suggestion | None = None, actor: User, note: str = ""
) -> Match:
    """Make a candidate a match with somebody at work on it; of two who take it at once the second is told who has it.

    Somebody of the demand's organisation names a candidate it wants: the match then waits for the office. What lapsed or
    failed before is taken up again.
    """
    favoured = not permissions.is_office_of(actor, demand)
    require(permissions.may_favour(actor, demand) if favoured else permissions.may_take_up(actor, demand))
    with transaction.atomic():
        held = hold(demand.pk)
        _refuse_unfit(supply, suggestion, held, actor)
        match = Match.objects.filter(demand=held, **_named(supply)).select_related("broker").first()
        if match is None:
            match = _begun(held, supply, suggestion, favoured=favoured, actor=actor, note=note)
            demands.open_search(held, actor=actor)
        elif match.state in {State.LAPSED, State.DECLINED} and not favoured:
            resume(match, words=note or _("重新接手"), actor=actor)
        elif match.broker is None and not favoured:
            change(match, actor=actor, verb="match.take", to={"broker": actor}, note=note)
        elif match.broker_id != actor.pk and not (favoured and match.demand_says):
            raise Refusal(_taken_already(match))
    return match


def _refuse_unfit(supply: Offer | Team, suggestion: Suggestion | None, demand: Demand, actor: User) -> None:
    if sentence := refusal_of_supply(supply, actor):
        raise Refusal(sentence)
    mine = suggestion is None or (
        suggestion.answer.demand_id == demand.pk and supply.pk in {suggestion.offer_id, suggestion.team_id}
    )
    if not mine:
        raise Invalid(_("这条推荐不属于这项需求，请从推荐结果里重新选择。"))


def _named(supply: Offer | Team) -> dict[str, Any]:
    return {"offer": supply} if isinstance(supply, Offer) else {"team": supply}


def _begun(
    demand: Demand, supply: Offer | Team, suggestion: Suggestion | None, *, favoured: bool, actor: User, note: str
) -> Match:
    match = Match(
        code=take_code("DJ", demand.region_id),
        demand=demand,
        organisation_id=supply.organisation_id,
        region_id=demand.region_id,
        suggestion=suggestion,
        score=suggestion.score if suggestion else None,
        level=suggestion.level if suggestion else None,
        broker=None if favoured else actor,
        demand_says="yes" if favoured else "",
        state_since=clock.now(),
        due=due_on(State.SUGGESTED, clock.today()),
        **_named(supply),
    )
    create(match, actor=actor, verb="match.favour" if favoured else "match.take", note=note)
    if favoured:
        news.favoured(match, actor)
    return match


def _taken_already(match: Match) -> str:
    who = match.broker.signature if match.broker else _("需求单位")
    return _("这项对接已由%(who)s接手，编号 %(code)s，现在是“%(state)s”。请直接与经办人联系。") % {
        "who": who,
        "code": match.code,
        "state": match.get_state_display(),
    }


def contact(
    match: Match, *, way: str, side: str, words: str, at: datetime | None = None, actor: User, source: str = ""
) -> Contact:
    """Log a contact: when, how, with whom, what was said. Whoever speaks is not silent: the waiting begins anew."""
    only_if(permissions.may_contact, match, actor)
    said = needed(words, "words", _("请写明谈了什么。"))
    if way not in ContactWay.values or side not in {Side.DEMAND, Side.SUPPLY}:
        raise Invalid(_("请选择联系方式和联系了哪一方。"))
    spoken_at = at or clock.now()
    if spoken_at > clock.now():
        raise Invalid(_("联系时间在以后。"), {"at": _("请填写已经发生的时间；以后的会面请用“约定会面”。")})
    with transaction.atomic():
        hold(match.demand_id)
        row = Contact(code=take_code("DC"), match=match, at=spoken_at, way=way, side=side, words=said, by=actor)
        create(row, actor=actor, verb="contact.log", source=source)
        _broke_silence(match, spoken_at, actor)
    return row


def _broke_silence(match: Match, at: datetime, actor: User | None) -> None:
    if match.state == State.SUGGESTED:
        move(match, State.CONTACTED, actor=actor, verb="match.contact", contacted_at=match.contacted_at or at)
    elif (due := due_on(match.state, clock.today())) is not None and due != match.due:
        change(match, actor=actor, verb="match.contact", to={"due": max(due, match.due or due)})


def begin_talks(match: Match, *, words: str = "", actor: User | None, source: str = "") -> Entry:
    """Both sides are talking: so is the demand."""
    only_if(permissions.may_begin_talks, match, actor)
    with transaction.atomic():
        entry = _talk(match, words, actor, source)
        news.moved(match, actor)
    return entry


def _talk(match: Match, words: str, actor: User | None, source: str) -> Entry:
    first = match.contacted_at or clock.now()
    return move(
        match, State.TALKING, actor=actor, verb="match.talk", note=words.strip(), source=source, contacted_at=first
    )


def meet(match: Match, *, at: datetime, words: str = "", actor: User) -> Entry | None:
    """Note the meeting the two sides agreed on, or move it; they have time to speak until well after it."""
    only_if(permissions.may_meet, match, actor)
    if at <= clock.now():
        raise Invalid(_("会面时间已经过去。"), {"at": _("请填写以后的时间；已经见过的，请记一次联系。")})
    to: dict[str, Any] = {"meeting_at": at, "due": due_on(State.MEETING, at.date())}
    with transaction.atomic():
        if match.state == State.MEETING:
            entry = change(match, actor=actor, verb="match.meet", to=to, note=words.strip())
        else:
            entry = move(match, State.MEETING, actor=actor, verb="match.meet", note=words.strip(), **to)
        news.moved(match, actor)
    return entry


def intend(match: Match, *, words: str = "", actor: User) -> Entry:
    """Both sides mean to sign: the demand is intended. Planned is not signed."""
    only_if(permissions.may_intend, match, actor)
    with transaction.atomic():
        entry = move(
            match, State.INTENDED, actor=actor, verb="match.intend", note=words.strip(), intended_at=clock.now()
        )
        news.moved(match, actor)
    return entry


def decline(match: Match, *, reason: str, words: str = "", side: str = "", actor: User, source: str = "") -> Entry:
    """End the match for a reason. Either side speaks for itself; the office says whose no it is."""
    only_if(permissions.may_decline, match, actor)
    own = None if permissions.may_work(actor, match) else permissions.side_of(actor, match)
    given = own or side or Side.OFFICE
    if given not in {Side.DEMAND, Side.SUPPLY, Side.OFFICE}:
        raise Invalid(_("请选择由谁提出。"), {"side": _("请选择由谁提出。")})
    return turn_down(match, reason=reason, words=words, side=Side(given), actor=actor, source=source)


def turn_down(
    match: Match,
    *,
    reason: str,
    words: str,
    side: Side,
    actor: User | None,
    source: str = "",
    to: dict[str, Any] | None = None,
) -> Entry:
    """End the match; who may was asked by the caller. The office hears which candidate is next."""
    if reason not in GIVEN:
        raise Invalid(_("请选择原因。"), {"reason": _("请选择原因。")})
    said = needed(words, "words", _("选择“其他”时，请写明原因。")) if reason == DeclineReason.OTHER else words.strip()
    ended = {"reason": reason, "words": said, "declined_by": side, **_says_no(side), **(to or {})}
    with transaction.atomic():
        entry = move(match, State.DECLINED, actor=actor, verb="match.decline", note=said, source=source, **ended)
        settle_open_ends(match, state=InquiryState.RECALLED, actor=actor)
        news.declined(match, actor)
    return entry


def _says_no(side: Side) -> dict[str, str]:
    return {f"{side}_says": "no"} if side in {Side.DEMAND, Side.SUPPLY} else {}


def resume(match: Match, *, words: str, actor: User) -> Entry:
    """Take up again what lapsed or failed; it is the actor's now, and what was answered before is asked anew."""
    only_if(permissions.may_resume, match, actor)
    if sentence := refusal_of_supply(match.supply, actor):
        raise Refusal(sentence)
    said = needed(words, "words", _("请写明为什么重新对接。"))
    to: dict[str, Any] = {
        "broker": actor,
        "contacted_at": match.contacted_at or clock.now(),
        "demand_says": "",
        "supply_says": "",
    }
    with transaction.atomic():
        entry = move(match, State.CONTACTED, actor=actor, verb="match.resume", note=said, **to)
        demands.open_search(hold(match.demand_id), actor=actor)
    return entry


def hand_over(match: Match, *, to: User, words: str = "", actor: User) -> Entry | None:
    """Give the match to somebody else who may work on it and see both sides."""
    only_if(permissions.may_hand_over, match, actor)
    able = to.is_active and permissions.is_office_of(to, match.demand) and not refusal_of_supply(match.supply, to)
    if not able:
        sentence = _("%(name)s不能办理这项对接：不在这个地区任职，或者看不到其中一方。") % {"name": to.name}
        raise Invalid(sentence, {"to": sentence})
    with transaction.atomic():
        entry = change(match, actor=actor, verb="match.hand_over", to={"broker": to}, note=words.strip())
        if entry is not None:
            news.handed(match, actor)
    return entry
