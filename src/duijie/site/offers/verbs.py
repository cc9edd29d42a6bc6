"""What the trail calls what happened to an offer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "offer.start": _("开始登记"),
    "offer.import": _("导入"),
    "offer.change": _("修改"),
    "offer.submit": _("提交审核"),
    "offer.return": _("退回修改"),
    "offer.review": _("审核通过"),
    "offer.publish": _("发布"),
    "offer.unpublish": _("撤下发布"),
    "offer.direct": _("定向推送"),
    "offer.recipient.add": _("增加推送对象"),
    "offer.recipient.end": _("取消推送对象"),
    "offer.revise": _("取回修改"),
    "offer.confirm": _("核实仍然有效"),
    "offer.renew": _("续期"),
    "offer.expire": _("到期"),
    "offer.withdraw": _("撤回"),
    "offer.reopen": _("重新启用"),
    "offer.merge": _("合并"),
    "offer.open": _("查看全文"),
}
