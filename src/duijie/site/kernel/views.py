"""Pages that belong to no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from duijie.site.kernel import jobs
from duijie.site.kernel.models import Job, JobState
from duijie.site.kernel.parts import Progress

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SHOWN = 50
_HOW_IT_STANDS: dict[str, Literal["waiting", "running", "finished", "failed"]] = {
    JobState.WAITING: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "finished",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "failed",
}


@cache_control(max_age=86_400, public=True)
@require_safe
def favicon(request: HttpRequest) -> FileResponse:
    """Browsers ask for it by name, whatever the page says."""
    found = finders.find("kernel/favicon.svg")
    if not isinstance(found, str):
        raise Http404
    return FileResponse(open(found, "rb"), content_type="image/svg+xml")  # noqa: PTH123  the response closes it


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in words that a form was too old or came from elsewhere, and that nothing was saved."""
    return render(request, "kernel/forged.html", status=403)


@login_required
@never_cache
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Show what the reader started, the newest first."""
    mine = Job.objects.visible_to(request.user).order_by("-created_at")[:_SHOWN]
    return render(request, "kernel/jobs.html", {"jobs": mine})


@login_required
@never_cache
@vary_on_headers("HX-Request")
@require_safe
def job_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show how far a job is; to htmx, only what changes while it runs."""
    job = jobs.job_of(request.user, code)
    jobs.look_at(job)
    body = "kernel/parts/job.html" if request.headers.get("HX-Request") else "kernel/job.html"
    return render(
        request, body, {"job": job, "progress": progress_of(job), "may_cancel": jobs.may_cancel(job, request.user)}
    )


@login_required
@require_POST
def job_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Call a job off."""
    jobs.cancel(jobs.job_of(request.user, code), actor=request.user)
    messages.success(request, _("已取消；正在处理的部分会尽快停下。"))
    return redirect("kernel:job", code)


def progress_of(job: Job) -> Progress:
    """Return what the progress part shows of a job."""
    waits = _("排队中，稍后开始。您可以离开本页，处理不会中断。")
    stops = _("正在取消……")
    return Progress(
        label=job.title,
        done=job.done,
        total=job.total or None,
        state=_HOW_IT_STANDS[job.state],
        url=reverse("kernel:job", args=[job.code]),
        next_url=str((job.result or {}).get("url", "")),
        sentence=stops
        if job.cancelling and not job.is_finished
        else job.message or (waits if not job.attempts else ""),
    )
