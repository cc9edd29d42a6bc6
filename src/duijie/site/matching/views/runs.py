"""Runs of the engine: all of them, one of them, and whether its stored answers are the ones that were written down."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from duijie.site.matching import permissions
from duijie.site.matching.actions.running import digest_of, start_matching_all
from duijie.site.matching.queries.runs import entered_digest, run_list, run_page, stored
from duijie.site.matching.states import RunState

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def runs(request: OfficeRequest) -> HttpResponse:
    """List the runs the reader may read."""
    page = run_list(request.user, request.GET)
    return render(request, "matching/runs.html", {"page": page, "may_run_all": permissions.may_run_all(request.user)})


@login_required
@require_safe
def run(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one run; with ``?verify=1`` compute the digest of what is stored and compare it with the ledger's."""
    page = run_page(code, request.user)
    context: dict[str, object] = {"page": page, "run": page.run}
    if request.GET.get("verify"):
        if page.run.state != RunState.DONE:
            raise Http404
        found = sha256("".join(sorted(digest_of(one) for one in stored(page.run))).encode()).hexdigest()
        entered = entered_digest(page.run)
        context |= {"verified": True, "same": found == entered, "stored": found, "entered": entered}
    return render(request, "matching/run.html", context)


@login_required
@require_POST
def run_all(request: OfficeRequest) -> HttpResponse:
    """Start matching all open demands; the job's page shows how far it is."""
    job = start_matching_all(actor=request.user)
    return redirect("kernel:job", job.code)
