"""What a desk shows of offers: to do, done, started, and what nobody has confirmed for two years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands.queries.desk import DeskRow
from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry
from duijie.site.offers.models import Offer
from duijie.site.offers.states import State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from duijie.site.offers.models.offer import OfferQuerySet
    from duijie.site.parties.models import User

KIND = "offers.offer"
LOOKING = ("offer.open", "file.download")
WHAT: dict[str, _StrPromise] = {
    State.DRAFT: gettext_lazy("填写并提交"),
    State.SUBMITTED: gettext_lazy("审核"),
    State.RETURNED: gettext_lazy("按意见修改后重新提交"),
    State.REVIEWED: gettext_lazy("发布"),
    State.EXPIRED: gettext_lazy("续期或撤回"),
}


def waiting(user: User) -> OfferQuerySet:
    """Return the offers behind :func:`todo`; its length is the number on the desk's tab."""
    rows: OfferQuerySet = Offer.objects.waiting_for(user)
    return rows.order_by(F("due").asc(nulls_last=True), "state_since", "code")


def todo(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what waits for the user, what is due first on top."""
    return [_row(offer, str(WHAT[offer.state])) for offer in waiting(user)[:most]]


def handled(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what the user has acted on and may still see, the latest first."""
    entries = Entry.objects.filter(actor=user.code, kind=KIND).exclude(verb__in=LOOKING)
    latest = entries.values("subject").annotate(last=Max("id")).order_by("-last")[: most * 2]
    codes = [one["subject"] for one in latest]
    rows = Offer.objects.handled_by(user).in_bulk(codes)
    return [_row(rows[code], rows[code].get_state_display()) for code in codes if code in rows][:most]


def started(user: User, *, most: int = 100) -> list[DeskRow]:
    """Return what the user entered, the latest first."""
    mine = Offer.objects.handled_by(user).filter(started_by=user.code).order_by("-created_at", "code")
    return [_row(offer, offer.get_state_display()) for offer in mine[:most]]


def stale(user: User) -> OfferQuerySet:
    """Return the user's offers that nobody has confirmed for two years."""
    rows: OfferQuerySet = Offer.objects.owned_by(user).stale(clock.today())
    return rows.order_by("confirmed_on", "code")


def unconfirmed(user: User, *, most: int = 20) -> list[DeskRow]:
    """Return the desk's lines for :func:`stale`."""
    return [_row(offer, _("核实是否仍然有效")) for offer in stale(user)[:most]]


def _row(offer: Offer, what: str) -> DeskRow:
    url = reverse("offers:offer", args=[offer.code])
    return DeskRow(offer.code, offer.title, url, what, offer.state_since, offer.due, offer.is_overdue)
