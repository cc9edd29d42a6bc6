"""Candidates of a demand, side by side, one of them explained, and who needs an offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duijie.site.demands.actions import record_opening
from duijie.site.kernel.parts import Tab
from duijie.site.matching.actions.running import match_demand, match_offer
from duijie.site.matching.models.verdict import Level
from duijie.site.matching.queries.answers import candidates_page, fetch_answered, needs_page
from duijie.site.matching.queries.explaining import MOST, comparison, explanation
from duijie.site.matching.queries.replay import replay as computed_again
from duijie.site.offers.actions import open_offer
from duijie.site.offers.queries import fetch as fetch_offer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.matching.queries.answers import CandidatesPage
    from duijie.site.matching.queries.explaining import Explanation
    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def candidates(request: OfficeRequest, code: str) -> HttpResponse:
    """Show what was last found for a demand: offers, or teams at ``?of=teams``."""
    page = candidates_page(code, request.user)
    teams = request.GET.get("of") == "teams" or (bool(page.teams) and not page.offers)
    context = {
        "page": page,
        "demand": page.demand,
        "shown": page.teams if teams else page.offers,
        "tabs": _tabs(page, teams=teams),
        "levels": Level.choices,
    }
    return render(request, "matching/candidates.html", context)


def _tabs(page: CandidatesPage, *, teams: bool) -> list[Tab]:
    here = reverse("matching:candidates", args=[page.demand.code])
    return [
        Tab(_("成果与供给"), here, not teams, len(page.offers)),
        Tab(_("科研团队"), f"{here}?of=teams", teams, len(page.teams)),
    ]


@login_required
@require_POST
def run_demand(request: OfficeRequest, code: str) -> HttpResponse:
    """Look for offers and teams now."""
    match_demand(fetch_answered(code, request.user), actor=request.user)
    messages.success(request, _("已按现在的成果和团队重新匹配。"))
    return redirect("matching:candidates", code)


@login_required
@require_safe
def compare(request: OfficeRequest, code: str) -> HttpResponse:
    """Show up to four ticked candidates side by side."""
    demand = fetch_answered(code, request.user)
    ticked = dict.fromkeys(int(text) for text in request.GET.getlist("s") if text.isdecimal() and len(text) < 19)
    page = comparison(demand, list(ticked)[:100], request.user)
    return render(request, "matching/compare.html", {"page": page, "demand": demand, "most": MOST})


@login_required
@require_safe
def suggestion(request: OfficeRequest, number: int) -> HttpResponse:
    """Explain one suggestion."""
    return render(request, "matching/suggestion.html", _explained(request, explanation(number, request.user)))


@login_required
@require_POST
def replay(request: OfficeRequest, number: int) -> HttpResponse:
    """Compute one suggestion again, and say whether it is the same."""
    page = explanation(number, request.user)
    if not page.whole:
        raise Http404
    context = _explained(request, page) | {"replayed": computed_again(page.suggestion)}
    return render(request, "matching/suggestion.html", context)


def _explained(request: OfficeRequest, page: Explanation) -> dict[str, object]:
    """Return the page's context; whoever reads a text that is not public is written down."""
    if page.demand_text.open:
        record_opening(page.demand, actor=request.user)
    if page.suggestion.offer is not None and page.offer_text.open:
        open_offer(page.suggestion.offer, actor=request.user)
    return {"page": page, "one": page.candidate, "demand": page.demand, "levels": Level.choices}


@login_required
@require_safe
def needs(request: OfficeRequest, code: str) -> HttpResponse:
    """Show which demands an offer answers."""
    page = needs_page(code, request.user)
    return render(request, "matching/needs.html", {"page": page, "offer": page.offer})


@login_required
@require_POST
def run_offer(request: OfficeRequest, code: str) -> HttpResponse:
    """Look for demands that an offer answers now."""
    offer, _view = fetch_offer(code, request.user)
    match_offer(offer, actor=request.user)
    messages.success(request, _("已按现在的需求重新查找。"))
    return redirect("matching:offer", code)
