"""The decisions that are one form and one action: how each is asked, and what it says afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from duijie.site.kernel.errors import Invalid
from duijie.site.offers import actions, forms
from duijie.site.offers.models import Offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from duijie.site.kernel.forms import OfficeForm
    from duijie.site.parties.models import User

    Run = Callable[[Offer, dict[str, Any], User], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: which predicate allows it, the form that asks, what it will mean, and what was done."""

    may: str
    title: _StrPromise
    words: _StrPromise
    form: type[OfficeForm]
    run: Run
    done: _StrPromise
    danger: bool = False


def _merge(offer: Offer, said: dict[str, Any], actor: User) -> object:
    into = Offer.objects.in_full_to(actor).filter(code=said["into"]).first()
    if into is None:
        sentence = str(_("没有找到这个编号，请核对。"))
        raise Invalid(sentence, {"into": sentence})
    return actions.merge_offer(offer, into=into, why=said["opinion"], actor=actor)


STEPS: dict[str, Step] = {
    "review": Step(
        "review", _("审核通过"), _("通过后进入成果库；公开程度允许的，还可以发布给所有登录用户。"), forms.RemarkForm,
        lambda offer, said, actor: actions.review_offer(offer, opinion=said["opinion"], actor=actor),
        _("已审核通过。"),
    ),
    "return": Step(
        "review", _("退回修改"), _("请写清要补充或修改什么，提供单位会看到您的意见。"), forms.OpinionForm,
        lambda offer, said, actor: actions.return_offer(offer, opinion=said["opinion"], actor=actor),
        _("已退回，提供单位会在待办里看到您的意见。"),
    ),
    "publish": Step(
        "publish", _("发布"), _("发布后，登录用户按公开程度可以看到。"), forms.NothingForm,
        lambda offer, said, actor: actions.publish_offer(offer, actor=actor),
        _("已发布。"),
    ),
    "unpublish": Step(
        "unpublish", _("撤下发布"), _("撤下后仍在成果库里，其他用户不再看到。"), forms.ReasonForm,
        lambda offer, said, actor: actions.unpublish_offer(offer, reason=said["reason"], actor=actor),
        _("已撤下，仍在成果库里。"),
    ),
    "direct": Step(
        "direct", _("定向推送"), _("这些单位的联系人可以看到全文，每次查看都会记录。"), forms.DirectForm,
        lambda offer, said, actor: actions.direct_offer(offer, organisations=said["names"], actor=actor),
        _("已推送。"),
    ),
    "revise": Step(
        "revise", _("取回修改"), _("取回后其他人暂时看不到，改好提交后要重新审核。"), forms.ReasonForm,
        lambda offer, said, actor: actions.revise_offer(offer, reason=said["reason"], actor=actor),
        _("已取回，可以修改了。"),
    ),
    "confirm": Step(
        "confirm", _("核实有效"), _("请确认内容、阶段和联系人仍然属实。核实后两年内不再提醒。"), forms.NothingForm,
        lambda offer, said, actor: actions.confirm_offer(offer, actor=actor),
        _("已核实，有效期延长两年。"),
    ),
    "renew": Step(
        "renew", _("续期"), _("续期后回到成果库；原来发布过的，由科技主管部门重新发布。"), forms.RenewForm,
        lambda offer, said, actor: actions.renew_offer(offer, valid_until=said["valid_until"], actor=actor),
        _("已续期。"),
    ),
    "withdraw": Step(
        "withdraw", _("撤回"), _("撤回后不再出现在列表里，记录保留。以后可以重新启用。"), forms.WithdrawForm,
        lambda offer, said, actor: actions.withdraw_offer(offer, reason=said["reason"], words=said["words"], actor=actor),
        _("已撤回。"), danger=True,
    ),
    "reopen": Step(
        "reopen", _("重新启用"), _("重新启用后是草稿，改好提交后要重新审核。"), forms.NothingForm,
        lambda offer, said, actor: actions.reopen_offer(offer, actor=actor),
        _("已重新启用，可以修改了。"),
    ),
    "merge": Step(
        "merge", _("合并"), _("合并后这一项不再计数、不再出现在列表里，记录保留在账本里，不能撤销。"), forms.MergeForm,
        _merge,
        _("已合并。"), danger=True,
    ),
}  # fmt: skip
