"""The first page: the desk of whoever has signed in, and a welcome for whoever has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from duijie.site.desk.queries import desk as desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Open on what waits."""
    if not request.user.is_authenticated:
        return render(request, "desk/welcome.html")
    return render(request, "desk/desk.html", {"desk": desk_of(request.user, request.GET.get("tab", ""))})
