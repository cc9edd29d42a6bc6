"""What the pages of reference data show, each assembled once as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from duijie.site.registry.models import CalendarDay, Chain, ChainNode, Discipline, Edition, Industry, Region
from duijie.site.registry.workdays import is_announced

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Overview:
    """How much reference data holds today, and the edition it came from."""

    home: Region | None
    leagues: int
    counties: int
    provinces: int
    regions: int
    industries: int
    disciplines: int
    chains: int
    nodes: int
    edition: Edition | None


def overview() -> Overview:
    """Assemble the first page."""
    valid = Region.objects.valid()
    home = Region.objects.filter(code=settings.HOME_REGION).first()
    inside = valid.within(home) if home else valid.none()
    return Overview(
        home=home,
        leagues=inside.filter(kind=Region.Kind.PREFECTURE).count(),
        counties=inside.filter(kind=Region.Kind.COUNTY).count(),
        provinces=valid.provinces().count(),
        regions=valid.count(),
        industries=Industry.objects.valid().count(),
        disciplines=Discipline.objects.valid().count(),
        chains=Chain.objects.valid().count(),
        nodes=ChainNode.objects.valid().count(),
        edition=Edition.objects.first(),
    )


@dataclass(frozen=True, slots=True)
class RegionPage:
    """A region with what lies above and below it, and what was before and after."""

    region: Region
    above: list[Region]
    children: list[Region]
    former: list[Region]
    predecessors: list[Region]


def region_page(region: Region) -> RegionPage:
    """Assemble the page of a region."""
    below = list(region.children.order_by("code"))
    return RegionPage(
        region=region,
        above=region.path[:-1],
        children=[child for child in below if child.is_valid()],
        former=[child for child in below if not child.is_valid()],
        predecessors=list(region.predecessors.select_related("parent__parent").order_by("code")),
    )


@dataclass(frozen=True, slots=True)
class ClassPage:
    """A class of a classification with those above and below it; for an industry the chains that run through it."""

    row: Any
    above: list[Any]
    children: list[Any]
    chains: list[Chain]


def class_page(row: Industry | Discipline) -> ClassPage:
    """Assemble the page of a class."""
    above: list[Any] = []
    parent = row.parent
    while parent is not None:
        above.insert(0, parent)
        parent = parent.parent
    chains = [chain for chain in Chain.objects.valid() if _runs_through(chain, row)]
    return ClassPage(row, above, list(row.children.all()), chains)


def _runs_through(chain: Chain, row: Industry | Discipline) -> bool:
    codes: list[str] = chain.industries
    return isinstance(row, Industry) and any(code.startswith(row.pk) or row.pk.startswith(code) for code in codes)


@dataclass(frozen=True, slots=True)
class ChainPage:
    """A chain from upstream to downstream, with the industries it runs through."""

    chain: Chain
    nodes: list[ChainNode]
    industries: list[Industry]


def chain_pages(chains: Iterable[Chain] | None = None) -> list[ChainPage]:
    """Assemble the pages of chains, by default of all that hold today."""
    chosen = list(Chain.objects.valid() if chains is None else chains)
    nodes = list(ChainNode.objects.valid().filter(chain__in=chosen))
    industries = Industry.objects.in_bulk([code for chain in chosen for code in chain.industries])
    return [
        ChainPage(
            chain,
            [node for node in nodes if node.chain_id == chain.pk],
            [industries[code] for code in chain.industries if code in industries],
        )
        for chain in chosen
    ]


@dataclass(frozen=True, slots=True)
class YearPage:
    """The days of a year that depart from the week; whether its notice is out."""

    year: int
    years: list[int]
    days: list[CalendarDay]
    announced: bool


def year_page(year: int) -> YearPage:
    """Assemble the calendar of a year, of the last known one where it is not known."""
    years = [day.year for day in CalendarDay.objects.dates("day", "year")]
    chosen = year if year in years or not years else years[-1]
    return YearPage(chosen, years, list(CalendarDay.objects.filter(day__year=chosen)), is_announced(chosen))
