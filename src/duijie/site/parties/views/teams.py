"""The directory of teams: list, page, registering, changing, members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.kernel.lists import Column, list_page, matching_rows
from duijie.site.parties import actions, forms, permissions, queries
from duijie.site.parties.http import form_page
from duijie.site.parties.models import Team
from duijie.site.parties.trails import trail_of

if TYPE_CHECKING:
    from django.http import FileResponse, HttpResponse

    from duijie.site.parties.http import OfficeRequest

COLUMNS = (
    Column("name", gettext_lazy("团队名称"), ("name",)),
    Column("leader", gettext_lazy("负责人"), ("leader_name",)),
    Column("organisation", gettext_lazy("所属单位"), ("organisation__name",)),
    Column("capacity", gettext_lazy("还能承接"), ("capacity",), numeric=True),
    Column("confirmed", gettext_lazy("最近确认"), ("confirmed_on",)),
)


@require_safe
@login_required
def teams(request: OfficeRequest) -> HttpResponse:
    """Show the directory."""
    rows = Team.objects.visible_to(request.user).select_related("organisation__region")
    page = list_page(rows, request.GET, columns=COLUMNS, filters=forms.TeamFilter, order="name")
    return render(request, "parties/teams.html", {"page": page})


@require_safe
@login_required
def export(request: OfficeRequest) -> FileResponse:
    """Export exactly what the directory at the same address shows."""
    from duijie.site.parties.exports import teams_file  # noqa: PLC0415  brings the sheets

    listed = Team.objects.visible_to(request.user)
    rows = matching_rows(listed, request.GET, columns=COLUMNS, filters=forms.TeamFilter, order="name")
    return teams_file(rows, request.user, ending=request.GET.get("format", "xlsx"))


@require_safe
@login_required
def team(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one team."""
    row = queries.team_for(request.user, code)
    page = queries.team_page(row, request.user)
    parts = [*page.members, *page.former]
    trail = trail_of(row, request.user, parts=parts) if page.may_see_contact else []
    return render(request, "parties/team.html", {"page": page, "team": row, "trail": trail})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_team(request: OfficeRequest, code: str) -> HttpResponse:
    """Register a team of an organisation."""
    organisation = queries.organisation_for(request.user, code)
    if not permissions.may_register_team(request.user, organisation):
        raise Http404
    form = forms.TeamForm(request.POST or None)
    form.of_organisation(organisation)

    def save() -> HttpResponse:
        row = actions.register_team(actor=request.user, organisation=organisation, **form.answers)
        messages.success(request, _("已登记，编号 %(code)s。") % {"code": row.code})
        return redirect("parties:team", row.code)

    return form_page(
        request, form, save, template="parties/team_form.html", organisation=organisation, title=_("登记团队")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_team(request: OfficeRequest, code: str) -> HttpResponse:
    """Change what is known of a team."""
    row = _own(request, code)
    form = forms.TeamForm.of(row, request.POST or None)
    form.of_organisation(row.organisation)

    def save() -> HttpResponse:
        actions.change_team(row, actor=request.user, to=form.answers, expected=form.revision)
        messages.success(request, _("已保存，并记为今天确认。"))
        return redirect("parties:team", row.code)

    return form_page(
        request,
        form,
        save,
        row=row,
        template="parties/team_form.html",
        organisation=row.organisation,
        team=row,
        title=_("修改团队信息"),
    )


@require_POST
@login_required
def confirm_team(request: OfficeRequest, code: str) -> HttpResponse:
    """Say that everything still holds."""
    row = _own(request, code)
    actions.confirm_team(row, actor=request.user)
    messages.success(request, _("已确认，两年内有效。"))
    return redirect("parties:team", row.code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dissolve_team(request: OfficeRequest, code: str) -> HttpResponse:
    """Take a team off the list, with a reason."""
    row = queries.team_for(request.user, code)
    if not permissions.may_register_team(request.user, row.organisation):
        raise Http404
    form = forms.ReasonForm(request.POST or None)

    def save() -> HttpResponse:
        actions.dissolve_team(row, actor=request.user, note=form.cleaned_data["note"])
        messages.success(request, _("团队已停用。"))
        return redirect("parties:team", row.code)

    return form_page(
        request,
        form,
        save,
        template="kernel/confirm.html",
        title=_("停用“%(name)s”") % {"name": row.name},
        words=[_("停用后不再参加对接，已有的记录保留。")],
        submit=_("停用团队"),
        cancel=reverse("parties:team", args=[row.code]),
        code=row.code,
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_team_member(request: OfficeRequest, code: str) -> HttpResponse:
    """Add somebody to a team."""
    row = _own(request, code)
    form = forms.TeamMemberForm(request.POST or None)

    def save() -> HttpResponse:
        member = actions.add_team_member(row, actor=request.user, **form.answers)
        messages.success(request, _("%(name)s 已加入团队。") % {"name": member.name})
        return redirect("parties:team", row.code)

    return form_page(
        request, form, save, template="parties/team_member.html", team=row, title=_("添加成员"), submit=_("添加")
    )


@require_POST
@login_required
def end_team_member(request: OfficeRequest, code: str, member: str) -> HttpResponse:
    """Record that somebody left."""
    row = _own(request, code)
    who = get_object_or_404(row.members.select_related("team__organisation"), pk=member)
    actions.end_team_member(who, actor=request.user)
    messages.success(request, _("已记录 %(name)s 离开团队。") % {"name": who.name})
    return redirect("parties:team", row.code)


def _own(request: OfficeRequest, code: str) -> Team:
    """Return the team if the reader may change it; else there is no such page."""
    row = queries.team_for(request.user, code)
    if not permissions.may_change_team(request.user, row):
        raise Http404
    return row
