"""What people fill in about organisations, teams, mechanisms and accounts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.kernel import clock
from duijie.site.kernel.forms import DayField, LineField, OfficeForm, TextField, WholeField
from duijie.site.kernel.lists import SortedChoice, WordsFilter
from duijie.site.parties import numbers, permissions
from duijie.site.parties.fields import (
    LinesField,
    NumberPlateField,
    WordsField,
    industry_field,
    organisation_field,
    region_field,
)
from duijie.site.parties.models import BY_REGION, LeadOffice, MechanismKind, OrganisationKind, Role
from duijie.site.registry.models import Field

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duijie.site.parties.models import Organisation, User

_EMAIL = gettext_lazy("电子邮箱")


def _fields() -> list[tuple[str, str]]:
    return [(field.code, field.label) for field in Field.objects.valid_on(clock.today())]


# -- organisations -----------------------------------------------------------------------------------------------------


class OrganisationForm(OfficeForm):
    """What is known of an organisation."""

    name = LineField(label=gettext_lazy("单位名称"), max_length=120, help_text=gettext_lazy("按登记证照填写全称。"))
    credit_code = NumberPlateField(
        numbers.read_credit_code,
        label=gettext_lazy("统一社会信用代码"),
        required=False,
        help_text=gettext_lazy("18 位；空格和小写都可以。境外单位可不填。"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("单位类型"), choices=OrganisationKind.choices)
    region = region_field(label=gettext_lazy("所在地"))
    industry = industry_field(label=gettext_lazy("所属行业"), required=False)
    high_tech = forms.BooleanField(label=gettext_lazy("高新技术企业"), required=False)
    short_name = LineField(label=gettext_lazy("简称"), max_length=60, required=False)
    former_names = TextField(
        label=gettext_lazy("曾用名"),
        required=False,
        help_text=gettext_lazy("每行一个。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    english = LineField(label=gettext_lazy("英文名称"), max_length=200, required=False)
    ror = NumberPlateField(
        numbers.read_ror,
        label=gettext_lazy("ROR 编号"),
        required=False,
        help_text=gettext_lazy("科研机构的国际编号，例如 https://ror.org/03cve4549。"),
    )
    address = LineField(label=gettext_lazy("地址"), max_length=200, required=False)
    website = forms.URLField(label=gettext_lazy("网址"), required=False, assume_scheme="https")
    about = TextField(label=gettext_lazy("简介"), required=False)
    contact_name = LineField(
        label=gettext_lazy("联系人"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("联系人、电话和邮箱只有本单位和主管部门看得到。"),
    )
    contact_phone = LineField(label=gettext_lazy("联系电话"), max_length=40, required=False)
    contact_email = forms.EmailField(label=_EMAIL, required=False)

    def keep_place(self) -> None:
        """Leave out what only officers set."""
        for name in ("kind", "region"):
            del self.fields[name]


class NewOrganisationForm(OrganisationForm):
    """An organisation being registered; a likely duplicate asks for one more tick."""

    distinct = forms.BooleanField(label=gettext_lazy("我已核对，上面列出的都不是这个单位"), required=False)

    @property
    def answers(self) -> dict[str, Any]:
        """Return what is registered."""
        return {name: value for name, value in super().answers.items() if name != "distinct"}


class OrganisationFilter(WordsFilter):
    """What the directory of organisations can be narrowed by."""

    q = LineField(label=gettext_lazy("名称或代码"), max_length=100)
    kind = SortedChoice(label=gettext_lazy("单位类型"), choices=OrganisationKind.choices)
    region = region_field(label=gettext_lazy("所在地"), help_text="")

    def narrow(self, rows: Any) -> QuerySet[Any]:
        """Return the rows that answer what was given."""
        given = self.given
        if words := given.get("q"):
            rows = rows.filter(
                Q(name__icontains=words)
                | Q(short_name__icontains=words)
                | Q(former_names__icontains=words)
                | Q(english__icontains=words)
                | Q(credit_code__startswith=numbers.clean_credit_code(words) or "-")
                | Q(code=words.upper())
            )
        if kind := given.get("kind"):
            rows = rows.filter(kind=kind)
        if region := given.get("region"):
            rows = rows.within(region)
        found: QuerySet[Any] = rows
        return found


class MergeForm(OfficeForm):
    """Into which organisation, and why."""

    into = organisation_field(label=gettext_lazy("合并到"))
    note = TextField(label=gettext_lazy("备注"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


# -- teams -------------------------------------------------------------------------------------------------------------


class TeamForm(OfficeForm):
    """What is known of a team."""

    name = LineField(label=gettext_lazy("团队名称"), max_length=120)
    leader_name = LineField(label=gettext_lazy("负责人"), max_length=40)
    leader_title = LineField(label=gettext_lazy("负责人职称"), max_length=60, required=False)
    leader: Any = forms.ModelChoiceField(
        None,
        label=gettext_lazy("负责人账号"),
        required=False,
        help_text=gettext_lazy("选定后，他本人可以维护团队信息。"),
    )
    leader_orcid = NumberPlateField(numbers.read_orcid, label=gettext_lazy("负责人 ORCID"), required=False)
    fields: Any = forms.MultipleChoiceField(
        label=gettext_lazy("技术领域"), choices=_fields, required=False, widget=forms.CheckboxSelectMultiple
    )
    disciplines = WordsField(
        label=gettext_lazy("学科"),
        required=False,
        help_text=gettext_lazy("几个之间用顿号隔开，例如：作物遗传育种、土壤学。"),
    )
    keywords = WordsField(
        label=gettext_lazy("关键词"), required=False, help_text=gettext_lazy("写清技术对象和方法，便于与需求对接。")
    )
    about = TextField(label=gettext_lazy("团队简介"), required=False)
    evidence = LinesField(
        label=gettext_lazy("代表性成果"),
        required=False,
        help_text=gettext_lazy("每行一项：论文、专利、获奖、项目。对接时会作为依据列出。"),
    )
    capacity = WholeField(
        label=gettext_lazy("还能承接的合作数"),
        min_value=0,
        max_value=99,
        initial=1,
        help_text=gettext_lazy("填 0 表示暂不接新的合作。"),
        widget=forms.TextInput(attrs={"class": "narrow"}),
    )
    english = LineField(label=gettext_lazy("英文名称"), max_length=200, required=False)
    contact_phone = LineField(
        label=gettext_lazy("联系电话"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("电话和邮箱只有本单位和主管部门看得到。"),
    )
    contact_email = forms.EmailField(label=_EMAIL, required=False)

    def of_organisation(self, organisation: Organisation) -> None:
        """Let the leader be chosen among the organisation's people."""
        leader: Any = self.fields["leader"]
        leader.queryset = organisation.users.active().order_by("name")


