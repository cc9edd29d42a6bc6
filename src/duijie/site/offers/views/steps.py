"""The decisions: each asks, does, and says what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.offers import permissions as may
from duijie.site.offers.actions import undirect_offer
from duijie.site.offers.models.visibility import View
from duijie.site.offers.queries import fetch, fetch_readable, likely_duplicates
from duijie.site.offers.steps import STEPS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: OfficeRequest, code: str, verb: str) -> HttpResponse:
    """Take one decision."""
    offer, view = fetch(code, request.user)
    if verb not in STEPS or view is not View.FULL:
        raise Http404
    asked = STEPS[verb]
    if not getattr(may, f"may_{asked.may}")(offer, request.user):
        raise Forbidden(_("“%(title)s”现在不能这样办理，或者不由您办理。") % {"title": offer.title})
    form = asked.form(request.POST if request.method == "POST" else None, initial=_given(request))
    if form.is_bound and form.is_valid():
        try:
            asked.run(offer, form.cleaned_data, request.user)
            messages.success(request, str(asked.done))
            return redirect("offers:offer", offer.code)
        except Invalid as refusal:
            form.refuse(refusal)
    context = {
        "offer": offer, "form": form, "title": asked.title, "words": [asked.words], "submit": asked.title,
        "cancel": reverse("offers:offer", args=[code]), "danger": asked.danger, "code": code,
        "alike": likely_duplicates(offer, request.user) if verb == "merge" else [],
    }  # fmt: skip
    return render(request, "offers/step.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def end_recipient(request: OfficeRequest, code: str, recipient: str) -> HttpResponse:
    """Take an organisation off the list of a directed offer."""
    offer = fetch_readable(code, request.user)
    if not may.may_direct(offer, request.user):
        raise Forbidden(_("您不能改推送对象。"))
    row = get_object_or_404(offer.recipients.present().select_related("organisation"), pk=recipient)
    undirect_offer(row, actor=request.user)
    messages.success(request, _("“%(name)s”不再看到这一项。") % {"name": row.organisation})
    return redirect("offers:offer", code)


def _given(request: OfficeRequest) -> dict[str, Any]:
    return {"into": request.GET.get("into", "")[:40]}
