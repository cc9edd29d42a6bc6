"""A small world of two halves: whatever exists in 150100 is there again in 150200, with canary words in every text.

A *canary* is a word that nobody outside may meet: it stands in what is hidden (drafts, confidential and directed texts,
contacts, opinions, notes, files, sheets, job titles). What is open to all (the directory, public titles) carries none.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from duijie.engine.matching.model import default_model
from duijie.site.demands import actions as demands
from duijie.site.demands.actions.steps import move
from duijie.site.demands.models import Demand, Disclosure
from duijie.site.files.actions import attach_file
from duijie.site.imports import actions as imports
from duijie.site.imports import checking, work
from duijie.site.kernel.clock import now
from duijie.site.kernel.codes import take_code
from duijie.site.ledger.actions import change, create
from duijie.site.matching.actions import asking, sharing, tasks, working
from duijie.site.matching.models import Answer, RankingModel, Run, Suggestion
from duijie.site.offers import actions as offers
from duijie.site.parties import actions as parties
from duijie.site.registry.models import Field, Region

if TYPE_CHECKING:
    from collections.abc import Collection

    from duijie.site.parties.models import Organisation, User

PUBLIC_TEXTS = "background question indicators benchmark use_case partner base decider recommended_by".split()
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class Half:
    """One side of the world: its people, what they made, and the canary words in what is theirs alone."""

    animal: str
    league: str
    banner: str
    company: Organisation
    university: Organisation
    owner: User
    research: User
    local: User
    home: User
    canaries: list[str] = field(default_factory=list)
    things: dict[str, Any] = field(default_factory=dict)

    def secret(self, what: str) -> str:
        """Return a canary word: the half's animal and what it stands in."""
        word = f"{self.animal}{what}"
        if word not in self.canaries:
            self.canaries.append(word)
        return word


def build(half: Half) -> Half:
    """Make everything once on this side, through the rooms' own actions."""
    _contacts(half)
    _demands(half)
    _offers(half)
    _parties(half)
    _batch(half)
    _matching(half)
    return half


def demand_texts(half: Half, mark: str, *, told: Collection[str] = ()) -> dict[str, Any]:
    """Return a canary for each text of a demand that is not ``told``."""
    said: dict[str, Any] = {
        name: half.secret(f"{mark}{label}")
        for name, label in {
            "background": "背景",
            "question": "问题",
            "indicators": "指标",
            "benchmark": "对标",
            "use_case": "场景",
            "partner": "意向",
            "base": "基础",
            "decider": "决策",
            "recommended_by": "推荐",
            "contact_name": "联系",
            "contact_phone": "电话",
        }.items()
        if name not in told
    }
    if "keywords" not in told:
        said["keywords"] = [half.secret(f"{mark}词语")]
        said["measures"] = [{"name": half.secret(f"{mark}量化"), "value": "≤2", "unit": "%"}]
    return said | {
        "contact_email": f"{_latin(half)}-{len(half.canaries)}@example.org",
        "kind": "research",
        "field": Field.objects.order_by("code").first(),
        "deadline": date(2030, 6, 30),
        "budget": Decimal(300),
    }


def offer_texts(half: Half, mark: str) -> dict[str, Any]:
    """Return a canary for each text of an offer."""
    return {
        name: half.secret(f"{mark}{label}")
        for name, label in {
            "about": "简介",
            "problem": "难题",
            "indicators": "参数",
            "advantage": "先进",
            "use_case": "应用",
            "holder": "权利",
            "terms": "价码",
            "contact_name": "供联",
            "contact_phone": "供电",
        }.items()
    } | {
        "keywords": [half.secret(f"{mark}供词")],
        "units": [half.secret(f"{mark}单位")],
        "people": [half.secret(f"{mark}人员")],
        "evidence": [{"kind": "paper", "title": half.secret(f"{mark}证明"), "number": "", "url": ""}],
        "contact_email": f"{_latin(half)}-{len(half.canaries)}@example.org",
        "field": Field.objects.order_by("code").first(),
        "stage": "middle",
        "attribute": "original",
        "modes": ["licence"],
    }


def _latin(half: Half) -> str:
    word = {"金雕": "goldeagle", "银狐": "silverfox"}[half.animal]
    if word not in half.canaries:
        half.canaries.append(word)
    return word