class TeamFilter(WordsFilter):
    """What the directory of teams can be narrowed by."""

    q = LineField(label=gettext_lazy("团队、负责人或关键词"), max_length=100)
    field = SortedChoice(label=gettext_lazy("技术领域"), choices=())
    region = region_field(label=gettext_lazy("所在地"), help_text="")
    state = SortedChoice(
        label=gettext_lazy("状态"),
        choices=(
            ("available", gettext_lazy("可承接新合作")),
            ("stale", gettext_lazy("两年未更新")),
            ("dissolved", gettext_lazy("已停用")),
        ),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        chosen: Any = self.fields["field"]
        chosen.choices = [("", _("全部")), *_fields()]

    def narrow(self, rows: Any) -> QuerySet[Any]:
        """Return the rows that answer what was given. SQLite holds the Chinese of a list escaped, PostgreSQL as it is."""
        given = self.given
        if words := given.get("q"):
            rows = rows.filter(
                Q(name__icontains=words)
                | Q(leader_name__icontains=words)
                | Q(organisation__name__icontains=words)
                | Q(keywords__icontains=words)
                | Q(keywords__icontains=json.dumps(words)[1:-1])
                | Q(code=words.upper())
            )
        if field := given.get("field"):
            rows = rows.filter(fields__icontains=f'"{field}"')
        if region := given.get("region"):
            rows = rows.within(region)
        return _in_state(rows, given.get("state", ""))


def _in_state(rows: Any, state: str) -> QuerySet[Any]:
    found: dict[str, Any] = {
        "available": rows.available(),
        "stale": rows.present().stale(),
        "dissolved": rows.exclude(dissolved_on=None),
    }
    chosen: QuerySet[Any] = found.get(state, rows.present())
    return chosen


class TeamMemberForm(OfficeForm):
    """Somebody who joins a team."""

    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    title = LineField(label=gettext_lazy("职称"), max_length=60, required=False)
    orcid = NumberPlateField(numbers.read_orcid, label=gettext_lazy("ORCID"), required=False)
    since = DayField(label=gettext_lazy("加入日期"), required=False, help_text=gettext_lazy("不填即从今天起。"))


# -- mechanisms --------------------------------------------------------------------------------------------------------


class MechanismForm(OfficeForm):
    """What is known of a mechanism."""

    name = LineField(label=gettext_lazy("机制名称"), max_length=120, help_text=gettext_lazy("例如：“4+8+N”合作机制。"))
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=MechanismKind.choices)
    region = region_field(label=gettext_lazy("适用地区"))
    valid_from = DayField(label=gettext_lazy("建立日期"))
    valid_to = DayField(
        label=gettext_lazy("终止之日"), required=False, help_text=gettext_lazy("从这一天起不再有效；仍在运行的不填。")
    )
    about = TextField(label=gettext_lazy("机制说明"), required=False)

    def clean(self) -> dict[str, Any]:
        """Nothing ends before it begins."""
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", _("终止日期不能早于建立日期。"))
        return cleaned


