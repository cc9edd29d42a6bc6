"""The plot: which demand takes which route, and what lies on whose desk at the end."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

from duijie.site.demands.models import Demand, Kind
from duijie.site.demo import papers, sheets
from duijie.site.demo.cast import read_samples, read_scene
from duijie.site.demo.needs import Need, content_of, settled
from duijie.site.demo.pace import at, chance
from duijie.site.demo.people import COMPANY
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from duijie.site.demo.cast import Cast, Row

    Life = Iterator[datetime]

OPEN, BLURRED = Disclosure.PUBLIC, Disclosure.BLURRED
NAMED, SECRET = Disclosure.DIRECTED, Disclosure.CONFIDENTIAL

FATES: tuple[tuple[str, int, str], ...] = (
    ("published", 15, OPEN), ("local_review", 4, OPEN), ("matching", 30, OPEN), ("accepted", 2, OPEN),
    ("submitted", 2, OPEN), ("directed", 6, NAMED), ("regional_review", 3, OPEN), ("refinement", 8, BLURRED),
    ("long_term", 90, OPEN), ("published", 40, BLURRED), ("returned", 5, OPEN), ("matching_in_confidence", 25, SECRET),
    ("local_review", 14, OPEN), ("regional_after_refinement", 12, OPEN), ("withdrawn_later", 35, OPEN),
    ("accepted", 7, OPEN), ("submitted", 8, OPEN), ("published_after_return", 60, OPEN), ("refined", 3, OPEN),
    ("refused", 45, OPEN), ("matching_after_direction", 55, BLURRED), ("draft", 3, OPEN), ("refinement", 26, OPEN),
    ("regional_review", 1, BLURRED), ("returned_later", 24, OPEN), ("resubmitted", 1, OPEN), ("directed", 20, BLURRED),
    ("published", 110, OPEN), ("long_term_at_review", 70, OPEN), ("refined_again", 6, OPEN), ("withdrawn", 50, OPEN),
    ("refused_at_home", 80, OPEN), ("accepted_after_refinement", 1, NAMED), ("local_review", 2, SECRET),
)  # fmt: skip
"""Route, working days it has rested at the end of it, and disclosure; the sample demands take them in turn."""

CHOSEN: dict[str, tuple[str, int, str]] = {
    "呼和浩特市敏盛晶体科技有限公司（样例）": ("local_review", 13, NAMED),
    COMPANY: ("refinement", 6, OPEN),
    "和林格尔盛乐乳业有限公司（样例）": ("submitted", 9, OPEN),
    "和林格尔云谷数据服务有限公司（样例）": ("submitted", 1, BLURRED),
    "武川县后山仓储贸易有限公司（样例）": ("submitted", 3, OPEN),
    "武川县北坡药材种植有限公司（样例）": ("refined", 2, OPEN),
    "托克托县云河生物制药有限公司（样例）": ("regional_review", 13, BLURRED),
    "包头市大青山电驱动有限公司（样例）": ("published", 20, OPEN),
    "达茂旗白云光洁材料有限公司（样例）": ("local_review", 3, OPEN),
    "固阳县丰垄农业发展有限公司（样例）": ("submitted", 7, OPEN),
    "包头稀环再生资源有限公司（样例）": ("directed", 4, NAMED),
    "磴口县乌兰布和牧业有限公司（样例）": ("local_review", 5, OPEN),
    "阿荣旗格尼河奶牛养殖有限公司（样例）": ("submitted", 2, OPEN),
    "四子王旗穗原种薯有限公司（样例）": ("directed", 5, NAMED),
}
"""What the named accounts of the demo find on their desks."""
MERGED = ("包头市大青山电驱动有限公司（样例）", "四子王旗穗原种薯有限公司（样例）", "包头稀环再生资源有限公司（样例）")
"""Their needs came in a second time, by another way."""
LIKE = "包头市大青山电驱动有限公司（样例）"
"""A need like this one's waits at the second review, for somebody to compare the two."""
SURVEYED = date(2020, 9, 21)
SURVEY_ROUTES = (
    "matching", "matching", "published", "withdrawn", "matching", "long_term", "published", "matching", "withdrawn_later",
    "matching_after_direction", "matching", "long_term_at_review",
)  # fmt: skip
MARKET = frozenset({"开拓外省市场", "智慧社区建设", "工业节能改造资金支持"})
VAGUE = frozenset({"提升奶业整体技术水平", "寻求现代农业合作"})
SAME = {"粉煤灰综合利用与高值化": "粉煤灰高附加值利用"}


