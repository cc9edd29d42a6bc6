"""Everything that can be done to an offer: one verb, one function, one transaction, one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code, take_codes
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal
from duijie.site.ledger import actions as ledger
from duijie.site.ledger.models import Entry
from duijie.site.notices.actions import in_words, tell
from duijie.site.notices.kinds import Kind
from duijie.site.notices.queries import speaking_for
from duijie.site.offers import permissions as may
from duijie.site.offers.choices import ExitReason, OfferKind
from duijie.site.offers.deadlines import due_on
from duijie.site.offers.models import Offer, Recipient
from duijie.site.offers.models.visibility import is_own
from duijie.site.offers.numbers import clean_registration
from duijie.site.offers.sections import REQUIRED, keyword_limit, lacking
from duijie.site.offers.states import NEXT, State
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from django.utils.functional import _StrOrPromise

    from duijie.site.parties.models import Organisation, User


def start_offer(
    *, organisation: Organisation, title: str, kind: str, actor: User, token: str | None = None, source: str = ""
) -> Offer:
    """Open a draft. Sent twice with one ``token``, there is one draft."""
    if not may.may_start(organisation, actor):
        raise Forbidden(_("您不能替“%(name)s”登记成果。") % {"name": organisation})
    if token and (known := Offer.objects.filter(token=token, started_by=actor).first()):
        return known  # type: ignore[no-any-return]
    try:
        with transaction.atomic():
            offer = _drafted(organisation, title, kind, actor, token)
            return ledger.create(offer, actor=actor, verb="offer.start", source=source)
    except IntegrityError:  # the same form, sent twice at once
        return Offer.objects.get(token=token, started_by=actor)


def _drafted(organisation: Organisation, title: str, kind: str, actor: User, token: str | None) -> Offer:
    region = may.registered_in(organisation)
    said = {"title": title.strip(), "kind": kind}
    _check(Offer(**said), said)
    return Offer(
        code=take_code("S", region),
        organisation=organisation,
        region_id=region,
        started_by=actor,
        token=token,
        state_since=clock.now(),
        contact_name=actor.name,
        contact_phone=actor.phone,
        contact_email=actor.email,
        **said,
    )


def change_offer(
    offer: Offer, *, to: Mapping[str, Any], actor: User, expected: int | None = None, source: str = ""
) -> Entry | None:
    """Write what a section of the form says; refused as stale where somebody else wrote in between."""
    _require(offer, actor, may.may_change, _("“%(title)s”现在不能修改。"))
    to = dict(to)
    if "registration" in to:
        to["registration"] = _registration(to["registration"], to.get("kind", offer.kind))
    _check(offer, to)
    try:
        return ledger.change(offer, actor=actor, verb="offer.change", to=to, expected=expected, source=source)
    except IntegrityError:
        raise _registered_already(to.get("registration", "")) from None


def submit_offer(offer: Offer, *, actor: User, source: str = "") -> Entry:
    """Hand it in for review; refused only for what the form requires, incomplete parts are for the reviewer to weigh."""
    _require(offer, actor, may.may_submit, _("“%(title)s”现在不能提交。"))
    if empty := lacking(offer):
        raise _incomplete(empty)
    return _step(offer, State.SUBMITTED, actor, "offer.submit", source=source, submitted_at=clock.now(), opinion="")


def return_offer(offer: Offer, *, opinion: str, actor: User) -> Entry:
    """Send it back to be amended; the opinion says what."""
    _require(offer, actor, may.may_review, _("“%(title)s”现在不由您审核。"))
    opinion = _worded(opinion, "opinion", _("请写明要补充或修改什么。"))
    with transaction.atomic():
        entry = _step(offer, State.RETURNED, actor, "offer.return", note=opinion, opinion=opinion)
        _tell(offer, Kind.OFFER_RETURNED, gettext_lazy("成果已退回修改：%(title)s（%(code)s）"))
    return entry


def review_offer(offer: Offer, *, actor: User, opinion: str = "") -> Entry:
    """Pass it: it is in the library, and counts as confirmed today. Publishing is a step of its own."""
    _require(offer, actor, may.may_review, _("“%(title)s”现在不由您审核。"))
    with transaction.atomic():
        entry = _step(
            offer, State.REVIEWED, actor, "offer.review",
            note=opinion.strip(), opinion=opinion.strip(), reviewed_at=clock.now(), confirmed_on=clock.today(),
        )  # fmt: skip
        _tell(offer, Kind.OFFER_REVIEWED, gettext_lazy("成果已审核通过：%(title)s（%(code)s）"))
    return entry


def publish_offer(offer: Offer, *, actor: User) -> Entry:
    """Put it before everybody who signs in, in full or blurred as its owner chose."""
    _require(offer, actor, may.may_publish, _("“%(title)s”现在不能发布：要先通过审核，并且公开程度允许。"))
    return _step(offer, State.PUBLISHED, actor, "offer.publish", published_at=clock.now())


def unpublish_offer(offer: Offer, *, reason: str, actor: User) -> Entry:
    """Take it down; it stays in the library."""
    _require(offer, actor, may.may_unpublish, _("“%(title)s”现在不能撤下。"))
    return _step(
        offer, State.REVIEWED, actor, "offer.unpublish", note=_worded(reason, "reason", _("请写明为什么撤下。"))
    )


def direct_offer(offer: Offer, *, organisations: Sequence[Organisation], actor: User) -> list[Recipient]:
    """Show it in full to organisations named here; those already named stay so."""
    _require(offer, actor, may.may_direct, _("“%(title)s”现在不能定向推送：要先通过审核，并且公开程度为定向或脱敏。"))
    known = set(offer.recipients.present().values_list("organisation_id", flat=True))
    new = [one for one in dict.fromkeys(organisations) if one.code not in known and one.code != offer.organisation_id]
    with transaction.atomic():
        codes = take_codes("SR", offer.region_id, count=len(new)) if new else []
        rows = [
            Recipient(code=code, offer=offer, organisation=one, since=clock.now())
            for code, one in zip(codes, new, strict=True)
        ]
        ledger.create_many(rows, actor=actor, verb="offer.recipient.add")
        if rows:
            ledger.note(offer, actor=actor, verb="offer.direct", note=_("、").join(one.name for one in new))
    return rows


def undirect_offer(recipient: Recipient, *, actor: User) -> Entry | None:
    """Take an organisation off the list; what it has read it has read."""
    _require(recipient.offer, actor, may.may_direct, _("“%(title)s”现在不能改推送对象。"))
    return ledger.change(recipient, actor=actor, verb="offer.recipient.end", to={"until": clock.now()})


def revise_offer(offer: Offer, *, reason: str, actor: User) -> Entry:
    """Take a reviewed offer back to rewrite it; nobody else reads it until it is reviewed again."""
    _require(offer, actor, may.may_revise, _("“%(title)s”现在不能取回修改。"))
    reason = _worded(reason, "reason", _("请写明要改什么。"))
    return _step(offer, State.RETURNED, actor, "offer.revise", note=reason, opinion=reason)


def confirm_offer(offer: Offer, *, actor: User) -> Entry:
    """State that it still holds: it is fresh for another two years."""
    _require(offer, actor, may.may_confirm, _("“%(title)s”现在不用核实。"))
    made = ledger.change(offer, actor=actor, verb="offer.confirm", to={"confirmed_on": clock.today()})
    return made or ledger.note(offer, actor=actor, verb="offer.confirm")


def renew_offer(offer: Offer, *, valid_until: date | None, actor: User) -> Entry:
    """Give an expired offer a new term; it is back in the library."""
    _require(offer, actor, may.may_renew, _("“%(title)s”现在不用续期。"))
    if valid_until is not None and valid_until < clock.today():
        raise Invalid(_("新的有效期已经过去了。"), {"valid_until": _("请填写今天或以后的日期。")})
    today = clock.today()
    return _step(offer, State.REVIEWED, actor, "offer.renew", valid_until=valid_until, confirmed_on=today)


def withdraw_offer(offer: Offer, *, reason: str, words: str = "", actor: User, source: str = "") -> Entry:
    """Take it off, for a reason; it leaves the lists and stays in the ledger."""
    _require(offer, actor, may.may_withdraw, _("“%(title)s”现在不能撤回。"))
    if reason not in ExitReason.values:
        raise Invalid(_("请选择撤回的原因。"), {"reason": _("请选择撤回的原因。")})
    if reason == ExitReason.OTHER:
        words = _worded(words, "words", _("选“其他原因”时请写明原因。"))
    said = words.strip()
    return _step(
        offer, State.WITHDRAWN, actor, "offer.withdraw", source=source, note=said, exit_reason=reason, exit_words=said
    )


def reopen_offer(offer: Offer, *, actor: User) -> Entry:
    """Take up again what was withdrawn, as a draft."""
    _require(offer, actor, may.may_reopen, _("“%(title)s”现在不能重新启用。"))
    return _step(offer, State.DRAFT, actor, "offer.reopen", exit_reason="", exit_words="")


def merge_offer(offer: Offer, *, into: Offer, actor: User, why: str = "") -> Entry:
    """Put a duplicate under the one that stands: it leaves every count and stays in the ledger."""
    _require(offer, actor, may.may_merge, _("“%(title)s”现在不能合并。"))
    if not may.may_merge_into(offer, into, actor):
        raise Refusal(_("不能并入 %(code)s：它不在您的办理范围，或者已经撤回、合并。") % {"code": into.code})
    return _step(offer, State.MERGED, actor, "offer.merge", note=why.strip(), merged_into=into)


def open_offer(offer: Offer, *, actor: User) -> None:
    """Enter in the trail that somebody from outside read an offer that its owner does not tell everybody."""
    if offer.disclosure != Disclosure.PUBLIC and not is_own(offer, actor) and may.may_open(offer, actor):
        ledger.note(offer, actor=actor, verb="offer.open")


def expire_lapsed(day: date | None = None) -> int:
    """Close the offers whose term has ended; the office's clock does it, once a day."""
    rows = list(Offer.objects.lapsed(day or clock.today()))
    for offer in rows:
        _step(offer, State.EXPIRED, None, "offer.expire")
    return len(rows)


