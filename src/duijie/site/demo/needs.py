"""Demands: each is told step by step along its route, by the people whose turn it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from duijie.site.demands import actions
from duijie.site.demands.completeness import completeness
from duijie.site.demands.models import Demand, Kind, Mode, Rights, Source
from duijie.site.demands.queries.duplicates import undecided
from duijie.site.demo import wording
from duijie.site.demo.opening import admit_contact
from duijie.site.demo.pace import at, chance
from duijie.site.demo.people import ENVIRONMENT, FARMING
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from duijie.site.demo.cast import Cast, Row
    from duijie.site.parties.models import Organisation, User

START = "start fill submit"
LOCAL = f"{START} take"
HOME = f"{LOCAL} pass"
ACCEPTED = f"{HOME} accept"
REFINED = f"{LOCAL} refine improve hand_back"
ROUTES: dict[str, str] = {
    "draft": "start fill",
    "submitted": START,
    "returned": f"{START} give_back",
    "returned_later": f"{LOCAL} give_back",
    "resubmitted": f"{START} give_back amend submit",
    "local_review": LOCAL,
    "refinement": f"{LOCAL} refine",
    "refined": REFINED,
    "regional_review": HOME,
    "regional_after_refinement": f"{REFINED} pass",
    "refined_again": f"{HOME} refine_at_home",
    "accepted": ACCEPTED,
    "accepted_after_refinement": f"{REFINED} pass accept",
    "published": f"{ACCEPTED} publish",
    "published_after_return": f"{START} give_back amend submit take pass accept publish",
    "directed": f"{ACCEPTED} direct open",
    "matching": f"{ACCEPTED} publish match",
    "matching_in_confidence": f"{ACCEPTED} match",
    "matching_after_direction": f"{REFINED} pass accept direct open match",
    "long_term": f"{ACCEPTED} publish match set_long_term",
    "long_term_at_review": f"{HOME} set_long_term",
    "refused": f"{LOCAL} refuse",
    "refused_at_home": f"{HOME} refuse",
    "withdrawn": f"{START} withdraw",
    "withdrawn_later": f"{ACCEPTED} publish withdraw",
    "merged": f"{LOCAL} merge",
}
"""What happens to a demand, verb by verb, until it rests in the state that names the route."""

PATIENCE = {
    "fill": (0, 1), "submit": (0, 3), "take": (1, 4), "give_back": (1, 4), "amend": (2, 9), "refine": (2, 6),
    "improve": (3, 14), "hand_back": (0, 1), "pass": (1, 6), "accept": (2, 8), "publish": (0, 3), "direct": (1, 4), "open": (1, 5),
    "match": (4, 15), "refine_at_home": (2, 6),
}  # fmt: skip
"""Working days from the step before, at least and at most."""
KINDS = {
    "联合攻关": Kind.RESEARCH, "成果引进": Kind.ACHIEVEMENT, "人才团队引进": Kind.TALENT,
    "共建平台": Kind.PLATFORM, "检测咨询": Kind.SERVICE,
}  # fmt: skip
MODES = {
    Kind.RESEARCH: Mode.JOINT, Kind.ACHIEVEMENT: Mode.TRANSFER, Kind.TALENT: Mode.TALENT,
    Kind.PLATFORM: Mode.PLATFORM, Kind.SERVICE: Mode.CONSULTING,
}  # fmt: skip
_WISH = re.compile(r"^(想|希望|需要|拟|请|求|寻|盼|要求|目标)|(希望|想请|想找|需要|寻求|引进)")
_HAVE = re.compile(r"^(我方|我公司可|可|愿|已有|现有|公司可|场地)|可提供|提供样")


@dataclass
class Need:
    """One demand on its way. Each method is one verb of a route."""

    cast: Cast
    key: str
    organisation: Organisation
    title: str
    content: dict[str, Any]
    disclosure: str = Disclosure.PUBLIC
    same_as: str = ""
    writer: User | None = None
    demand: Demand | None = field(default=None, init=False)

    def tell(self, route: str, *, last: date | None = None, first: date | None = None) -> Iterator[datetime]:
        """Live along a route that begins on ``first``, or whose last step falls on ``last``."""
        verbs = ROUTES[route].split()
        if {"amend", "withdraw"} & {*verbs}:
            verbs.insert(0, "join")
        dice = chance("need", self.key)
        for verb, day in zip(verbs, self._days(verbs, first=first, last=last), strict=True):
            yield at(day, dice)
            getattr(self, verb)()

    def _days(self, verbs: list[str], *, first: date | None, last: date | None) -> list[date]:
        dice = chance("days", self.key)
        gaps = [dice.randint(*PATIENCE.get(verb, (8, 40))) for verb in verbs[1:]]
        day = first or add_working_days(last or date.max, -sum(gaps))
        days = [day]
        for gap in gaps:
            day = add_working_days(day, gap) if gap else day
            days += [day]
        return days

    @property
    def it(self) -> Demand:
        """The demand, as somebody reads it who opens its page now."""
        assert self.demand is not None, self.key
        self.demand.refresh_from_db()
        return self.demand

    @property
    def owner(self) -> User:
        """Who writes: the organisation's contact, or the officer who called on it."""
        return self.writer or self.cast.writer_of(self.organisation)

    @property
    def local(self) -> User:
        """Who reviews first."""
        return self.cast.officer_of(self.it.region_id)

    @property
    def home(self) -> User:
        """Who reviews second."""
        return self.cast.people["quyu2" if chance("home", self.key).random() < 0.4 else "quyu"]

    def _pick(self, of: tuple[Any, ...], *more: object) -> Any:
        return chance("pick", self.key, *more).choice(of)

    # -- the organisation ----------------------------------------------------------------------------------------------

    def join(self) -> None:
        """Get an account: what came back from an officer only the organisation itself can change."""
        if self.organisation.name not in self.cast.contacts:
            admit_contact(self.cast, self.organisation)

    def start(self) -> None:
        """Begin a draft."""
        visited = Source.VISIT if self.owner.organisation_id != self.organisation.code else Source.ONLINE
        to = {"kind": self.content["kind"], "source": visited, **self._contact()}
        self.demand = actions.start_demand(self.organisation, title=self.title, actor=self.owner, to=to)

    def _contact(self) -> dict[str, str]:
        one = self.organisation
        return {"contact_name": one.contact_name, "contact_phone": one.contact_phone}

    def fill(self) -> None:
        """Fill in what the organisation knows at once."""
        actions.change_demand(self.it, to={**self.content, "disclosure": self.disclosure}, actor=self.owner)

    def submit(self) -> None:
        """Hand it in."""
        actions.submit_demand(self.it, actor=self.owner)

    def amend(self) -> None:
        """Put right what was sent back."""
        actions.change_demand(self.it, to=details(self.it, self.key), actor=self.owner, note=wording.AMENDED)

    def improve(self) -> None:
        """Answer the diagnosis; where the organisation has no account, its officer writes down what it says."""
        actions.change_demand(self.it, to=details(self.it, self.key), actor=self._refiner())

    def hand_back(self) -> None:
        """Say that refinement is done."""
        actions.hand_back(self.it, actor=self._refiner(), note=wording.IMPROVED)

    def _refiner(self) -> User:
        own = self.cast.contacts.get(self.organisation.name)
        return self.cast.people[own] if own else self.local

    def withdraw(self) -> None:
        """Take it back."""
        reason, words = self._pick(wording.REASONS["withdraw"])
        actions.withdraw_demand(self.it, reason=reason, words=words, actor=self.owner)

    def withdraw_own(self) -> None:
        """Take it back, now that the organisation has an account."""
        self.withdraw()

    # -- the officers --------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Take it for review."""
        actions.take_for_review(self.it, actor=self.local)

    def give_back(self) -> None:
        """Return it with what to put right."""
        actions.return_demand(self.it, reasons=self._pick(wording.RETURNS), actor=self.local)

    def refine(self) -> None:
        """Diagnose what is unclear."""
        actions.send_to_refinement(self.it, diagnosis=self._diagnosis(), actor=self.local)

    def refine_at_home(self) -> None:
        """Send it into refinement from the second review."""
        actions.send_to_refinement(self.it, diagnosis=self._diagnosis(), actor=self.home)

    def _diagnosis(self) -> str:
        missing = completeness(self.it).missing
        if not missing:
            return str(self._pick(wording.DIAGNOSES))
        parts = "；".join(f"{one.label}：{one.advice.rstrip('。')}" for one in missing[:3])
        return f"需求属实，还缺 {len(missing)} 项内容，专家无法判断。请补充——{parts}。"

    def __getattr__(self, name: str) -> Any:
        if name == "pass":  # a word of the language, and of the office
            return self.pass_on
        raise AttributeError(name)

    def pass_on(self) -> None:
        """Pass it on to the region."""
        actions.pass_to_region(self.it, actor=self.local, opinion=self._pick(wording.LOCAL_PASSES))

    def accept(self) -> None:
        """Accept it, after whatever looks alike has been compared."""
        demand = self.it
        for code in undecided(demand, self.home):
            actions.set_apart(demand, Demand.objects.get(pk=code), why=wording.APART, actor=self.home)
        actions.accept_demand(demand, actor=self.home, opinion=self._pick(wording.ACCEPTS))

    def publish(self) -> None:
        """Make it known."""
        actions.publish_demand(self.it, actor=self.home)

    def direct(self) -> None:
        """Show it to the organisations of teams that work in the field."""
        actions.direct_demand(
            self.it, recipients=recipients(self.cast, self.it), actor=self.home, words="请十个工作日内反馈意向"
        )

    def open(self) -> None:
        """Somebody it was directed to reads it."""
        reader = self.cast.people["gaoxiao"]
        if reader.organisation_id in {one.organisation_id for one in self.it.recipients.all()}:
            actions.record_opening(self.it, actor=reader)

    def match(self) -> None:
        """Open the search for an answer."""
        actions.begin_matching(self.it, actor=self.home)

    def refuse(self) -> None:
        """Refuse it."""
        demand = self.it
        actor = self.local if demand.state == "local_review" else self.home
        reason, words = self._pick(wording.REASONS["refuse"])
        actions.refuse_demand(demand, reason=reason, words=words, actor=actor)

    def set_long_term(self) -> None:
        """Move it to the long-term list."""
        reason, words = self._pick(wording.REASONS["set_long_term"])
        actions.set_long_term(self.it, reason=reason, words=words, actor=self.home)

    def merge(self) -> None:
        """Merge it into the one that stands for the same need."""
        into = Demand.objects.counted().filter(title=self.same_as).exclude(pk=self.it.pk).first()
        assert into is not None, self.same_as
        why = wording.SAME if into.organisation_id == self.organisation.code else wording.LIKEWISE
        actions.merge_demand(self.it, into=into, actor=self.local, why=why)

    def merge_late(self) -> None:
        """Merge it at the second review."""
        into = Demand.objects.counted().filter(title=self.same_as).exclude(pk=self.it.pk).get()
        actions.merge_demand(self.it, into=into, actor=self.home, why=wording.LIKEWISE)


