"""The sheets of organisations and of teams: the columns of the directory, and how each cell is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel.cells import YES, chosen, line, paragraphs, read_email, read_phone, read_website, words
from duijie.site.kernel.sheets import Column, Sheet
from duijie.site.parties import actions, numbers, permissions
from duijie.site.parties.cells import ORGANISATION, directory
from duijie.site.parties.models import Organisation, OrganisationKind, Role, User
from duijie.site.registry.cells import REGION, listed, several
from duijie.site.registry.models import Field, Industry
from duijie.tables.amounts import read_count
from duijie.tables.cells import CellError, Guess, RowError, read_id, read_keywords, read_text, read_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.kernel.sheets import Check
    from duijie.tables.cells import Cell


def _number(read: Callable[[str], str | None]) -> Callable[[Cell], str | None]:
    def parse(cell: Cell) -> str | None:
        text = read_word(cell) if isinstance(cell, str) else read_id(cell)
        try:
            return read(text)
        except numbers.WrongNumber as error:
            raise CellError(str(error).rstrip("。"), _("请对照证照核对，或先留空")) from None

    return parse


def _credit_code(cell: Cell) -> str | Guess | None:
    """Codes whose inner check fails were issued, so that is said and the code taken."""
    code = _number(numbers.read_credit_code)(cell)
    if code and numbers.warn_of_credit_code(code):
        return Guess(code, _("第 9 至 17 位的校验与通常不同（少数证照如此，请对照证照核对）"))
    return code


def _capacity(cell: Cell) -> int | None:
    count = read_count(cell)
    if count is not None and count > 99:
        raise CellError(_("应为 0 到 99"), _("请填还能承接几项新的合作"))
    return count


def _lines(cell: Cell) -> str:
    return "\n".join(read_keywords(cell))


# -- organisations -----------------------------------------------------------------------------------------------------

ORGANISATION_COLUMNS = (
    Column("name", "单位名称", "Name", line(120), required=True, example="蒙草种业有限公司",
           aliases=("企业名称", "机构名称", "单位全称", "名称")),
    Column("credit_code", "统一社会信用代码", "Credit code", _credit_code, example="91110000600037341L",
           aliases=("信用代码", "社会信用代码", "机构代码")),
    Column("kind", "单位类型", "Kind of organisation", **chosen(OrganisationKind), required=True, example="企业",
           aliases=("类型", "单位性质", "机构类型")),
    Column("region", "所在地", "Region", **REGION, required=True, example="呼和浩特市新城区",
           aliases=("所在地区", "地区", "盟市", "旗县区", "所在盟市旗县", "注册地")),
    Column("industry", "国民经济行业", "Industry", **listed(Industry), example="A0141",
           aliases=("行业", "所属行业", "行业代码")),
    Column("high_tech", "高新技术企业", "High-tech enterprise", **YES, example="是",
           aliases=("是否高新技术企业", "高企", "是否高企")),
    Column("short_name", "简称", "Short name", line(60), example="蒙草种业", aliases=("单位简称",)),
    Column("former_names", "曾用名", "Former names", _lines,
           aliases=("原名", "原名称"), write=lambda text: _("、").join(text.splitlines())),
    Column("english", "英文名称", "English name", line(200), aliases=("英文名",)),
    Column("ror", "ROR 编号", "ROR id", _number(numbers.read_ror), example="https://ror.org/03cve4549", aliases=("ROR",)),
    Column("address", "地址", "Address", line(200), aliases=("通讯地址", "单位地址", "注册地址")),
    Column("website", "网址", "Website", read_website, example="https://www.example.cn", aliases=("官网", "网站")),
    Column("about", "简介", "About", read_text, aliases=("单位简介", "企业简介"), joined=True),
    Column("contact_name", "联系人", "Contact", line(40), example="娜仁", aliases=("联系人姓名",)),
    Column("contact_phone", "联系电话", "Telephone", read_phone, example="0471-1234567", aliases=("电话", "手机", "联系方式")),
    Column("contact_email", "电子邮箱", "E-mail", read_email, aliases=("邮箱", "Email")),
)  # fmt: skip


def _check_organisations(actor: User | None) -> Check:
    """Begin a reading: the region must be the actor's, and nothing in the directory already."""

    def look(values: dict[str, Any]) -> None:
        if not permissions.may_register_organisation(actor, values["region"]):
            raise RowError("region", _("这个地区不在您的辖区内"), _("请交由当地或自治区科技主管部门登记"))
        for name in ("credit_code", "ror", "name"):
            known = directory.find(values.get(name) or "")
            if known and (name != "name" or not values.get("credit_code")):
                found = {"name": directory.names.get(known, ""), "code": known}
                raise RowError(
                    name, _("名录里已有这个单位：%(name)s（%(code)s）") % found, _("请删去这一行，或补正信用代码")
                )

    directory.look(now=True)
    return look


