"""Demands that look alike: which, side by side, and what to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duijie.site.demands import actions, permissions, queries
from duijie.site.demands.forms.decisions import ApartForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.demands.models import Demand
    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def duplicates(request: OfficeRequest, code: str) -> HttpResponse:
    """Show what looks like the same need, with the evidence."""
    demand = _handled(request, code)
    likely = queries.likely_duplicates(demand, request.user)
    return render(request, "demands/duplicates.html", {"demand": demand, "likely": likely})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: OfficeRequest, code: str, other: str) -> HttpResponse:
    """Set two demands side by side; whoever reviews can find them different, or merge one into the other."""
    demand, second = _handled(request, code), queries.fetch_readable(other, request.user)
    if demand.code == second.code:
        raise Http404
    form = ApartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.set_apart(demand, second, actor=request.user, **form.answers)
        messages.success(request, _("已确认 %(a)s 与 %(b)s 不重复。") % {"a": code, "b": other})
        return redirect("demands:duplicates", code)
    if request.method != "POST":
        actions.record_opening(second, actor=request.user)
    context = {
        "demand": demand,
        "other": second,
        "rows": queries.side_by_side(demand, second),
        "evidence": queries.evidence(demand, second),
        "form": form,
        "may": permissions.decisions(request.user, demand),
    }
    return render(request, "demands/compare.html", context, status=422 if form.is_bound else 200)


def _handled(request: OfficeRequest, code: str) -> Demand:
    demand = queries.fetch_readable(code, request.user)
    if not queries.is_insider(demand, request.user):
        raise Http404
    return demand