def demand(half: Half, mark: str, *, state: str = "draft", **to: Any) -> Demand:
    """Write a demand of this side and bring it on its path by the people whose turn it is."""
    title = to.pop("title", None) or half.secret(f"{mark}题目")
    made = demands.start_demand(half.company, title=title, actor=half.owner, to=demand_texts(half, mark, told=to) | to)
    steps = [
        ("submitted", lambda: demands.submit_demand(made, actor=half.owner)),
        ("local_review", lambda: demands.take_for_review(made, actor=half.local)),
        (
            "regional_review",
            lambda: demands.pass_to_region(made, opinion=half.secret(f"{mark}意见"), actor=half.local),
        ),
        # texts that look alike would first have to be read as duplicates
        ("accepted", lambda: move(made, "accepted", actor=half.home, verb="demand.accept", to={"accepted_at": now()})),
        ("published", lambda: demands.publish_demand(made, actor=half.home)),
    ]
    for reached, take in steps:
        if made.state == state:
            break
        take()
        assert made.state == reached
    return made


def offer(half: Half, mark: str, *, state: str = "draft", **to: Any) -> Any:
    """Write an offer of this side and bring it on its path."""
    title = to.pop("title", None) or half.secret(f"{mark}供名")
    made = offers.start_offer(organisation=half.university, title=title, kind="achievement", actor=half.research)
    offers.change_offer(made, to=offer_texts(half, mark) | to, actor=half.research)
    steps = [
        ("submitted", lambda: offers.submit_offer(made, actor=half.research)),
        ("reviewed", lambda: offers.review_offer(made, opinion=half.secret(f"{mark}评语"), actor=half.home)),
        ("published", lambda: offers.publish_offer(made, actor=half.home)),
    ]
    for reached, take in steps:
        if made.state == state:
            break
        take()
        assert made.state == reached
    return made


def _contacts(half: Half) -> None:
    for number, organisation in enumerate((half.company, half.university)):
        said = {
            "contact_name": half.secret(f"机构联{number}"),
            "contact_phone": half.secret(f"机构电{number}"),
            "contact_email": f"{_latin(half)}-o{number}@example.org",
        }
        change(
            organisation,
            actor=None,
            verb="organisation.change",
            to=said,
            note=half.secret("机构注") if number == 0 else "",
        )
    for person in (half.owner, half.research, half.local):
        said = {"phone": half.secret(f"手机{person.code[-3:]}"), "email": f"{_latin(half)}-{person.code}@example.org"}
        change(person, actor=None, verb="account.change", to=said)
        person.refresh_from_db()


def _demands(half: Half) -> None:
    things = half.things
    things["draft"] = demand(half, "草稿")
    things["demand"] = demand(half, "待审", state="submitted", disclosure=Disclosure.DIRECTED)
    things["confidential"] = demand(half, "机密", state="accepted", disclosure=Disclosure.CONFIDENTIAL)
    things["directed"] = demand(half, "定向", state="accepted", disclosure=Disclosure.DIRECTED)
    words = half.secret("附言")
    demands.direct_demand(things["directed"], recipients=[half.university], words=words, actor=half.home)
    things["recipient"] = things["directed"].recipients.get()
    things["returned"] = demand(half, "退回", state="local_review", disclosure=Disclosure.DIRECTED)
    demands.return_demand(things["returned"], reasons=half.secret("退因"), actor=half.local)
    things["withdrawn"] = demand(half, "撤回", state="submitted", disclosure=Disclosure.DIRECTED)
    demands.withdraw_demand(things["withdrawn"], reason="other", words=half.secret("撤因"), actor=half.owner)
    place = half.company.region.name
    things["blurred"] = demand(
        half, "脱敏", title=f"{place}公开标题一", state="published", disclosure=Disclosure.BLURRED
    )
    told = dict.fromkeys(PUBLIC_TEXTS, f"{place}公开正文") | {"keywords": [place], "measures": []}
    things["public"] = demand(half, "公开", title=f"{place}公开标题二", state="published", **told)