def content_of(cast: Cast, row: Row, *, years: int = 0) -> dict[str, Any]:
    """Read a sample demand into the form: what is so, what is asked for, and what the organisation can bring."""
    dice = chance("content", row["编号"])
    kind = KINDS[row["类型"]]
    background, question, base = _parts(row["内容"])
    budget = Decimal(row["预算（万元）"]) if row["预算（万元）"] else None
    day = date.fromisoformat(row["截止日期"])
    return {
        "kind": kind,
        "region": cast.regions[row["地区"]],
        "field": cast.fields[row["领域"]],
        "industry": cast.industries[row["行业"]],
        "chain_node": cast.node(row["名称"] + row["内容"] + row["产业链"]),
        "department": department_of(cast, row),
        "keywords": [word for word in row["关键词"].split("；") if word],
        "background": background,
        "question": question,
        "base": base,
        "trl": int(row["成熟度"]) if row["成熟度"] else None,
        "deadline": day.replace(year=day.year + years, day=min(day.day, 28)) if years else day,
        "budget": budget,
        "own_funds": (budget * dice.choice((4, 5, 6, 7)) / 10).quantize(Decimal(1)) if budget and dice.random() < 0.6 else None,
        "mode": MODES[kind] if dice.random() < 0.7 else "",
        "decider": dice.choice(("总经理", "董事长", "总工程师，100 万元以上报董事会", "")),
        "recommended_by": cast.home_of(cast.officer_of(row["地区"]).username).name,
    }  # fmt: skip


