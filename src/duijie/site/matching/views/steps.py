"""The steps of a match: taken up, and each next one asked, done and confirmed in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.matching import permissions
from duijie.site.matching.actions import asking, working
from duijie.site.matching.asked import STEPS
from duijie.site.matching.models import Inquiry, Suggestion
from duijie.site.matching.queries.mine import fetch_match, next_candidate
from duijie.site.matching.queries.supply import supply_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.matching.models import Match
    from duijie.site.parties.http import OfficeRequest


@login_required
@require_POST
def take_up(request: OfficeRequest, number: int) -> HttpResponse:
    """Take up a suggestion."""
    rows = Suggestion.objects.visible_to(request.user).select_related("answer__demand__organisation", "offer", "team")
    suggestion = get_object_or_404(rows, pk=number)
    demand = suggestion.answer.demand
    if not permissions.may_see_candidates(request.user, demand):
        raise Http404
    match = working.take_up(demand, supply_of(suggestion), suggestion=suggestion, actor=request.user)
    messages.success(request, _("已接手，编号 %(code)s。") % {"code": match.code})
    return redirect("matching:match", match.code)


@login_required
@require_POST
def claim(request: OfficeRequest, code: str) -> HttpResponse:
    """Take a match in hand that its organisation asked for."""
    match = fetch_match(code, request.user)
    working.take_up(match.demand, match.supply, actor=request.user)
    messages.success(request, _("%(code)s 现在由您经办。") % {"code": code})
    return redirect("matching:match", code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: OfficeRequest, code: str, verb: str) -> HttpResponse:
    """Take one step."""
    match = fetch_match(code, request.user)
    asked = STEPS.get(verb)
    if asked is None:
        raise Http404
    if not permissions.STEPS[verb](request.user, match):
        state = match.get_state_display()
        raise Forbidden(
            _("%(code)s 现在是“%(state)s”，这一步不能办理，或者不由您办理。") % {"code": code, "state": state}
        )
    form = asked.form(request.POST if request.method == "POST" else None, match=match, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            asked.act(match, actor=request.user, **form.answers)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _afterwards(match, str(asked.done), request))
            return redirect("matching:match", code)
    context = {
        "match": match, "form": form, "title": asked.title, "words": [asked.words], "submit": asked.title,
        "cancel": reverse("matching:match", args=[code]), "danger": asked.danger, "code": code,
    }  # fmt: skip
    return render(request, "matching/step.html", context, status=422 if form.is_bound else 200)


def _afterwards(match: Match, sentence: str, request: OfficeRequest) -> str:
    """After a no the officer hears which candidate is next."""
    if match.state != "declined" or not permissions.is_office_of(request.user, match.demand):
        return sentence
    following = next_candidate(match.demand, request.user)
    if following is None:
        return sentence + _("没有其他推荐了，可以重新匹配，或请单位补充需求内容。")
    return sentence + _("下一个推荐：第 %(rank)s 名“%(name)s”。") % {
        "rank": following.rank,
        "name": supply_of(following),
    }


@login_required
@require_POST
def recall(request: OfficeRequest, code: str, inquiry: str) -> HttpResponse:
    """Take a question back."""
    match = fetch_match(code, request.user)
    row = get_object_or_404(Inquiry.objects.select_related("match__demand"), match=match, pk=inquiry)
    asking.recall(row, actor=request.user)
    messages.success(request, _("征询已收回，邮件里的链接不再有效。"))
    return redirect("matching:match", code)
