"""Writing a demand: start, the task list, its sections, checking the answers, handing in."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duijie.site.demands import actions, permissions, queries
from duijie.site.demands.forms import section_form, start_form
from duijie.site.demands.sections import BY_KEY, SECTIONS
from duijie.site.demands.states import BY_LOCAL
from duijie.site.kernel.errors import Forbidden, Invalid, Stale

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.demands.forms import SectionForm
    from duijie.site.demands.models import Demand
    from duijie.site.parties.http import OfficeRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: OfficeRequest) -> HttpResponse:
    """Begin a demand; the same page sent twice begins one."""
    if not permissions.may_start_any(request.user):
        raise Forbidden(_("只有单位联系人和科技主管部门经办人可以填报需求。"))
    if request.method != "POST":
        form = start_form(request.user, token=secrets.token_hex(12))
        return render(request, "demands/start.html", {"form": form})
    form = start_form(request.user, request.POST)
    if form.is_valid():
        try:
            made = actions.start_demand(actor=request.user, **form.answers)
        except Forbidden as refusal:
            form.add_error("organisation", str(refusal))
        else:
            return redirect("demands:form", made.code)
    return render(request, "demands/start.html", {"form": form}, status=422)


@login_required
@require_safe
def form(request: OfficeRequest, code: str) -> HttpResponse:
    """Show the sections and how far each has come."""
    demand = _written(request, code)
    page = queries.form_page(demand, request.user)
    return render(request, "demands/form.html", {"page": page, "demand": demand})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: OfficeRequest, code: str, key: str) -> HttpResponse:
    """Show one section, and save it; on an old reading show what differs, and lose nothing."""
    demand = _written(request, code)
    if key not in BY_KEY:
        raise Http404
    form = section_form(key, demand, request.user, request.POST if request.method == "POST" else None)
    if not form.questions:
        raise Forbidden(_("需求%(state)s，这一部分现在不能由您修改。") % {"state": demand.get_state_display()})
    if request.method != "POST":
        return _section(request, demand, key, form)
    if not form.is_valid():
        return _section(request, demand, key, form, status=422)
    try:
        actions.change_demand(demand, to=form.answers, actor=request.user, expected=form.revision)
    except Stale as stale:
        return _stale(request, demand, key, form, stale)
    except Invalid as refusal:
        form.refuse(refusal)
        return _section(request, demand, key, form, status=422)
    messages.success(request, _("“%(section)s”已保存。") % {"section": BY_KEY[key].label})
    return redirect(*_after(request, demand, key))


def _after(request: OfficeRequest, demand: Demand, key: str) -> tuple[str, ...]:
    """Go where the pressed button says: to the next section, or back to the list of sections."""
    place = [one.key for one in SECTIONS].index(key) + 1
    if "next" in request.POST and place < len(SECTIONS):
        return "demands:section", demand.code, SECTIONS[place].key
    return "demands:form", demand.code


def _stale(request: OfficeRequest, demand: Demand, key: str, form: SectionForm, stale: Stale) -> HttpResponse:
    seen = queries.version(demand, form.revision)
    now = queries.fetch_readable(demand.code, request.user)
    differences = form.against(seen or now, now)
    renewed = form.renewed(stale.revision)
    return _section(request, now, key, renewed, status=409, differences=differences)


def _section(
    request: OfficeRequest,
    demand: Demand,
    key: str,
    form: SectionForm,
    *,
    status: int = 200,
    differences: object = None,
) -> HttpResponse:
    examples = queries.examples(demand, key)
    context = {"demand": demand, "section": BY_KEY[key], "form": form, "differences": differences, "examples": examples}
    return render(request, "demands/section.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: OfficeRequest, code: str) -> HttpResponse:
    """Show the answers before they are handed in; hand them in."""
    demand = _written(request, code)
    page = queries.form_page(demand, request.user)
    if request.method != "POST":
        context = {"page": page, "demand": demand, "likely": queries.likely_duplicates(demand, request.user, most=3)}
        return render(request, "demands/check.html", context)
    if demand.state in BY_LOCAL:  # the button was pressed twice
        return redirect("demands:receipt", code)
    try:
        hand_in = actions.hand_back if demand.state == "refinement" else actions.submit_demand
        hand_in(demand, actor=request.user, note=request.POST.get("note", "")[:2000])
    except Invalid as refusal:
        return render(request, "demands/check.html", {"page": page, "demand": demand, "refusal": refusal}, status=422)
    return redirect("demands:receipt", code)


def _written(request: OfficeRequest, code: str) -> Demand:
    """Fetch a demand whose form the user may see: somebody of its organisation, or who handles it."""
    demand = queries.fetch_readable(code, request.user)
    if not queries.is_insider(demand, request.user):
        raise Http404
    return demand
