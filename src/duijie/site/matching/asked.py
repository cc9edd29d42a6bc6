"""The steps that are one form and one action: how each is asked, what it will mean, and what it says afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from duijie.site.matching.actions import asking, tasks, working
from duijie.site.matching.forms import working as forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from duijie.site.kernel.forms import OfficeForm


@dataclass(frozen=True, slots=True)
class Asked:
    """One step: its name, what it will mean, the form that asks, the action, and what was done."""

    title: _StrPromise
    words: _StrPromise
    form: Callable[..., OfficeForm]
    act: Callable[..., object]
    done: _StrPromise
    danger: bool = False


STEPS: dict[str, Asked] = {
    "answer": Asked(
        _("答复是否愿意洽谈"),
        _("双方都愿意洽谈，对接就进入洽谈；不考虑的，请写明原因，经办人会另找合作方。"),
        forms.AnswerForm,
        asking.answer_match,
        _("已记下您的答复。"),
    ),
    "contact": Asked(
        _("记录联系"),
        _("有联系就不算逾期，等待答复的期限从今天重新算。"),
        forms.ContactForm,
        working.contact,
        _("已记下这次联系。"),
    ),
    "ask": Asked(
        _("发征询"),
        _("对方会收到一封带答复链接的邮件，也可以登录后答复。邮件里只有对方有权知道的内容。"),
        forms.AskForm,
        asking.ask,
        _("征询已发出。"),
    ),
    "talks": Asked(
        _("开始洽谈"), _("双方已开始洽谈，需求随之进入洽谈。"), forms.WordsForm, working.begin_talks, _("已进入洽谈。")
    ),
    "meet": Asked(_("约定会面"), _("双方会收到提示。"), forms.MeetForm, working.meet, _("会面时间已记下。")),
    "intend": Asked(
        _("形成签约意向"),
        _("双方打算签约，需求随之转为拟签约。拟签约不等于已签约。"),
        forms.WordsForm,
        working.intend,
        _("已记为拟签约。"),
    ),
    "task": Asked(
        _("添加任务"), _("到期前一个工作日会提醒办理人。"), forms.TaskForm, tasks.add_task, _("任务已添加。")
    ),
    "hand-over": Asked(
        _("转交他人"),
        _("交出后由对方经办，对方会收到提示。"),
        forms.PersonForm,
        working.hand_over,
        _("已交给对方经办。"),
    ),
    "resume": Asked(
        _("重新对接"),
        _("重新对接后由您经办，双方的意愿要重新征询。"),
        forms.WhyForm,
        working.resume,
        _("已重新开始对接。"),
    ),
    "decline": Asked(
        _("结束对接"),
        _("双方会收到原因，没有答复的征询和没办完的任务一并结束。以后可以重新对接。"),
        forms.DeclineForm,
        working.decline,
        _("已记为未成。"),
        danger=True,
    ),
}