def lives(cast: Cast, end: date) -> Iterator[Life]:
    """Return everything that happens to demands."""
    yield from _samples(cast, end)
    yield _survey(cast, end)
    yield _waiting_batch(cast, end)
    yield from _of_the_company(cast, end)


def later(days: int, end: date, make: Callable[[], Life]) -> Life:
    """Begin a life only so many days before the end, when the people in it are there."""
    yield at(end - timedelta(days=days), chance("later"))
    yield from make()


# -- the seventy samples -----------------------------------------------------------------------------------------------


def _samples(cast: Cast, end: date) -> Iterator[Life]:
    fates, taken = cycle(FATES), set[str]()
    for row in read_samples("demands"):
        chosen = CHOSEN.get(row["单位"])
        fate = chosen or next(fates)
        if cast.small and chosen is None and fate[0] in taken:
            continue
        taken.add(fate[0])
        yield later(700, end, partial(_sample, cast, row, fate, end))
    again = {row["demand"]: row["text"] for row in read_samples("rewordings") if row["manner"] == "plain"}
    for row in read_samples("demands"):
        if row["单位"] in MERGED:
            yield later(700, end, partial(_again, cast, row, again[row["编号"]], end))
        if row["单位"] == LIKE:
            yield later(700, end, partial(_alike, cast, row, end))


def _sample(cast: Cast, row: Row, fate: tuple[str, int, str], end: date) -> Life:
    route, rest, disclosure = fate
    content = content_of(cast, row, years=max(0, end.year - 2026))
    need = Need(cast, row["编号"], cast.organisations[row["单位"]], row["名称"], content, disclosure)
    yield from need.tell(route, last=settled(rest, end))


def _again(cast: Cast, row: Row, text: str, end: date) -> Life:
    """The same need came in by the survey as well, in other words."""
    content = content_of(cast, row) | {"background": "", "question": text, "base": "", "source": "survey"}
    title = row["名称"].split("，")[0]
    officer = cast.officer_of(row["地区"])
    need = Need(
        cast, row["编号"] + "-2", cast.organisations[row["单位"]], title, content, same_as=row["名称"], writer=officer
    )
    yield from need.tell("merged", last=settled(2, end))


def _alike(cast: Cast, row: Row, end: date) -> Life:
    """A neighbour reports the same need almost word for word."""
    content = content_of(cast, row) | {"region": cast.regions["150203"]}
    title = "矿用电机跑热后没劲，磁钢成本高"
    neighbour = cast.organisations["包头市昆河再生金属有限公司（样例）"]
    yield from Need(cast, "alike", neighbour, title, content).tell("regional_review", last=settled(2, end))


# -- the survey of 2020 ------------------------------------------------------------------------------------------------


def _survey(cast: Cast, end: date) -> Life:
    """In 2020 the city passed a form down and added the answers up: 72 needs came back in one workbook."""
    rows = read_scene("hohhot")
    if cast.small:
        rows = [
            row
            for number, row in enumerate(rows)
            if number < 10 or row["名称"] in {*MARKET, *VAGUE, *SAME, *SAME.values()}
        ]
    yield at(SURVEYED, chance("survey"))
    name = "2020年呼和浩特市企业技术需求征集汇总表.xlsx"
    codes = sheets.bring("demands", [_line(cast, row) for row in rows], name=name, actor=cast.people["mengshi"])
    needs = [_surveyed(cast, row, code) for row, code in zip(rows, codes, strict=True)]
    routes = cycle(SURVEY_ROUTES)
    steps: dict[date, list[Callable[[], None]]] = defaultdict(list)
    for need in needs:
        for day, step in _steps(need, next(routes)):
            steps[day].append(step)
    for day in sorted(steps):
        yield at(day, chance("survey", day))
        for step in steps[day]:
            step()


