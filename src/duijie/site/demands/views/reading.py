"""A demand's page and its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from duijie.site.demands import actions, queries
from duijie.site.files.queries import attachments_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def demand(request: OfficeRequest, code: str) -> HttpResponse:
    """Show the demand, now or as known at ``?known=2026-11-23T10:00``; an outsider's opening is recorded."""
    page = queries.demand_page(code, request.user, known=moment(request.GET.get("known", "")))
    context = {"page": page, "demand": page.demand, "attachments": None}
    if page.view == "full":
        actions.record_opening(page.demand, actor=request.user)
        context["attachments"] = None if page.known else attachments_of(page.demand, request.user)
    return render(request, "demands/demand.html", context)


@login_required
@require_safe
def receipt(request: OfficeRequest, code: str) -> HttpResponse:
    """Show what was handed in, its number, and what happens next."""
    found = queries.receipt(code, request.user)
    return render(request, "demands/receipt.html", {"receipt": found, "demand": found.demand})


def moment(text: str) -> datetime | None:
    """Read a moment of the office's time zone from an address; what is none is missing."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+") if "+" not in text and "T" in text else text)
    except ValueError:
        raise Http404 from None
    return found if found.tzinfo else timezone.make_aware(found)
