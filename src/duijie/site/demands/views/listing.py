"""The list of demands, its batch actions and its export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from duijie.site.demands import actions, permissions, queries
from duijie.site.demands.exports import export_file
from duijie.site.demands.forms import DemandFilter
from duijie.site.kernel.errors import Refusal
from duijie.site.kernel.lists import ticked
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from django.http import FileResponse, HttpResponse

    from duijie.site.parties.http import OfficeRequest

BATCH = {
    "take": actions.take_for_review,
    "pass": actions.pass_to_region,
    "publish": actions.publish_demand,
    "match": actions.begin_matching,
}
"""Steps that need no words, so that they can be taken for many demands at once."""


@login_required
@require_safe
def demands(request: OfficeRequest) -> HttpResponse:
    """Show what the user may know of, filtered, sorted, page by page."""
    page = queries.demand_list(request.user, request.GET, DemandFilter(request.user, request.GET))
    context = {
        "page": page,
        "batch_url": reverse("demands:batch"),
        "is_officer": request.user.scope.holds(Role.OFFICER, Role.DEPARTMENT),
        "may_start": permissions.may_start_any(request.user),
    }
    return render(request, "demands/list.html", context)


@login_required
@require_safe
def export(request: OfficeRequest) -> FileResponse:
    """Export exactly what the list at the same address shows."""
    rows = queries.exported(request.user, request.GET, DemandFilter(request.user, request.GET))
    return export_file(rows, user=request.user, format=request.GET.get("format", "xlsx"))


@login_required
@require_POST
def batch(request: OfficeRequest) -> HttpResponse:
    """Take one step for each ticked demand; those that refuse say why, the others are done."""
    take, done = BATCH.get(request.POST.get("verb", "")), 0
    for code in ticked(request.POST):
        if take is None:
            break
        try:
            take(queries.fetch_readable(code, request.user), actor=request.user)
            done += 1
        except Refusal as refusal:
            messages.warning(request, _("%(code)s：%(why)s") % {"code": code, "why": refusal})
    if done:
        messages.success(request, ngettext("已办理 %(n)s 条。", "已办理 %(n)s 条。", done) % {"n": done})
    else:
        messages.info(request, _("没有办理任何需求。请先勾选要办理的需求。"))
    return redirect(_next(request))


def _next(request: OfficeRequest) -> str:
    address = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if own else reverse("demands:list")
