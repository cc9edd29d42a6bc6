"""Requests as the site's views meet them, and the answer to a form that is saved, wrong, or too late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.shortcuts import render

from duijie.site.kernel.errors import Invalid, Stale

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from duijie.site.kernel.forms import OfficeForm
    from duijie.site.kernel.parts import Difference
    from duijie.site.ledger.models import Recorded
    from duijie.site.parties.models import User


class OfficeRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def form_page(
    request: HttpRequest,
    form: OfficeForm,
    save: Callable[[], HttpResponse],
    *,
    row: Recorded | None = None,
    template: str = "kernel/form_page.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or save it and answer with what ``save`` returns.

    What an action finds wrong stands beside the fields (422); a form that came too late is set against what stands now
    (409), with nothing lost; ``row`` is what it changes.
    """
    status, differences = 200, list[Any]()
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return save()
            except Invalid as refusal:
                form.refuse(refusal)
            except Stale as stale:
                if row is None:
                    raise
                status, differences = 409, _differences(form, row)
                form = form.renewed(stale.revision)
    return render(request, template, {"form": form, "differences": differences, **context}, status=status)


def _differences(form: OfficeForm, row: Recorded) -> list[Difference]:
    """Set the three readings side by side; of private values no version tells what was seen."""
    now = row.__class__._base_manager.get(pk=row.pk)
    seen = row.versions.filter(code=row.pk, revision=form.revision).first()
    private = {form[name].label for name in row.PRIVATE if name in form.fields}
    found = form.against(seen, now)
    return [one for one in found if one.label not in private or one.now != one.given]
