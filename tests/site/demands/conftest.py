"""A demand that could be handed in, and a short way to bring it to any state through the real actions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import Organisation, User

CANARY = "金雕"
CONTENT: dict[str, Any] = {
    "kind": "research",
    "field_id": "01",
    "background": "我公司年产马铃薯种薯 2 万吨，现用人工分级。",
    "question": f"分级损伤率高，需要{CANARY}视觉分级装置。",
    "measures": [{"name": "损伤率", "value": "≤2", "unit": "%"}],
    "deadline": date(2030, 6, 30),
    "budget": Decimal("300"),
    "contact_name": "娜仁",
    "contact_phone": "0471-1234567",
}


@pytest.fixture
def field_code(db: None) -> str:
    from duijie.site.registry.models import Field

    return Field.objects.order_by("code").values_list("code", flat=True)[0]


class Making(Protocol):
    def __call__(self, title: str = ..., **more: Any) -> Demand: ...


@pytest.fixture
def draft(company: Organisation, owner: User, field_code: str) -> Making:
    """Start a filled-in draft of the owner's company, or of the organisation and by the person given."""
    from duijie.site.demands import actions

    def making(title: str = "马铃薯种薯智能分级", **more: Any) -> Demand:
        organisation, actor = more.pop("organisation", company), more.pop("actor", owner)
        to = CONTENT | {"field": more.pop("field", None)} | more
        to.pop("field_id")
        from duijie.site.registry.models import Field

        to["field"] = to["field"] or Field.objects.get(code=field_code)
        return actions.start_demand(organisation, title=title, actor=actor, to=to)

    return making


@pytest.fixture
def at(draft: Making, league_officer: User, home_officer: User) -> Making:
    """Bring a demand to a state by the people whose turn it is: ``at("regional_review", disclosure="blurred")``."""
    from duijie.site.demands import actions

    def bringing(state: str = "submitted", **more: Any) -> Demand:
        demand = draft(**more)
        path = [
            ("submitted", lambda: actions.submit_demand(demand, actor=more.get("actor") or owner_of(demand))),
            ("local_review", lambda: actions.take_for_review(demand, actor=more.get("local") or league_officer)),
            ("regional_review", lambda: actions.pass_to_region(demand, actor=league_officer, opinion="属实")),
            ("accepted", lambda: actions.accept_demand(demand, actor=None)),
            ("published", lambda: actions.publish_demand(demand, actor=home_officer)),
        ]
        for reached, take in path:
            if demand.state == state:
                break
            take()
            assert demand.state == reached
        return demand

    return bringing


def owner_of(demand: Demand) -> User:
    from duijie.site.parties.models import User

    return User.objects.get(code=demand.started_by_id)


@pytest.fixture
def clock_at() -> Any:
    """Let it be some days later for what happens inside."""
    from datetime import timedelta

    from duijie.site.kernel import clock

    return lambda days: clock.told(clock.now() + timedelta(days=days))
