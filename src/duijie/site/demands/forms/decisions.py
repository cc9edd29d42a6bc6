"""The words that go with a decision: an opinion, a reason, a recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.states import REASONS
from duijie.site.kernel.forms import CodeField, DayField, LineField, OfficeForm, TextField
from duijie.site.parties.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoteForm(OfficeForm):
    """An opinion that may be left out."""

    note = TextField(label=_("意见"), required=False, max_length=2000)


class ReturnForm(OfficeForm):
    """Why it goes back."""

    reasons = TextField(label=_("退回原因"), max_length=2000, help_text=_("逐条写明要补充或修改什么，单位会原样看到。"))


class DiagnosisForm(OfficeForm):
    """What refinement should make clear."""

    diagnosis = TextField(
        label=_("诊断意见"), max_length=2000, help_text=_("哪里不清楚，补充什么才能对接，单位会原样看到。")
    )


class ExitForm(OfficeForm):
    """Why it leaves the path."""

    reason = forms.ChoiceField(label=_("原因"), widget=forms.RadioSelect)
    words = TextField(label=_("说明"), required=False, max_length=2000, help_text=_("选“其他”时必须写明。"))

    def __init__(self, state: str, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        reason: Any = self.fields["reason"]
        reason.choices = [(one.value, one.label) for one in REASONS[state]]


class MergeForm(OfficeForm):
    """Into which, and why."""

    into = CodeField(label=_("合并到"), max_length=40, help_text=_("写保留的那条需求的编号。"))
    why = TextField(label=_("理由"), max_length=2000)


class ApartForm(OfficeForm):
    """Why two that look alike are different."""

    why = TextField(label=_("有什么不同"), max_length=2000)


class ReopenForm(OfficeForm):
    """Why again, and until when."""

    note = TextField(label=_("重新办理的理由"), max_length=2000)
    deadline = DayField(label=_("新的要求完成时间"), required=False)


class DirectForm(OfficeForm):
    """To whom it is shown."""

    recipients = TextField(
        label=_("推送给"), max_length=4000, help_text=_("每行一家，写单位全称或统一社会信用代码，须是已登记的单位。")
    )
    words = LineField(label=_("附言"), required=False, max_length=200)

    def clean_recipients(self) -> Sequence[Organisation]:
        """Return the organisations; a name that is not registered is refused with its line."""
        lines = [line.strip() for line in self.cleaned_data["recipients"].splitlines() if line.strip()]
        found = [find_organisation(line) for line in lines]
        unknown = [line for line, one in zip(lines, found, strict=True) if one is None]
        if unknown:
            raise forms.ValidationError(
                gettext("没有找到这些单位：%(names)s。请核对全称。") % {"names": gettext("、").join(unknown[:10])}
            )
        return [one for one in found if one is not None]


def find_organisation(text: str) -> Organisation | None:
    """Return the organisation of this name or credit code; None where there is none, or more than one."""
    rows = Organisation.objects.present()
    found = list(rows.filter(credit_code="".join(text.split()).upper())[:2]) or list(rows.named(text)[:2])
    return found[0] if len(found) == 1 else None