def department_of(cast: Cast, row: Row) -> Organisation | None:
    """Return the department of the 1+1 mechanism that leads in the field."""
    leads = {"农业": FARMING, "环境保护与资源综合利用": ENVIRONMENT}.get(row["领域"])
    return cast.organisations[leads] if leads and chance("department", row["编号"]).random() < 0.7 else None


def _parts(text: str) -> tuple[str, str, str]:
    sentences = [one + "。" for one in text.rstrip("。").split("。") if one]
    asked = next((place for place, one in enumerate(sentences) if _WISH.search(one)), max(len(sentences) - 1, 0))
    asked = max(asked, 1) if len(sentences) > 1 else 0
    had = next((place for place in range(asked + 1, len(sentences)) if _HAVE.search(sentences[place])), len(sentences))
    return "".join(sentences[:asked]), "".join(sentences[asked:had]), "".join(sentences[had:])


_NUMBER = re.compile(
    r"([\u4e00-\u9fff]{2,10}?)(不低于|不超过|降到|提高到|达到|不少于|控制在|超过)\s*([0-9][0-9.,]*)\s*(%|％|[a-zA-Z/·℃³²μ]+|万元|元|天|年|次|小时|个月|吨)?"
)
_SIGN = {"不低于": "≥", "不少于": "≥", "提高到": "≥", "达到": "≥", "超过": "≥"}


