"""What the steps of a match ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.kernel.forms import DayField, LineField, OfficeForm, TextField
from duijie.site.matching.actions.working import GIVEN
from duijie.site.matching.models.match import ContactWay
from duijie.site.matching.queries.mine import colleagues
from duijie.site.matching.states import DeclineReason, Side
from duijie.site.parties.models import User

if TYPE_CHECKING:
    from duijie.site.matching.models import Match

SIDES = [(one.value, one.label) for one in (Side.DEMAND, Side.SUPPLY)]
REASONS = [(one.value, one.label) for one in DeclineReason if one in GIVEN]


class StepForm(OfficeForm):
    """A step's questions; it knows the match and who asks."""

    def __init__(self, *arguments: Any, match: Match, user: User | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.match, self.user = match, user


class MomentField(forms.DateTimeField):
    """A moment as people write it: 2026-11-23 16:05."""

    def __init__(self, **options: Any) -> None:
        formats = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y-%m-%d %H：%M"]
        wrong = {"invalid": _("请写成“2026-11-23 16:05”的样子。")}
        super().__init__(input_formats=formats, error_messages=wrong, **options)


class WordsForm(StepForm):
    """An explanation that may be left out."""

    words = TextField(label=_("说明"), required=False, max_length=2000)


class WhyForm(StepForm):
    """An explanation that is needed."""

    words = TextField(label=_("理由"), max_length=2000)


class ContactForm(StepForm):
    """One contact."""

    side = forms.ChoiceField(label=_("联系了谁"), choices=SIDES, widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("方式"), choices=ContactWay.choices, widget=forms.RadioSelect)
    at = MomentField(label=_("时间"), required=False, help_text=_("不填就是现在；例如 2026-11-23 16:05。"))
    words = TextField(label=_("谈了什么"), max_length=4000)


class AskForm(StepForm):
    """Which side is asked, with which words."""

    side = forms.ChoiceField(label=_("问哪一方"), choices=SIDES, widget=forms.RadioSelect)
    words = TextField(
        label=_("附言"), required=False, max_length=1000, help_text=_("对方会原样看到，请不要写另一方不公开的内容。")
    )


class MeetForm(StepForm):
    """When they meet."""

    at = MomentField(label=_("会面时间"), help_text=_("例如 2026-11-23 16:05。"))
    words = TextField(label=_("地点和安排"), required=False, max_length=1000)


class DeclineForm(StepForm):
    """Whose no it is, and why."""

    side = forms.ChoiceField(
        label=_("由谁提出"),
        choices=[(one.value, one.label) for one in (Side.DEMAND, Side.SUPPLY, Side.OFFICE)],
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=_("原因"), choices=REASONS, widget=forms.RadioSelect)
    words = TextField(label=_("说明"), required=False, max_length=2000, help_text=_("选“其他”时必须写明。"))


class AnswerForm(OfficeForm):
    """A side's answer."""

    says = forms.ChoiceField(
        label=_("您愿意洽谈吗"), choices=[("yes", _("愿意洽谈")), ("no", _("不考虑"))], widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(label=_("不考虑的原因"), choices=[("", _("请选择")), *REASONS], required=False)
    words = TextField(label=_("说明"), required=False, max_length=2000, help_text=_("选“其他”原因时必须写明。"))

    def __init__(self, *arguments: Any, match: Match | None = None, user: User | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)

    def clean(self) -> dict[str, Any]:
        """A no says why."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("says") == "no" and not given.get("reason"):
            self.add_error("reason", str(_("请选择不考虑的原因。")))
        return given


class PersonForm(StepForm):
    """To whom the match is handed."""

    to = forms.ModelChoiceField(label=_("交给"), queryset=User.objects.none())
    words = TextField(label=_("交接说明"), required=False, max_length=1000)

    def __init__(self, *arguments: Any, match: Match, user: User, **options: Any) -> None:
        super().__init__(*arguments, match=match, user=user, **options)
        able = [one.pk for one in colleagues(match, user)]
        field: Any = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=able).order_by("name")
        field.label_from_instance = lambda person: person.signature


class TaskForm(StepForm):
    """Something to do until a day; by oneself unless somebody else is named."""

    what = LineField(label=_("要做什么"), max_length=200)
    due = DayField(label=_("期限"), initial=clock.today)
    owner = forms.ModelChoiceField(
        label=_("办理人"), queryset=User.objects.none(), required=False, empty_label=_("我自己")
    )

    def __init__(self, *arguments: Any, match: Match, user: User, **options: Any) -> None:
        super().__init__(*arguments, match=match, user=user, **options)
        able = [one.pk for one in colleagues(match, user)]
        field: Any = self.fields["owner"]
        field.queryset = User.objects.filter(pk__in=able).order_by("name")
        field.label_from_instance = lambda person: person.signature


class OutcomeForm(OfficeForm):
    """What came of a task."""

    outcome = LineField(label=_("结果"), max_length=200, required=False)
