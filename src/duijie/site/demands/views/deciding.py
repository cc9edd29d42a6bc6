"""One page for every decision: what it means, the words it needs, and the button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from duijie.site.demands import actions, permissions, queries
from duijie.site.demands.forms.decisions import (
    ApartForm,
    DiagnosisForm,
    DirectForm,
    ExitForm,
    MergeForm,
    NoteForm,
    ReopenForm,
    ReturnForm,
)
from duijie.site.demands.states import State
from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.kernel.forms import OfficeForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.utils.functional import _StrOrPromise

    from duijie.site.demands.models import Demand
    from duijie.site.parties.http import OfficeRequest


@dataclass(frozen=True, slots=True)
class Decision:
    """A verb as its page shows it; ``may`` names the predicate, ``words`` what will happen."""

    may: str
    title: _StrOrPromise
    act: Callable[..., object]
    words: _StrOrPromise = ""
    form: Callable[..., OfficeForm] = OfficeForm
    danger: bool = False


def _exit(state: str) -> Callable[..., OfficeForm]:
    return lambda *arguments, **options: ExitForm(state, *arguments, **options)


def _pass(demand: Demand, *, note: str, actor: Any) -> object:
    return actions.pass_to_region(demand, opinion=note, actor=actor)


def _accept(demand: Demand, *, note: str, actor: Any) -> object:
    return actions.accept_demand(demand, opinion=note, actor=actor)


def _merge(demand: Demand, *, into: str, why: str, actor: Any) -> object:
    try:
        target = queries.fetch_readable(into, actor)
    except Http404:
        sentence = _("没有找到 %(code)s，请核对编号。") % {"code": into}
        raise Invalid(sentence, {"into": sentence}) from None
    return actions.merge_demand(demand, into=target, why=why, actor=actor)


DECISIONS: dict[str, Decision] = {
    "take": Decision(
        "take",
        gettext_lazy("接收并开始初审"),
        actions.take_for_review,
        gettext_lazy("接收后由您所在部门初审，单位不能再修改内容。"),
    ),
    "return": Decision(
        "return",
        gettext_lazy("退回修改"),
        actions.return_demand,
        gettext_lazy("单位会收到您写的原因，修改后可以重新提交。"),
        ReturnForm,
    ),
    "refine": Decision(
        "refine",
        gettext_lazy("送凝练"),
        actions.send_to_refinement,
        gettext_lazy("由单位按诊断意见补充，经办人可以帮助填写。"),
        DiagnosisForm,
    ),
    "hand-back": Decision(
        "hand_back",
        gettext_lazy("完成凝练"),
        actions.hand_back,
        gettext_lazy("完成后交回初审，在初审结束前不再由单位修改。"),
        NoteForm,
    ),
    "pass": Decision(
        "pass",
        gettext_lazy("初审通过"),
        _pass,
        gettext_lazy("通过后报自治区复审，您的意见会一并报送。"),
        NoteForm,
    ),
    "accept": Decision("accept", gettext_lazy("受理"), _accept, gettext_lazy("受理后可以发布或定向推送。"), NoteForm),
    "refuse": Decision(
        "refuse",
        gettext_lazy("不予受理"),
        actions.refuse_demand,
        gettext_lazy("不予受理后不能恢复，单位会看到原因。"),
        _exit(State.REFUSED),
        danger=True,
    ),
    "merge": Decision(
        "merge",
        gettext_lazy("合并到另一条需求"),
        _merge,
        gettext_lazy("合并后这条需求不再计数，记录保留，并指向保留的那一条。"),
        MergeForm,
        danger=True,
    ),
    "publish": Decision(
        "publish", gettext_lazy("发布"), actions.publish_demand, gettext_lazy("发布后，其他用户按公开程度可以看到。")
    ),
    "direct": Decision(
        "direct",
        gettext_lazy("定向推送"),
        actions.direct_demand,
        gettext_lazy("只有您列出的单位能看到全文，每次查阅都有记录。"),
        DirectForm,
    ),
    "match": Decision(
        "match", gettext_lazy("开始对接"), actions.begin_matching, gettext_lazy("开始为这条需求寻找合作方。")
    ),
    "long-term": Decision(
        "set_long_term",
        gettext_lazy("转长期攻关"),
        actions.set_long_term,
        gettext_lazy("转入长期攻关清单，可用于揭榜挂帅。"),
        _exit(State.LONG_TERM),
    ),
    "withdraw": Decision(
        "withdraw",
        gettext_lazy("撤回需求"),
        actions.withdraw_demand,
        gettext_lazy("撤回后不再办理，记录保留。"),
        _exit(State.WITHDRAWN),
        danger=True,
    ),
    "reopen": Decision(
        "reopen", gettext_lazy("重新办理"), actions.reopen_demand, gettext_lazy("需求回到离开前的环节。"), ReopenForm
    ),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: OfficeRequest, code: str, verb: str) -> HttpResponse:
    """Ask for the words a decision needs, and carry it out."""
    demand = queries.fetch_readable(code, request.user)
    decision = DECISIONS.get(verb)
    if decision is None:
        raise Http404
    if not permissions.VERBS[decision.may](request.user, demand):
        raise Forbidden(
            _("%(code)s 现在是“%(state)s”，这一步不由您办理。") % {"code": code, "state": demand.get_state_display()}
        )
    form = decision.form(request.POST if request.method == "POST" else None, initial=_given(request))
    if form.is_valid():
        try:
            decision.act(demand, actor=request.user, **form.answers)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(code)s 已办理：%(what)s。") % {"code": code, "what": decision.title})
            return redirect("demands:demand", code)
    return _page(request, demand, decision, form)


def _given(request: OfficeRequest) -> dict[str, str]:
    return {"into": request.GET["into"]} if "into" in request.GET else {}


def _page(request: OfficeRequest, demand: Demand, decision: Decision, form: OfficeForm) -> HttpResponse:
    back = reverse("demands:demand", args=[demand.code])
    words = [f"{demand.title}（{demand.organisation.name}）", decision.words]
    context: dict[str, Any] = {
        "title": decision.title,
        "submit": decision.title,
        "cancel": back,
        "form": form,
        "words": words,
    }
    context |= {"code": demand.code, "danger": decision.danger, "demand": demand}
    return render(request, "demands/decide.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: OfficeRequest, code: str, recipient: str) -> HttpResponse:
    """End an organisation's right to read a directed demand, with a reason."""
    demand = queries.fetch_readable(code, request.user)
    named = demand.recipients.filter(code=recipient, until=None).select_related("organisation").first()
    if named is None or not permissions.is_home_officer(request.user, demand):
        raise Http404
    form = ApartForm(request.POST if request.method == "POST" else None)
    form.fields["why"].label = _("收回的理由")
    if form.is_valid():
        actions.take_back(named, actor=request.user, **form.answers)
        return redirect("demands:demand", code)
    decision = Decision(
        "direct", _("收回推送"), actions.take_back, _("%(name)s将不能再查阅。") % {"name": named.organisation.name}
    )
    return _page(request, demand, decision, form)
