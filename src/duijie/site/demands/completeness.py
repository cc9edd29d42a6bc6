"""What of a good demand is there, and what is missing, with what to write.

Eleven parts: the nine that the engine recognises in the text, and two that only the form knows: whose the results shall
be, and who decides. A part counts as there when its question is answered, or when the words of another answer say it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models import Kind
from duijie.site.demands.sections import SECTION_OF, is_answered, measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrOrPromise

    from duijie.engine.matching.types import Document


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a good demand: the questions that hold it (first: where to write), what to write, and examples by kind."""

    key: str
    label: _StrOrPromise
    fields: tuple[str, ...]
    advice: _StrOrPromise
    examples: Mapping[str, _StrOrPromise]

    def example(self, kind: str) -> str:
        """Return a sentence to start from, for a demand of this kind."""
        return str(self.examples.get(kind) or self.examples[""])

    @property
    def section(self) -> str:
        """Return the section in which the part is written."""
        return SECTION_OF[self.fields[0]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that is missing: what to write, a sentence to start from, and the section to write it in."""

    key: str
    label: str
    advice: str
    example: str
    section: str
    field: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is there and what is missing."""

    present: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def percent(self) -> int:
        """Return the share of the parts that are there, of a hundred."""
        return round(100 * len(self.present) / len(PARTS))


PARTS = (
    Part(
        "background",
        _("背景与现状"),
        ("background",),
        _("写清单位做什么、规模多大、现在怎么做、用的什么设备或工艺。"),
        {
            "": _("我公司年产马铃薯种薯 2 万吨，现用人工分级，每班 12 人，损伤率约 6%。"),
            Kind.TALENT: _("我公司研发部现有 8 人，做过铁合金炉控制，没有人做过氢冶金。"),
            Kind.PLATFORM: _("我公司与自治区内 6 家企业用同一种稀土原料，各自建过小试线，没有共用的中试条件。"),
            Kind.SERVICE: _("我公司新产品已小批量生产 300 套，还没有第三方检测报告。"),
        },
    ),
    Part(
        "question",
        _("技术问题"),
        ("question",),
        _("写清卡在哪一步、试过什么办法、为什么没有解决，不要只写“提高质量”。"),
        {
            "": _("低温下电解液黏度升高，−20 ℃ 时容量只剩 55%，换过三种添加剂没有改善，需要新的配方或结构。"),
            Kind.ACHIEVEMENT: _("需要引进已完成中试的秸秆离田打捆技术，能适应坡度 15° 以内的旱地。"),
            Kind.TALENT: _("需要一支做过万吨级碳捕集装置的团队，解决吸收剂损耗大的问题。"),
            Kind.PLATFORM: _("需要共建稀土永磁中试平台，解决小试配方放大后磁性能下降的问题。"),
            Kind.SERVICE: _("需要对风机叶片做低温疲劳试验，找出开裂原因。"),
        },
    ),
    Part(
        "indicators",
        _("量化指标"),
        ("measures", "indicators"),
        _("至少写一项带数值和单位的指标，写明现在是多少、要达到多少。"),
        {
            "": _("−20 ℃ 容量保持率 ≥ 80 %（现为 55 %）；循环寿命 ≥ 2000 次。"),
            Kind.TALENT: _("团队不少于 5 人，其中高级职称 2 人，每年到岗不少于 60 天。"),
            Kind.PLATFORM: _("建成 500 kg/批 的中试线 1 条，三年服务企业不少于 10 家。"),
            Kind.SERVICE: _("检测 12 项参数，样品 30 件，20 个工作日出具报告。"),
        },
    ),
    Part(
        "benchmark",
        _("对标水平"),
        ("benchmark",),
        _("写明国内外谁做到什么水平，或者对应哪项标准。"),
        {"": _("进口同类产品可达 85%，国内最好水平约 70%；执行 GB/T 31467 的试验方法。")},
    ),
    Part(
        "use",
        _("应用场景"),
        ("use_case",),
        _("写明成果用在哪条产线、哪个基地、什么条件下，由谁试用。"),
        {
            "": _("用于我公司二号产线，冬季室外 −35 ℃ 连续运行，可提供 2 台样机试用。"),
            Kind.ACHIEVEMENT: _("先在 500 亩示范基地试用一季，合格后推广到 3 万亩订单种植。"),
            Kind.SERVICE: _("检测报告用于申请产品准入和投标。"),
        },
    ),
    Part(
        "maturity",
        _("期望成熟度"),
        ("trl",),
        _("选择技术成熟度等级（1–9 级）：实验室、小试、中试，还是能直接使用。"),
        {"": _("希望达到 TRL 7：在我公司现场条件下通过样机验证。")},
    ),
    Part(
        "deadline",
        _("完成时间"),
        ("deadline",),
        _("写明什么时候要结果；分阶段的，写最后一个阶段。"),
        {"": _("2027 年 6 月底前完成中试，2027 年底前投产。")},
    ),
    Part(
        "budget",
        _("经费"),
        ("budget", "own_funds"),
        _("写明总预算和其中的自筹部分，单位为万元；没有定的，写大致范围。"),
        {"": _("总预算 300 万元，其中自筹 200 万元。")},
    ),
    Part(
        "cooperation",
        _("合作方式"),
        ("mode",),
        _("选择委托、联合开发、转让、许可等；写明您能提供什么。"),
        {
            "": _("联合开发，我方提供原料、场地和中试设备。"),
            Kind.TALENT: _("柔性引进，提供实验室和住房，按项目付酬。"),
        },
    ),
    Part(
        "rights",
        _("知识产权意向"),
        ("rights",),
        _("写明成果归谁、能不能再许可给别人。这一条不写，后面最容易谈崩。"),
        {"": _("专利双方共有，我方在内蒙古独家使用 5 年。")},
    ),
    Part(
        "decider",
        _("决策人"),
        ("decider",),
        _("写明谁能拍板：姓名不必写，写职务即可。"),
        {"": _("总经理决定，100 万元以上经董事会同意。")},
    ),
)

_TEXTS = (
    "background",
    "question",
    "indicators",
    "benchmark",
    "use_case",
    "base",
    "partner",
)


def document_of(demand: Any) -> Document:
    """Return the demand as the engine reads it."""
    from duijie.engine.matching.types import Document  # noqa: PLC0415  the engine only where it works

    texts = [getattr(demand, name) for name in _TEXTS] + [measure(one) for one in demand.measures]
    return Document(
        id=demand.code,
        title=demand.title,
        text="\n".join(text for text in texts if text),
        keywords=tuple(demand.keywords),
        kind=demand.kind,
        field=demand.field_id or "",
        industry=demand.industry_id or "",
        region=demand.region_id,
        trl=demand.trl,
        budget=None if demand.budget is None else float(demand.budget),
    )


def completeness(demand: Any) -> Completeness:
    """Return what of a good demand is there, from the answers and from their words."""
    from duijie.engine.matching.completeness import completeness as recognise  # noqa: PLC0415

    answered = {part.key for part in PARTS if any(is_answered(demand, name) for name in part.fields)}
    # the kind of need is asked of everybody here, so it does not yet say how one would cooperate
    recognised = recognise(replace(document_of(demand), kind=""))
    there = answered | {str(part) for part in recognised.present}
    return Completeness(
        tuple(part.key for part in PARTS if part.key in there),
        tuple(_missing(part, demand.kind) for part in PARTS if part.key not in there),
    )


def _missing(part: Part, kind: str) -> Missing:
    return Missing(part.key, str(part.label), str(part.advice), part.example(kind), part.section, part.fields[0])


def examples(demand: Any, section: str) -> list[Missing]:
    """Return what to write in a section, for those parts of it that are not there yet."""
    return [one for one in completeness(demand).missing if one.section == section]
