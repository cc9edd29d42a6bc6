"""One's own account, and accepting an invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.parties import actions, forms, queries
from duijie.site.parties.actions.invitations import invitation_of
from duijie.site.parties.http import form_page
from duijie.site.parties.permissions import may_see_people

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from duijie.site.parties.http import OfficeRequest

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_safe
@login_required
def account(request: OfficeRequest) -> HttpResponse:
    """Show what I may do, and how I sign in."""
    page = queries.account_page(request.user, request.user)
    return render(request, "parties/account.html", {"page": page, "may_see_people": may_see_people(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_account(request: OfficeRequest) -> HttpResponse:
    """Change my name, title and contact."""
    form = forms.AccountForm.of(request.user, request.POST or None)

    def save() -> HttpResponse:
        actions.change_account(request.user, actor=request.user, to=form.answers, expected=form.revision)
        messages.success(request, _("已保存。"))
        return redirect("parties:account")

    return form_page(
        request, form, save, row=request.user, template="parties/account_form.html", title=_("修改我的资料")
    )


@require_POST
@login_required
def end_sessions(request: OfficeRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    actions.end_sessions(request.user, actor=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("其他设备上的登录已全部退出。"))
    return redirect("parties:account")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password", "again")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Open an account from an invitation; a link that does not work says so without saying why."""
    invitation = invitation_of(token)
    if invitation is None or not invitation.is_open:
        return render(request, "parties/invitation_closed.html", status=410)
    form = forms.AcceptanceForm(request.POST or None, initial={"name": invitation.name})

    def save() -> HttpResponse:
        given = {name: form.cleaned_data[name] for name in ("name", "username", "password")}
        account = actions.accept_invitation(invitation, **given)
        login(request, account, backend=BACKEND)
        messages.success(request, _("账号已开通，您已登录。建议在“我的账号”里开启两步验证。"))
        return redirect("parties:account")

    return form_page(
        request, form, save, template="parties/invitation_accept.html", invitation=invitation, submit=_("开通账号")
    )
