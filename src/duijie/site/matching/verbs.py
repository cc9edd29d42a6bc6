"""What the trail calls what happened in matching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

VERBS: dict[str, _StrOrPromise] = {
    "run.start": _("开始匹配"),
    "run.finish": _("匹配完成"),
    "run.fail": _("匹配没有完成"),
    "match.take": _("接手"),
    "match.favour": _("需求单位看中"),
    "match.contact": _("联系"),
    "match.agree": _("愿意洽谈"),
    "match.talk": _("进入洽谈"),
    "match.meet": _("约定会面"),
    "match.intend": _("形成签约意向"),
    "match.decline": _("对接未成"),
    "match.close": _("一方已撤回或到期，对接结束"),
    "match.lapse": _("到期没有答复，停下"),
    "match.resume": _("重新对接"),
    "match.hand_over": _("交给别人经办"),
    "contact.log": _("记一次联系"),
    "inquiry.send": _("征询意愿"),
    "inquiry.answer": _("答复征询"),
    "inquiry.recall": _("收回征询"),
    "inquiry.lapse": _("征询到期"),
    "task.add": _("添加任务"),
    "task.finish": _("任务办完"),
    "task.drop": _("任务不再需要"),
    "task.remind": _("提醒任务到期"),
    "verdict.give": _("评判"),
    "verdict.change": _("改评判"),
    "model.adopt": _("采用新排序模型"),
    "model.refuse": _("不采用新排序模型"),
    "model.retire": _("停用排序模型"),
    "model.restore": _("换回排序模型"),
    "plan.draft": _("拟定分配方案"),
    "plan.adjust": _("改分配参数"),
    "plan.pin": _("指定团队"),
    "plan.unpin": _("取消指定"),
    "plan.forbid": _("排除团队"),
    "plan.allow": _("取消排除"),
    "plan.confirm": _("确认分配方案"),
    "plan.discard": _("作废分配方案"),
}
