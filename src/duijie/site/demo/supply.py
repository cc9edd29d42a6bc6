"""Offers: what universities and institutes have is brought by the sheet once a year, reviewed, published, and kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from duijie.site.demo import papers, sheets, wording
from duijie.site.demo.cast import read_samples
from duijie.site.demo.opening import invented
from duijie.site.demo.pace import at, chance
from duijie.site.demo.people import TEAM, UNIVERSITY
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.offers import actions
from duijie.site.offers.models import Offer
from duijie.site.offers.states import State
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from duijie.site.demo.cast import Cast, Row

    Life = Iterator[datetime]

KINDS = {"成果": "科技成果", "论文": "科技成果", "专利": "专利", "设备": "仪器设备", "专家": "专长与服务"}
MODES = {
    "成果": "技术许可、合作开发",
    "论文": "合作开发",
    "专利": "技术转让、技术许可",
    "设备": "开放共享",
    "专家": "技术咨询、技术服务",
}


def lives(cast: Cast, end: date) -> Iterator[Life]:
    """Return everything that happens to offers."""
    rows = read_samples("offers")
    if cast.small:
        rows = [row for number, row in enumerate(rows) if row["团队"] == TEAM or number % 40 == 0]
    for year in sorted({int(row["年份"]) for row in rows}):
        yield _brought(cast, year, [row for row in rows if int(row["年份"]) == year], end)
    yield _of_the_university(cast, end)


def _brought(cast: Cast, year: int, rows: list[Row], end: date) -> Life:
    """Bring a year's achievements in the spring after it, and work through them."""
    day = min(
        max(date(year + 1, 4, 10), date(2021, 4, 12) + timedelta(days=3 * (year - 2018))), end - timedelta(days=40)
    )
    yield at(day, chance("offers", year))
    owners = {row["编号"]: cast.teams[row["团队"]] for row in rows if row["团队"] in cast.teams}
    rows = [row for row in rows if row["编号"] in owners]
    lines = [_line(cast, row) for row in rows]
    codes = sheets.bring("offers", lines, name=f"{year}年度科技成果汇总表.xlsx", actor=cast.people["quyu"])
    waiting = list(codes)
    dice = chance("review", year)
    while waiting:
        day = add_working_days(day, 1)
        yield at(day, dice)
        for code in waiting[:25]:
            _review(cast, code, dice.random(), end - day < timedelta(days=60))
        waiting = waiting[25:]


def _review(cast: Cast, code: str, luck: float, lately: bool) -> None:
    offer, officer = Offer.objects.get(pk=code), cast.people["quyu2"]
    if offer.state != State.SUBMITTED or (lately and luck < 0.3):
        return
    if luck < 0.02:
        actions.return_offer(offer, opinion=chance("no", code).choice(wording.OFFER_RETURNS), actor=officer)
        return
    actions.review_offer(offer, actor=officer, opinion=chance("yes", code).choice(wording.OFFER_PASSES))
    if offer.disclosure in (Disclosure.PUBLIC, Disclosure.BLURRED) and luck > 0.03:
        actions.publish_offer(offer, actor=officer)
    elif offer.disclosure == Disclosure.DIRECTED:
        company = cast.home_of("qiye")
        actions.direct_offer(offer, organisations=[company], actor=officer)


def _line(cast: Cast, row: Row) -> dict[str, Any]:
    dice = chance("offer", row["编号"])
    team = cast.teams[row["团队"]]
    kind = row["类型"]
    stage = "初期阶段" if int(row["成熟度"]) <= 4 else "中期阶段" if int(row["成熟度"]) <= 7 else "成熟应用阶段"
    achieved = KINDS[kind] == "科技成果"
    keywords = [word for word in row["关键词"].split("；") if "," not in word]
    return {
        "提供单位": team.organisation.name, "名称": row["名称"], "类型": KINDS[kind],
        "技术领域": row["领域"], "应用行业": row["行业"],
        "关键词": "、".join(keywords[:3] if achieved else keywords), "内容简介": row["内容"], "成果阶段": stage,
        "技术成熟度": row["成熟度"],
        "成果属性": dice.choice(("原始性创新", "原始性创新", "国内技术二次开发")) if achieved else None,
        "完成单位": team.organisation.name if achieved else None,
        "完成人": f"{team.leader_name}、{invented(row['团队'], 0)}" if achieved else None,
        "专利号": f"样例专利{row['编号'][-9:]}" if kind == "专利" else None,
        "知识产权权利人": team.organisation.name if kind == "专利" else None, "合作方式": MODES[kind],
        "公开程度": dice.choices(("公开", "脱敏公开", "定向推送", "保密"), (90, 5, 4, 1))[0],
        "联系人": team.leader_name, "联系电话": f"0471-000{dice.randrange(1000, 9999)}",
    }  # fmt: skip


def _of_the_university(cast: Cast, end: date) -> Life:
    """What lies on the desks of the research office and the team leader: a draft, one returned, one expired, one merged."""
    dice = chance("university")
    yield at(end - timedelta(days=420), dice)
    office, leader, officer = cast.people["gaoxiao"], cast.people["tuandui"], cast.people["quyu"]
    organisation, team = cast.organisations[UNIVERSITY], cast.teams[TEAM]
    expired = _started(
        cast, office, "寒地青贮冬季取料防冻技术服务", "expertise", team, valid_until=end - timedelta(days=20)
    )
    actions.review_offer(expired, actor=officer, opinion="同意入库，按一年期服务登记。")
    actions.publish_offer(expired, actor=officer)
    yield at(end - timedelta(days=200), dice)
    gone = _started(cast, leader, "手持式青贮水分仪", "equipment", team)
    actions.review_offer(gone, actor=officer)
    actions.withdraw_offer(gone, reason="taken", words="已独家许可给区内一家企业。", actor=office)
    yield at(end - timedelta(days=120), dice)
    again = _started(cast, office, "寒地青贮冬季取料防冻服务", "expertise", team)
    actions.merge_offer(again, into=Offer.objects.get(pk=expired.pk), actor=officer, why="与已入库的技术服务为同一项。")
    yield at(add_working_days(end, -12), dice)
    back = _started(cast, office, "奶牛场饲草料库存盘点机器人", "equipment", team)
    yield at(add_working_days(end, -5), dice)
    actions.return_offer(back, opinion=wording.OFFER_RETURNS[0], actor=officer)
    yield at(add_working_days(end, -4), dice)
    _started(cast, leader, "柠条青贮专用菌剂", "expertise", team)
    yield at(add_working_days(end, -2), dice)
    draft = actions.start_offer(
        organisation=organisation, title="无人机牧草长势监测服务", kind="expertise", actor=leader
    )
    actions.change_offer(
        draft, to={"team": team, "field": cast.fields["农业"], "keywords": ["牧草", "无人机", "长势监测"]}, actor=leader
    )
    papers.attach(draft, "试验场航拍样张说明.pdf", actor=leader)


def _started(cast: Cast, actor: Any, title: str, kind: str, team: Any, **more: Any) -> Offer:
    offer = actions.start_offer(organisation=team.organisation, title=title, kind=kind, actor=actor)
    said = {
        "team": team, "field": cast.fields["农业"], "keywords": ["青贮", "饲草", "奶牛"], "modes": ["service"],
        "about": f"{title}，由{team.name}提供，已在区内牧场试用。示范数据。", "contact_phone": "0471-0004210", **more,
    }  # fmt: skip
    actions.change_offer(offer, to=said, actor=actor)
    actions.submit_offer(offer, actor=actor)
    return offer
