"""The list, its export, and what is done to several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duijie.site.kernel.errors import Refusal
from duijie.site.kernel.exports import file_of
from duijie.site.kernel.lists import list_page, matching_rows, ticked
from duijie.site.ledger.totals import total
from duijie.site.offers import actions
from duijie.site.offers import permissions as may
from duijie.site.offers.lists import COLUMNS, ORDER, OfferFilter, export_heads, export_rows, listed, readable_codes
from duijie.site.offers.models import Offer
from duijie.site.offers.queries.page import TONES
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import FileResponse, HttpResponse

    from duijie.site.parties.http import OfficeRequest
    from duijie.site.parties.models import User

BATCH: dict[str, Callable[[Offer, User], object]] = {
    "publish": lambda offer, actor: actions.publish_offer(offer, actor=actor),
    "confirm": lambda offer, actor: actions.confirm_offer(offer, actor=actor),
}


@login_required
@require_safe
def offers(request: OfficeRequest) -> HttpResponse:
    """List what the reader may know of."""
    filters = OfferFilter(request.GET, user=request.user)
    page = list_page(listed(request.user), request.GET, columns=COLUMNS, filters=filters, order=ORDER, total=total)
    context = {
        "page": page,
        "readable": readable_codes(page.rows, request.user),
        "tones": TONES,
        "may_start": may.may_start_any(request.user),
        "may_review": request.user.scope.holds(Role.OFFICER),
        "batch_url": reverse("offers:batch"),
    }
    return render(request, "offers/list.html", context)


@login_required
@require_safe
def export(request: OfficeRequest) -> FileResponse:
    """Write exactly what the list at the same address shows."""
    filters = OfferFilter(request.GET, user=request.user)
    rows = matching_rows(listed(request.user), request.GET, columns=COLUMNS, filters=filters, order=ORDER)
    lines = export_rows(rows, request.user)
    return file_of(_("成果与供给"), export_heads(), lines, ending=request.GET.get("format", "xlsx"))


@login_required
@require_POST
def batch(request: OfficeRequest) -> HttpResponse:
    """Do one thing to all that are ticked; those it cannot be done to are named, the others are done."""
    run = BATCH.get(request.POST.get("verb", ""))
    codes = ticked(request.POST)
    if run is None or not codes:
        raise Refusal(_("请先勾选要办理的记录。"))
    done, refused = 0, []
    for offer in Offer.objects.visible_to(request.user).select_related("team").filter(code__in=codes):
        try:
            run(offer, request.user)
            done += 1
        except Refusal:
            refused.append(offer.code)
    messages.success(request, _("已办理 %(count)s 条。") % {"count": done})
    if refused:
        messages.warning(request, _("这些不能这样办理，没有改动：%(codes)s。") % {"codes": _("、").join(refused)})
    back = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if inside else reverse("offers:list"))
