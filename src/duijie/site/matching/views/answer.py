"""The page behind the link of a mail: what is asked, and the answer, without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from duijie.site.kernel.errors import Invalid
from duijie.site.matching.actions import asking
from duijie.site.matching.forms.working import AnswerForm
from duijie.site.matching.queries.answering import question

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question to whoever holds the link, and take the answer once; looking at it changes nothing."""
    inquiry = asking.inquiry_of(token)
    asking.refuse_closed(inquiry, by_link=True)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    asked = question(inquiry)
    if form.is_bound and form.is_valid():
        try:
            asking.answer_inquiry(inquiry, actor=None, **form.answers)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return render(request, "matching/answered.html", {"inquiry": inquiry, "says": form.answers["says"]})
    context = {"inquiry": inquiry, "asked": asked, "form": form}
    return render(request, "matching/answer.html", context, status=422 if form.is_bound else 200)
