"""The sheet of demands: the columns of the survey form, and what each cell may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.demands import permissions
from duijie.site.demands.actions.importing import import_rows, undo_import
from duijie.site.demands.models import Disclosure, Kind, Mode, Rights, Source
from duijie.site.kernel.cells import DAY, MEASURES, WAN, chosen, line, read_email, read_phone, words
from duijie.site.kernel.sheets import Column, Sheet
from duijie.site.parties.cells import DEPARTMENT, ORGANISATION, directory
from duijie.site.parties.models import Organisation
from duijie.site.registry.cells import REGION, listed
from duijie.site.registry.models import ChainNode, Field, Industry
from duijie.tables.amounts import read_trl
from duijie.tables.cells import RowError, read_text

if TYPE_CHECKING:
    from duijie.site.kernel.sheets import Check
    from duijie.site.parties.models import User


def _check(actor: User | None) -> Check:
    """Begin a reading: amounts must agree, and the organisation be one for which the actor may write."""
    allowed: dict[str, bool] = {}

    def may_start(code: str) -> bool:
        if actor is not None and code not in allowed:
            allowed[code] = permissions.may_start(actor, Organisation.objects.get(pk=code))
        return actor is None or allowed[code]

    def look(values: dict[str, Any]) -> None:
        budget, own = values.get("budget"), values.get("own_funds")
        if isinstance(budget, int | float) and isinstance(own, int | float) and own > budget:
            raise RowError("own_funds", _("自筹部分多于总预算"), _("请检查金额和单位"))
        if not may_start(values["organisation"]):
            raise RowError("organisation", _("这个单位不归您填报"), _("请交由单位所在地的科技主管部门导入"))

    directory.look(now=True)
    return look


COLUMNS = (
    Column(
        "organisation",
        "需求单位",
        "Organisation",
        **ORGANISATION,
        required=True,
        example="蒙草种业有限公司",
        aliases=("单位名称", "企业名称", "申报单位", "单位", "统一社会信用代码"),
    ),
    Column(
        "title",
        "需求名称",
        "Title",
        line(120),
        required=True,
        example="马铃薯种薯低损伤智能分级装备",
        aliases=("技术需求名称", "名称", "题目", "需求标题", "难题名称"),
    ),
    Column("kind", "需求类型", "Kind", **chosen(Kind), example="联合研发", aliases=("类型", "合作类型")),
    Column(
        "region",
        "所在地区",
        "Region",
        **REGION,
        example="呼和浩特市新城区",
        aliases=("所在盟市旗县", "盟市", "旗县区", "地区", "所属盟市"),
    ),
    Column(
        "field",
        "技术领域",
        "Technical field",
        **listed(Field, menu=True),
        example="农业",
        aliases=("所属领域", "领域"),
    ),
    Column(
        "industry",
        "国民经济行业",
        "Industry",
        **listed(Industry),
        example="A0123",
        aliases=("行业", "所属行业", "行业代码"),
    ),
    Column("chain_node", "产业链环节", "Chain node", **listed(ChainNode, menu=True), aliases=("产业链",)),
    Column(
        "department",
        "行业主管厅局",
        "Lead department",
        **DEPARTMENT,
        aliases=("主管部门", "主管厅局"),
    ),
    Column("keywords", "关键词", "Keywords", **words(10), example="种薯、分级、机器视觉"),
    Column(
        "background",
        "背景与现状",
        "Background",
        read_text,
        aliases=("背景", "现状", "企业简介", "需求背景"),
        joined=True,
    ),
    Column(
        "question",
        "要解决的技术问题",
        "Technical question",
        read_text,
        required=True,
        example="人工分级损伤率高，需要低损伤的自动分级办法。",
        aliases=("技术问题", "需求内容", "需求描述", "主要内容", "技术难题", "拟解决的关键技术问题"),
        joined=True,
    ),
    Column("measures", "量化指标", "Measures", **MEASURES, example="损伤率 ≤2 %", aliases=("考核指标",)),
    Column("indicators", "技术指标要求", "Indicators", read_text, aliases=("技术指标", "指标要求", "主要技术指标")),
    Column("benchmark", "对标水平", "Benchmark", read_text, aliases=("国内外水平", "国内外现状")),
    Column("use_case", "应用场景", "Use", read_text, aliases=("应用", "使用场景")),
    Column("trl", "期望技术成熟度", "Wanted TRL", read_trl, example="7", aliases=("技术成熟度", "成熟度", "TRL")),
    Column(
        "deadline",
        "要求完成时间",
        "Deadline",
        **DAY,
        example="2027-06-30",
        aliases=("完成时间", "截止时间", "期限", "需求时限"),
    ),
    Column(
        "budget",
        "总预算（万元）",
        "Budget",
        **WAN,
        example="300",
        aliases=("预算", "总预算", "投入资金", "拟投入", "预算（万元）"),
        unit=True,
    ),
    Column(
        "own_funds",
        "其中自筹（万元）",
        "Own funds",
        **WAN,
        example="200",
        aliases=("自筹", "自筹资金"),
        unit=True,
    ),
    Column(
        "mode",
        "合作方式",
        "Cooperation",
        **chosen(Mode),
        example="联合开发",
        aliases=("拟合作方式",),
    ),
    Column("partner", "意向合作单位", "Wished partner", line(200), aliases=("意向单位", "拟合作单位")),
    Column("base", "已有工作基础", "Existing base", read_text, aliases=("工作基础", "已有基础", "前期基础")),
    Column("rights", "知识产权意向", "Rights", **chosen(Rights), aliases=("知识产权",)),
    Column("decider", "决策人（职务）", "Who decides", line(100), aliases=("决策人",)),
    Column(
        "disclosure",
        "公开程度",
        "Disclosure",
        **chosen(Disclosure),
        example="公开",
        aliases=("是否公开", "保密要求"),
    ),
    Column("source", "来源渠道", "Source", **chosen(Source)),
    Column("recommended_by", "推荐单位", "Recommended by", line(120), aliases=("推荐部门",)),
    Column("contact_name", "联系人", "Contact", line(40), example="娜仁", aliases=("联系人姓名",)),
    Column(
        "contact_phone",
        "联系电话",
        "Telephone",
        read_phone,
        example="0471-1234567",
        aliases=("电话", "手机", "联系方式"),
    ),
    Column("contact_email", "电子邮箱", "E-mail", read_email, aliases=("邮箱",)),
)


SHEET = Sheet(
    noun="demands",
    name="技术需求",
    english="Demands",
    columns=COLUMNS,
    check=_check,
    import_rows=import_rows,
    undo=undo_import,
    may_import=permissions.may_start_any,
    url_name="demands:demand",
    once=(("organisation", "title"),),
)
