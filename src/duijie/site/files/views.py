"""Attaching, downloading, and taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from duijie.site.files import storage
from duijie.site.files.access import fetch_subject, rules_of
from duijie.site.files.actions import attach_file, record_download, too_big, withdraw_file
from duijie.site.files.forms import AttachForm, WithdrawForm
from duijie.site.files.queries import fetch_attachment
from duijie.site.kernel.errors import Forbidden, Invalid, Refusal

if TYPE_CHECKING:
    from django.http import HttpResponse

    from duijie.site.parties.http import OfficeRequest

_AROUND = 64 * 1024
"""What a form puts around the file."""


@csrf_exempt
def attach(request: OfficeRequest, kind: str, code: str) -> HttpResponse:
    """Decide where what is sent is written to, before anything reads it; the check against forgery comes after."""
    most = settings.UPLOAD_BYTES
    request.upload_handlers = [storage.Incoming(most=most)]
    if int(request.META.get("CONTENT_LENGTH") or 0) > 2 * most + _AROUND:
        raise too_big()
    return _attach(request, kind, code)


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _attach(request: OfficeRequest, kind: str, code: str) -> HttpResponse:
    subject = fetch_subject(kind, code, user=request.user)
    rules = rules_of(kind)
    if not rules.may_attach(subject, request.user):
        raise Forbidden(_("您不能给 %(code)s 添加附件。") % {"code": code})
    form = _sent(request)
    if form.is_bound and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            made = attach_file(subject, file.file, name=file.name, actor=request.user)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已添加附件“%(title)s”。") % {"title": made.title})
            return HttpResponseRedirect(rules.address(subject))
    context = {"form": form, "subject": subject, "back": rules.address(subject), "most": settings.UPLOAD_BYTES >> 20}
    return render(request, "files/attach.html", context, status=422 if form.is_bound else 200)


def _sent(request: OfficeRequest) -> AttachForm:
    if request.method != "POST":
        return AttachForm()
    try:
        form = AttachForm(request.POST, request.FILES)
    except OSError as error:
        raise storage.unwritable(error) from error
    if any(getattr(handler, "stopped", False) for handler in request.upload_handlers):
        raise too_big()
    return form


@login_required
@require_safe
def download(request: OfficeRequest, code: str) -> FileResponse:
    """Hand the file over to be saved, never to be shown inside this site."""
    attachment, subject = fetch_attachment(code, user=request.user)
    try:
        content = attachment.path.open("rb")
    except OSError as error:
        raise Refusal(_("服务器上找不到这个文件的内容。请联系系统管理员从备份中恢复。")) from error
    if request.method == "GET":
        record_download(attachment, subject, actor=request.user)
    answer = FileResponse(content, as_attachment=True, filename=attachment.title, content_type=attachment.media)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: OfficeRequest, code: str) -> HttpResponse:
    """Ask for the reason, then take the file back."""
    attachment, subject = fetch_attachment(code, user=request.user)
    rules = rules_of(attachment.subject_kind)
    if not rules.may_attach(subject, request.user):
        raise Forbidden(_("您不能撤下这个附件。"))
    form = WithdrawForm(request.POST or None)
    if form.is_bound and form.is_valid():
        withdraw_file(attachment, subject, reason=form.cleaned_data["reason"], actor=request.user)
        messages.success(request, _("已撤下附件“%(title)s”。") % {"title": attachment.title})
        return HttpResponseRedirect(rules.address(subject))
    context = {"form": form, "attachment": attachment, "subject": subject, "back": rules.address(subject)}
    return render(request, "files/withdraw.html", context, status=422 if form.is_bound else 200)
