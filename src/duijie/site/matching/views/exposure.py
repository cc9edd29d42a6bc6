"""How often institutions are shown and taken up, against what they have on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from duijie.site.kernel.exports import file_of
from duijie.site.kernel.lists import Column, FilterForm, Heading, ListPage, changed, list_page
from duijie.site.kernel.parts import Tab
from duijie.site.matching import permissions
from duijie.site.matching.forms.exposure import ExposureFilter, leagues
from duijie.site.matching.queries import exposure as queries
from duijie.site.matching.queries.fairness import FEW, LEAST_EXPECTED, MANY, SMALL_SUPPLY
from duijie.site.matching.wording import level_word
from duijie.site.parties.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import FileResponse, HttpResponse

    from duijie.site.matching.queries.exposure import Exposure, Line
    from duijie.site.parties.http import OfficeRequest

ORDER = "-supply"
_SHOWN = 100  # institutions on the page; the filters and the export reach all


@login_required
@require_safe
def exposure(request: OfficeRequest) -> HttpResponse:
    """Show a line for each institution."""
    form, found, lines, sort = _asked(request)
    shown = ListPage(
        rows=lines[:_SHOWN], filters=form, total=len(lines), page=1, size=_SHOWN, sort=sort,
        headings=_headings(found, sort, request), query=request.GET, matching=Organisation.objects.none(),
        remarks=[_("没有看懂筛选条件“%(label)s”，已忽略。") % {"label": label} for label in form.ignored],
    )  # fmt: skip
    context = {
        "page": shown,
        "found": found,
        "extent": form.extent(request.user),
        "tabs": _tabs(request, form),
        "sees_work": permissions.may_see_work(request.user),
        "limits": {"few": FEW, "many": MANY, "expected": int(LEAST_EXPECTED), "small": SMALL_SUPPLY, "shown": _SHOWN},
        "address": changed(request.GET, q=None, only=None, sort=None, page=None, size=None),
        "hidden": queries.HIDDEN,
    }
    return render(request, "matching/exposure.html", context)


@login_required
@require_safe
def export(request: OfficeRequest) -> FileResponse:
    """Write what the table at the same address shows, all of it."""
    _form, found, lines, _sort = _asked(request)
    rows = queries.export_rows(found, lines)
    return file_of(_("机会均衡"), queries.export_heads(found), rows, ending=request.GET.get("format", "xlsx"))


@login_required
@require_safe
def records(request: OfficeRequest) -> HttpResponse:
    """List the records behind one number."""
    form, what, supplier = _form(request), request.GET.get("what", ""), request.GET.get("organisation", "")
    if what not in RECORDS or not permissions.may_see_exposure(request.user):
        raise Http404
    kind, related, columns, order = RECORDS[what]
    extent = form.extent(request.user)
    rows = extent.records(what, supplier).select_related(*related)
    page: ListPage[Any] = list_page(rows, request.GET, columns=columns, filters=FilterForm(request.GET), order=order)
    for row in page.rows:
        row.level_word = level_word(getattr(row, "level", None))
    context = {
        "page": page,
        "kind": kind,
        "label": {"offers": _("成果"), "teams": _("团队"), **queries.MEASURES}[what],
        "whose": Organisation.objects.filter(code=supplier).first() if supplier else None,
        "hidden": supplier == queries.HIDDEN,
        "extent": extent,
        "back": changed(request.GET, what=None, organisation=None, sort=None, page=None, size=None),
    }
    return render(request, "matching/exposure_records.html", context)


def _form(request: OfficeRequest) -> ExposureFilter:
    form = ExposureFilter(request.GET)
    form.is_valid()
    return form


def _asked(request: OfficeRequest) -> tuple[ExposureFilter, Exposure, list[Line], str]:
    """Return the filter, what was counted, the lines it lets through in the order asked for, and that order."""
    if not permissions.may_see_exposure(request.user):
        raise Http404
    form = _form(request)
    found = queries.exposure(form.extent(request.user))
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in {"name", "offers", "teams", "supply", *found.measures} else ORDER
    named, only = form.given.get("q", ""), form.given.get("only", "")
    return form, found, queries.in_order(queries.narrowed(found.lines, named=named, only=only), sort), sort


def _headings(found: Exposure, sort: str, request: OfficeRequest) -> list[Heading]:
    labels = {"name": _("单位"), "offers": _("成果"), "teams": _("团队"), "supply": _("供给占比"), **found.measures}
    order = {sort.removeprefix("-"): "descending" if sort.startswith("-") else "ascending"}
    return [
        Heading(
            label,
            key != "name",
            changed(request.GET, sort=key if sort == f"-{key}" or (key == "name" != sort) else f"-{key}", page=None),
            order.get(key, ""),
        )
        for key, label in labels.items()
    ]


def _tabs(request: OfficeRequest, form: ExposureFilter) -> list[Tab]:
    """Return a tab for all demands and for each league whose demands the reader may look after."""
    chosen = form.given.get("region")
    scope = request.user.scope
    spans = [span for spans in scope.regions.values() for span in spans]
    reached = [
        one for one in leagues() if not spans or any(first <= one.last and one.code <= last for first, last in spans)
    ]
    every = Tab(_("全部地区的需求"), changed(request.GET, region=None, page=None), chosen is None)
    return [
        every,
        *(Tab(one.label, changed(request.GET, region=one.code, page=None), chosen == one) for one in reached),
    ]


_PAIR = (Column("demand", gettext_lazy("需求")), Column("supply", gettext_lazy("成果或团队")))
_OF_SUGGESTIONS: Sequence[Column] = (
    *_PAIR,
    Column("rank", gettext_lazy("名次"), ("rank",), numeric=True),
    Column("level", gettext_lazy("合适程度"), ("level", "score")),
    Column("at", gettext_lazy("匹配时间"), ("answer__run__created_at",)),
)
_OF_MATCHES: Sequence[Column] = (
    Column("code", gettext_lazy("编号"), ("code",)),
    *_PAIR,
    Column("state", gettext_lazy("状态"), ("state",)),
    Column("contacted", gettext_lazy("首次联系"), ("contacted_at",)),
    Column("intended", gettext_lazy("形成意向"), ("intended_at",)),
)
_OF_OFFERS: Sequence[Column] = (
    Column("title", gettext_lazy("名称"), ("title",)),
    Column("field", gettext_lazy("技术领域")),
    Column("state", gettext_lazy("状态"), ("state",)),
)
_OF_TEAMS: Sequence[Column] = (
    Column("name", gettext_lazy("名称"), ("name",)),
    Column("capacity", gettext_lazy("还能承接"), ("capacity",), numeric=True),
)
_SUGGESTED = ("suggestions", ("answer__demand", "answer__run", "offer", "team"), _OF_SUGGESTIONS, "-at")
_WORKED = ("matches", ("demand", "offer", "team"), _OF_MATCHES, "-contacted")
RECORDS: dict[str, tuple[str, tuple[str, ...], Sequence[Column], str]] = {
    "offers": ("offers", ("field",), _OF_OFFERS, "title"),
    "teams": ("teams", ("organisation",), _OF_TEAMS, "name"),
    **dict.fromkeys(("shown", "top", "every"), _SUGGESTED),
    **dict.fromkeys(("contacted", "talking", "intended"), _WORKED),
}
"""How each number's records are listed: which cells, what is fetched with them, the columns and their order."""
