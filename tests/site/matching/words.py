"""Texts of demands and offers: many, of few words, so that they meet."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

THINGS = (
    "甘蓝",
    "马铃薯",
    "玉米",
    "苜蓿",
    "羊绒",
    "肉牛",
    "稀土永磁",
    "风机叶片",
    "煤矸石",
    "光伏支架",
    "锂电池",
    "乳制品",
)
ASPECTS = ("耐旱育种", "病害防治", "在线检测", "低温性能", "分选设备", "余热利用", "回收利用", "抗冻防冰", "保鲜加工")
CLAUSES = (
    "现用人工分级，每班 12 人，损伤率约 6%",
    "−20 ℃ 时容量只剩 55%，需要新的配方",
    "亩产不低于 4500 公斤，商品率达到 90%",
    "采用小孢子培养与分子标记辅助选择",
    "已完成中试，装车 300 套，故障率下降 40%",
    "循环寿命 ≥ 2000 次，能量效率 92%",
    "用于年产 2 万吨生产线，连续运行 6000 小时",
    "检测精度 0.01 mm，速度每分钟 120 件",
    "节水 30%，节肥 25%，每亩增收 200 元",
    "拉伸强度 450 MPa，耐腐蚀性优于进口同类产品",
)


def subjects(seed: int) -> list[tuple[str, str]]:
    """Return all pairs of a thing and an aspect, in some order."""
    pairs = list(product(THINGS, ASPECTS))
    random.Random(seed).shuffle(pairs)
    return pairs


def text(seed: int, thing: str, aspect: str) -> str:
    """Return some sentences."""
    some = random.Random(seed).sample(CLAUSES, 4)
    return f"{thing}的{aspect}。" + "；".join(some) + f"。编号 {seed}。"


def many_demands(ask: Callable[..., Any], number: int) -> list[Any]:
    """Write down demands about different things."""
    return [ask(f"{a}{b}技术", text(n, a, b), budget=n) for n, (a, b) in enumerate(subjects(1)[:number])]


def many_offers(provide: Callable[..., Any], number: int, team: Any) -> list[Any]:
    """Write down offers; every third is the team's, every seventh has a price."""
    made = []
    for n, (a, b) in enumerate((subjects(2) * 20)[:number]):
        to = {"team": team} if n % 3 == 0 else {}
        to |= {"price": 10_000 * n + 5, "trl": 1 + n % 9} if n % 7 == 0 else {}
        made.append(provide(f"{a}{b}研究与应用", text(1000 + n, a, b), **to))
    return made
