"""The sheet of offers: the columns of the template, and how each cell is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel.cells import DAY, MEASURES, YUAN, chosen, line, read_email, read_phone, several, words
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.kernel.sheets import Column, Sheet
from duijie.site.offers.actions import import_offers, undo_import
from duijie.site.offers.choices import Attribute, Mode, OfferKind, Stage
from duijie.site.offers.models import Offer
from duijie.site.offers.numbers import clean_registration
from duijie.site.offers.permissions import may_start, may_start_any
from duijie.site.offers.sections import keyword_limit
from duijie.site.offers.states import State
from duijie.site.parties.cells import ORGANISATION, directory
from duijie.site.parties.models import Organisation
from duijie.site.registry.cells import listed
from duijie.site.registry.models import ChainNode, Field, Industry
from duijie.tables.amounts import read_trl
from duijie.tables.cells import Cell, CellError, RowError, read_id, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duijie.site.kernel.sheets import Check
    from duijie.site.parties.models import User

_REFERENCES = frozenset({"field", "industry", "chain_node"})


def _registration(cell: Cell) -> str | None:
    try:
        return clean_registration(read_id(cell)) or None
    except ValueError as error:
        if isinstance(error, CellError):
            raise
        raise CellError(str(error).rstrip("。"), _("请核对成果登记证书")) from error


COLUMNS = (
    Column(
        "organisation", "提供单位", "Organisation", **ORGANISATION, required=True, example="内蒙古农业大学",
        aliases=("单位名称", "单位", "第一完成单位", "统一社会信用代码"),
    ),
    Column(
        "title", "名称", "Title", line(120), required=True, example="耐旱甘蓝新品种及配套栽培技术",
        aliases=("成果名称", "专利名称", "设备名称"),
    ),
    Column("kind", "类型", "Kind", **chosen(OfferKind, OfferKind.ACHIEVEMENT), example="科技成果"),
    Column("field", "技术领域", "Field", **listed(Field, menu=True), example="农业", aliases=("领域",)),
    Column("industry", "应用行业", "Industry", **listed(Industry), example="A0141", aliases=("国民经济行业", "行业")),
    Column("chain_node", "产业链环节", "Chain node", **listed(ChainNode, menu=True), aliases=("产业链",)),
    Column("disciplines", "学科", "Disciplines", **words(10), example="作物遗传育种", aliases=("学科分类",)),
    Column("keywords", "关键词", "Keywords", **words(50), example="甘蓝、耐旱、育种"),
    Column("about", "内容简介", "About", read_text, aliases=("成果简介", "简介", "摘要"), joined=True),
    Column("problem", "解决的问题", "Problem solved", read_text),
    Column("indicators", "技术指标", "Indicators", read_text, aliases=("主要技术指标",)),
    Column("measures", "量化指标", "Measures", **MEASURES, example="亩产 ≥4,500 公斤", aliases=("考核指标",)),
    Column("advantage", "先进性与对比", "Advantage", read_text, aliases=("先进性",)),
    Column("use_case", "应用情况与场景", "Use", read_text, aliases=("应用情况", "应用场景")),
    Column("stage", "成果阶段", "Stage", **chosen(Stage), example="中期阶段", aliases=("成果所处阶段", "所处阶段")),
    Column("trl", "技术成熟度", "TRL", read_trl, example="6", aliases=("成熟度",)),
    Column("attribute", "成果属性", "Attribute", **chosen(Attribute), example="原始性创新"),
    Column("registration", "成果登记号", "Registration number", _registration, example="1502024Y0001", aliases=("登记号",)),
    Column("units", "完成单位", "Completed by", **words(50), example="内蒙古农业大学"),
    Column("people", "完成人", "People", **words(50), example="吴海燕、陈立新", aliases=("主要完成人",)),
    Column("patents", "专利号", "Patents", **words(50), example="ZL202110123456.7"),
    Column("holder", "知识产权权利人", "Rights held by", line(200), aliases=("权利人", "专利权人")),
    Column("modes", "合作方式", "Ways of cooperating", **several(Mode), example="技术许可、合作开发", aliases=("转化方式",)),
    Column("price", "意向价格（万元）", "Price (10,000 yuan)", **YUAN, example="20", aliases=("意向价格", "价格"), unit=True),
    Column("terms", "价格说明", "Terms", line(200)),
    Column("valid_until", "有效期至", "Valid until", **DAY, example="2028-12-31"),
    Column("disclosure", "公开程度", "Disclosure", **chosen(Disclosure, Disclosure.PUBLIC), example="公开"),
    Column("contact_name", "联系人", "Contact", line(40), example="吴海燕"),
    Column("contact_phone", "联系电话", "Telephone", read_phone, example="0471-1234567", aliases=("电话", "手机")),
    Column("contact_email", "电子邮箱", "E-mail", read_email, aliases=("邮箱",)),
)  # fmt: skip


def _check(actor: User | None) -> Check:
    """Begin a reading: cells must go together, and the organisation be one for which the actor may enter offers."""
    allowed: dict[str, bool] = {}

    def look(values: dict[str, Any]) -> None:
        code = values["organisation"]
        if actor is not None and code not in allowed:
            allowed[code] = may_start(Organisation.objects.get(pk=code), actor)
        if not allowed.get(code, True):
            raise RowError("organisation", _("您不能替这个单位登记成果"), _("请交由单位或其所在地的科技主管部门导入"))
        _look(values)

    directory.look(now=True)
    return look


def _look(values: Mapping[str, Any]) -> None:
    kind = values.get("kind") or OfferKind.ACHIEVEMENT
    most = keyword_limit(kind)
    if len(values.get("keywords") or ()) > most:
        raise RowError("keywords", _("关键词最多 %(most)s 个") % {"most": most}, _("请删减"))
    number = values.get("registration")
    if number and kind != OfferKind.ACHIEVEMENT:
        raise RowError("registration", _("只有科技成果有成果登记号"), _("请清空，或把类型改为“科技成果”"))
    standing = Offer.objects.exclude(state__in=(State.MERGED, State.WITHDRAWN))
    if number and standing.filter(registration=number).exists():
        raise RowError("registration", _("这个成果登记号已经登记过"), _("请核对是不是同一项成果"))


def _import(rows: Sequence[Mapping[str, Any]], *, actor: User, source: str) -> list[str]:
    """Enter the rows, each with its organisation as it stands now."""
    organisations = Organisation.objects.in_bulk({row["organisation"] for row in rows})
    said = [
        {f"{name}_id" if name in _REFERENCES else name: value for name, value in row.items() if value is not None}
        for row in rows
    ]
    whole = [{"kind": OfferKind.ACHIEVEMENT, **row, "organisation": organisations[row["organisation"]]} for row in said]
    return import_offers(whole, actor=actor, source=source)


SHEET = Sheet(
    noun="offers",
    name="成果与供给",
    english="Offers",
    columns=COLUMNS,
    check=_check,
    import_rows=_import,
    undo=undo_import,
    may_import=may_start_any,
    url_name="offers:offer",
    once=(("organisation", "title"), ("registration",)),
)
