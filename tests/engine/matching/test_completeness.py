from __future__ import annotations

import pytest

from duijie.engine.matching.completeness import PARTS, completeness
from duijie.engine.matching.types import Document

FULL = """我公司年产牵引电机3200台，目前用高牌号磁钢，170 ℃时失磁，难题是重稀土成本高。要求磁通损失不超过2%，达到进口同类产品水平，
用于矿卡生产线，要能直接量产。2028年3月前完成，经费1200万元，联合攻关，成果共有。"""
ENGLISH = """We make traction motors; the problem is loss of flux at 170 °C. It must stay below 2 % as in imported magnets, for use
on our production line, ready for industrial scale by 2028. Budget 3 million yuan, joint research."""


@pytest.mark.parametrize("text", [FULL, ENGLISH])
def test_a_full_demand_lacks_nothing(text: str) -> None:
    found = completeness(Document("D", "磁钢", text))
    assert found.missing == () and found.share == 1.0


def test_a_vague_demand_lacks_nearly_all() -> None:
    found = completeness(Document("D", "希望合作", "我公司希望与高校开展技术合作。"))
    assert set(found.present) == {"background", "question", "cooperation"}
    assert found.missing == tuple(p for p in PARTS if p not in found.present)


def test_an_empty_demand_lacks_all() -> None:
    assert completeness(Document("D", "")).missing == PARTS


def test_facts_beside_the_text_and_elsewhere_count() -> None:
    found = completeness(Document("D", "磁钢", kind="联合攻关", trl=7, budget=120.0), known=("deadline",))
    assert set(found.present) == {"maturity", "budget", "cooperation", "deadline"}
    assert found.present["budget"] == ""


@pytest.mark.parametrize("text", ["2028年", "12月", "三家单位", "1200万元"])
def test_dates_and_money_are_no_indicators(text: str) -> None:
    assert "indicators" in completeness(Document("D", "", text)).missing


@pytest.mark.parametrize(
    "text", ["收率≥96", "纯度99.5%", "强度 8 kN/m", "能耗30 kWh", "温度-40℃", "提高12个百分点", "寿命20年以上"]
)
def test_numbers_with_units_are_indicators(text: str) -> None:
    assert "indicators" in completeness(Document("D", "", text)).present
