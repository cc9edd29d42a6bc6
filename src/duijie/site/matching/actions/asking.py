"""Asking a side whether it wants to talk, and its answer: by a signed link in a mail, or on the desk; once."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Invalid, Refusal, WrongState
from duijie.site.ledger.actions import change, create, step
from duijie.site.matching import news, permissions
from duijie.site.matching.actions.steps import hold, move, only_if, require
from duijie.site.matching.actions.working import turn_down
from duijie.site.matching.deadlines import ANSWER_DAYS, due_on
from duijie.site.matching.models import Inquiry, Match
from duijie.site.matching.queries.supply import sight_of
from duijie.site.matching.states import IN_TALKS, INQUIRY_NEXT, InquiryState, Side, State
from duijie.site.notices.actions import write_to
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User

SALT = "duijie.site.matching.inquiry"
LINK = "link"
"""The source of an entry made by somebody who held the link and had not signed in."""


def ask(match: Match, *, side: str, words: str = "", actor: User) -> Inquiry:
    """Ask a side, by a mail with a link and on its desk. Nobody is asked about what he may not know of."""
    only_if(permissions.may_ask, match, actor)
    if side not in {Side.DEMAND, Side.SUPPLY}:
        raise Invalid(_("请选择问哪一方。"), {"side": _("请选择问哪一方。")})
    with transaction.atomic():
        hold(match.demand_id)
        _refuse_to_ask(match, side)
        inquiry = _sent(match, side, words.strip(), actor)
        if match.state == State.SUGGESTED:
            move(match, State.CONTACTED, actor=actor, verb="match.contact", contacted_at=clock.now())
        else:
            change(match, actor=actor, verb="match.contact", to={"due": due_on(match.state, clock.today())})
        news.asked(inquiry, actor)
        if inquiry.email:
            write_to(inquiry.email, writer="duijie.site.matching.letters.inquiry", about=inquiry.code)
    return inquiry


def _refuse_to_ask(match: Match, side: str) -> None:
    if sight_of(match, side) == "none":
        raise Refusal(
            _("对方还不能知道这一项的内容，不能书面征询。请先发布或定向推送给对方单位，或者电话联系后记一次联系。")
        )
    if getattr(match, f"{side}_says") == "yes":
        raise Refusal(_("%(side)s已经表示愿意洽谈，不用再问。") % {"side": Side(side).label})
    if Inquiry.objects.filter(match=match, side=side, state=InquiryState.SENT).exists():
        raise Refusal(
            _("已经征询过%(side)s，正在等答复。要重新发送，请先收回上一次征询。") % {"side": Side(side).label}
        )
    if not _address(match, side) and not news.people_of(match, side):
        raise Refusal(_("对方没有登记邮箱，也没有账号。请电话联系后记一次联系。"))


def _address(match: Match, side: str) -> str:
    """Return where the side reads mail: beside its own demand, offer or team, else its organisation's."""
    if side == Side.DEMAND:
        return match.demand.contact_email or match.demand.organisation.contact_email
    return match.supply.contact_email or match.organisation.contact_email


def _sent(match: Match, side: str, words: str, actor: User) -> Inquiry:
    last = datetime.combine(add_working_days(clock.today(), ANSWER_DAYS), time(23, 59))
    inquiry = Inquiry(
        code=take_code("Q"),
        match=match,
        side=side,
        organisation_id=match.organisation_id if side == Side.SUPPLY else match.demand.organisation_id,
        email=_address(match, side),
        words=words,
        expires_at=timezone.make_aware(last),
    )
    return create(inquiry, actor=actor, verb="inquiry.send", note=words)


def recall(inquiry: Inquiry, *, actor: User) -> Entry:
    """Take a question back: its link says so."""
    only_if(permissions.may_work, inquiry.match, actor)
    return step(inquiry, InquiryState.RECALLED, actor=actor, verb="inquiry.recall", next_states=INQUIRY_NEXT)


def link_token(inquiry: Inquiry) -> str:
    """Return the last part of the address at which the question is answered; it names the question, not what it says."""
    return signing.dumps(inquiry.code, salt=SALT)


def inquiry_of(token: str) -> Inquiry:
    """Return the question of a link, open or not; a link that was changed is refused."""
    try:
        code = signing.loads(token, salt=SALT)
        found: Inquiry = Inquiry.objects.select_related("match__demand", "match__offer", "match__team").get(pk=code)
    except (signing.BadSignature, Inquiry.DoesNotExist):
        raise Refusal(_("这个答复链接不完整或被改动过。请从邮件里重新打开，或联系经办人再发一次。")) from None
    return found


