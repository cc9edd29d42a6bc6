"""Pages that show every part once, for screenshots, for axe, and for reading: never shipped."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template import engines
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel.forms import AmountField, CodeField, DayField, LineField, OfficeForm, TextField, WholeField
from duijie.site.kernel.lists import AnyChoice, Heading, ListPage, WordsFilter
from duijie.site.kernel.parts import (
    Answer,
    Difference,
    LifeStep,
    Progress,
    Tab,
    Task,
    TaskGroup,
    TrailChange,
    TrailRow,
)
from duijie.site.kernel.preferences import set_size

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Person(SimpleNamespace):
    is_authenticated = True
    name = "乌云"
    organisation = "呼和浩特市科学技术局"
    scope = SimpleNamespace(holds=lambda *_roles: True, over_home=lambda *_roles: True)


class DemandForm(OfficeForm):
    title = LineField(
        label=_("需求名称"), max_length=60, help_text="一句话说清要解决什么，例如“稀土钢耐候性提升技术”。"
    )
    credit = CodeField(label=_("统一社会信用代码"), max_length=18, required=False)
    question = TextField(label=_("技术问题"), max_length=500, help_text="现在卡在哪里、试过什么、差多少。")
    mode = forms.ChoiceField(
        label=_("合作方式"),
        widget=forms.RadioSelect,
        choices=[("joint", "联合研发"), ("bring", "成果引进"), ("co", "共建平台")],
    )
    fields_ = forms.MultipleChoiceField(
        label=_("技术领域"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("1", "电子信息"),
            ("2", "先进制造"),
            ("3", "新材料及其应用"),
            ("4", "农业"),
            ("5", "环境保护与资源综合利用"),
        ],
    )
    kind = forms.ChoiceField(label=_("需求类型"), choices=[("", "请选择"), ("a", "联合攻关"), ("b", "人才引进")])
    budget = AmountField(label=_("计划投入"), required=False, help_text="可以填区间的上限；未定就留空。")
    deadline = DayField(label=_("希望完成日期"))
    level = WholeField(label=_("期望成熟度（TRL）"), min_value=1, max_value=9, required=False)
    plan = forms.FileField(label=_("附件"), required=False)
    agree = forms.BooleanField(label="我已阅读并同意填报说明")


class ReasonForm(OfficeForm):
    reason = TextField(label=_("退回理由"), max_length=300, help_text="单位会看到这段话，请写明要补充什么。")


class DemandFilter(WordsFilter):
    state = AnyChoice(label=_("状态"), choices=[("submitted", "待审核"), ("accepted", "已受理")])
    region = AnyChoice(label=_("地区"), choices=[("150100", "呼和浩特市"), ("150200", "包头市")], every="全区")
    since = DayField(label=_("提交日期起"))


def at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


STEPS = [
    LifeStep("提出", "done", date(2026, 9, 2)),
    LifeStep("盟市审核", "done", date(2026, 9, 8)),
    LifeStep("完善", "done", date(2026, 9, 20)),
    LifeStep("受理", "done", date(2026, 10, 9)),
    LifeStep("对接", "now", date(2026, 11, 3)),
    LifeStep("洽谈", "ahead"),
    LifeStep("签约", "ahead"),
    LifeStep("实施", "ahead"),
    LifeStep("验收", "ahead"),
]
ENDED = [
    LifeStep("提出", "done", date(2026, 9, 2)),
    LifeStep("盟市审核", "done"),
    LifeStep("已撤回", "left", date(2026, 9, 12)),
]
TRAIL = [
    TrailRow(
        at(20, 16, 5),
        "巴特尔（呼和浩特市科技局）",
        "退回完善",
        (TrailChange("状态", "待审核", "待完善"), TrailChange("截止日期", "", "2026-12-01")),
        "请补充现有耐候指标的实测值，并说明希望达到的标准号。",
    ),
    TrailRow(
        at(18, 9, 30),
        "王建国（内蒙古某稀土钢有限公司）",
        "修改需求",
        (
            TrailChange("需求名称", "耐候钢技术", "稀土钢耐候性提升技术"),
            TrailChange("计划投入", "100 万元", "260 万元"),
            TrailChange("联系人", "•", "•"),
            TrailChange("希望完成日期", "2027-06-30", "2027-12-31"),
            TrailChange("期望成熟度", "", "7"),
        ),
    ),
    TrailRow(at(17, 10, 0), "", "到期提醒", source="worker"),
]
DIFFERENCES = [
    Difference("需求名称", "耐候钢技术", "稀土耐候钢技术", "稀土钢耐候性提升技术"),
    Difference("计划投入", "100 万元", "100 万元", "260 万元"),
    Difference("期望成熟度", "", "6", ""),
]
GROUPS = [
    TaskGroup(
        "单位与联系人",
        [Task("单位信息", "#a", "done"), Task("联系人", "#b", "doing", "还缺：联系电话")],
    ),
    TaskGroup(
        "需求内容",
        [
            Task("背景与现状", "#c", "doing"),
            Task("技术指标", "#d", "todo", "写明数值和单位，例如“屈服强度 ≥ 460 MPa”"),
            Task("检查并提交", "#e", "waiting", "前面各项完成后才能提交"),
        ],
    ),
]


def listing(data: QueryDict) -> ListPage[Any]:
    filters = DemandFilter(data)
    filters.is_valid()
    names = [
        "稀土钢耐候性提升技术",
        "奶牛乳房炎快速检测",
        "风电叶片回收利用",
        "高海拔燃料电池冷启动",
        "马铃薯脱毒种薯繁育",
    ]
    states = [("待审核", "warning"), ("已受理", "success"), ("对接中", "info"), ("已退回", "danger"), ("草稿", "")]
    rows = [
        SimpleNamespace(
            pk=f"D-150100-2026-{place:04}",
            title=name + ("及在寒冷地区长期运行条件下的工程化验证" if place == 3 else ""),
            who="内蒙古某稀土钢有限公司",
            where="呼和浩特市",
            state=state,
            tone=tone,
            budget=Decimal(2_600_000 + place * 123_456),
            on=at(20, 9, place),
        )
        for place, (name, (state, tone)) in enumerate(zip(names, states, strict=True), 1)
    ]
    headings = [
        Heading("名称", numeric=False, url="?sort=title", order=""),
        Heading("单位", numeric=False, url="", order=""),
        Heading("地区", numeric=False, url="?sort=region", order=""),
        Heading("状态", numeric=False, url="", order=""),
        Heading("计划投入", numeric=True, url="?sort=budget", order=""),
        Heading("更新", numeric=False, url="?sort=changed", order="descending"),
    ]
    return ListPage(rows, filters, 1672, 4, 20, "-changed", headings, data, ["没有看懂筛选条件“状态”，已忽略。"], None)  # type: ignore[arg-type]


def context(name: str, data: QueryDict) -> dict[str, Any]:
    facts = [
        Answer("单位", "内蒙古某稀土钢有限公司", "#o"),
        Answer("地区", "呼和浩特市赛罕区"),
        Answer("行业", "C3110 炼铁"),
        Answer("英文名", ""),
    ]
    answers = [
        Answer(
            "技术问题", "现有产品在盐雾环境 1,000 小时后锈蚀失重超过 2.1 g/m²。\n试过调整铜磷配比，效果不稳定。", "#1"
        ),
        Answer("技术指标", "屈服强度 ≥ 460 MPa；腐蚀速率较 Q345 降低 50 %", "#2"),
        Answer("期望成熟度", "", "#3"),
    ]
    tabs = [
        Tab("概况", "#t1", True),
        Tab("推荐", "#t2", count=12),
        Tab("附件", "#t3", count=0),
        Tab("办理记录", "#t4", count=1234),
    ]
    progress = Progress(
        "正在导入 demands.xlsx", 3400, 10000, "running", "/jobs/J-2026-0001/", sentence="已读 3,400 行，12 行有问题"
    )
    wrong = QueryDict(mutable=True)
    wrong.update(
        {
            "title": "",
            "credit": "９１１１",
            "budget_0": "一百",
            "budget_1": "10000",
            "deadline": "2026-02-30",
            "level": "12",
        }
    )
    everything = {
        "parts": {
            "steps": STEPS,
            "ended": ENDED,
            "rows": TRAIL,
            "facts": facts,
            "answers": answers,
            "tabs": tabs,
            "progress": progress,
        },
        "tasks": {"groups": GROUPS},
        "receipt": {
            "code": "D-150100-2026-0007",
            "at": at(20, 16, 5),
            "next_steps": ["呼和浩特市科学技术局将在 5 个工作日内审核。", "需要补充时，会退回给您并写明理由。"],
            "url": "#d",
        },
        "list": {"page": listing(data), "batch_url": "/demands/batch/"},
        "form": {"title": "填写需求", "form": DemandForm(), "cancel": "#back"},
        "wrong": {"title": "填写需求", "form": DemandForm(wrong), "cancel": "#back"},
        "stale": {
            "title": "修改需求",
            "form": DemandForm(wrong),
            "differences": DIFFERENCES,
            "who": "巴特尔（呼和浩特市科技局）",
            "at": at(20, 16, 5),
        },
        "confirm": {
            "title": "退回需求",
            "form": ReasonForm(),
            "words": ["退回后由单位补充，再次提交时仍用原编号。"],
            "submit": "退回",
            "cancel": "#back",
            "danger": True,
            "code": "D-150100-2026-0007",
        },
    }
    return everything[name]


PAGES = Path(__file__).parent / "pages"
FILES = {
    "form": "kernel/form_page.html",
    "wrong": "kernel/form_page.html",
    "stale": "kernel/form_page.html",
    "confirm": "kernel/confirm.html",
}
NAMES = [*(page.stem for page in sorted(PAGES.glob("*.html"))), *FILES]


def show(request: HttpRequest, name: str) -> HttpResponse:
    request.user = Person()  # type: ignore[assignment]
    if name == "parts":
        messages.success(request, "已保存。")
        messages.error(request, "附件超过 50 MB，没有上传。请压缩后再试。")
    engine = engines["django"]
    page = PAGES / f"{name}.html"
    template = (
        engine.from_string(page.read_text(encoding="utf-8")) if page.exists() else engine.get_template(FILES[name])
    )
    return HttpResponse(template.render(context(name, request.GET), request))


urlpatterns = [
    path("gallery/<name>/", show, name="gallery"),
    path("accounts/", include("allauth.urls")),
    path("size/", set_size, name="size"),
    path("language/", include("django.conf.urls.i18n")),
]
