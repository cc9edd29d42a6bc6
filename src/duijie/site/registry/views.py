"""Pages of reference data, and what pickers offer. Everybody may read them: they hold nothing of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from duijie.site.kernel import clock
from duijie.site.registry import pages, queries
from duijie.site.registry.models import AgreementKind, Chain, ContractKind, Discipline, Field, Industry, Region

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST = 60
"""Characters of a search text that are read."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Which reference data there is, how much of it, and from which edition of the tables."""
    return render(request, "registry/home.html", {"overview": pages.overview()})


@vary_on_headers("HX-Request")
@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """The provinces, or what a search finds; to a picker, options to choose from."""
    text = _typed(request)
    found = queries.search_regions(text, limit=20 if _is_picker(request) else 100)
    if _is_picker(request):
        return render(request, "registry/options.html", {"options": [(row.full_name, row.code) for row in found]})
    at_home = Region.objects.valid().filter(parent=settings.HOME_REGION) if not text else []
    context = {"text": text, "regions": found, "at_home": at_home}
    return render(request, "registry/regions.html", context)


@require_safe
def region(request: HttpRequest, code: str) -> HttpResponse:
    """A region: what it lies in, what lies in it, what it was and became."""
    chosen = get_object_or_404(Region.objects.select_related("parent__parent", "successor__parent__parent"), code=code)
    return render(request, "registry/region.html", {"page": pages.region_page(chosen)})


@vary_on_headers("HX-Request")
@require_safe
def industries(request: HttpRequest) -> HttpResponse:
    """The sections of GB/T 4754-2017, or what a search finds; to a picker, options to choose from."""
    return _classes(request, Industry, "registry/industries.html")


@require_safe
def industry(request: HttpRequest, code: str) -> HttpResponse:
    """A class of GB/T 4754-2017, those above and below it, and the chains that run through it."""
    chosen = get_object_or_404(Industry, code=code)
    return render(request, "registry/industry.html", {"page": pages.class_page(chosen)})


@vary_on_headers("HX-Request")
@require_safe
def disciplines(request: HttpRequest) -> HttpResponse:
    """The disciplines of GB/T 13745-2009, or what a search finds; to a picker, options to choose from."""
    return _classes(request, Discipline, "registry/disciplines.html")


@require_safe
def discipline(request: HttpRequest, code: str) -> HttpResponse:
    """A discipline and those below it."""
    chosen = get_object_or_404(Discipline, code=code)
    return render(request, "registry/discipline.html", {"page": pages.class_page(chosen)})


@require_safe
def chains(request: HttpRequest) -> HttpResponse:
    """The industry chains with their nodes."""
    return render(request, "registry/chains.html", {"pages": pages.chain_pages()})


@require_safe
def chain(request: HttpRequest, code: str) -> HttpResponse:
    """A chain from upstream to downstream."""
    return render(request, "registry/chain.html", {"page": pages.chain_pages([get_object_or_404(Chain, code=code)])[0]})


@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """The technical fields and the kinds of agreements and contracts, those that no longer hold as well."""
    context = {
        "fields": Field.objects.all(),
        "agreements": AgreementKind.objects.all(),
        "contracts": ContractKind.objects.all(),
    }
    return render(request, "registry/kinds.html", context)


@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """The days of a year on which offices rest or work against the week."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else clock.today().year
    return render(request, "registry/days.html", {"page": pages.year_page(year)})


def _classes(request: HttpRequest, model: type[Any], template: str) -> HttpResponse:
    text = _typed(request)
    if _is_picker(request):
        found = queries.lexicon(model).search(text)
        return render(request, "registry/options.html", {"options": [(f"{row.pk} {row.label}", "") for row in found]})
    found = queries.lexicon(model).search(text, limit=100) if text else model.objects.valid().filter(parent=None)
    return render(request, template, {"text": text, "classes": found})


def _typed(request: HttpRequest) -> str:
    """Return what was typed: in ``q``, or in the field a picker names in ``from``."""
    name = request.GET.get("from", "q")
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST]


def _is_picker(request: HttpRequest) -> bool:
    return "from" in request.GET and "HX-Request" in request.headers
