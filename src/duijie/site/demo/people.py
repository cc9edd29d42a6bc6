"""Who may sign in to the demo: one account a role, some colleagues, and one password for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from duijie.site.parties.models import Role
from duijie.words import say

PASSWORD = "xingmeng-2026"
"""Of every account of the demo."""
HOME = "150000"
SCIENCE = "内蒙古自治区科学技术厅"
FARMING = "内蒙古自治区农牧厅"
ENVIRONMENT = "内蒙古自治区生态环境厅"
HEALTH = "内蒙古自治区卫生健康委员会"
ENERGY = "内蒙古自治区能源局"
COMPANY = "呼和浩特市白塔雪食品有限公司（样例）"
DAIRY = "和林格尔盛乐乳业有限公司（样例）"
DRIVES = "包头市大青山电驱动有限公司（样例）"
UNIVERSITY = "敕勒川农业大学（样例）"
TEAM = "T-013"


@dataclass(frozen=True, slots=True)
class Person:
    """One account: the role it is given, and over which region (six digits) or organisation (its name)."""

    username: str
    name: str
    title: str
    role: Role
    over: str
    home: str = ""
    words: str = ""
    english: str = ""
    first: str = ""
    first_english: str = ""

    @property
    def shown(self) -> bool:
        """Whether the demo introduces it; the others are colleagues."""
        return bool(self.words)


def bureau(league: str) -> str:
    """Return the name of a league's or city's science bureau."""
    return f"{league}科学技术局"


PEOPLE = (
    Person(
        "guanli", "何平", "信息中心主任", Role.ADMIN, HOME, SCIENCE,
        "系统管理员", "administrator", "看用户与授权、账本和封印", "see people and grants, the ledger and its seals",
    ),
    Person(
        "quyu", "王志远", "成果转化处副处长", Role.OFFICER, HOME, SCIENCE,
        "自治区科技厅经办人", "regional officer", "办理待办里的复审，比对疑似重复的需求",
        "do the second reviews on the desk, compare what looks like duplicates",
    ),
    Person(
        "mengshi", "赵晓东", "成果科科长", Role.OFFICER, "150100", bureau("呼和浩特市"),
        "呼和浩特市科技局经办人", "league officer, Hohhot", "办理待办里的初审；在“导入”里确认等着的那一批",
        "do the first reviews; confirm the import that waits",
    ),
    Person(
        "mengshi2", "孙建国", "高新科科长", Role.OFFICER, "150200", bureau("包头市"),
        "包头市科技局经办人", "league officer, Baotou", "同样的页面，看不到呼和浩特市没有公开的事项",
        "the same pages, without what Hohhot keeps to itself",
    ),
    Person(
        "qixian", "乌兰", "科技股股长", Role.OFFICER, "150125", "武川县工业和科技局",
        "旗县经办人（武川县）", "banner officer, Wuchuan", "接收本县企业提交的需求", "take in the county's demands",
    ),
    Person(
        "tingju", "周敏", "科技教育处主任科员", Role.DEPARTMENT, FARMING, FARMING,
        "行业厅局经办人（农牧厅）", "department officer, 1+1 mechanism", "办理农牧领域的初审", "review demands of farming",
    ),
    Person(
        "qiye", "娜仁", "技术部经理", Role.CONTACT, COMPANY, COMPANY,
        "企业联系人", "company contact", "补充正在凝练的需求，改好退回的一条", "refine one, amend another",
    ),
    Person(
        "gaoxiao", "吴海燕", "科研处副处长", Role.RESEARCH, UNIVERSITY, UNIVERSITY,
        "科研单位管理员", "research office", "修改退回的成果，续期，确认团队信息", "amend an offer, renew another, confirm teams",
    ),
    Person(
        "tuandui", "格日勒其木格", "教授", Role.LEADER, UNIVERSITY, UNIVERSITY,
        "团队负责人", "team leader", "提交成果草稿，看定向推送来的需求", "hand in a draft, read a demand directed to the team",
    ),
    Person(
        "jingjiren", "韩梅", "技术经理人", Role.BROKER, HOME, SCIENCE,
        "技术经理人", "technology broker", "搜索已发布的需求和成果", "search demands and offers",
    ),
    Person(
        "huiwu", "朱琳", "会务组组长", Role.ORGANISER, HOME, SCIENCE,
        "会议组织者", "conference organiser", "看合作机制和成员名单", "read mechanisms and their members",
    ),
    Person(
        "lingdao", "秦岭", "分管副厅长", Role.READER, HOME, SCIENCE,
        "领导", "leader", "看需求与成果的全貌", "read demands and offers",
    ),
    Person("quyu2", "李静", "成果转化处四级调研员", Role.OFFICER, HOME, SCIENCE),
    Person("mengshi3", "白雪峰", "成果科科长", Role.OFFICER, "150300", bureau("乌海市")),
    Person("mengshi4", "宝力德", "高新科科长", Role.OFFICER, "150400", bureau("赤峰市")),
    Person("mengshi5", "包金山", "成果科科长", Role.OFFICER, "150500", bureau("通辽市")),
    Person("mengshi6", "刘学军", "创新发展科科长", Role.OFFICER, "150600", bureau("鄂尔多斯市")),
    Person("mengshi7", "敖日格乐", "成果科科长", Role.OFFICER, "150700", bureau("呼伦贝尔市")),
    Person("mengshi8", "张河清", "农村科技科科长", Role.OFFICER, "150800", bureau("巴彦淖尔市")),
    Person("mengshi9", "郭瑞", "成果科科长", Role.OFFICER, "150900", bureau("乌兰察布市")),
    Person("mengshi10", "王青山", "成果科科长", Role.OFFICER, "152200", bureau("兴安盟")),
    Person("mengshi11", "哈斯巴根", "牧区科技科科长", Role.OFFICER, "152500", bureau("锡林郭勒盟")),
    Person("mengshi12", "额尔敦", "成果科科长", Role.OFFICER, "152900", bureau("阿拉善盟")),
    Person("mengshi13", "其其格", "成果科副科长", Role.OFFICER, "150100", bureau("呼和浩特市")),
    Person("tingju2", "马会敏", "科技与财务处主任科员", Role.DEPARTMENT, ENVIRONMENT, ENVIRONMENT),
    Person("tingju3", "高文博", "科教处主任科员", Role.DEPARTMENT, HEALTH, HEALTH),
    Person("tingju4", "闫立新", "科技装备处主任科员", Role.DEPARTMENT, ENERGY, ENERGY),
    Person("qiye2", "苏日娜", "总工程师", Role.CONTACT, DRIVES, DRIVES),
    Person("qiye3", "陈国栋", "研发中心主任", Role.CONTACT, DAIRY, DAIRY),
    Person("qiye4", "巴特尔", "技术部副经理", Role.CONTACT, COMPANY, COMPANY),
    Person("gaoxiao2", "郑伟", "科研处科员", Role.RESEARCH, UNIVERSITY, UNIVERSITY),
    Person("gaoxiao3", "冯丽", "科技处副处长", Role.RESEARCH, "漠南工业大学（样例）", "漠南工业大学（样例）"),
    Person("jingjiren2", "杨帆", "技术经理人", Role.BROKER, "150200", bureau("包头市")),
)  # fmt: skip


def accounts() -> list[tuple[str, str, str]]:
    """Return the accounts to try: user name, password, and who it is with what to try first."""
    return [
        (
            one.username,
            PASSWORD,
            say(f"{one.name}，{one.words}：{one.first}", f"{one.english}: {one.first_english}"),
        )
        for one in PEOPLE
        if one.shown
    ]
