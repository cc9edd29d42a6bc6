"""The tables Duijie reads: which rows they hold and what officers call their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from duijie.engine.matching.types import Document, Level, Team, Verdict
from duijie.tables import amounts, cells
from duijie.tables.columns import Column, Shape

Noun: TypeAlias = Literal["demand", "offer"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of one offer for one demand."""

    demand: str
    offer: str
    level: Level


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many new cooperations a team can take, and how many it should get at least."""

    team: str
    capacity: int
    floor: int = 0


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One row of a file of matches; ``offer`` is empty where the verdict is that there is none."""

    demand: str
    offer: str = ""
    rank: int | None = None
    score: float | None = None
    level: Level | None = None
    verdict: Verdict | Literal[""] = ""
    team: str = ""


_ID = ("编号", "ID", "编码", "代码", "code", "序号")
_TITLE = ("名称", "标题", "题目", "name")
_CONTENT = ("内容", "简介", "摘要", "描述", "背景", "详细描述", "主要内容", "技术内容", "技术指标", "主要技术指标")
_TEXT = (*_CONTENT, "内容描述", "内容简介", "内容摘要", "content", "description", "abstract", "summary")
_FACTS = (
    Column("keywords", ("关键词", "关键字", "主题词", "keyword", "key words"), cells.read_keywords, varies=True),
    Column(
        "kind", ("需求类型", "成果类型", "类型", "类别", "需求类别", "成果类别", "type", "category"), cells.read_word
    ),
    Column("field", ("技术领域", "所属领域", "领域", "所属技术领域", "研究领域"), cells.read_word),
    Column(
        "industry", ("国民经济行业", "所属行业", "行业", "行业代码", "行业分类", "所属国民经济行业"), cells.read_word
    ),
    Column(
        "region",
        ("所在地区", "行政区划", "地区", "所属地区", "盟市", "所在盟市", "行政区划代码", "区域", "所在地"),
        cells.read_word,
    ),
    Column(
        "trl",
        ("技术成熟度", "成熟度", "技术成熟度等级", "成熟度等级", "技术就绪度", "maturity"),
        amounts.read_trl,
    ),
    Column(
        "budget",
        ("预算", "拟投入资金", "经费", "经费预算", "拟投入经费", "投入资金", "资金预算", "预算金额", "金额"),
        amounts.read_budget,
        unit=True,
    ),
    Column(
        "team",
        ("团队编号", "团队", "研发团队", "科研团队", "单位团队", "所属团队", "完成团队", "团队名称", "team id"),
        cells.read_id,
    ),
)


def _document(word: str, english: str, titles: tuple[str, ...]) -> Shape[Document]:
    return Shape(
        Document,
        (
            Column(
                "id", (f"{word}编号", f"{word}代码", f"{word}ID", f"{english} id", *_ID), cells.read_id, varies=True
            ),
            Column(
                "title", (f"{word}名称", *titles, f"{word}标题", *_TITLE), cells.read_title, varies=True, required=True
            ),
            Column("text", (*(word + name for name in _CONTENT), *_TEXT), cells.read_text, varies=True, joined=True),
            *_FACTS,
        ),
    )


DOCUMENTS: dict[Noun, Shape[Document]] = {
    "demand": _document("需求", "demand", ("技术需求名称", "难题名称", "需求题目", "项目名称")),
    "offer": _document("成果", "offer", ("科技成果名称", "技术名称", "专利名称", "论文题目", "项目名称")),
}

TEAMS = Shape(
    Team,
    (
        Column("id", ("团队编号", "团队代码", "团队ID", "team id", *_ID), cells.read_id, varies=True),
        Column(
            "title",
            ("团队名称", "科研团队", "研发团队", "单位团队", "团队", *_TITLE, "team"),
            cells.read_title,
            varies=True,
            required=True,
        ),
        Column(
            "organisation",
            ("所在单位", "依托单位", "所属单位", "工作单位", "单位名称", "单位", "机构", "organization", "institution"),
            cells.read_word,
        ),
        Column(
            "text",
            ("团队简介", "团队介绍", "研究方向", "研究内容", "主要成果", *_TEXT),
            cells.read_text,
            varies=True,
            joined=True,
        ),
        Column("keywords", _FACTS[0].headers, cells.read_keywords, varies=True),
        Column("field", _FACTS[2].headers, cells.read_word),
        Column("region", _FACTS[4].headers, cells.read_word),
        Column("size", ("团队规模", "规模", "团队人数", "人数"), cells.read_word),
        Column(
            "capacity",
            ("可承接数", "可承接", "可承接数量", "可承接项目数", "承接能力", "承接数量", "容量", "名额"),
            amounts.read_count,
        ),
    ),
)

_DEMAND = Column("demand", ("需求编号", "需求", "需求ID", "demand id"), cells.read_id, required=True)
_OFFER = Column("offer", ("成果编号", "成果", "成果ID", "offer id", "供给"), cells.read_id, varies=True, required=True)
_LEVEL = ("匹配等级", "等级", "匹配程度", "匹配度", "相关度", "判断", "评级", "grade", "label", "relevance")

JUDGEMENTS = Shape(
    Judgement,
    (_DEMAND, _OFFER, Column("level", _LEVEL, amounts.read_level, required=True)),
    key=("demand", "offer"),
    own=("demand", "offer", "level"),
)

CAPACITY = Shape(
    Capacity,
    (
        Column(
            "team",
            ("团队编号", "团队", "团队名称", "team id", "编号", "id"),
            cells.read_id,
            required=True,
        ),
        Column("capacity", TEAMS.columns[-1].headers, amounts.read_count, required=True),
        Column("floor", ("保底", "保底数", "最低", "下限", "至少", "minimum"), amounts.read_count),
    ),
    key=("team",),
    own=("team",),
)

MATCHES = Shape(
    MatchRow,
    (
        _DEMAND,
        Column("offer", _OFFER.headers, cells.read_id, varies=True, required=True, may_be_blank=True),
        Column("rank", ("名次", "排名", "排序"), amounts.read_count),
        Column("score", ("得分", "分数", "匹配分"), amounts.read_number),
        Column("level", _LEVEL, amounts.read_level),
        Column("verdict", ("结论",), amounts.read_verdict),
        Column("team", ("团队编号", "团队", "team id"), cells.read_id),
    ),
    key=("demand", "offer"),
    own=("demand", "offer"),
)