def import_offers(rows: Sequence[Mapping[str, Any]], *, actor: User, source: str) -> list[str]:
    """Enter many as drafts and hand in those that are complete, all or none; return their codes.

    A source that is in already is not taken twice.
    """
    with transaction.atomic():
        done = Entry.objects.filter(source=source, verb="offer.import").order_by("id").values_list("subject", flat=True)
        if done:
            return list(done)
        offers = [_imported(row, actor) for row in rows]
        for region in sorted({offer.region_id for offer in offers}):
            here = [offer for offer in offers if offer.region_id == region]
            for offer, code in zip(here, take_codes("S", region, count=len(here)), strict=True):
                offer.code = code
        try:
            ledger.create_many(offers, actor=actor, verb="offer.import", source=source)
        except IntegrityError:
            raise Invalid(_("有成果登记号已经登记过，整批没有导入。请核对“成果登记号”一列。")) from None
    return [offer.code for offer in offers]


def undo_import(source: str, *, actor: User) -> int:
    """Take a whole import back as entered by mistake; refused where one of it has been worked on since."""
    entries = Entry.objects.filter(source=source, verb="offer.import")
    if entries.exclude(actor=actor.code).exists():
        raise Forbidden(_("只有导入的人可以撤销这次导入。"))
    with transaction.atomic():
        rows = list(Offer.objects.filter(code__in=entries.values("subject")).exclude(state=State.WITHDRAWN))
        if touched := [offer.code for offer in rows if offer.revision > 1]:
            raise Refusal(_("导入以后已经有人办理过：%(codes)s。不能整批撤销。") % {"codes": _("、").join(touched[:5])})
        words = _("撤销导入")
        to = {"state_since": clock.now(), "due": None, "exit_reason": ExitReason.MISTAKEN, "exit_words": words}
        ledger.step_many(
            rows,
            State.WITHDRAWN,
            actor=actor,
            verb="offer.withdraw",
            next_states=NEXT,
            to=to,
            note=words,
            source=source,
        )
    return len(rows)


