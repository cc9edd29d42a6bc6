"""How it began: organisations are registered, people invited, mechanisms founded, teams entered and kept up to date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from duijie.site.demo.cast import read_samples, read_scene
from duijie.site.demo.pace import at, chance
from duijie.site.demo.people import HOME, PASSWORD, PEOPLE, TEAM, bureau
from duijie.site.parties import actions
from duijie.site.parties.models import LeadOffice, MechanismKind, Organisation, Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from duijie.site.demo.cast import Cast, Row
    from duijie.site.demo.people import Person
    from duijie.site.parties.models import Mechanism, User

BEGAN = date(2019, 3, 4)
LEAGUES = (
    "150100", "150200", "150300", "150400", "150500", "150600", "150700", "150800", "150900", "152200", "152500", "152900",
)  # fmt: skip
ABOUT = "示范数据。"
REAL = "示范数据：单位名称是公开报道中的真实机构，此处登记的内容仅作演示。"


def begin(cast: Cast) -> Iterator[datetime]:
    """Set the office up: governments and departments, the administrator, then everybody he invites."""
    dice = chance("begin")
    yield at(BEGAN, dice)
    _register(cast, _bodies(cast), None)
    _open_office(cast)
    _register(cast, _companies(cast), cast.people["guanli"])
    _register(cast, _institutes(cast), cast.people["guanli"])
    for person in PEOPLE[1:]:
        yield at(BEGAN + timedelta(days=1), dice)
        _appoint(cast, person)


def _register(cast: Cast, rows: list[dict[str, Any]], actor: User | None) -> None:
    known = [row for row in rows if row["name"] not in cast.organisations]
    for one in actions.register_organisations(known, actor=actor):
        cast.organisations[one.name] = one


def _bodies(cast: Cast) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "name": row["名称"], "kind": row["类型"], "region": cast.regions[row["地区"]], "short_name": row["简称"],
            "about": REAL,
        }
        for row in read_scene("bodies")
    ]  # fmt: skip
    for code in LEAGUES:
        region = cast.regions[code]
        government = f"{region.name}行政公署" if region.name.endswith("盟") else f"{region.name}人民政府"
        rows.append({"name": government, "kind": "government", "region": region, "about": REAL})
        rows.append({"name": bureau(region.name), "kind": "department", "region": region, "about": REAL})
    return rows


def _companies(cast: Cast) -> list[dict[str, Any]]:
    samples: list[dict[str, Any]] = [
        {
            "name": row["单位"], "credit_code": row["统一社会信用代码"], "region": cast.regions[row["地区"]],
            "industry": cast.industries[row["行业"]],
        }
        for row in read_samples("demands")
    ]  # fmt: skip
    surveyed: list[dict[str, Any]] = [
        {"name": row["单位"], "region": cast.regions[row["地区"]], "industry": cast.industries.get(row["行业"])}
        for row in read_scene("hohhot")
    ]
    once = {one["name"]: one for one in (*surveyed, *samples)}
    return [{"kind": "enterprise", "about": ABOUT, **_contact(one), **one} for one in once.values()]


def _institutes(cast: Cast) -> list[dict[str, Any]]:
    rows = {row["单位"]: row for row in read_samples("teams")}
    return [
        {
            "name": name,
            "kind": _kind(name),
            "region": cast.regions[row["地区"]],
            "about": ABOUT,
            **_contact({"name": name}),
        }
        for name, row in rows.items()
    ]


def _kind(name: str) -> str:
    return "university" if "大学" in name or "学院" in name else "institute"


SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)
GIVEN = ("海霞", "建军", "志强", "晓燕", "永胜", "立新", "秀兰", "文博", "国庆", "丽娟", "慧敏", "俊峰", "雅琴", "振华", "玉梅",
         "浩然", "思远", "佳怡", "明哲", "瑞芳", "铁柱", "青松", "雪梅", "子涵", "德胜")  # fmt: skip
STEPPE = (
    "乌云其其格",
    "那顺巴雅尔",
    "斯琴高娃",
    "额尔德尼",
    "萨仁图雅",
    "阿拉坦",
    "通拉嘎",
    "朝鲁",
    "哈斯其木格",
    "布和",
    "塔娜",
    "孟克",
)


def invented(*keys: object) -> str:
    """Return an invented person's name, always the same for the same keys."""
    dice = chance("name", *keys)
    return dice.choice(STEPPE) if dice.random() < 0.2 else dice.choice(SURNAMES) + dice.choice(GIVEN)


