"""The list of matches and its export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duijie.site.kernel.exports import file_of
from duijie.site.matching import permissions
from duijie.site.matching.forms.listing import MatchFilter
from duijie.site.matching.queries.listing import export_heads, export_rows, match_list

if TYPE_CHECKING:
    from django.http import FileResponse, HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def matches(request: OfficeRequest) -> HttpResponse:
    """List the matches that are the reader's to know of."""
    page = match_list(request.user, request.GET, MatchFilter(request.GET, user=request.user))
    may = {"run_all": permissions.may_run_all(request.user), "list_runs": permissions.may_list_runs(request.user)}
    return render(request, "matching/list.html", {"page": page, "may": may})


@login_required
@require_safe
def export(request: OfficeRequest) -> FileResponse:
    """Write exactly what the list at the same address shows."""
    lines = export_rows(request.user, request.GET, MatchFilter(request.GET, user=request.user))
    return file_of(_("对接"), export_heads(), lines, ending=request.GET.get("format", "xlsx"))