def _imported(row: Mapping[str, Any], actor: User) -> Offer:
    said = dict(row)
    organisation = said.pop("organisation")
    if not may.may_start(organisation, actor):
        raise Forbidden(_("您不能替“%(name)s”登记成果。") % {"name": organisation})
    offer = _new(organisation, said, actor)
    if not lacking(offer):
        offer.state, offer.submitted_at = State.SUBMITTED, clock.now()
        offer.due = due_on(State.SUBMITTED, clock.today())
    return offer


def _new(organisation: Organisation, said: dict[str, Any], actor: User) -> Offer:
    _check(Offer(kind=said["kind"]), said)
    region = may.registered_in(organisation)
    return Offer(organisation=organisation, region_id=region, started_by=actor, state_since=clock.now(), **said)


def _require(offer: Offer, actor: User, rule: Callable[[Offer, User], bool], sentence: str) -> None:
    if not rule(offer, actor):
        raise Forbidden(sentence % {"title": offer.title})


def _step(
    offer: Offer, state: State, actor: User | None, verb: str, *, note: str = "", source: str = "", **to: Any
) -> Entry:
    to |= {"state_since": clock.now(), "due": due_on(state, clock.today())}
    return ledger.step(offer, state, actor=actor, verb=verb, next_states=NEXT, to=to, note=note, source=source)


