"""Entering an offer: start, the task list, its sections, the check, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duijie.site.kernel.errors import Forbidden, Invalid, Stale
from duijie.site.kernel.parts import Task, TaskGroup
from duijie.site.offers import permissions as may
from duijie.site.offers.actions import change_offer, start_offer, submit_offer
from duijie.site.offers.answers import answers_of, label_of
from duijie.site.offers.completeness import completeness
from duijie.site.offers.forms import FORMS, StartForm
from duijie.site.offers.models import Offer
from duijie.site.offers.queries import fetch_readable, likely_duplicates
from duijie.site.offers.queries.page import turn_of
from duijie.site.offers.sections import BY_KEY, SECTIONS, lacking, progress

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.offers.forms import SectionForm
    from duijie.site.offers.sections import Section
    from duijie.site.parties.http import OfficeRequest

_BOTH = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(_BOTH)
def start(request: OfficeRequest) -> HttpResponse:
    """Ask whose it is, what sort and its name."""
    if not may.may_start_any(request.user):
        raise Forbidden(_("您还没有登记成果的权限。请联系本单位管理员或科技主管部门。"))
    form = StartForm(request.POST or None, user=request.user)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = start_offer(
                organisation=form.chosen,
                title=said["title"],
                kind=said["kind"],
                token=said["token"],
                actor=request.user,
            )
            return redirect("offers:form", made.code)
        except Invalid as refusal:
            form.refuse(refusal)
    return render(request, "offers/start.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_safe
def tasks(request: OfficeRequest, code: str) -> HttpResponse:
    """Show the sections and how far each has come."""
    offer = _writable(request, code)
    sections = [Task(one.label, _address(offer, one), progress(one, offer), one.hint) for one in SECTIONS]
    empty = [str(label_of(name)) for name in lacking(offer)]
    context = {
        "offer": offer,
        "groups": [TaskGroup(_("填写"), sections)],
        "empty": empty,
        "completeness": completeness(offer),
    }
    return render(request, "offers/form.html", context)


@login_required
@require_http_methods(_BOTH)
def section(request: OfficeRequest, code: str, key: str) -> HttpResponse:
    """Ask one section; what is half filled is saved, what came too late is compared."""
    offer = _writable(request, code)
    if key not in BY_KEY:
        raise Http404
    form = FORMS[key].of(offer, request.POST or None, offer=offer)
    context: dict[str, Any] = {"offer": offer, "section": BY_KEY[key], "form": form}
    if form.is_bound and form.is_valid():
        try:
            change_offer(offer, to=form.answers, actor=request.user, expected=form.revision)
            return redirect(_after(request, offer, BY_KEY[key]))
        except Invalid as refusal:
            form.refuse(refusal)
        except Stale as stale:
            context |= _compared(offer, form, stale.revision)
            return render(request, "offers/section.html", context, status=409)
    return render(request, "offers/section.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(_BOTH)
def check(request: OfficeRequest, code: str) -> HttpResponse:
    """Show every answer with 修改, what looks like the same offer, and hand it in."""
    offer = _writable(request, code)
    if request.method == "POST":
        try:
            submit_offer(offer, actor=request.user)
            return redirect("offers:receipt", offer.code)
        except Invalid as refusal:
            messages.error(request, str(refusal))
            return redirect("offers:check", offer.code)
    context = {
        "offer": offer,
        "sections": [(one, answers_of(offer, one, change=True)) for one in SECTIONS],
        "empty": [(label_of(name), name) for name in lacking(offer)],
        "completeness": completeness(offer),
        "alike": likely_duplicates(offer, request.user),
    }
    return render(request, "offers/check.html", context)


@login_required
@require_safe
def receipt(request: OfficeRequest, code: str) -> HttpResponse:
    """Say that it was taken in, under which number, and what happens next."""
    offer = fetch_readable(code, request.user)
    if offer.submitted_at is None or not may.acts_for(offer, request.user):
        raise Http404
    steps = [
        _("%(turn)s，一般不超过 10 个工作日。") % {"turn": turn_of(offer) or _("科技主管部门审核")},
        _("审核意见会出现在您的待办里；需要补充的，修改后重新提交即可，编号不变。"),
        _("通过后进入成果库，每两年请核实一次是否仍然有效。"),
    ]
    return render(request, "offers/receipt.html", {"offer": offer, "steps": steps})


def _writable(request: OfficeRequest, code: str) -> Offer:
    offer = fetch_readable(code, request.user)
    if not may.may_change(offer, request.user):
        raise Forbidden(_("“%(title)s”现在不能修改。") % {"title": offer.title})
    return offer


def _address(offer: Offer, section: Section) -> str:
    return reverse("offers:section", args=[offer.code, section.key])


def _after(request: OfficeRequest, offer: Offer, section: Section) -> str:
    """Go on to the next section, or back to the task list."""
    place = SECTIONS.index(section) + 1
    onward = request.POST.get("go") == "next" and place < len(SECTIONS)
    if onward:
        return _address(offer, SECTIONS[place])
    messages.success(request, _("“%(section)s”已保存。") % {"section": section.label})
    return reverse("offers:form", args=[offer.code])


def _compared(offer: Offer, form: SectionForm, revision: int) -> dict[str, Any]:
    seen = offer.versions.filter(code=offer.code, revision=form.revision).first() or offer
    now = Offer.objects.get(pk=offer.pk)
    return {"differences": form.against(seen, now), "form": form.renewed(revision), "at": now.changed_at}
