"""An offer's page, and its trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.views.decorators.http import require_safe

from duijie.site.offers import permissions as may
from duijie.site.offers.actions import open_offer
from duijie.site.offers.answers import all_answers
from duijie.site.offers.models import Offer
from duijie.site.offers.models.visibility import View
from duijie.site.offers.queries import fetch, fetch_readable, likely_duplicates, offer_page
from duijie.site.offers.queries.page import TONES
from duijie.site.offers.trail import trail_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def offer(request: OfficeRequest, code: str) -> HttpResponse:
    """Show it, in full or title and field only."""
    found, view = fetch(code, request.user)
    if view is View.BLURRED:
        return render(request, "offers/blurred.html", {"offer": found})
    if request.method == "GET":
        open_offer(found, actor=request.user)
    page = offer_page(found, request.user)
    alike = likely_duplicates(found, request.user) if page.may["review"] else []
    rows = trail_of(found, request.user, brief=True)[:5] if page.may["read_history"] else []
    return render(request, "offers/offer.html", {"page": page, "offer": found, "alike": alike, "rows": rows})


@login_required
@require_safe
def trail(request: OfficeRequest, code: str) -> HttpResponse:
    """Show what happened, and with ``?known=`` what the ledger held at a moment."""
    found = fetch_readable(code, request.user)
    if not may.may_read_history(found, request.user):
        raise Http404
    known = _moment(request.GET.get("known", ""))
    then = Offer.objects.known_at(known).filter(code=code).first() if known else None
    sections = all_answers(then, private=False) if then else []
    context = {
        "offer": found,
        "tone": TONES.get(found.state, ""),
        "rows": trail_of(found, request.user),
        "known": known,
        "asked": request.GET.get("known", ""),
        "then": then,
        "sections": sections,
    }
    return render(request, "offers/trail.html", context)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.strip().replace(" ", "T"))
    except ValueError:
        return None
    return make_aware(moment, get_current_timezone()) if moment and is_naive(moment) else moment
