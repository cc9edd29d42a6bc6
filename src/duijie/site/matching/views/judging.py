"""Verdicts: given from wherever a candidate is shown, and the page about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duijie.site.kernel.errors import Invalid
from duijie.site.matching import permissions
from duijie.site.matching.actions.judging import judge as give
from duijie.site.matching.models import Suggestion
from duijie.site.matching.models.verdict import Level
from duijie.site.matching.queries.verdicts import judging_page, may_judge_suggestion

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def verdicts(request: OfficeRequest) -> HttpResponse:
    """Show what the reader judged, how far judging is, and what is worth judging next."""
    if not permissions.may_judge_any(request.user):
        raise Http404
    return render(request, "matching/verdicts.html", {"page": judging_page(request.user), "levels": Level.choices})


@login_required
@require_POST
def judge(request: OfficeRequest) -> HttpResponse:
    """Take a verdict on a suggestion, and go back to where it was given."""
    number = request.POST.get("suggestion", "")
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    rows = Suggestion.objects.visible_to(request.user).select_related("answer__demand", "offer", "team")
    suggestion = get_object_or_404(rows, pk=int(number))
    if not may_judge_suggestion(request.user, suggestion):
        raise Http404
    level = request.POST.get("level", "")
    if level not in {str(value) for value in Level.values}:
        raise Invalid(_("请在四个等级中选择一个。"))
    supply: Any = suggestion.offer or suggestion.team
    row = give(suggestion.answer.demand, supply, int(level), request.POST.get("words", ""), actor=request.user)
    messages.success(request, _("已评判：%(level)s。") % {"level": row.get_level_display()})
    return HttpResponseRedirect(_back(request))


def _back(request: OfficeRequest) -> str:
    came = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if came and inside else reverse("matching:verdicts")