def _offers(half: Half) -> None:
    things = half.things
    things["offer_draft"] = offer(half, "供稿")
    things["offer"] = offer(half, "供审", state="submitted", disclosure=Disclosure.DIRECTED)
    things["offer_hidden"] = offer(half, "供密", state="reviewed", disclosure=Disclosure.CONFIDENTIAL)
    things["offer_directed"] = offer(half, "供定", state="reviewed", disclosure=Disclosure.DIRECTED)
    [things["offer_recipient"]] = offers.direct_offer(
        things["offer_directed"], organisations=[half.company], actor=half.home
    )
    place = half.university.name
    things["offer_blurred"] = offer(
        half, "供脱", title=f"{place}公开成果", state="published", disclosure=Disclosure.BLURRED
    )
    content = io.BytesIO(PDF + half.secret("文件内容").encode())
    things["file"] = attach_file(
        things["offer_draft"], content, name=f"{half.secret('文件名')}.pdf", actor=half.research
    )


def _parties(half: Half) -> None:
    things = half.things
    things["team"] = parties.register_team(
        actor=half.research,
        organisation=half.university,
        name=f"{half.university.name}育种团队",
        leader_name="陈立新",
        contact_phone=half.secret("队电"),
        contact_email=f"{_latin(half)}-team@example.org",
        note=half.secret("队注"),
    )
    things["member"] = parties.add_team_member(things["team"], actor=half.research, name="刘洋")
    league = Region.objects.get(code=half.league)
    things["mechanism"] = parties.found_mechanism(
        actor=half.home, name=f"{league.name}合作机制", kind="tiered", region=league, valid_from=date(2020, 1, 1)
    )
    things["tier"] = parties.admit_member(things["mechanism"], actor=half.home, tier="4", organisation=half.university)
    things["seat"] = parties.appoint_to_lead_group(things["mechanism"], actor=half.home, office="head", name="赵组长")
    things["invitation"] = parties.invite_person(
        actor=half.local, name=half.secret("受邀人"), role="contact", place=half.company
    )
    things["grant"] = half.owner.grants.get()


def _batch(half: Half) -> None:
    rows = f"需求名称,需求单位,技术问题\n{half.secret('表中题')},{half.company.name},{half.secret('表中问')}\n"
    rows += f"{half.secret('坏行题')},没有这家{half.secret('坏行家')},无\n"
    name = f"{half.secret('表名')}.csv"
    batch = imports.upload_sheet("demands", [rows.encode("utf-8-sig")], name=name, actor=half.owner)
    imports.map_columns(batch, dict(batch.mapping), actor=half.owner)
    half.things["job"] = work.begin(batch, actor=half.owner)
    imports.note_checked(batch, checking.check_batch(batch, actor=half.owner), actor=half.owner)
    half.things["batch"] = batch


def _matching(half: Half) -> None:
    """A run proposed an offer; the league's officer took it up, asked its side and set himself a task."""
    things, proof = half.things, "0" * 64
    things["run"] = create(
        Run(code=take_code("R"), scope="all", state="done", engine="1", model="default", corpus=proof, digest=proof),
        actor=None,
        verb="run.start",
    )
    answer = Answer.objects.create(
        run=things["run"], demand=things["public"], revision=1, verdict="match", specificity=0.5, best=0.5
    )
    told = [{"code": "words", "weight": 0.5, "demand_words": ["公开"], "offer_words": [half.secret("推荐词")]}]
    things["suggestion"] = Suggestion.objects.create(
        answer=answer, offer=things["offer_blurred"], revision=1, rank=1, score=0.5, level=3, reasons=told
    )
    things["match"] = working.take_up(
        things["public"], things["offer_blurred"], suggestion=things["suggestion"], actor=half.local
    )
    things["inquiry"] = asking.ask(things["match"], side="supply", words=half.secret("征询附言"), actor=half.local)
    working.contact(things["match"], way="phone", side="demand", words=half.secret("联系内容"), actor=half.local)
    things["task"] = tasks.add_task(
        things["match"], what=half.secret("任务内容"), due=date(2030, 6, 30), actor=half.local
    )
    things["model"] = create(
        RankingModel(code=take_code("RM"), name="1", content=default_model().to_json(), state="refused"),
        actor=None,
        verb="model.learn",
    )
    league = Region.objects.get(code=half.league)
    things["plan"] = sharing.draft_plan(league, name=half.secret("方案名"), parameters={}, actor=half.local)
