"""Accounts, their grants, and invitations, as far as one looks after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duijie.site.kernel import clock
from duijie.site.kernel.lists import Column, list_page
from duijie.site.parties import actions, forms, permissions, queries
from duijie.site.parties.http import form_page
from duijie.site.parties.letters import address_of, send_invitation
from duijie.site.parties.models import Grant, User
from duijie.site.parties.trails import trail_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest

COLUMNS = (
    Column("name", gettext_lazy("姓名"), ("name",)),
    Column("username", gettext_lazy("用户名"), ("username",)),
    Column("organisation", gettext_lazy("工作单位"), ("organisation__name",)),
    Column("roles", gettext_lazy("角色")),
    Column("seen", gettext_lazy("最近登录"), ("last_login",)),
    Column("state", gettext_lazy("状态"), ("is_active",)),
)


@require_safe
@login_required
def people(request: OfficeRequest) -> HttpResponse:
    """List the accounts the reader looks after, and open invitations."""
    _only_for_granters(request)
    rows = User.objects.visible_to(request.user).select_related("organisation")
    page = list_page(rows, request.GET, columns=COLUMNS, filters=forms.PeopleFilter, order="name")
    held: dict[str, list[Grant]] = {}
    for grant in (
        Grant.objects.valid_on(clock.today()).filter(user__in=page.rows).select_related("region", "organisation")
    ):
        held.setdefault(grant.user_id, []).append(grant)
    for account in page.rows:
        account.held = held.get(account.code, [])
    context = {"page": page, "invitations": queries.open_invitations(request.user)}
    return render(request, "parties/people.html", context)


@require_safe
@login_required
def person(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one account."""
    account = queries.account_for(request.user, code)
    page = queries.account_page(account, request.user)
    trail = trail_of(account, request.user, parts=[held.grant for held in page.grants])
    return render(request, "parties/person.html", {"page": page, "account": account, "trail": trail})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: OfficeRequest) -> HttpResponse:
    """Invite somebody."""
    _only_for_granters(request)
    form = forms.InvitationForm(request.POST or None, initial=request.GET.dict())
    form.given_by(request.user)

    def save() -> HttpResponse:
        given = {name: value for name, value in form.answers.items() if name not in {"region", "organisation"}}
        if given["home"] is None:
            del given["home"]
        invitation = actions.invite_person(actor=request.user, place=form.place, **given)
        if send_invitation(invitation, request):
            messages.success(request, _("邀请邮件已发出。"))
        return redirect("parties:invitation", invitation.code)

    return form_page(
        request, form, save, template="parties/person_form.html", title=_("邀请用户"), submit=_("生成邀请")
    )


@require_safe
@login_required
def invitation(request: OfficeRequest, code: str) -> HttpResponse:
    """Show an invitation with its link, to hand over."""
    row = queries.invitation_for(request.user, code)
    link = address_of(row, request) if row.is_open else ""
    return render(request, "parties/invitation.html", {"invitation": row, "link": link})


@require_POST
@login_required
def renew_invitation(request: OfficeRequest, code: str) -> HttpResponse:
    """Make a new link."""
    row = queries.invitation_for(request.user, code)
    actions.renew_invitation(row, actor=request.user)
    send_invitation(row, request)
    messages.success(request, _("已生成新的链接，原链接作废。"))
    return redirect("parties:invitation", row.code)


@require_POST
@login_required
def withdraw_invitation(request: OfficeRequest, code: str) -> HttpResponse:
    """Make the link worthless."""
    row = queries.invitation_for(request.user, code)
    actions.withdraw_invitation(row, actor=request.user)
    messages.success(request, _("邀请已撤回，链接作废。"))
    return redirect("parties:people")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def grant(request: OfficeRequest, code: str) -> HttpResponse:
    """Give an account a further role."""
    _only_for_granters(request)
    account = queries.account_for(request.user, code)
    form = forms.GrantForm(request.POST or None)
    form.given_by(request.user)

    def save() -> HttpResponse:
        role, until = form.cleaned_data["role"], form.cleaned_data["until"]
        actions.give_grant(account, actor=request.user, role=role, place=form.place, until=until)
        messages.success(request, _("授权已生效。"))
        return redirect("parties:person", account.code)

    title = _("给 %(name)s 增加授权") % {"name": account.name}
    return form_page(
        request, form, save, template="parties/person_form.html", account=account, title=title, submit=_("授权")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: OfficeRequest, code: str, grant: str) -> HttpResponse:
    """Take a role back."""
    account = queries.account_for(request.user, code)
    held = queries.grant_for(request.user, account, grant)
    if not permissions.may_grant(request.user, held.role, held.place):
        raise Http404
    words = [_("收回后，对方在下一次操作时即不再具有这个角色。")]
    title = _("收回 %(name)s 的“%(role)s”（%(place)s）") % {
        "name": account.name,
        "role": held.get_role_display(),
        "place": held.place,
    }
    return _with_reason(
        request,
        account,
        lambda note: actions.revoke_grant(held, actor=request.user, note=note),
        title,
        words,
        _("收回角色"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def suspend(request: OfficeRequest, code: str) -> HttpResponse:
    """Shut an account out."""
    account = _suspendable(request, code)
    words = [_("停用后，对方立即退出登录，也不能再登录；角色和历史记录保留，可以恢复。")]
    title = _("停用 %(name)s 的账号") % {"name": account.name}
    return _with_reason(
        request,
        account,
        lambda note: actions.suspend_account(account, actor=request.user, note=note),
        title,
        words,
        _("停用账号"),
    )


@require_POST
@login_required
def restore(request: OfficeRequest, code: str) -> HttpResponse:
    """Let an account in again."""
    account = _suspendable(request, code)
    actions.restore_account(account, actor=request.user)
    messages.success(request, _("账号已恢复，对方可以登录。"))
    return redirect("parties:person", account.code)


def _with_reason(
    request: OfficeRequest, account: User, act: Callable[[str], None], title: str, words: list[str], submit: str
) -> HttpResponse:
    form = forms.ReasonForm(request.POST or None)

    def save() -> HttpResponse:
        act(form.cleaned_data["note"])
        messages.success(request, _("已办理。"))
        return redirect("parties:person", account.code)

    return form_page(
        request,
        form,
        save,
        template="kernel/confirm.html",
        title=title,
        words=words,
        submit=submit,
        cancel=reverse("parties:person", args=[account.code]),
        code=account.code,
        danger=True,
    )


def _suspendable(request: OfficeRequest, code: str) -> User:
    account = queries.account_for(request.user, code)
    if not permissions.may_suspend(request.user, account):
        raise Http404
    return account


def _only_for_granters(request: OfficeRequest) -> None:
    if not permissions.may_see_people(request.user):
        raise Http404