def measures_of(text: str) -> list[dict[str, str]]:
    """Find what the organisation's own words say in numbers."""
    found = [
        {"name": name, "value": f"{_SIGN.get(sign, '≤')} {value.rstrip('.,')}", "unit": (unit or "").replace("％", "%")}
        for name, sign, value, unit in _NUMBER.findall(text)
    ]
    return found[:4]


def details(demand: Demand, key: str) -> dict[str, Any]:
    """Return what a refined demand says more than before."""
    dice = chance("details", key)
    said: dict[str, Any] = {
        "rights": dice.choice((Rights.SHARED, Rights.OURS, Rights.BY_SHARE)),
        "decider": demand.decider or "总经理，100 万元以上经董事会同意",
        "benchmark": "国内同行最好水平已由技术负责人实地了解，进口产品指标更高、价格超出两倍；按现行国家或行业标准的试验方法验收。",
        "use_case": "用于本单位现有产线（或基地）的一条示范线，由技术部门试用，合格后在全部产线推广。",
        "mode": demand.mode or MODES[Kind(demand.kind)],
        "trl": demand.trl or 7,
    }  # fmt: skip
    measures = measures_of(demand.question) or measures_of(demand.background)
    if measures and not demand.measures:
        said["measures"] = measures
    elif not demand.measures:
        said["indicators"] = (
            "以改造前连续三个月的生产记录为基准，同口径对比；具体数值在技术方案评审时双方确认并写入合同。"
        )
    if demand.budget and not demand.own_funds:
        said["own_funds"] = (demand.budget * 6 / 10).quantize(Decimal(1))
    return said


def recipients(cast: Cast, demand: Demand) -> list[Organisation]:
    """Return the organisations of up to three teams in the demand's field."""
    names = [team.organisation for _number, team in sorted(cast.teams.items()) if demand.field_id in team.fields]
    dice = chance("recipients", demand.title)
    chosen = dice.sample(names, min(2, len(names)))
    if demand.field_id == cast.fields["农业"].code:
        chosen.insert(0, cast.home_of("gaoxiao"))
    return list(dict.fromkeys(chosen))


def settled(days: int, end: date) -> date:
    """Return the day so many working days before the end."""
    return add_working_days(end, -days)