def refuse_closed(inquiry: Inquiry, *, by_link: bool) -> None:
    """Say in one sentence why a question cannot be answered any more."""
    if inquiry.state == InquiryState.ANSWERED:
        raise WrongState(_("这次征询已经答复过了，不用再次提交。如要改变意见，请联系经办人。"))
    if inquiry.state == InquiryState.RECALLED:
        raise WrongState(_("这次征询已经收回，不用答复。"))
    if by_link and (inquiry.state == InquiryState.LAPSED or inquiry.expires_at < clock.now()):
        raise WrongState(_("这个答复链接已经过期。您仍有意愿的话，请登录平台答复，或联系经办人再发一次。"))
    if by_link and sight_of(inquiry.match, inquiry.side) == "none":
        raise WrongState(_("对方的内容已不再对您公开，这次征询不用答复。"))


def answer_inquiry(inquiry: Inquiry, *, says: str, reason: str = "", words: str = "", actor: User | None) -> Match:
    """Answer a question, once. Without an actor it is answered by whoever held the link."""
    match: Match = inquiry.match
    require(actor is None or permissions.speaks_for(actor, match, inquiry.side))
    with transaction.atomic():
        hold(match.demand_id)
        inquiry.refresh_from_db()
        match.refresh_from_db()
        refuse_closed(inquiry, by_link=actor is None)
        _hear(match, Side(inquiry.side), says, reason, words, actor=actor)
    return match


def answer_match(match: Match, *, says: str, reason: str = "", words: str = "", actor: User) -> Match:
    """Say on the desk, asked or not, whether one's own side wants to talk."""
    only_if(permissions.may_answer, match, actor)
    side = permissions.side_of(actor, match)
    assert side is not None  # nobody else may answer
    with transaction.atomic():
        hold(match.demand_id)
        _hear(match, side, says, reason, words, actor=actor)
    return match


def _hear(match: Match, side: Side, says: str, reason: str, words: str, *, actor: User | None) -> None:
    """Keep a side's answer: a no ends the match, the second yes begins the talks."""
    if says not in {"yes", "no"}:
        raise Invalid(_("请选择是否愿意洽谈。"), {"says": _("请选择是否愿意洽谈。")})
    if match.state not in permissions.ANSWERABLE:
        raise WrongState(_("这项对接现在是“%(state)s”，不用再答复。") % {"state": match.get_state_display()})
    source = "" if actor else LINK
    asked = Inquiry.objects.filter(match=match, side=side, state__in=(InquiryState.SENT, InquiryState.LAPSED))
    if (inquiry := asked.order_by("-created_at").first()) is not None:
        to = {
            "says": says,
            "reason": reason if says == "no" else "",
            "reply": words.strip(),
            "answered_at": clock.now(),
        }
        step(
            inquiry, InquiryState.ANSWERED, actor=actor, verb="inquiry.answer", next_states=INQUIRY_NEXT, to=to,
            note=words.strip(), source=source,
        )  # fmt: skip
    if says == "no":
        turn_down(match, reason=reason, words=words, side=side, actor=actor, source=source)
    else:
        _agree(match, side, words, actor, source)


def _agree(match: Match, side: Side, words: str, actor: User | None, source: str) -> None:
    said = {f"{side}_says": "yes"}
    first = match.contacted_at or clock.now()
    if _other(match, side) == "yes" and match.state not in IN_TALKS:
        move(
            match, State.TALKING, actor=actor, verb="match.talk", note=words, source=source, contacted_at=first, **said
        )
        news.moved(match, actor)
    elif match.state in {State.LAPSED, State.SUGGESTED}:
        move(
            match,
            State.CONTACTED,
            actor=actor,
            verb="match.agree",
            note=words,
            source=source,
            contacted_at=first,
            **said,
        )
        news.answered(match, side, actor)
    else:
        to = {**said, "due": due_on(match.state, clock.today())}
        change(match, actor=actor, verb="match.agree", to=to, note=words, source=source)
        news.answered(match, side, actor)


def _other(match: Match, side: Side) -> str:
    return match.supply_says if side == Side.DEMAND else match.demand_says