def _tell(offer: Offer, kind: str, sentence: _StrOrPromise) -> None:
    """Tell who entered it, and those who speak for its organisation."""
    said = in_words(lambda: str(sentence) % {"title": offer.title, "code": offer.code})
    people = [offer.started_by, *speaking_for(offer.organisation_id, Role.CONTACT, Role.RESEARCH)]
    url = reverse("offers:offer", args=[offer.code])
    tell(people, kind, said, url, why=gettext_lazy("这是您单位的成果"), about=offer)


def _worded(text: str, name: str, sentence: str) -> str:
    if not text.strip():
        raise Invalid(sentence, {name: sentence})
    return text.strip()


def _incomplete(empty: Sequence[str]) -> Invalid:
    labels = {name: Offer._meta.get_field(name).verbose_name for name in empty}  # type: ignore[union-attr]
    named = _("、").join(str(label) for label in labels.values())
    sentences = {name: _("请填写“%(label)s”。") % {"label": label} for name, label in labels.items()}
    return Invalid(_("还不能提交，请先填写：%(fields)s。") % {"fields": named}, sentences)


def _check(offer: Offer, to: Mapping[str, Any]) -> None:
    """Refuse values that do not go together; the form, the import and other systems meet the same sentences."""
    kind = to.get("kind", offer.kind)
    wrong: dict[str, str] = {}
    if kind not in REQUIRED:
        wrong["kind"] = _("请选择成果与供给的类型。")
    elif len(words := to.get("keywords", offer.keywords)) > (most := keyword_limit(kind)):
        wrong["keywords"] = _("关键词最多 %(most)s 个，现有 %(now)s 个，请删减。") % {"most": most, "now": len(words)}
    if not str(to.get("title", offer.title)).strip():
        wrong["title"] = _("请填写“名称”。")
    team = to.get("team", offer.team)
    if team is not None and offer.organisation_id and team.organisation_id != offer.organisation_id:
        wrong["team"] = _("这个团队不属于提供单位，请重新选择。")
    if kind != OfferKind.ACHIEVEMENT and to.get("registration", offer.registration):
        wrong["registration"] = _("只有科技成果有成果登记号，请清空或改为“科技成果”。")
    if wrong:
        raise Invalid(" ".join(wrong.values()), wrong)


def _registration(text: str, kind: str) -> str:
    try:
        return clean_registration(text)
    except ValueError as error:
        raise Invalid(str(error), {"registration": str(error)}) from None


def _registered_already(number: str) -> Invalid:
    sentence = _("成果登记号 %(number)s 已经登记过，请核对是不是同一项成果。") % {"number": number}
    return Invalid(sentence, {"registration": sentence})
