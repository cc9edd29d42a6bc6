"""One box for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duijie.site.kernel.parts import Tab
from duijie.site.search.kinds import KINDS
from duijie.site.search.queries import Results, described, find

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest

LONGEST = 200
"""Characters of a search text that are read."""


@login_required
@require_safe
def results(request: OfficeRequest) -> HttpResponse:
    """What was found; a code leads straight to its record."""
    text = request.GET.get("q", "").strip().replace("\0", "")[:LONGEST]
    kind = request.GET.get("kind", "")
    chosen = kind if kind in KINDS else ""
    found = find(text, request.user) if text else Results((), {}, more=False)
    exact = [name for code, name in found.met if code == text.upper()]
    if exact:
        return redirect(KINDS[exact[0]].url_name, text.upper())
    shown = [one for one in found.met if not chosen or one[1] == chosen]
    page = Paginator(shown, 20).get_page(request.GET.get("page"))
    lines = described([*page], text, request.user)
    context = {
        "text": text,
        "kind": chosen,
        "results": found,
        "page": page,
        "lines": lines,
        "tabs": _tabs(text, chosen, found),
    }
    return render(request, "search/results.html", context)


def _tabs(text: str, chosen: str, found: Results) -> list[Tab]:
    place = reverse("search:results")
    everything = Tab(_("全部"), f"{place}?{urlencode({'q': text})}", not chosen, len(found.met))
    return [
        everything,
        *(
            Tab(kind.label, f"{place}?{urlencode({'q': text, 'kind': name})}", chosen == name, found.counts[name])
            for name, kind in KINDS.items()
            if found.counts.get(name)
        ),
    ]
