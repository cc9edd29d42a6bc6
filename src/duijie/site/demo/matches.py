"""What brokers and officers did with the engine's proposals: one match talks, one is intended, one came to nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from duijie.site.demands.models import Demand
from duijie.site.kernel import clock
from duijie.site.matching.actions import tasks, working
from duijie.site.matching.actions.running import match_demand
from duijie.site.matching.queries.mine import next_candidate
from duijie.site.matching.queries.supply import refusal_of_supply, supply_of
from duijie.site.matching.shelf import follow
from duijie.site.parties.models import Role
from duijie.site.registry.workdays import add_working_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duijie.site.demo.cast import Cast
    from duijie.site.matching.models import Match, Suggestion
    from duijie.site.parties.models import User

MOST = 8
"""Demands that are matched one by one; all of them together are the officer's to start."""


def tell(cast: Cast) -> None:
    """Match some of the open demands, and work on what fits best. The story's rows stand by now: the index reads them."""
    follow()
    broker = cast.people["jingjiren"]
    best = sorted(_found(broker), key=lambda one: (-one.score, one.pk))
    for suggestion, act in zip(best, (_intend, _talk, _decline), strict=False):
        demand = suggestion.answer.demand
        act(working.take_up(demand, supply_of(suggestion), suggestion=suggestion, actor=broker), broker)


def _found(broker: User) -> Iterator[Suggestion]:
    """Yield the best candidate of each demand, if somebody can begin with it."""
    over = broker.scope.within("region", Role.BROKER)
    demands = Demand.objects.open().readable_by(broker).filter(over).select_related("organisation")
    for demand in demands.order_by("-changed_at", "code")[:MOST]:
        match_demand(demand, actor=broker)
        best = next_candidate(demand, broker)
        if best is not None and not refusal_of_supply(supply_of(best), broker):
            yield best


def _talk(match: Match, broker: User) -> None:
    words = "介绍了需求的背景和指标，对方愿意进一步了解，请我方发一份样品数据。"
    working.contact(match, way="phone", side="supply", words=words, actor=broker)
    working.begin_talks(match, words="双方同意先做一次小试。", actor=broker)
    tasks.add_task(match, what="把样品数据发给对方", due=add_working_days(clock.today(), 1), actor=broker)
    tasks.add_task(match, what="约双方到现场看一次", due=add_working_days(clock.today(), 6), actor=broker)


def _intend(match: Match, broker: User) -> None:
    words = "走访企业，车间主任和总工都在，看了现有工艺。"
    working.contact(match, way="visit", side="demand", words=words, actor=broker)
    working.begin_talks(match, actor=broker)
    day = add_working_days(clock.today(), 2)
    working.meet(
        match,
        at=timezone.make_aware(datetime.combine(day, time(10))),
        words="在企业会议室，双方各带一名技术人员。",
        actor=broker,
    )
    working.intend(match, words="双方就中试方案和费用分担谈妥，准备签技术开发合同。", actor=broker)


def _decline(match: Match, broker: User) -> None:
    words = "对方团队今年任务已满，明年下半年才有人手。"
    working.contact(match, way="phone", side="supply", words=words, at=clock.now() - timedelta(hours=3), actor=broker)
    working.decline(match, reason="busy", words=words, side="supply", actor=broker)
