"""What the trail calls what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

VERBS: dict[str, _StrOrPromise] = {
    "demand.start": _("起草"),
    "demand.import": _("从表格导入"),
    "demand.change": _("修改"),
    "demand.submit": _("提交"),
    "demand.take": _("接收并开始初审"),
    "demand.return": _("退回修改"),
    "demand.refine": _("送凝练"),
    "demand.hand_back": _("完成凝练"),
    "demand.pass": _("初审通过"),
    "demand.accept": _("受理"),
    "demand.refuse": _("不予受理"),
    "demand.merge": _("合并到另一条需求"),
    "demand.set_apart": _("确认与另一条不重复"),
    "demand.publish": _("发布"),
    "demand.direct": _("定向推送"),
    "demand.match": _("开始对接"),
    "demand.talk": _("进入洽谈"),
    "demand.intend": _("形成签约意向"),
    "demand.seek_again": _("回到对接，继续寻找合作方"),
    "demand.set_long_term": _("转长期攻关"),
    "demand.withdraw": _("撤回"),
    "demand.freeze": _("到期冻结"),
    "demand.reopen": _("重新办理"),
    "demand.open": _("查阅全文"),
    "demand.undo": _("撤销导入"),
}
