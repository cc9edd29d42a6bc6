"""The directory of organisations: list, page, registering, changing, merging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.kernel.lists import Column, list_page, matching_rows
from duijie.site.parties import actions, forms, numbers, permissions, queries
from duijie.site.parties.duplicates import duplicate_pairs, likely_duplicates
from duijie.site.parties.http import form_page
from duijie.site.parties.models import Organisation
from duijie.site.parties.references import merge_preview
from duijie.site.parties.trails import trail_of

if TYPE_CHECKING:
    from django.http import FileResponse, HttpResponse

    from duijie.site.parties.http import OfficeRequest

COLUMNS = (
    Column("name", gettext_lazy("单位名称"), ("name",)),
    Column("kind", gettext_lazy("单位类型"), ("kind",)),
    Column("region", gettext_lazy("所在地"), ("region_id",)),
    Column("credit_code", gettext_lazy("统一社会信用代码")),
    Column("changed", gettext_lazy("更新时间"), ("changed_at",)),
)


@require_safe
@login_required
def organisations(request: OfficeRequest) -> HttpResponse:
    """Show the directory."""
    rows = Organisation.objects.visible_to(request.user).present().select_related("region__parent")
    page = list_page(rows, request.GET, columns=COLUMNS, filters=forms.OrganisationFilter, order="name")
    context = {
        "page": page,
        "may_register": permissions.may_register_organisation(request.user),
    }
    return render(request, "parties/organisations.html", context)


@require_safe
@login_required
def export(request: OfficeRequest) -> FileResponse:
    """Export exactly what the directory at the same address shows."""
    from duijie.site.parties.exports import organisations_file  # noqa: PLC0415  brings the sheets

    listed = Organisation.objects.visible_to(request.user).present()
    rows = matching_rows(listed, request.GET, columns=COLUMNS, filters=forms.OrganisationFilter, order="name")
    return organisations_file(rows, request.user, ending=request.GET.get("format", "xlsx"))


@require_safe
@login_required
def organisation(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one organisation; one that was merged says into which."""
    row = queries.organisation_for(request.user, code)
    page = queries.organisation_page(row, request.user)
    trail = trail_of(row, request.user) if page.may_see_contact else []
    return render(request, "parties/organisation.html", {"page": page, "organisation": row, "trail": trail})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_organisation(request: OfficeRequest) -> HttpResponse:
    """Register an organisation, after a look at those it may be."""
    if not permissions.may_register_organisation(request.user):
        raise Http404
    form = forms.NewOrganisationForm(request.POST or None)
    likely = []
    if form.is_bound and form.is_valid():
        given = form.answers
        likely = likely_duplicates(name=given["name"], credit_code=given["credit_code"], ror=given["ror"])
        if likely and not form.cleaned_data["distinct"]:
            form.add_error("distinct", _("名录里有相近的单位。请先核对；确实不是同一个，再勾选此项。"))
    if not likely:
        del form.fields["distinct"]

    def save() -> HttpResponse:
        row = actions.register_organisation(actor=request.user, **form.answers)
        _tell_saved(request, row, _("已登记，编号 %(code)s。") % {"code": row.code})
        return redirect("parties:organisation", row.code)

    return form_page(
        request,
        form,
        save,
        template="parties/organisation_new.html",
        title=_("登记单位"),
        submit=_("登记单位"),
        likely=likely,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_organisation(request: OfficeRequest, code: str) -> HttpResponse:
    """Change what is known of an organisation."""
    row = queries.organisation_for(request.user, code)
    if not permissions.may_change_organisation(request.user, row):
        raise Http404
    form = forms.OrganisationForm.of(row, request.POST or None)
    if not permissions.may_place_organisation(request.user, row):
        form.keep_place()

    def save() -> HttpResponse:
        actions.change_organisation(row, actor=request.user, to=form.answers, expected=form.revision)
        _tell_saved(request, row, _("已保存。"))
        return redirect("parties:organisation", row.code)

    return form_page(request, form, save, row=row, template="parties/organisation_change.html", organisation=row)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def merge_organisation(request: OfficeRequest, code: str) -> HttpResponse:
    """Choose into which organisation, see what would move, confirm."""
    row = queries.organisation_for(request.user, code)
    if not row.is_present or not permissions.looks_after(request.user, row.region_id):
        raise Http404
    form = forms.MergeForm(request.POST if request.method == "POST" else request.GET or None)
    preview = into = None
    if form.is_bound and form.is_valid():
        into = form.cleaned_data["into"]
        permissions.only_if(
            permissions.may_merge_organisation(request.user, row, into),
            _("合并单位须由管辖两个单位所在地的科技主管部门办理。"),
        )
        preview = merge_preview(row, into) if into != row else None
        if into == row:
            form.add_error("into", _("不能把单位合并到它自己。"))
    if request.method == "POST" and form.is_valid() and into is not None:
        actions.merge_organisation(row, into=into, actor=request.user, note=form.cleaned_data["note"])
        messages.success(request, _("“%(name)s”已合并到“%(into)s”。") % {"name": row.name, "into": into.name})
        return redirect("parties:organisation", into.code)
    context = {"organisation": row, "form": form, "into": into, "preview": preview}
    return render(request, "parties/organisation_merge.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def duplicates(request: OfficeRequest) -> HttpResponse:
    """List the pairs that this officer may look into."""
    if not permissions.may_register_organisation(request.user):
        raise Http404
    return render(request, "parties/duplicates.html", {"pairs": duplicate_pairs(request.user)})


@require_POST
@login_required
def keep_apart(request: OfficeRequest, code: str, other: str) -> HttpResponse:
    """Record that two organisations are two."""
    one, two = (queries.organisation_for(request.user, each) for each in (code, other))
    actions.keep_apart(one, two, actor=request.user)
    messages.success(request, _("已记录：“%(one)s”与“%(two)s”不是同一个单位。") % {"one": one.name, "two": two.name})
    return redirect("parties:duplicates")


def _tell_saved(request: OfficeRequest, row: Organisation, sentence: str) -> None:
    messages.success(request, sentence)
    if row.credit_code and (warning := numbers.warn_of_credit_code(row.credit_code)):
        messages.warning(request, warning)
