"""The sections of the demand form. Each can be saved with questions left open: nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duijie.site.demands import choices
from duijie.site.demands.forms.decisions import find_organisation
from duijie.site.demands.forms.fields import IndustryField, KeywordsField, MeasuresField, WanField
from duijie.site.demands.models import Demand, Disclosure, Kind, Mode, Rights
from duijie.site.demands.permissions import may_change
from duijie.site.demands.sections import REQUIRED, answer, label_of
from duijie.site.kernel.fields import PhoneField
from duijie.site.kernel.forms import DayField, LineField, OfficeForm, TextField
from duijie.site.kernel.parts import Difference
from duijie.site.parties.models import Organisation, Role

if TYPE_CHECKING:
    from django.http import QueryDict

    from duijie.site.parties.models import User


def _one_of(labels: Any, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(choices=labels, empty_value=options.pop("empty_value", None), **options)


def _with_blank(labels: Any) -> list[tuple[Any, Any]]:
    return [choices.BLANK, *labels]


class SectionForm(OfficeForm):
    """One section. Its questions are labelled as the demand's fields are; the required ones can wait for ``later``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, field in self.fields.items():
            field.label = label_of(name)
            field.required = name in REQUIRED

    @property
    def questions(self) -> list[str]:
        """What the form asks."""
        return [name for name in self.fields if name != "revision"]

    def restrict(self, user: User, demand: Demand) -> SectionForm:
        """Leave the questions that this user may answer now."""
        for name in list(self.fields):
            if name != "revision" and not may_change(user, demand, name):
                del self.fields[name]
        if self.data.get("later"):
            for name, field in self.fields.items():
                field.required = name == "title"
        return self

    def against(self, seen: object, now: object) -> list[Difference]:
        """Compare an answer that came too late with what its author saw and with what stands, in words."""
        given = Demand(**{"code": "", **{_attribute(name, value): value for name, value in self.answers.items()}})
        found = [
            Difference(label_of(name), answer(seen, name), answer(now, name), answer(given, name))
            for name in self.answers
        ]
        return [one for one in found if not one.seen == one.now == one.given]


def _attribute(name: str, value: object) -> str:
    return f"{name}_id" if isinstance(value, str) and Demand._meta.get_field(name).is_relation else name


class BasicsForm(SectionForm):
    """What it is called and where it belongs."""

    title = LineField(max_length=120, help_text=_("一句话说清要解决什么，例如“马铃薯种薯低损伤智能分级装备”。"))
    kind = _one_of(_with_blank(Kind.choices), empty_value="")
    region = _one_of(choices.regions, help_text=_("一般是单位所在的旗县区；项目在别处实施的，选实施地。"))
    field = _one_of(choices.fields)
    industry = IndustryField(help_text=_("填代码或名称，例如“A0123”或“薯类种植”。"))
    chain_node = _one_of(choices.chain_nodes)
    department = _one_of(choices.departments, help_text=_("“1+1”协同机制中负责本行业的厅局，不清楚可以不选。"))
    keywords = KeywordsField(max_length=200, help_text=_("3 到 5 个词，用顿号、逗号或空格隔开。"))


class ProblemForm(SectionForm):
    """What is done now, what does not work, where the answer will be used."""

    background = TextField(max_length=5000, help_text=_("单位做什么、规模多大、现在怎么做。"))
    question = TextField(
        max_length=5000, help_text=_("卡在哪一步、试过什么办法、为什么没有解决。涉及商业秘密的细节可以不写。")
    )
    use_case = TextField(max_length=3000, help_text=_("用在哪条产线、哪个基地、什么条件下。"))


class TargetsForm(SectionForm):
    """What must be reached."""

    measures = MeasuresField(max_length=3000, help_text=_("每行一项，写成“名称 数值 单位”，例如“发芽率 ≥85 %”。"))
    indicators = TextField(max_length=3000, help_text=_("不能用数值表示的要求写在这里。"))
    benchmark = TextField(max_length=3000, help_text=_("国内外谁做到什么水平，或对应哪项标准。"))
    trl = _one_of(choices.levels, coerce=int, help_text=_("希望对方拿出的成果处在哪一级（GB/T 22900-2022）。"))


class ResourcesForm(SectionForm):
    """Until when, with how much, decided by whom."""

    deadline = DayField()
    budget = WanField()
    own_funds = WanField()
    decider = LineField(max_length=100, help_text=_("谁能拍板，写职务即可，例如“总经理”。"))

    def clean(self) -> dict[str, Any]:
        """Own funds are part of the budget."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        budget, own = found.get("budget"), found.get("own_funds")
        if budget is not None and own is not None and own > budget:
            self.add_error("own_funds", gettext("自筹部分不能多于总预算，请检查金额和单位。"))
        return found


class CooperationForm(SectionForm):
    """How, and with whom."""

    mode = _one_of(_with_blank(Mode.choices), empty_value="")
    partner = LineField(max_length=200, help_text=_("已有意向的高校、院所或团队；没有可以不填。"))
    base = TextField(max_length=3000, help_text=_("已有的设备、人员、前期工作，能为合作提供什么。"))
    rights = _one_of(_with_blank(Rights.choices), empty_value="")


class DisclosureForm(SectionForm):
    """Who may know, and whom to call."""

    disclosure = forms.ChoiceField(choices=Disclosure.choices, widget=forms.RadioSelect)
    recommended_by = LineField(max_length=120)
    contact_name = LineField(max_length=40)
    contact_phone = PhoneField(max_length=40, help_text=_("只有本单位和经办人看得到。"))
    contact_email = forms.EmailField(max_length=254)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["disclosure"].required = True


FORMS: dict[str, type[SectionForm]] = {
    "basics": BasicsForm,
    "problem": ProblemForm,
    "targets": TargetsForm,
    "resources": ResourcesForm,
    "cooperation": CooperationForm,
    "disclosure": DisclosureForm,
}


def section_form(key: str, demand: Demand, user: User, data: QueryDict | None = None) -> SectionForm:
    """Return the section's form with the questions that the user may answer now."""
    return FORMS[key].of(demand, data).restrict(user, demand)


class StartForm(OfficeForm):
    """The first page: for whom, and what it is called."""

    organisation = LineField(
        label=_("需求单位"), max_length=120, help_text=_("写单位全称或统一社会信用代码，须是您辖区内已登记的单位。")
    )
    title = LineField(label=_("需求名称"), max_length=120, help_text=_("一句话说清要解决什么，以后可以修改。"))
    token = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_organisation(self) -> Organisation:
        """Return the organisation that was named or chosen."""
        text = self.cleaned_data["organisation"]
        found = Organisation.objects.present().filter(code=text).first() or find_organisation(text)
        if found is None:
            raise forms.ValidationError(gettext("没有找到“%(name)s”。请核对全称，或先登记单位。") % {"name": text})
        return found


class OwnStartForm(StartForm):
    """The same for somebody who acts for one organisation, or a few."""

    organisation = forms.ChoiceField(label=_("需求单位"))  # type: ignore[assignment]  # chosen instead of written


def start_form(user: User, data: QueryDict | None = None, **initial: str) -> StartForm:
    """Return the first page's form: an officer names the organisation, others choose among their own."""
    if user.scope.holds(Role.OFFICER):
        return StartForm(data, initial=initial)
    form = OwnStartForm(data, initial=initial)
    field: Any = form.fields["organisation"]
    field.choices = choices.organisations_of(user)
    return form
