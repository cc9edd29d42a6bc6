"""What of a good demand is there, and what is missing.

Most demands fail because they leave out one of nine parts: background, question, indicators, benchmark, use, maturity,
deadline, budget, way of cooperating. Each is recognised by patterns people can read, and by the facts beside the text;
a pattern met is a hint that the part is there, not a proof that it is good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from duijie.engine.matching.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from duijie.engine.matching.types import Document

Part = Literal[
    "background", "question", "indicators", "benchmark", "use", "maturity", "deadline", "budget", "cooperation"
]

PARTS: tuple[Part, ...] = (
    "background",
    "question",
    "indicators",
    "benchmark",
    "use",
    "maturity",
    "deadline",
    "budget",
    "cooperation",
)

_NUMBER = r"\d+(?:\.\d+)?\s?"
_UNIT = (
    r"(?:%|‰|℃|°|ppm|db|[kmg]?wh?|[kmg]?pa|[kcnμum]?m|[km]?g|m?l|k?v|m?a|[kmg]?hz|rpm|mg|[km]?n|万?吨|千?克|万?[升米亩台套]|公斤"
    r"|微米|纳米|毫米|厘米|小时|分钟|秒|倍|次|度|转|目|年以上|个百分点)"
)
_WAYS: dict[Part, tuple[str, ...]] = {
    "background": (
        r"(?:我|本)(?:公司|厂|司|院|场|企业|单位|们)|(?:公司|企业).{0,12}(?:生产|经营|从事)",
        r"目前|现有|现状|现在|当前|去年|今年|近年|年产|已建|背景",
        r"\bwe (?:make|run|produce|are)\b|\bour (?:company|plant|farm|factory)|currently|at present",
    ),
    "question": (
        r"难题|问题|如何|怎[样么]|解决|攻关|克服|攻克|难以|无法|不足|瓶颈|缺乏|缺少|希望|想[请要找把]|拟|寻求|征集",
        r"急需|亟需|要求|降低|提高|提升|减少|避免",
        r"\b(?:how to|problem|solve|reduce|improve|need|require|looking for|seek)",
    ),
    "indicators": (
        rf"{_NUMBER}{_UNIT}(?![a-z])",
        r"[≥≤<>±]\s?\d",
        r"\d+(?:\.\d+)?\s?(?:percent|per cent)\b",
    ),
    "benchmark": (
        r"国内外?(?:先进|领先|同类|外)|国际(?:先进|领先|同类|水平)|国外|进口|先进水平|同类产品|对标",
        r"行业(?:平均|标准|水平)|国家标准|国标|gb/?t|优于|不低于.{0,10}水平|替代|比(?:现有|目前|原)",
        r"state of the art|imported|benchmark|compared with|standard",
    ),
    "use": (
        r"用于|应用于|用在|场景|产线|生产线|车间|工地|基地|示范|试用|装车|装机|验证|牧场|矿[区山]|农[户场]|大棚|温室",
        r"园区|台架|改造|供.{0,8}使用",
        r"\bused? (?:in|for|on)\b|application|production line|workshop|pilot site",
    ),
    "maturity": (
        r"小试|中试|样机|样品|量产|批量|产业化|工程化|成熟|实验室|可直接|能直接|trl\s?\d",
        r"prototype|pilot|mature|industrial scale|ready",
    ),
    "deadline": (
        r"20\d\d\s?年|20\d\d-\d\d|[一二三四五六七八九十两\d]+\s?个月|\d\s?年内|年内|年底|月底|季度|期限|工期|周期|之前完成",
        r"by 20\d\d|within \w+ (?:months?|years?)|deadline|months",
    ),
    "budget": (
        r"(?:预算|经费|投入|出资|资金|入门费|付费|费用|投资|报酬|奖金).{0,14}\d",
        r"\d+(?:\.\d+)?\s?(?:万元|亿元|万人民币)",
        r"budget|million|yuan|rmb|cny",
    ),
    "cooperation": (
        r"合作|联合|共同|委托|引进|转让|许可|入股|共建|共有|分成|揭榜|技术服务|技术开发",
        r"我方(?:提供|负责|可)|派(?:人|员|专家)",
        r"joint|cooperat|collaborat|licen[cs]e|transfer|commission|partner",
    ),
}
_COMPILED = {part: re.compile("|".join(ways)) for part, ways in _WAYS.items()}


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which parts a demand has, each with the words it was recognised by, and which are missing; as :data:`PARTS`.

    The words are folded; a part known from a fact beside the text has none.
    """

    present: Mapping[Part, str]
    missing: tuple[Part, ...]

    @property
    def share(self) -> float:
        """Return the share of the parts that are there, 0–1."""
        return len(self.present) / len(PARTS)


def completeness(document: Document, known: Collection[Part] = ()) -> Completeness:
    """Return what of a good demand ``document`` has; ``known`` are parts that stand elsewhere, such as in a form."""
    beside: set[Part] = set(known)
    if document.trl is not None:
        beside.add("maturity")
    if document.budget is not None:
        beside.add("budget")
    if document.kind:
        beside.add("cooperation")
    text = fold("\n".join((document.title, document.text)))
    present: dict[Part, str] = {}
    for part in PARTS:
        found = _COMPILED[part].search(text)
        if found or part in beside:
            present[part] = found[0] if found else ""
    return Completeness(present, tuple(part for part in PARTS if part not in present))
