"""Demands that are looked for, offers that answer them, and indexes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.ledger.actions import create
from duijie.site.registry.models import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from duijie.site.demands.models import Demand
    from duijie.site.matching.models import Inquiry, Match
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import Organisation, Team, User


@pytest.fixture(autouse=True)
def own_indexes(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Each test has empty indexes, in a folder of its own, and reads no text with the encoder, which takes long."""
    from duijie.engine.matching.dense import NoEncoder
    from duijie.site.matching import shelf
    from duijie.site.matching.queries.ranking import model_of
    from duijie.site.search.following import open_index

    settings.VAR = tmp_path
    open_index.cache_clear()
    model_of.cache_clear()  # a test undone gives its codes to the next one
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "encoder", NoEncoder)
        yield
    open_index.cache_clear()


@pytest.fixture
def ask(company: Organisation) -> Callable[..., Demand]:
    """Put a demand straight into a state, without the review's steps."""
    from duijie.site.demands.models import Demand

    def make(
        title: str, question: str = "", *, of: Organisation = company, state: str = "published", **to: Any
    ) -> Demand:
        now = clock.now()
        passed = {"submitted_at": now, "accepted_at": now, "published_at": now, "directed_at": now}
        row = Demand(
            code=take_code("D", of.region_id),
            organisation=of,
            region_id=of.region_id,
            title=title,
            question=question,
            state=state,
            state_since=now,
            **{"field": Field.objects.first(), "kind": "research", **passed, **to},
        )
        return create(row, actor=None, verb="demand.import")

    return make


@pytest.fixture
def provide(university: Organisation, research_office: User) -> Callable[..., Offer]:
    """Put an offer straight into a state, without the review's steps."""
    from duijie.site.offers.models import Offer

    def make(
        title: str, about: str = "", *, of: Organisation = university, state: str = "published", **to: Any
    ) -> Offer:
        now = clock.now()
        passed = {"submitted_at": now, "reviewed_at": now, "published_at": now, "confirmed_on": clock.today()}
        row = Offer(
            code=take_code("S"),
            kind="achievement",
            organisation=of,
            region_id=of.region_id,
            title=title,
            about=about,
            started_by=research_office,
            state=state,
            state_since=now,
            **{"field": Field.objects.first(), **passed, **to},
        )
        return create(row, actor=None, verb="offer.import")

    return make


@pytest.fixture
def team(university: Organisation) -> Team:
    """A team of the university that can take on more."""
    from duijie.site.parties.models import Team

    row = Team(
        code=take_code("T"),
        organisation=university,
        name="蔬菜育种团队",
        leader_name="陈立新",
        about="从事甘蓝等蔬菜的抗旱育种与良种繁育。",
        keywords=["甘蓝", "抗旱", "育种"],
        capacity=2,
        confirmed_on=clock.today(),
    )
    return create(row, actor=None, verb="team.register")


QUESTION = (
    "我公司甘蓝在内蒙古中部种植，七月干旱时结球率不到六成，需要耐旱甘蓝新品种，亩产不低于 4500 公斤，商品率达到 90%。"
)
ABOUT = (
    "选育出耐旱甘蓝新品种，采用小孢子培养与分子标记辅助选择，干旱条件下亩产 4600 公斤，结球率与商品率达到 90% 以上。"
)


@pytest.fixture
def cabbage(ask: Callable[..., Demand]) -> Demand:
    """A demand for a cabbage that bears drought."""
    return ask("耐旱甘蓝新品种选育", QUESTION)


@pytest.fixture
def answering(provide: Callable[..., Offer], team: Team) -> Offer:
    """The offer that answers it, of the team."""
    return provide("耐旱甘蓝新品种及其制种技术", ABOUT, team=team)


@pytest.fixture
def elsewhere(provide: Callable[..., Offer]) -> Offer:
    """An offer that answers nothing here."""
    return provide("稀土永磁电机转子装配", "用于风力发电机组的钕铁硼永磁转子，装配精度达到 0.01 mm。")


@pytest.fixture
def taken(cabbage: Demand, answering: Offer, broker: User) -> Match:
    """A match of the two, in the broker's hands."""
    from duijie.site.matching.actions.working import take_up

    return take_up(cabbage, answering, actor=broker)


@pytest.fixture
def asked(taken: Match, broker: User) -> Inquiry:
    """A question to the supplying side of that match."""
    from duijie.site.matching.actions.asking import ask

    return ask(taken, side="supply", actor=broker)