def _contact(row: dict[str, Any]) -> dict[str, Any]:
    dice = chance("contact", row["name"])
    return {"contact_name": invented(row["name"]), "contact_phone": f"0471-000{dice.randrange(1000, 9999)}"}


# -- people ------------------------------------------------------------------------------------------------------------


def _open_office(cast: Cast) -> None:
    """The first administrator comes from the command line; everybody after him is invited."""
    person = PEOPLE[0]
    user = actions.open_account(
        actor=None, username=person.username, password=PASSWORD, name=person.name, title=person.title,
        organisation=cast.organisations[person.home],
    )  # fmt: skip
    actions.give_grant(user, actor=None, role=person.role, place=cast.regions[HOME], note="系统初始化")
    cast.enter(person.username, user, person.role, person.over)


def _appoint(cast: Cast, person: Person) -> None:
    place: Any = cast.regions[person.over] if person.over.isdigit() else cast.organisations[person.over]
    invitation = actions.invite_person(
        actor=cast.people["guanli"], name=person.name, role=person.role, place=place,
        home=cast.organisations[person.home], note=f"{person.title}，按来函开通",
    )  # fmt: skip
    user = actions.accept_invitation(invitation, username=person.username, password=PASSWORD, title=person.title)
    cast.enter(person.username, user, person.role, person.over)


def admit_contact(cast: Cast, organisation: Organisation) -> None:
    """Let the officer of its region invite the contact of an organisation."""
    number = sum(name.startswith("lianxi") for name in cast.people) + 1
    invitation = actions.invite_person(
        actor=cast.officer_of(organisation.region_id), name=organisation.contact_name, role=Role.CONTACT,
        place=organisation, note="便于单位自行填报和修改",
    )  # fmt: skip
    username = f"lianxi{number:02}"
    user = actions.accept_invitation(invitation, username=username, password=PASSWORD, title="技术部负责人")
    cast.enter(username, user, Role.CONTACT, organisation.name)


# -- teams -------------------------------------------------------------------------------------------------------------


def team_life(cast: Cast, row: Row, end: date) -> Iterator[datetime]:
    """Register a team, name its members, and confirm it every year or so; some forget."""
    dice = chance("team", row["编号"])
    day = date(2019, 4, 1) + timedelta(days=dice.randrange(700))
    yield at(day, dice)
    officer = cast.people["quyu"]
    organisation = cast.organisations[row["单位"]]
    leads = row["编号"] == TEAM
    team = actions.register_team(
        actor=officer, organisation=organisation, name=row["名称"], leader_name=row["负责人"], leader_title="研究员",
        leader=cast.people["tuandui"] if leads else None, fields=[cast.fields[row["领域"]].code],
        keywords=row["关键词"].split("；"), about=row["简介"], capacity=int(row["可承接"]),
    )  # fmt: skip
    cast.teams[row["编号"]] = team
    for number in range({"大": 6, "中": 4}.get(row["规模"], 2)):
        title = dice.choice(("教授", "副教授", "研究员", "副研究员", "高级工程师", "博士", "讲师"))
        name = invented(row["编号"], number)
        if not team.members.filter(name=name).exists():
            actions.add_team_member(team, actor=officer, name=name, title=title)
    gone = team.members.order_by("code").last()
    forgetful = dice.random() < 0.25 or row["编号"] == "T-025"
    while True:
        day += timedelta(days=dice.randrange(260, 480))
        if forgetful and day > end - timedelta(days=760):
            return
        yield at(day, dice)
        team.refresh_from_db()
        actions.confirm_team(team, actor=cast.people["tuandui"] if leads else officer)
        if gone is not None and dice.random() < 0.3:
            actions.end_team_member(gone, actor=officer, note="调离本单位")
            gone = None


def stale_team(cast: Cast, end: date) -> Iterator[datetime]:
    """Enter a team of the university of the demo that nobody has looked at for years: its office is asked to confirm it."""
    dice = chance("stale")
    yield at(end - timedelta(days=1100), dice)
    actions.register_team(
        actor=cast.people["gaoxiao"], organisation=cast.organisations[PEOPLE[7].home], name="饲草加工与贮藏团队",
        leader_name="孟根其其格", leader_title="副教授", fields=[cast.fields["农业"].code], keywords=["青贮", "干草", "打捆"],
        about="研究饲草收获、干燥和贮藏。示范数据。", capacity=1,
    )  # fmt: skip


