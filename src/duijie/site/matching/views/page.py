"""A match's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duijie.site.matching.queries.page import match_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def match(request: OfficeRequest, code: str) -> HttpResponse:
    """Show both sides, where the match stands, who did what, and what the reader may do next."""
    page = match_page(code, request.user)
    return render(request, "matching/match.html", {"page": page, "match": page.match, "one": page.candidate})
