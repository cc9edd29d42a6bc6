"""Mechanisms: list, page at any day, members and lead group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.kernel.lists import Column, list_page
from duijie.site.parties import actions, forms, permissions, queries
from duijie.site.parties.http import form_page
from duijie.site.parties.models import Mechanism
from duijie.site.parties.trails import trail_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest

COLUMNS = (
    Column("name", gettext_lazy("机制名称"), ("name",)),
    Column("kind", gettext_lazy("类型"), ("kind",)),
    Column("region", gettext_lazy("适用地区"), ("region_id",)),
    Column("from", gettext_lazy("建立日期"), ("valid_from",)),
    Column("to", gettext_lazy("终止之日"), ("valid_to",)),
)


@require_safe
@login_required
def mechanisms(request: OfficeRequest) -> HttpResponse:
    """Show all mechanisms."""
    rows = Mechanism.objects.visible_to(request.user).select_related("region")
    page = list_page(rows, request.GET, columns=COLUMNS, order="from")
    context = {"page": page, "may_found": permissions.may_found_mechanism(request.user)}
    return render(request, "parties/mechanisms.html", context)


@require_safe
@login_required
def mechanism(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one mechanism as it was on the day asked about."""
    row = queries.mechanism_for(request.user, code)
    form = forms.DayFilter(request.GET or None)
    on = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    page = queries.mechanism_page(row, request.user, on=on)
    trail = trail_of(row, request.user) if page.may_change else []
    context = {"page": page, "mechanism": row, "form": form, "trail": trail}
    return render(request, "parties/mechanism.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_mechanism(request: OfficeRequest) -> HttpResponse:
    """Enter a mechanism."""
    if not permissions.may_found_mechanism(request.user):
        raise Http404
    form = forms.MechanismForm(request.POST or None)

    def save() -> HttpResponse:
        row = actions.found_mechanism(actor=request.user, **form.answers)
        messages.success(request, _("已建立，编号 %(code)s。现在可以添加成员。") % {"code": row.code})
        return redirect("parties:mechanism", row.code)

    return form_page(request, form, save, template="parties/mechanism_form.html", title=_("建立合作机制"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_mechanism(request: OfficeRequest, code: str) -> HttpResponse:
    """Change or end a mechanism."""
    row = _own(request, code)
    form = forms.MechanismForm.of(row, request.POST or None)

    def save() -> HttpResponse:
        actions.change_mechanism(row, actor=request.user, to=form.answers, expected=form.revision)
        messages.success(request, _("已保存。"))
        return redirect("parties:mechanism", row.code)

    return form_page(
        request,
        form,
        save,
        row=row,
        template="parties/mechanism_form.html",
        mechanism=row,
        title=_("修改合作机制"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def admit_member(request: OfficeRequest, code: str) -> HttpResponse:
    """Add a member to a tier."""
    row = _own(request, code)
    form = forms.TierForm(request.POST or None)

    def save() -> HttpResponse:
        member = actions.admit_member(row, actor=request.user, **form.answers)
        messages.success(request, _("“%(name)s”已加入。") % {"name": member})
        return redirect("parties:mechanism", row.code)

    return form_page(
        request,
        form,
        save,
        template="parties/mechanism_form.html",
        mechanism=row,
        title=_("添加成员"),
        submit=_("添加"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appoint(request: OfficeRequest, code: str) -> HttpResponse:
    """Seat somebody in the lead group."""
    row = _own(request, code)
    form = forms.LeadForm(request.POST or None)

    def save() -> HttpResponse:
        seat = actions.appoint_to_lead_group(row, actor=request.user, **form.answers)
        messages.success(request, _("%(name)s 已列入领导小组。") % {"name": seat.name})
        return redirect("parties:mechanism", row.code)

    return form_page(
        request,
        form,
        save,
        template="parties/mechanism_form.html",
        mechanism=row,
        title=_("添加领导小组成员"),
        submit=_("添加"),
    )


@require_POST
@login_required
def release_member(request: OfficeRequest, code: str, member: str) -> HttpResponse:
    """Record that a member leaves today."""
    row = _own(request, code)
    party = get_object_or_404(row.members.select_related("mechanism", "organisation", "region"), pk=member)
    actions.release_member(party, actor=request.user)
    messages.success(request, _("已记录“%(name)s”退出。") % {"name": party})
    return redirect("parties:mechanism", row.code)


@require_POST
@login_required
def relieve(request: OfficeRequest, code: str, member: str) -> HttpResponse:
    """Record that somebody leaves the lead group today."""
    row = _own(request, code)
    seat = get_object_or_404(row.lead_group.select_related("mechanism"), pk=member)
    actions.relieve_of_lead_group(seat, actor=request.user)
    messages.success(request, _("已记录 %(name)s 卸任。") % {"name": seat.name})
    return redirect("parties:mechanism", row.code)


def _own(request: OfficeRequest, code: str) -> Mechanism:
    """Return the mechanism if the reader may change it; else there is no such page."""
    row = queries.mechanism_for(request.user, code)
    if not permissions.may_change_mechanism(request.user, row):
        raise Http404
    return row