ORGANISATIONS = Sheet(
    noun="organisations",
    name="单位",
    english="Organisations",
    columns=ORGANISATION_COLUMNS,
    check=_check_organisations,
    import_rows=actions.import_organisations,
    undo=actions.undo_organisations,
    may_import=permissions.may_register_organisation,
    url_name="parties:organisation",
    once=(("credit_code",), ("ror",), ("name", "region")),
)


# -- teams -------------------------------------------------------------------------------------------------------------

TEAM_COLUMNS = (
    Column("organisation", "所属单位", "Organisation", **ORGANISATION, required=True, example="内蒙古农业大学",
           aliases=("依托单位", "单位名称", "单位", "统一社会信用代码")),
    Column("name", "团队名称", "Team", line(120), required=True, example="马铃薯育种团队",
           aliases=("科研团队", "团队", "名称")),
    Column("leader_name", "负责人", "Leader", line(40), required=True, example="陈立新",
           aliases=("团队负责人", "带头人", "学术带头人", "负责人姓名")),
    Column("leader_title", "负责人职称", "Leader's title", line(60), example="教授", aliases=("职称", "职务职称")),
    Column("leader", "负责人账号", "Leader's account", line(60), aliases=("负责人用户名", "账号"), write=lambda one: one),
    Column("leader_orcid", "负责人 ORCID", "Leader's ORCID", _number(numbers.read_orcid), aliases=("ORCID",)),
    Column("fields", "技术领域", "Fields", **several(Field), example="农业", aliases=("领域", "研究领域", "所属领域")),
    Column("disciplines", "学科", "Disciplines", **words(20, 30), example="作物遗传育种、土壤学", aliases=("学科方向",)),
    Column("keywords", "关键词", "Keywords", **words(20, 30), example="脱毒种薯、分子育种", aliases=("研究方向",)),
    Column("about", "团队简介", "About", read_text, aliases=("简介", "团队介绍"), joined=True),
    Column("evidence", "代表性成果", "Evidence", **paragraphs(50), aliases=("主要成果", "代表性论文", "代表成果")),
    Column("capacity", "还能承接的合作数", "Capacity", _capacity, example="2", aliases=("可承接", "可承接数", "承接能力")),
    Column("english", "英文名称", "English name", line(200), aliases=("英文名",)),
    Column("contact_phone", "联系电话", "Telephone", read_phone, example="0471-1234567", aliases=("电话", "手机", "联系方式")),
    Column("contact_email", "电子邮箱", "E-mail", read_email, aliases=("邮箱", "Email")),
)  # fmt: skip


def _check_teams(actor: User | None) -> Check:
    """Begin a reading: the organisation must be one for which the actor may register teams, and the name be new there."""
    organisations: dict[str, tuple[bool, set[str]]] = {}

    def known(code: str) -> tuple[bool, set[str]]:
        if code not in organisations:
            one = Organisation.objects.get(pk=code)
            names = set(one.teams.present().values_list("name", flat=True))
            organisations[code] = (permissions.may_register_team(actor, one), names)
        return organisations[code]

    def look(values: dict[str, Any]) -> None:
        allowed, names = known(values["organisation"])
        if not allowed:
            raise RowError(
                "organisation", _("您不能替这个单位登记团队"), _("请交由单位的科研管理部门或当地科技主管部门登记")
            )
        if values["name"] in names:
            raise RowError("name", _("这个单位已有同名团队"), _("请删去这一行，在系统里修改原有团队"))
        accounts = User.objects.active().filter(organisation=values["organisation"])
        if values.get("leader") and not accounts.filter(username=values["leader"]).exists():
            raise RowError("leader", _("这个单位没有这个用户名的账号"), _("请核对，或先留空"))

    directory.look(now=True)
    return look


def _may_import_teams(user: User | None) -> bool:
    return user is None or user.scope.holds(*permissions.OFFICE, Role.RESEARCH)


TEAMS = Sheet(
    noun="teams",
    name="科研团队",
    english="Teams",
    columns=TEAM_COLUMNS,
    check=_check_teams,
    import_rows=actions.import_teams,
    undo=actions.undo_teams,
    may_import=_may_import_teams,
    url_name="parties:team",
    once=(("organisation", "name"),),
)
