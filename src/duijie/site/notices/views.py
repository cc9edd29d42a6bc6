"""One's notices, how one wants to get them, and the link that ends mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.notices import actions, queries
from duijie.site.notices.forms import WaysForm
from duijie.site.notices.models import Notice
from duijie.site.parties.http import form_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from duijie.site.parties.http import OfficeRequest


@require_safe
@login_required
def notices(request: OfficeRequest) -> HttpResponse:
    """Show what one was told, the latest first."""
    return render(request, "notices/list.html", {"page": queries.notices_page(request.user)})


@require_POST
@login_required
def read(request: OfficeRequest, number: int) -> HttpResponse:
    """Mark one as read, and go to what it speaks of."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=number)
    actions.mark_seen(request.user, number=notice.pk)
    return redirect(notice.url if "open" in request.POST else "notices:list")


@require_POST
@login_required
def read_all(request: OfficeRequest) -> HttpResponse:
    """Mark all as read."""
    count = actions.mark_seen(request.user)
    messages.success(request, _("已把 %(count)s 条标为已读。") % {"count": count})
    return redirect("notices:list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ways(request: OfficeRequest) -> HttpResponse:
    """Choose how to be told of each kind of thing."""
    held = {kind.replace(".", "_"): way for kind, way in queries.choices_of(request.user).items()}
    form = WaysForm(request.POST or None, initial=held | {"language": queries.language_of(request.user)})

    def save() -> HttpResponse:
        actions.choose_ways(request.user, form.ways, language=form.cleaned_data["language"])
        messages.success(request, _("通知方式已保存。"))
        return redirect("notices:list")

    return form_page(request, form, save, template="notices/settings.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is the permission
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether mails of one kind shall end, and end them."""
    _user, kind = actions.read_off_token(token)
    ended = request.method == "POST"
    if ended:
        actions.end_mails(token)
    return render(request, "notices/off.html", {"kind": kind, "ended": ended})