def _line(cast: Cast, row: Row) -> dict[str, object]:
    organisation = cast.organisations[row["单位"]]
    return {
        "需求单位": row["单位"], "需求名称": row["名称"], "需求类型": row["类型"], "所在地区": cast.regions[row["地区"]].full_name,
        "技术领域": row["领域"], "国民经济行业": row["行业"], "要解决的技术问题": row["问题"], "量化指标": row["指标"],
        "总预算（万元）": float(row["预算"]) if row["预算"] else None, "要求完成时间": row["期限"] or None, "公开程度": "公开",
        "来源渠道": "征集通知", "联系人": organisation.contact_name, "联系电话": organisation.contact_phone,
    }  # fmt: skip


def _surveyed(cast: Cast, row: Row, code: str) -> Need:
    need = Need(cast, code, cast.organisations[row["单位"]], row["名称"], {}, same_as=SAME.get(row["名称"], ""))
    need.demand = Demand.objects.get(pk=code)
    return need


def _steps(need: Need, route: str) -> Iterator[tuple[date, Callable[[], None]]]:
    """Review everything in the weeks after the survey; what comes later comes to each in its own time."""
    if need.title in MARKET:
        verbs = ["take", "refuse"]
    elif need.title in VAGUE:
        verbs = ["join", "take", "give_back", "withdraw_own"]
    elif need.same_as:
        verbs = ["take", "pass", "merge_late"]
    else:
        verbs = {
            "matching": "take pass accept publish match", "published": "take pass accept publish",
            "withdrawn": "join take give_back withdraw_own", "long_term": "take pass accept publish match set_long_term",
            "withdrawn_later": "join take pass accept publish withdraw_own", "long_term_at_review": "take pass set_long_term",
            "matching_after_direction": "take refine improve hand_back pass accept publish match",
        }[route].split()  # fmt: skip
    dice, day = chance("survey", need.key), SURVEYED
    for verb in verbs:
        day = add_working_days(day, dice.choice((2, 3, 5)) if verb not in LATE else dice.randrange(60, 240))
        yield day, getattr(need, verb)


LATE = frozenset({"set_long_term", "withdraw_own", "merge_late"})


# -- a batch that waits, and the company of the demo -------------------------------------------------------------------


def _waiting_batch(cast: Cast, end: date) -> Life:
    """A workbook with two mistakes lies in the wizard, checked and not yet confirmed."""
    yield at(add_working_days(end, -1), chance("batch"))
    rows = [_line(cast, row) | {"要求完成时间": f"{end.year + 1}-12-31"} for row in read_scene("hohhot")[:9]]
    for row in rows:
        row["需求名称"] = f"{row['需求名称']}（二期）"
    rows[3]["要求完成时间"] = "待定，看设备到货"
    rows[6]["需求单位"] = "呼和浩特市没有登记的公司"
    sheets.upload("demands", rows, name=f"{end.year}年下半年需求征集表.xlsx", actor=cast.people["mengshi"])


def _of_the_company(cast: Cast, end: date) -> Iterator[Life]:
    fates = {
        "雪糕包装膜低温脆裂": ("returned", 4, OPEN), "冷库氟利昂制冷系统改造": ("draft", 2, OPEN),
        "奶基雪泥无菌灌装": ("published", 75, OPEN), "植物基冰淇淋口感提升": ("matching_in_confidence", 40, SECRET),
    }  # fmt: skip
    for row in read_scene("company"):
        yield later(500, end, partial(_own, cast, row, fates[row["名称"]], end))


def _own(cast: Cast, row: Row, fate: tuple[str, int, str], end: date) -> Life:
    route, rest, disclosure = fate
    content: dict[str, Any] = {
        "kind": Kind(row["类型"]), "field": cast.fields["农业"], "keywords": row["关键词"].split("；"), "background": row["背景"],
        "question": row["问题"], "budget": Decimal(row["预算"]), "deadline": date(end.year + 1, 12, 31),
    }  # fmt: skip
    need = Need(cast, row["名称"], cast.organisations[COMPANY], row["名称"], content, disclosure)
    yield from need.tell(route, last=settled(rest, end))
    if route == "draft":
        papers.attach(need.it, "冷库能耗记录.pdf", actor=need.owner)
