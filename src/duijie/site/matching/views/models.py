"""Ranking models: what counts how much, what was learned, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duijie.site.matching import permissions
from duijie.site.matching.actions.learning import roll_back, start_learning
from duijie.site.matching.queries.models import fetch_model, model_page, models_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def models(request: OfficeRequest) -> HttpResponse:
    """Show the model in use and the history."""
    if not permissions.may_see_models(request.user):
        raise Http404
    return render(request, "matching/models.html", {"page": models_page(request.user)})


@login_required
@require_safe
def model(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one model."""
    return render(request, "matching/model.html", {"page": model_page(fetch_model(code, request.user), request.user)})


@login_required
@require_POST
def learn(request: OfficeRequest) -> HttpResponse:
    """Start learning; its job says when it is done."""
    if not permissions.may_learn(request.user):
        raise Http404
    return redirect("kernel:job", start_learning(actor=request.user).code)


@login_required
@require_POST
def restore(request: OfficeRequest, code: str) -> HttpResponse:
    """Take an earlier model into use again."""
    row = fetch_model(code, request.user)
    roll_back(row, actor=request.user)
    messages.success(request, _("已换回这一版。以后的匹配用它排序，以前的推荐不受影响。"))
    return redirect("matching:models")
