"""Sharing out: plans drawn up, adjusted, confirmed, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.kernel.errors import Stale
from duijie.site.kernel.exports import file_of
from duijie.site.kernel.parts import Tab
from duijie.site.matching.actions import sharing
from duijie.site.matching.forms.plans import NumbersForm, PlanForm
from duijie.site.matching.queries.plans import PAGE, candidates_of, fetch_plan, latest_run, plan_page, plans_visible_to
from duijie.site.matching.sharing import case_of
from duijie.site.parties.http import form_page
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from django.http import FileResponse, HttpResponse

    from duijie.site.matching.queries.plans import PlanPage
    from duijie.site.parties.http import OfficeRequest

_BOTH = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(_BOTH)
def plans(request: OfficeRequest) -> HttpResponse:
    """List the plans, and draw up a new one."""
    if not request.user.scope.holds(Role.OFFICER):
        raise Http404
    form = PlanForm(request.POST or None, user=request.user)

    def save() -> HttpResponse:
        given = form.cleaned_data
        numbers = {name: given[name] for name in sharing.DEFAULTS}
        made = sharing.draft_plan(given["region"], name=given["name"], parameters=numbers, actor=request.user)
        return redirect("matching:plan", made.code)

    rows, run = plans_visible_to(request.user), latest_run()
    return form_page(request, form, save, template="matching/plans.html", rows=rows, run=run)


@login_required
@require_safe
def plan(request: OfficeRequest, code: str) -> HttpResponse:
    """Show who gets what; ``?demand=`` also the candidates of one demand."""
    found = fetch_plan(code, request.user)
    page = plan_page(found, request.user)
    shown = request.GET.get("show", "pairs")
    if shown not in {"pairs", "moved", "nobody", "teams"}:
        shown = "pairs"
    asked = request.GET.get("demand", "")[:40]
    rows = {
        "pairs": page.lines,
        "moved": [one for one in page.lines if one.first],
        "nobody": page.nobody,
        "teams": page.loads,
    }
    context = {
        "page": page, "plan": found, "shown": shown, "tabs": _tabs(page, shown), "asked": asked,
        "rows": Paginator(rows[shown], PAGE).get_page(request.GET.get("page")),
        "candidates": candidates_of(found, asked, case_of(found, request.user)) if asked and page.may_change else [],
        "form": NumbersForm(initial=found.parameters),
    }  # fmt: skip
    return render(request, "matching/plan.html", context)


def _tabs(page: PlanPage, shown: str) -> list[Tab]:
    moved = sum(bool(one.first) for one in page.lines)
    told = (
        ("pairs", _("分配结果"), len(page.lines)),
        ("moved", _("没有得到首选"), moved),
        ("nobody", _("没有团队"), len(page.nobody)),
        ("teams", _("团队名额"), len(page.loads)),
    )
    return [Tab(label, f"?show={key}", key == shown, count) for key, label, count in told]


@login_required
@require_POST
def adjust(request: OfficeRequest, code: str) -> HttpResponse:
    """Pin, forbid, take either back, or set other numbers; the outcome is computed anew."""
    found = fetch_plan(code, request.user)
    seen = request.POST.get("revision", "")
    expected = int(seen) if seen.isdecimal() and len(seen) < 9 else -1
    verb, demand = request.POST.get("verb", ""), request.POST.get("demand", "")[:40]
    if expected != found.revision:
        raise Stale(_("别人刚才调整过这个方案，请重新打开后再改。"), revision=found.revision)
    if verb == "numbers":
        form = NumbersForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("数字不对，没有改动：请填写范围以内的整数。"))
            return redirect("matching:plan", code)
        sharing.adjust_plan(found, parameters=form.cleaned_data, expected=expected, actor=request.user)
    else:
        team = request.POST.get("team", "")[:40]
        sharing.switch_pair(found, verb, demand, team, expected=expected, actor=request.user)
    messages.success(request, _("已调整，并重新计算了全部分配。"))
    ask = f"?demand={demand}" if demand and verb != "numbers" and request.POST.get("stay") else ""
    return redirect(reverse("matching:plan", args=[code]) + ask)


@login_required
@require_POST
def confirm(request: OfficeRequest, code: str) -> HttpResponse:
    """Make matches and tasks of the plan."""
    done = sharing.confirm_plan(fetch_plan(code, request.user), actor=request.user)
    messages.success(
        request, _("已确认，建立对接 %(count)s 项，每项有一件待办。") % {"count": len(done.outcome["made"])}
    )
    return redirect("matching:plan", code)


@login_required
@require_POST
def discard(request: OfficeRequest, code: str) -> HttpResponse:
    """Lay the plan aside."""
    sharing.discard_plan(fetch_plan(code, request.user), actor=request.user)
    messages.success(request, _("已作废。"))
    return redirect("matching:plans")


@login_required
@require_safe
def export(request: OfficeRequest, code: str) -> FileResponse:
    """Write the whole plan to a file."""
    page = plan_page(fetch_plan(code, request.user), request.user)
    heads = [_("需求编号"), _("需求"), _("团队编号"), _("团队"), _("单位"), _("得分"), _("等级"), _("为什么不是首选")]
    lines = [
        [one.demand, one.title, one.team, one.team_name, one.organisation, one.score, one.level, one.first]
        for one in [*page.lines, *page.nobody]
    ]
    return file_of(page.plan.code, heads, lines, ending=request.GET.get("format", "xlsx"))
