"""The page about the whole ledger. What happened to one thing stands on that thing's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duijie.site.ledger import queries
from duijie.site.ledger.forms import EntryFilter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Show who did what, the seals, and when the ledger was last verified."""
    ledger = queries.ledger_page(request.user, request.GET, EntryFilter)
    return render(request, "ledger/entries.html", {"ledger": ledger, "page": ledger.entries})
