"""The forms of the room: one a section of the offer, one a decision, and the filter of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.kernel.fields import PhoneField
from duijie.site.kernel.forms import AmountField, CodeField, DayField, LineField, OfficeForm, TextField
from duijie.site.kernel.parts import Difference
from duijie.site.offers.answers import label_of, said, written
from duijie.site.offers.choices import Attribute, EvidenceKind, ExitReason, Mode, OfferKind, Stage
from duijie.site.offers.fields import Column, LookupField, RowsField, WordsField
from duijie.site.offers.models.visibility import OWNERS
from duijie.site.offers.sections import REQUIRED
from duijie.site.parties.models import Organisation, Team
from duijie.site.registry.models import ChainNode, Field
from duijie.site.registry.queries import find_industry

if TYPE_CHECKING:
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import User

LEVELS = (
    ("1", _("1 级：发现基本原理")),
    ("2", _("2 级：形成应用设想")),
    ("3", _("3 级：关键功能得到验证")),
    ("4", _("4 级：实验室里做出样品")),
    ("5", _("5 级：样品在模拟条件下通过验证")),
    ("6", _("6 级：样机在相关环境中通过验证")),
    ("7", _("7 级：样机在实际环境中通过验证")),
    ("8", _("8 级：产品定型，通过测试")),
    ("9", _("9 级：批量生产，实际应用")),
)
MEASURES = (
    Column("name", _("指标"), required=True),
    Column("value", _("数值"), longest=40, required=True, folded=True),
    Column("unit", _("计量单位"), longest=40, folded=True),
)
EVIDENCE = (
    Column("kind", _("种类"), choices=EvidenceKind.choices, required=True),
    Column("title", _("名称"), longest=200, required=True),
    Column("number", _("编号"), longest=80),
    Column("year", _("年份"), longest=4, folded=True),
)


class SectionForm(OfficeForm):
    """One section. What the offer must say before it is handed in is marked; a half-filled section is saved all the same."""

    def __init__(self, *arguments: Any, offer: Offer, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.offer = offer
        self.wanted = [self.fields[name] for name in REQUIRED[offer.kind] if name in self.fields]
        self._ask(True)

    def full_clean(self) -> None:
        """Check what is said; what is wanted may still be left for later."""
        self._ask(False)
        super().full_clean()
        self._ask(True)

    def _ask(self, must: bool) -> None:
        for field in self.wanted:
            field.required = must

    def against(self, seen: object, now: object) -> list[Difference]:
        """Compare a form that came too late, in the words of the page."""
        found = [
            Difference(label_of(name), said(seen, name), said(now, name), written(name, self._given(name)))
            for name in self.fields
            if name != "revision"
        ]
        return [one for one in found if not one.seen == one.now == one.given]

    def _given(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        known = isinstance(value, str) and name == "chain_node" and value
        return ChainNode.objects.select_related("chain").get(pk=value) if known else value


class BasicsForm(SectionForm):
    """What it is called, and where it belongs."""

    title = LineField(label=_("名称"), max_length=120, help_text=_("写具体，例如“耐旱甘蓝新品种及配套栽培技术”。"))
    kind = forms.ChoiceField(label=_("类型"), choices=OfferKind.choices, widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        label=_("团队"), queryset=Team.objects.none(), required=False, empty_label=_("（不指定）")
    )
    field = forms.ModelChoiceField(
        label=_("技术领域"), queryset=Field.objects.none(), required=False, empty_label=_("请选择")
    )
    industry = LookupField(
        label=_("应用行业"), find=find_industry, required=False, max_length=120,
        help_text=_("写国民经济行业的代码或名称，例如“C3985”或“蔬菜种植”。"),
    )  # fmt: skip
    chain_node = forms.ChoiceField(label=_("产业链环节"), required=False)
    disciplines = WordsField(label=_("学科"), required=False, most=10, help_text=_("可写多个，用顿号或逗号分开。"))
    keywords = WordsField(
        label=_("关键词"), required=False, help_text=_("科技成果最多 3 个，其他最多 10 个，用顿号或逗号分开。")
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["team"].queryset = self.offer.organisation.teams.present().order_by("name")  # type: ignore[attr-defined]
        self.fields["field"].queryset = Field.objects.valid()  # type: ignore[attr-defined]
        self.fields["chain_node"].choices = [("", _("（不指定）")), *chain_choices()]  # type: ignore[attr-defined]

    def clean_chain_node(self) -> str | None:
        """Nothing chosen is no node."""
        return self.cleaned_data["chain_node"] or None


class ContentForm(SectionForm):
    """What it is and what it can do."""

    about = TextField(
        label=_("内容简介"),
        required=False,
        max_length=5000,
        help_text=_("是什么、原理或做法、做到哪一步，三五句话写清。"),
    )
    problem = TextField(
        label=_("解决的问题"),
        required=False,
        max_length=3000,
        help_text=_("从使用者的角度写：谁在什么场合遇到什么困难。"),
    )
    indicators = TextField(
        label=_("技术指标"),
        required=False,
        max_length=3000,
        help_text=_("说明测试条件和依据；能写成数字的，请填在下面的表里。"),
    )
    measures = RowsField(
        MEASURES,
        label=_("量化指标"),
        required=False,
        help_text=_("例如：亩产 | ≥ 4,500 | 公斤。保存后可以继续添加行。"),
    )
    advantage = TextField(
        label=_("先进性与对比"),
        required=False,
        max_length=3000,
        help_text=_("和现有做法、进口产品或标准比，好在哪里。"),
    )
    use_case = TextField(
        label=_("应用情况与场景"),
        required=False,
        max_length=3000,
        help_text=_("用在哪里、规模多大；没用过的写适合用在哪里。"),
    )


class MaturityForm(SectionForm):
    """How far it has come, and how it is registered."""

    stage = forms.ChoiceField(label=_("成果阶段"), choices=Stage.choices, widget=forms.RadioSelect, required=False)
    trl = forms.TypedChoiceField(
        label=_("技术成熟度"), choices=[("", _("请选择")), *LEVELS], coerce=int, empty_value=None, required=False,
        help_text=_("按 GB/T 22900 分 9 级；拿不准时选低的一级。"),
    )  # fmt: skip
    attribute = forms.ChoiceField(
        label=_("成果属性"), choices=Attribute.choices, widget=forms.RadioSelect, required=False
    )
    registration = CodeField(
        label=_("成果登记号"),
        required=False,
        max_length=40,
        help_text=_("12 位，例如 1502024Y0001；没有登记过的不填。"),
    )
    units = WordsField(
        label=_("完成单位"), required=False, most=30, longest=120, help_text=_("按登记顺序写，用顿号或分号分开。")
    )
    people = WordsField(
        label=_("完成人"), required=False, most=50, longest=40, help_text=_("按登记顺序写姓名，用顿号分开。")
    )


class RightsForm(SectionForm):
    """Whose it is, and what proves it."""

    patents = WordsField(
        label=_("专利号"), required=False, most=50, help_text=_("例如 ZL202110123456.7，多个用逗号分开。")
    )
    holder = LineField(label=_("知识产权权利人"), required=False, max_length=200)
    evidence = RowsField(
        EVIDENCE,
        label=_("证明材料"),
        required=False,
        help_text=_("论文、奖励、标准、评价报告或应用证明；文件请在页面上作为附件上传。"),
    )


class CooperationForm(SectionForm):
    """How it can be had."""

    modes = forms.MultipleChoiceField(
        label=_("合作方式"), choices=Mode.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    price = AmountField(label=_("意向价格"), required=False)
    terms = LineField(
        label=_("价格说明"),
        required=False,
        max_length=200,
        help_text=_("例如“普通许可每年，按销售额 3 % 提成，可面议”。"),
    )
    valid_until = DayField(label=_("有效期至"), required=False, help_text=_("到哪一天为止愿意对外合作；不填为长期。"))


class DisclosureForm(SectionForm):
    """Who may read it, and whom to call."""

    disclosure = forms.ChoiceField(label=_("公开程度"), choices=Disclosure.choices, widget=forms.RadioSelect)
    contact_name = LineField(
        label=_("联系人"),
        required=False,
        max_length=40,
        help_text=_("联系人信息只给本单位和科技主管部门看，不写进记录。"),
    )
    contact_phone = PhoneField(label=_("联系电话"), required=False, max_length=40)
    contact_email = forms.EmailField(label=_("电子邮箱"), required=False)


FORMS: dict[str, type[SectionForm]] = {
    "basics": BasicsForm,
    "content": ContentForm,
    "maturity": MaturityForm,
    "rights": RightsForm,
    "cooperation": CooperationForm,
    "disclosure": DisclosureForm,
}


class StartForm(OfficeForm):
    """Whose offer it is, what sort, and its name; everything else follows in the sections."""

    organisation = forms.ModelChoiceField(
        label=_("提供单位"), queryset=Organisation.objects.none(), empty_label=_("请选择")
    )
    owner = LineField(
        label=_("提供单位"), max_length=120, help_text=_("写单位全称或统一社会信用代码。单位要先在平台上登记。")
    )
    kind = forms.ChoiceField(label=_("类型"), choices=OfferKind.choices, widget=forms.RadioSelect)
    title = LineField(label=_("名称"), max_length=120, help_text=_("写具体，例如“耐旱甘蓝新品种及配套栽培技术”。"))
    token = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *arguments: Any, user: User, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["token"].initial = uuid4().hex
        own = Organisation.objects.present().filter(code__in=user.scope.of(*OWNERS)).order_by("name")
        if own:
            del self.fields["owner"]
            self.fields["organisation"].queryset = own  # type: ignore[attr-defined]
            self.fields["organisation"].initial = own[0].code if len(own) == 1 else None
        else:
            del self.fields["organisation"]

    def clean_owner(self) -> Organisation:
        """Find the organisation by its name or credit code."""
        text = self.cleaned_data["owner"]
        rows = Organisation.objects.present()
        found = list(rows.named(text)[:2]) or list(rows.filter(credit_code=text.upper())[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("没有找到“%(name)s”，请核对全称，或先到“单位”里登记。") % {"name": text})
        return found[0]  # type: ignore[no-any-return]

    @property
    def chosen(self) -> Organisation:
        """The organisation chosen or found."""
        return self.cleaned_data.get("organisation") or self.cleaned_data["owner"]  # type: ignore[no-any-return]


class OpinionForm(OfficeForm):
    """A decision that needs words."""

    opinion = TextField(label=_("意见"), max_length=1000)


class RemarkForm(OfficeForm):
    """A decision that may have words."""

    opinion = TextField(label=_("意见"), max_length=1000, required=False)


class ReasonForm(OfficeForm):
    """A step back, with its reason."""

    reason = TextField(label=_("原因"), max_length=1000)


class WithdrawForm(OfficeForm):
    """Why it is withdrawn."""

    reason = forms.ChoiceField(label=_("撤回原因"), choices=ExitReason.choices, widget=forms.RadioSelect)
    words = TextField(label=_("说明"), max_length=1000, required=False)


class RenewForm(OfficeForm):
    """Until when it holds now."""

    valid_until = DayField(label=_("新的有效期至"), required=False, help_text=_("不填为长期有效。"))


class DirectForm(OfficeForm):
    """To whom it is shown by name."""

    names = TextField(label=_("推送给"), max_length=3000, help_text=_("每行写一个单位的全称或统一社会信用代码。"))

    def clean_names(self) -> list[Organisation]:
        """Find every organisation named."""
        lines = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        rows = Organisation.objects.present()
        found: dict[str, Organisation] = {}
        for line in lines:
            if one := rows.named(line).first() or rows.filter(credit_code=line.upper()).first():
                found[line] = one
        if missing := [line for line in lines if line not in found]:
            raise forms.ValidationError(_("没有找到：%(names)s。请核对全称。") % {"names": _("、").join(missing)})
        return list(found.values())


class MergeForm(OfficeForm):
    """Under which offer it is put."""

    into = CodeField(label=_("并入"), max_length=40, help_text=_("写要保留的那一项的编号，例如 S-150100-2026-0001。"))
    opinion = TextField(label=_("理由"), max_length=1000, required=False)


class NothingForm(OfficeForm):
    """A decision that needs only a yes."""


def chain_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the nodes under their chains."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for node in ChainNode.objects.valid_on(clock.today()).select_related("chain").order_by("chain__order", "order"):
        groups.setdefault(node.chain.label, []).append((node.code, node.label))
    return list(groups.items())
