"""The wizard: upload, map, look, import, undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from duijie.site.imports import actions, queries, work
from duijie.site.imports.models import Batch
from duijie.site.imports.nouns import open_to, sheets
from duijie.site.imports.states import State
from duijie.site.kernel.errors import Forbidden, Invalid

if TYPE_CHECKING:
    from duijie.site.kernel.sheets import Sheet
    from duijie.site.parties.http import OfficeRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def batches(request: OfficeRequest) -> HttpResponse:
    """What can be imported, and my batches."""
    mine = Batch.objects.visible_to(request.user).order_by("-created_at", "-code")
    page = Paginator(mine, 20).get_page(request.GET.get("page"))
    return render(request, "imports/batches.html", {"sheets": open_to(request.user), "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: OfficeRequest, noun: str) -> HttpResponse:
    """Take a sheet in; the person's next step is to look at its columns."""
    sheet = _sheet(request, noun)
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Invalid(_("请先选择要上传的文件。"))
            batch = actions.upload_sheet(noun, file.chunks(), name=file.name or "", actor=request.user)
            return redirect("imports:batch", batch.code)
        except Invalid as error:
            problem = str(error)
    status = 422 if problem else 200
    return render(request, "imports/upload.html", {"sheet": sheet, "problem": problem}, status=status)


@login_required
@require_safe
def template(request: OfficeRequest, noun: str) -> FileResponse:
    """Hand out the empty workbook."""
    from duijie.site.imports.template import workbook  # noqa: PLC0415  brings XlsxWriter

    sheet = _sheet(request, noun)
    name = _("%(title)s导入模板") % {"title": sheet.title} + ".xlsx"
    return FileResponse(workbook(sheet), as_attachment=True, filename=name, content_type=XLSX)


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_safe
def batch(request: OfficeRequest, code: str) -> HttpResponse:
    """Show a batch where it stands; to htmx only how far the work is, and at its end that there is more to see."""
    found = queries.batch_of(code, request.user)
    page = queries.batch_page(found, start=_whole(request.GET.get("from")))
    if request.headers.get("HX-Request"):
        if page.progress is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "kernel/parts/progress.html", {"progress": page.progress})
    return render(request, "imports/batch.html", {"page": page, "batch": found, "sheet": page.sheet})


@login_required
@require_POST
def map_columns(request: OfficeRequest, code: str) -> HttpResponse:
    """Take the chosen columns and start the check."""
    found = queries.batch_of(code, request.user)
    chosen = {header: request.POST.get(f"column-{place}", "") for place, header in enumerate(found.headers)}
    try:
        with transaction.atomic():
            actions.map_columns(found, chosen, actor=request.user)
            work.begin(found, actor=request.user)
    except Invalid as error:
        found.mapping = {header: name for header, name in chosen.items() if name}
        page = queries.batch_page(found)
        context = {"page": page, "batch": found, "sheet": page.sheet, "problem": str(error)}
        return render(request, "imports/batch.html", context, status=422)
    return redirect("imports:batch", code)


@login_required
@require_POST
def again(request: OfficeRequest, code: str) -> HttpResponse:
    """Go back to the columns."""
    actions.choose_again(queries.batch_of(code, request.user), actor=request.user)
    return redirect("imports:batch", code)


@login_required
@require_POST
def confirm(request: OfficeRequest, code: str) -> HttpResponse:
    """Import the good rows."""
    found = queries.batch_of(code, request.user)
    with transaction.atomic():
        actions.confirm_batch(found, actor=request.user)
        work.begin(found, actor=request.user)
    return redirect("imports:batch", code)


@login_required
@require_POST
def retry(request: OfficeRequest, code: str) -> HttpResponse:
    """Start the work of a batch again that stopped half-way; nothing was written."""
    found = queries.batch_of(code, request.user)
    if found.is_working and queries.batch_page(found).progress is None:
        work.begin(found, actor=request.user)
    return redirect("imports:batch", code)


@login_required
@require_POST
def give_up(request: OfficeRequest, code: str) -> HttpResponse:
    """Leave off work that stopped half-way; nothing was written."""
    found = queries.batch_of(code, request.user)
    page = queries.batch_page(found)
    if found.is_working and page.progress is None:
        actions.note_failure(found, page.stopped, actor=request.user)
    return redirect("imports:batch", code)


@login_required
@require_POST
def undo(request: OfficeRequest, code: str) -> HttpResponse:
    """Take the whole batch back."""
    found = queries.batch_of(code, request.user)
    with transaction.atomic():
        actions.begin_undo(found, actor=request.user)
        work.begin(found, actor=request.user)
    return redirect("imports:batch", code)


@login_required
@require_POST
def discard(request: OfficeRequest, code: str) -> HttpResponse:
    """Drop the batch; nothing of it was imported."""
    found = queries.batch_of(code, request.user)
    actions.discard_batch(found, actor=request.user)
    messages.success(request, _("已放弃 %(file)s，没有导入任何数据。") % {"file": found.file_name})
    return redirect("imports:batches")


@login_required
@require_safe
def records(request: OfficeRequest, code: str) -> HttpResponse:
    """List what came in by the batch."""
    found = queries.batch_of(code, request.user)
    if found.state not in (State.IMPORTED, State.UNDOING, State.UNDONE):
        raise Http404
    page, rows = queries.records_of(found, request.user, request.GET.get("page"))
    context = {"batch": found, "sheet": sheets()[found.noun], "page": page, "records": rows}
    return render(request, "imports/records.html", context)


@login_required
@require_safe
def marked(request: OfficeRequest, code: str) -> FileResponse:
    """Give the person's own workbook back, with red cells and comments."""
    found = queries.batch_of(code, request.user)
    if not found.marked.exists():
        raise Http404
    name = _("%(name)s（已批注）") % {"name": Path(found.file_name).stem} + ".xlsx"
    return FileResponse(found.marked.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


def _sheet(request: OfficeRequest, noun: str) -> Sheet:
    if noun not in sheets():
        raise Http404
    if not sheets()[noun].may_import(request.user):
        raise Forbidden(_("您没有导入这类信息的权限。需要时，请与科技主管部门联系。"))
    return sheets()[noun]


def _whole(asked: str | None) -> int:
    return int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0
