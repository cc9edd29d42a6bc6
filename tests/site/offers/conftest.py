"""An offer of the university, and the steps that bring it anywhere on its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from duijie.site.offers import actions
from duijie.site.offers.choices import OfferKind
from duijie.site.registry.models import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import Organisation, User


FILLED = {
    "about": "选育出耐旱甘蓝新品种，采用小孢子培养与分子标记辅助选择，已完成两年三点区域试验，商品率达到九成以上。",
    "keywords": ["甘蓝", "耐旱", "育种"],
    "stage": "middle",
    "attribute": "original",
    "units": ["内蒙古农业大学"],
    "people": ["吴海燕", "陈立新"],
    "modes": ["licence"],
    "contact_name": "吴海燕",
    "contact_phone": "0471-1234567",
}


@pytest.fixture
def draft(university: Organisation, research_office: User) -> Callable[..., Offer]:
    """Start an offer and fill in what is required."""

    def make(
        title: str = "耐旱甘蓝新品种", *, by: User = research_office, of: Organisation = university, **to: Any
    ) -> Offer:
        offer = actions.start_offer(organisation=of, title=title, kind=to.pop("kind", OfferKind.ACHIEVEMENT), actor=by)
        filled = {**FILLED, "field": Field.objects.first(), **to}
        actions.change_offer(offer, to=filled, actor=by)
        return offer

    return make


@pytest.fixture
def submitted(draft: Callable[..., Offer]) -> Callable[..., Offer]:
    """Hand one in."""

    def make(*arguments: Any, **options: Any) -> Offer:
        offer = draft(*arguments, **options)
        actions.submit_offer(offer, actor=offer.started_by)
        return offer

    return make


@pytest.fixture
def reviewed(submitted: Callable[..., Offer], home_officer: User) -> Callable[..., Offer]:
    """Pass one."""

    def make(*arguments: Any, **options: Any) -> Offer:
        offer = submitted(*arguments, **options)
        actions.review_offer(offer, actor=home_officer)
        return offer

    return make


@pytest.fixture
def published(reviewed: Callable[..., Offer], home_officer: User) -> Callable[..., Offer]:
    """Publish one."""

    def make(*arguments: Any, **options: Any) -> Offer:
        offer = reviewed(*arguments, **options)
        actions.publish_offer(offer, actor=home_officer)
        return offer

    return make