class TierForm(OfficeForm):
    """A member and its tier: an organisation, or a region whose government is the member."""

    tier = LineField(label=gettext_lazy("层级"), max_length=20, help_text=gettext_lazy("例如：4、8、N。"))
    organisation = organisation_field(label=gettext_lazy("成员单位"), required=False)
    region = region_field(
        label=gettext_lazy("地区"), required=False, help_text=gettext_lazy("成员是一地人民政府时，只填地区。")
    )
    since = DayField(label=gettext_lazy("加入日期"), required=False, help_text=gettext_lazy("不填即从机制建立之日起。"))

    def clean(self) -> dict[str, Any]:
        """Exactly one party."""
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("organisation")) == bool(cleaned.get("region")):
            self.add_error("organisation", _("“成员单位”和“地区”请填写其中一项。"))
        return cleaned


class LeadForm(OfficeForm):
    """A seat in a lead group."""

    office = forms.ChoiceField(label=gettext_lazy("组内职务"), choices=LeadOffice.choices)
    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    title = LineField(
        label=gettext_lazy("单位职务"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("例如：自治区科技厅厅长。"),
    )
    organisation = organisation_field(label=gettext_lazy("所在单位"), required=False)
    since = DayField(label=gettext_lazy("任职日期"), required=False, help_text=gettext_lazy("不填即从今天起。"))


class DayFilter(OfficeForm):
    """On which day."""

    on = DayField(label=gettext_lazy("截至日期"), required=False)


# -- people ------------------------------------------------------------------------------------------------------------


class _PlacedRole(OfficeForm):
    """A role, and where."""

    role = forms.ChoiceField(label=gettext_lazy("角色"))
    region = region_field(
        label=gettext_lazy("地区"),
        required=False,
        help_text=gettext_lazy("经办人、技术经理人、会议组织者、领导和管理员按地区授权。"),
    )
    organisation = organisation_field(
        label=gettext_lazy("授权单位"),
        required=False,
        help_text=gettext_lazy("其他角色按单位授权：写单位全称、编号或统一社会信用代码。"),
    )

    def given_by(self, user: User) -> None:
        """Offer the roles that this user can give."""
        role: Any = self.fields["role"]
        role.choices = [(one.value, one.label) for one in permissions.grantable_roles(user)]

    def clean(self) -> dict[str, Any]:
        """A role needs the place that belongs to it, and no other."""
        cleaned = super().clean() or {}
        role = cleaned.get("role")
        if role and not self.errors:
            name = "region" if role in BY_REGION else "organisation"
            place = cleaned.get(name)
            if place is None:
                self.add_error(
                    name,
                    _("“%(role)s”需要填写%(place)s。") % {"role": Role(role).label, "place": self.fields[name].label},
                )
            elif not permissions.fits(role, place):
                self.add_error(name, _("“%(role)s”只能在厅局一级的单位授予。") % {"role": Role(role).label})
        return cleaned

    @property
    def place(self) -> Any:
        """Return the region or organisation, whichever the role needs."""
        return self.cleaned_data["region" if self.cleaned_data["role"] in BY_REGION else "organisation"]


class InvitationForm(_PlacedRole):
    """Who is invited, and as what."""

    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    email = forms.EmailField(
        label=_EMAIL, required=False, help_text=gettext_lazy("填写后，系统会把邀请链接发到这个邮箱。")
    )
    phone = LineField(label=gettext_lazy("电话"), max_length=40, required=False)
    home = organisation_field(
        label=gettext_lazy("工作单位"), required=False, help_text=gettext_lazy("按单位授权的，不填即为该单位。")
    )
    field_order = ("name", "role", "region", "organisation", "home", "email", "phone")


class GrantForm(_PlacedRole):
    """A further role for an account."""

    until = DayField(
        label=gettext_lazy("失效日期"), required=False, help_text=gettext_lazy("从这一天起失效；长期有效的不填。")
    )


class AccountForm(OfficeForm):
    """What everybody keeps up to date about himself."""

    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    title = LineField(label=gettext_lazy("职务"), max_length=60, required=False)
    english = LineField(label=gettext_lazy("英文名"), max_length=80, required=False)
    phone = LineField(label=gettext_lazy("电话"), max_length=40, required=False)
    email = forms.EmailField(label=_EMAIL, required=False)


class AcceptanceForm(OfficeForm):
    """What somebody chooses who accepts an invitation."""

    name = LineField(label=gettext_lazy("姓名"), max_length=40)
    username = LineField(
        label=gettext_lazy("用户名"),
        max_length=60,
        help_text=gettext_lazy("用来登录，可以用字母、数字或汉字；不区分大小写。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        strip=False,
        help_text=gettext_lazy("至少 10 个字符，不要与姓名相近，也不要用常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输入一次密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Typed twice alike."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("两次输入的密码不一致，请重新输入。"))
        return cleaned


class PeopleFilter(WordsFilter):
    """What the list of accounts can be narrowed by."""

    q = LineField(label=gettext_lazy("姓名、用户名或单位"), max_length=100)
    role = SortedChoice(label=gettext_lazy("角色"), choices=Role.choices)
    active = SortedChoice(
        label=gettext_lazy("状态"), choices=(("yes", gettext_lazy("可登录")), ("no", gettext_lazy("已停用")))
    )

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that answer what was given."""
        given = self.given
        if words := given.get("q"):
            rows = rows.filter(
                Q(name__icontains=words)
                | Q(username__icontains=words)
                | Q(organisation__name__icontains=words)
                | Q(code=words.upper())
            )
        if role := given.get("role"):
            rows = rows.filter(grants__role=role).distinct()
        return rows.filter(is_active=given["active"] == "yes") if "active" in given else rows


class ReasonForm(OfficeForm):
    """Why."""

    note = TextField(label=gettext_lazy("办理原因"), widget=forms.Textarea(attrs={"rows": 3}))


class RemarkForm(OfficeForm):
    """Why, for those who want to say."""

    note = TextField(label=gettext_lazy("备注"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
