"""Reading reference data: what a text names, what to choose from, and what a page shows.

Rows are held in memory per process, by table; a load in any process is noticed within a second.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings

from duijie.site.kernel import clock
from duijie.site.registry.gazetteer import Gazetteer
from duijie.site.registry.lookup import Answer, Lexicon
from duijie.site.registry.models import (
    AgreementKind,
    ChainNode,
    ContractKind,
    Dated,
    Discipline,
    Edition,
    Field,
    Industry,
    Region,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

T = TypeVar("T")
D = TypeVar("D", bound=Dated)
_TRUSTED_SECONDS = 1.0


@dataclass(slots=True)
class _Held:
    revision: int = -1
    checked: float = -_TRUSTED_SECONDS
    things: dict[Any, Any] = field(default_factory=dict)


_held = _Held()


def forget() -> None:
    """Drop what is held in memory: the tables were loaded anew, or the database is another one."""
    _held.revision, _held.checked = -1, -_TRUSTED_SECONDS
    _held.things = {}


def hold(key: Any, make: Callable[[], T]) -> T:
    """Return what ``make`` returns, made once for each edition of the tables."""
    now = time.monotonic()
    if now - _held.checked >= _TRUSTED_SECONDS:
        revision = Edition.objects.values_list("revision", flat=True).first() or 0
        if revision != _held.revision:
            _held.things = {}
        _held.revision, _held.checked = revision, now
    things = _held.things
    if key not in things:
        things[key] = make()
    return cast("T", things[key])


def gazetteer() -> Gazetteer:
    """Return the regions by name; an import asks for it once and calls ``find`` for each row."""
    return hold(Gazetteer, lambda: Gazetteer(Region.objects.all(), home=settings.HOME_REGION))


def lexicon(model: type[D], day: date | None = None) -> Lexicon[D]:
    """Return the rows of ``model`` that hold on ``day``, by name."""
    day = day or clock.today()
    return hold((model, day), lambda: Lexicon[D](model.objects.valid_on(day)))


def find_region(text: str, *, within: Region | None = None) -> Answer[Region]:
    """Return the region that ``text`` names: code, name, short or former name, or a chain of names."""
    return gazetteer().find(text, day=clock.today(), within=within)


def region_of_address(text: str) -> Region | None:
    """Return the lowest region that a postal address begins with."""
    return gazetteer().of_address(text, day=clock.today())


def find_industry(text: str) -> Answer[Industry]:
    """Return the class of GB/T 4754-2017 that ``text`` names: C3985, 3985, its name, or both."""
    return lexicon(Industry).find(text)


def find_field(text: str) -> Answer[Field]:
    """Return the technical field that ``text`` names."""
    return lexicon(Field).find(text)


def find_discipline(text: str) -> Answer[Discipline]:
    """Return the discipline that ``text`` names: 43040, 430.40 or its name."""
    return lexicon(Discipline).find(text)


def find_agreement_kind(text: str) -> Answer[AgreementKind]:
    """Return the kind of agreement that ``text`` names."""
    return lexicon(AgreementKind).find(text)


def find_contract_kind(text: str, *, day: date | None = None) -> Answer[ContractKind]:
    """Return the kind of technology contract that ``text`` names, of those that held on the day of the contract."""
    return lexicon(ContractKind, day).find(text)


def search_regions(text: str, *, within: Region | None = None, limit: int = 20) -> list[Region]:
    """Return regions to choose from while somebody types."""
    return gazetteer().search(text, day=clock.today(), within=within, limit=limit)


def nodes_of(text: str, *, limit: int = 3) -> list[ChainNode]:
    """Return the chain nodes whose keywords a text holds, most first: where a demand or an offer may belong."""
    nodes = hold(ChainNode, lambda: list(ChainNode.objects.valid().select_related("chain")))
    hits = {node: sum(word in text for word in node.keywords) for node in nodes}
    return sorted((node for node in nodes if hits[node]), key=lambda node: (-hits[node], node.order))[:limit]
