"""How much of a good offer is there, and what to write where something is missing.

What a company reads first when it looks for an answer weighs most; each missing part comes with a sentence to start from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from duijie.engine.matching.completeness import completeness as recognised
from duijie.engine.matching.types import Document
from duijie.site.offers.choices import OfferKind
from duijie.site.offers.sections import SECTION_OF

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from duijie.site.offers.models import Offer


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a reader looks for: how much it weighs, whether it is there, and how to write it."""

    key: str
    label: _StrPromise
    field: str
    weight: int
    advice: _StrPromise
    example: _StrPromise
    is_there: Callable[[Offer], bool]
    kinds: tuple[str, ...] = tuple(OfferKind.values)

    @property
    def section(self) -> str:
        """Return the section of the form in which it is written."""
        return SECTION_OF[self.field]


@dataclass(frozen=True, slots=True)
class Completeness:
    """The parts that are there and those that are missing, heaviest first."""

    present: tuple[Part, ...]
    missing: tuple[Part, ...]

    @property
    def percent(self) -> int:
        """Return the share of the weight that is there, of a hundred."""
        there = sum(part.weight for part in self.present)
        return round(100 * there / (there + sum(part.weight for part in self.missing)))


def _has(*names: str) -> Callable[[Offer], bool]:
    return lambda offer: any(bool(getattr(offer, name)) for name in names)


def _is_quantified(offer: Offer) -> bool:
    if offer.measures:
        return True
    said = Document(id=offer.code, title="", text="\n".join((offer.indicators, offer.about)))
    return "indicators" in recognised(said).present


def _longer_than(name: str, least: int) -> Callable[[Offer], bool]:
    return lambda offer: len(getattr(offer, name).strip()) >= least


_MADE = (OfferKind.ACHIEVEMENT, OfferKind.PATENT)
PARTS = (
    Part(
        "about", _("内容简介"), "about", 3,
        _("用三五句话写清：是什么、原理或做法、已经做到哪一步。至少 50 字。"),
        _("本成果选育出耐旱甘蓝新品种，采用……方法，已完成两年三点区域试验。"),
        _longer_than("about", 50),
    ),
    Part(
        "problem", _("解决的问题"), "problem", 2,
        _("从使用者的角度写：谁在什么场合遇到什么困难，用了以后有什么不同。"),
        _("解决旱作区甘蓝结球率低、商品率不足六成的问题，用后商品率可达九成。"),
        _has("problem"),
    ),
    Part(
        "indicators", _("量化指标"), "measures", 3,
        _("写出数值和单位，最好说明在什么条件下测得。"),
        _("亩产：≥ 4,500 公斤（2024 年乌兰察布三点平均）；节水：30 %。"),
        _is_quantified,
    ),
    Part(
        "advantage", _("先进性与对比"), "advantage", 1,
        _("和现有做法、进口产品或国家标准比，好在哪里，好多少。"),
        _("与主栽品种相比增产 12 %，抗根肿病达到高抗水平。"),
        _has("advantage"),
    ),
    Part(
        "use_case", _("应用情况与场景"), "use_case", 2,
        _("写已经用在哪里、规模多大；没有用过的，写适合用在哪里。"),
        _("已在乌兰察布示范种植 3,000 亩；适合年降水 300 毫米以上的旱作区。"),
        _has("use_case"),
    ),
    Part(
        "maturity", _("成熟程度"), "trl", 2,
        _("选成果阶段，并按 GB/T 22900 选技术成熟度 1–9 级；拿不准时选低的一级。"),
        _("中期阶段，6 级：系统样机在相关环境中得到验证。"),
        _has("trl", "stage"),
    ),
    Part(
        "evidence", _("证明材料"), "evidence", 2,
        _("列出论文、奖励、标准、评价报告或应用证明，写上编号和年份，能上传的作为附件上传。"),
        _("自治区科技进步二等奖，2023 年，证书号 2023-J-2-015。"),
        _has("evidence", "registration"),
    ),
    Part(
        "rights", _("知识产权"), "patents", 1,
        _("写专利号和权利人；没有专利的写明以技术秘密等方式保护。"),
        _("ZL 2021 1 0123456.7，权利人：内蒙古农业大学。"),
        _has("patents", "holder"),
        (*_MADE, OfferKind.EQUIPMENT),
    ),
    Part(
        "modes", _("合作方式"), "modes", 2,
        _("至少选一种您愿意接受的合作方式。"),
        _("技术许可、合作开发。"),
        _has("modes"),
    ),
    Part(
        "price", _("价格意向"), "price", 1,
        _("写一个意向价格，或者说明怎样计价；不便写数字的写“面议”和考虑的因素。"),
        _("普通许可每年 20 万元，或按销售额 3 % 提成。"),
        _has("price", "terms"),
    ),
    Part(
        "place", _("行业或产业链环节"), "industry", 1,
        _("选应用行业或产业链环节，企业按行业查找时才找得到。"),
        _("A0141 蔬菜种植。"),
        _has("industry_id", "chain_node_id"),
    ),
    Part(
        "valid_until", _("有效期"), "valid_until", 1,
        _("写到哪一天为止还愿意对外合作；到期前会提醒您续期。"),
        _("2028-12-31。"),
        _has("valid_until"),
    ),
)  # fmt: skip
"""Heaviest first where they are shown."""


def completeness(offer: Offer) -> Completeness:
    """Return what of a good offer of its kind is there."""
    asked = sorted((part for part in PARTS if offer.kind in part.kinds), key=lambda part: -part.weight)
    there = {part.key for part in asked if part.is_there(offer)}
    return Completeness(
        tuple(part for part in asked if part.key in there), tuple(part for part in asked if part.key not in there)
    )
