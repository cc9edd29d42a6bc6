"""The map of industry chains: what is needed and what can be had at each node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from duijie.site.kernel.lists import Column, FilterForm, ListPage, changed, list_page
from duijie.site.matching.forms.chains import ChainFilter
from duijie.site.matching.queries import chains as queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest


@login_required
@require_safe
def chains(request: OfficeRequest) -> HttpResponse:
    """List the chains, each with its gaps."""
    form = _form(request)
    found = queries.chain_maps(request.user, form.given.get("region"))
    context = {"found": found, "filters": form, "address": _address(request)}
    return render(request, "matching/chains.html", context)


@login_required
@require_safe
def chain(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one chain from upstream to downstream."""
    form = _form(request)
    found = queries.chain_map(code, request.user, form.given.get("region"))
    context = {"map": found, "filters": form, "address": _address(request)}
    return render(request, "matching/chain.html", context)


@login_required
@require_safe
def records(request: OfficeRequest, code: str) -> HttpResponse:
    """List what stands behind one number of the map."""
    form, what = _form(request), request.GET.get("what", "")
    if what not in RECORDS:
        raise Http404
    words = request.GET.get("how") == "words"
    node = queries.fetch_node(code, request.GET.get("node", ""))
    label, related, columns = RECORDS[what]
    rows = queries.Ground(request.user, form.given.get("region")).records(what, node, words=words)
    page: ListPage[Any] = list_page(
        rows.select_related(*related), request.GET, columns=columns, filters=FilterForm(request.GET), order="-changed"
    )
    context = {
        "page": page,
        "kind": what,
        "label": label,
        "node": node,
        "words": words,
        "region": form.given.get("region"),
        "back": _address(request),
    }
    return render(request, "matching/chain_records.html", context)


def _form(request: OfficeRequest) -> ChainFilter:
    form = ChainFilter(request.GET)
    form.is_valid()
    return form


def _address(request: OfficeRequest) -> str:
    return changed(request.GET, node=None, what=None, how=None, sort=None, page=None, size=None)


_CHANGED = Column("changed", _("更新时间"), ("changed_at",))
_STATE = Column("state", _("状态"), ("state",))
RECORDS: dict[str, tuple[Any, tuple[str, ...], Sequence[Column]]] = {
    "demands": (
        _("在找合作的需求"),
        ("organisation", "region"),
        (Column("title", _("需求名称"), ("title",)), Column("whose", _("需求单位")), _STATE, _CHANGED),
    ),
    "offers": (
        _("可用的供给"),
        ("organisation",),
        (Column("title", _("名称"), ("title",)), Column("whose", _("提供单位")), _STATE, _CHANGED),
    ),
    "matches": (
        _("正在进行的对接"),
        ("demand", "offer", "team"),
        (
            Column("code", _("编号"), ("code",)),
            Column("demand", _("需求")),
            Column("supply", _("成果或团队")),
            _STATE,
            _CHANGED,
        ),
    ),
}
"""How each number's records are called and listed, and what is fetched with them."""
