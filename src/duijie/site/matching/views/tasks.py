"""The broker's desk: matches in hand and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duijie.site.matching import permissions
from duijie.site.matching.actions import tasks as actions
from duijie.site.matching.forms.working import OutcomeForm
from duijie.site.matching.queries.mine import brokers_desk, fetch_task
from duijie.site.parties.http import form_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def tasks(request: OfficeRequest) -> HttpResponse:
    """Show what one has in hand."""
    return render(request, "matching/tasks.html", {"desk": brokers_desk(request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: OfficeRequest, code: str, verb: str) -> HttpResponse:
    """Tick a task off, or drop it."""
    task = fetch_task(code, request.user)
    act = {"done": actions.finish_task, "drop": actions.drop_task}.get(verb)
    if act is None or not permissions.may_settle_task(request.user, task):
        raise Http404
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    title = _("任务办完") if verb == "done" else _("任务不再需要")

    def save() -> HttpResponse:
        act(task, actor=request.user, **form.answers)
        messages.success(request, _("任务已记为“%(state)s”。") % {"state": task.get_state_display()})
        return redirect("matching:tasks")

    back = reverse("matching:tasks")
    return form_page(request, form, save, title=title, lead_words=task.what, submit=title, cancel=back)