# -- mechanisms --------------------------------------------------------------------------------------------------------


def mechanism_life(cast: Cast, name: str, rows: list[Row]) -> Iterator[datetime]:
    """Found a mechanism and let its members and its lead group change as the table says."""
    dice = chance("mechanism", name)
    mechanism: Mechanism | None = None
    seats: dict[str, Any] = {}
    for row in rows:
        yield at(date.fromisoformat(row["日期"]), dice)
        actor = cast.people["quyu"]
        if mechanism is None:
            mechanism = actions.found_mechanism(
                actor=actor, name=name, kind=MechanismKind(row["层级"]), region=cast.regions[row["单位"]],
                about=row["说明"], valid_from=date.fromisoformat(row["日期"]),
            )  # fmt: skip
        else:
            _happen(cast, mechanism, row, seats)


def _happen(cast: Cast, mechanism: Mechanism, row: Row, seats: dict[str, Any]) -> None:
    actor, party, day = cast.people["quyu"], row["单位"], date.fromisoformat(row["日期"])
    if row["事项"] == "加入":
        where = {"region": cast.regions[party]} if party.isdigit() else {"organisation": cast.organisations[party]}
        seats[party] = actions.admit_member(
            mechanism, actor=actor, tier=row["层级"], since=day, note=row["说明"], **where
        )
    elif row["事项"] == "任职":
        seats[row["姓名"]] = actions.appoint_to_lead_group(
            mechanism, actor=actor, office=LeadOffice(row["层级"]), name=row["姓名"], title=row["说明"],
            organisation=cast.organisations[party], since=day,
        )  # fmt: skip
    elif row["事项"] == "退出":
        actions.release_member(seats[party], actor=actor, note=row["说明"])
    elif row["事项"] == "卸任":
        actions.relieve_of_lead_group(seats[row["姓名"]], actor=actor, note=row["说明"])
    else:
        actions.change_mechanism(mechanism, actor=actor, to={"valid_to": day}, note=row["说明"])


# -- what people do with the directory now and then --------------------------------------------------------------------


def entered_twice(cast: Cast, end: date) -> Iterator[datetime]:
    """One company is registered twice and merged; a second pair waits for somebody to look."""
    dice = chance("twice")
    officer = "mengshi2"
    yield at(end - timedelta(days=420), dice)
    twice = actions.register_organisation(
        actor=cast.people[officer], name="包头大青山电驱动公司（样例）", kind="enterprise", region=cast.regions["150204"],
        industry=cast.industries["C3812"], about=ABOUT,
    )  # fmt: skip
    yield at(end - timedelta(days=400), dice)
    stands = Organisation.objects.get(name="包头市大青山电驱动有限公司（样例）")
    actions.merge_organisation(twice, into=stands, actor=cast.people[officer], note="与营业执照核对，为同一企业")
    yield at(end - timedelta(days=30), dice)
    actions.register_organisation(
        actor=cast.people[officer], name="包头昆河再生金属公司（样例）", kind="enterprise", region=cast.regions["150203"],
        industry=cast.industries["C4210"], about=ABOUT,
    )  # fmt: skip


def people_come_and_go(cast: Cast, end: date) -> Iterator[datetime]:
    """Invitations that wait, one withdrawn, and a colleague whose account was suspended."""
    dice = chance("people")
    admin = cast.people.get
    yield at(end - timedelta(days=300), dice)
    company = cast.organisations["和林格尔云谷数据服务有限公司（样例）"]
    officer = admin("mengshi")
    left = actions.invite_person(actor=officer, name="贾慧", role=Role.CONTACT, place=company, note="企业来电申请")
    account = actions.accept_invitation(left, username="yungu", password=PASSWORD, title="综合部职员")
    yield at(end - timedelta(days=90), dice)
    actions.suspend_account(account, actor=officer, note="已离职，企业来函停用")
    yield at(end - timedelta(days=8), dice)
    actions.invite_person(actor=officer, name="云志刚", role=Role.CONTACT, place=company, note="接替离职同事")
    wrong = actions.invite_person(actor=officer, name="云志纲", role=Role.CONTACT, place=company)
    actions.withdraw_invitation(wrong, actor=officer, note="姓名有误，已重新邀请")
    yield at(end - timedelta(days=3), dice)
    actions.invite_person(
        actor=admin("gaoxiao"),
        name="孟和",
        role=Role.RESEARCH,
        place=cast.organisations[PEOPLE[7].home],
        note="科研处新同事",
    )
