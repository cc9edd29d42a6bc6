"""The size of the letters, kept in the reader's browser for a year. Works without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

if TYPE_CHECKING:
    from django.http import HttpRequest

SIZES = frozenset({"normal", "large", "larger"})


@require_POST
def set_size(request: HttpRequest) -> HttpResponseRedirect:
    """Remember the chosen size and go back to the page it was chosen on."""
    back = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if inside else f"{request.META.get('SCRIPT_NAME', '')}/")
    size = request.POST.get("size")
    if size in SIZES:
        answer.set_cookie("size", size, max_age=365 * 86_400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer
