"""The map of an industry chain: at each node what is needed, what can be had, who works on it, and what is lacking.

The node is what its people wrote. A demand or an offer without one that speaks of a node by its keywords is counted
apart and never mixed in. The node is told only of what is read in full: of title and field alone nobody learns it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Count
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duijie.site.demands.models import Demand
from duijie.site.matching.models import Match
from duijie.site.matching.queries.chain_words import by_words
from duijie.site.offers.models import Offer
from duijie.site.registry.models import Chain, ChainNode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from duijie.site.kernel.parts import Tone
    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region

KINDS = ("demands", "offers", "matches")
TONES: dict[str, Tone] = {"supply": "danger", "short": "warning", "both": "success", "demand": "info", "none": ""}
"""What a node lacks: supply, some supply, nothing, demand, everything."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What is counted for a reader: open demands of a region, everything on offer, matches at work on those demands."""

    user: User
    region: Region | None = None

    def rows(self, kind: str) -> QuerySet[Any]:
        """Return all demands, offers or matches that count."""
        if kind == "offers":
            return cast("QuerySet[Any]", Offer.objects.on_offer().in_full_to(self.user))
        demands = Demand.objects.readable_by(self.user)
        demands = demands.within(self.region) if self.region else demands
        if kind == "demands":
            return cast("QuerySet[Any]", demands.open())
        matches = Match.objects.visible_to(self.user).open()
        return cast("QuerySet[Any]", matches.filter(demand__in=demands.values("code")))

    def recorded(self, kind: str) -> dict[str, int]:
        """Return how many stand at each node, as their people wrote."""
        column = _column(kind)
        rows = self.rows(kind).exclude(**{column: None}).order_by().values(column).annotate(number=Count("pk"))
        return {row[column]: row["number"] for row in rows}

    def by_words(self, kind: str) -> Counter[str]:
        """Return how many speak of each node though nobody wrote it; under the empty word those that speak of none."""
        return Counter(node for _code, node in by_words(self.rows(kind)))

    def records(self, kind: str, node: ChainNode, *, words: bool) -> QuerySet[Any]:
        """Return the records behind one number."""
        rows = self.rows(kind)
        if not words:
            return rows.filter(**{_column(kind): node})
        if kind == "matches":
            raise Http404
        return rows.filter(code__in=[code for code, found in by_words(rows) if found == node.code])


def _column(kind: str) -> str:
    return "demand__chain_node" if kind == "matches" else "chain_node"


@dataclass(frozen=True, slots=True)
class Node:
    """One node with its numbers: recorded ones, and apart from them those by keywords."""

    node: ChainNode
    demands: int
    offers: int
    matches: int
    demands_by_words: int
    offers_by_words: int
    most: int

    @property
    def gap(self) -> str:
        """What it lacks, by what is recorded: a key of :data:`TONES`."""
        if not self.demands:
            return "demand" if self.offers else "none"
        if not self.offers:
            return "supply"
        return "short" if self.demands > self.offers else "both"

    @property
    def tone(self) -> Tone:
        """The gap's colour."""
        return TONES[self.gap]

    @property
    def word(self) -> str:
        """The gap in a word."""
        return {
            "supply": _("缺供给"),
            "short": _("供给偏少"),
            "both": _("供需都有"),
            "demand": _("缺需求"),
            "none": _("尚无记录"),
        }[self.gap]

    @property
    def demand_width(self) -> float:
        """The demands' bar, of a hundred."""
        return round(100 * self.demands / max(self.most, 1), 1)

    @property
    def offer_width(self) -> float:
        """The offers' bar, of a hundred."""
        return round(100 * self.offers / max(self.most, 1), 1)

    @property
    def sentence(self) -> str:
        """Say what is lacking, and whether what speaks of the node might close the gap."""
        if self.gap == "supply":
            said = ngettext(
                "%(n)s 项需求在找合作，还没有登记的供给。", "%(n)s 项需求在找合作，还没有登记的供给。", self.demands
            ) % {"n": self.demands}
            return said + self._perhaps(self.offers_by_words, _("按关键词另有 %(n)s 项供给可能属于这里，请核实。"))
        if self.gap == "demand":
            said = ngettext(
                "%(n)s 项供给可用，还没有登记的需求。", "%(n)s 项供给可用，还没有登记的需求。", self.offers
            ) % {"n": self.offers}
            return said + self._perhaps(self.demands_by_words, _("按关键词另有 %(n)s 项需求可能属于这里，请核实。"))
        if self.gap == "short":
            return _("需求 %(demands)s 项，多于供给 %(offers)s 项。") % {"demands": self.demands, "offers": self.offers}
        return _("需求和供给都有登记。") if self.gap == "both" else _("还没有登记的需求和供给。")

    @staticmethod
    def _perhaps(number: int, words: str) -> str:
        return words % {"n": number} if number else ""


@dataclass(frozen=True, slots=True)
class ChainMap:
    """A chain from upstream to downstream."""

    chain: Chain
    nodes: Sequence[Node]

    def lacking(self, gap: str) -> list[Node]:
        """Return the nodes with this gap, the widest first."""
        found = [one for one in self.nodes if one.gap == gap]
        return sorted(found, key=lambda one: -(one.demands + one.offers))

    @property
    def without_supply(self) -> list[Node]:
        """The nodes where something is needed and nothing can be had."""
        return self.lacking("supply")

    @property
    def without_demand(self) -> list[Node]:
        """The nodes where something can be had and nothing is needed."""
        return self.lacking("demand")

    @property
    def totals(self) -> dict[str, int]:
        """The sums over the nodes."""
        kinds = (*KINDS, "demands_by_words", "offers_by_words")
        return {kind: sum(getattr(one, kind) for one in self.nodes) for kind in kinds}


@dataclass(frozen=True, slots=True)
class ChainMaps:
    """All chains, and how many demands and offers stand at no node."""

    maps: Sequence[ChainMap]
    demands_nowhere: int
    offers_nowhere: int


def chain_maps(user: User, region: Region | None = None) -> ChainMaps:
    """Count every chain by six statements; titles of what has no node are read through."""
    ground = Ground(user, region)
    recorded = {kind: ground.recorded(kind) for kind in KINDS}
    worded = {kind: ground.by_words(kind) for kind in ("demands", "offers")}
    nodes = list(ChainNode.objects.valid().select_related("chain").order_by("order", "code"))
    maps = [
        ChainMap(chain, _nodes([node for node in nodes if node.chain_id == chain.code], recorded, worded))
        for chain in Chain.objects.valid()
    ]
    return ChainMaps(maps, worded["demands"][""], worded["offers"][""])


def _nodes(
    nodes: Sequence[ChainNode], recorded: Mapping[str, Mapping[str, int]], worded: Mapping[str, Mapping[str, int]]
) -> list[Node]:
    most = max((recorded[kind].get(node.code, 0) for node in nodes for kind in ("demands", "offers")), default=0)
    return [
        Node(
            node=node,
            demands=recorded["demands"].get(node.code, 0),
            offers=recorded["offers"].get(node.code, 0),
            matches=recorded["matches"].get(node.code, 0),
            demands_by_words=worded["demands"].get(node.code, 0),
            offers_by_words=worded["offers"].get(node.code, 0),
            most=most,
        )
        for node in nodes
    ]


def chain_map(code: str, user: User, region: Region | None = None) -> ChainMap:
    """Return the map of one chain."""
    found = next((one for one in chain_maps(user, region).maps if one.chain.code == code), None)
    if found is None:
        raise Http404
    return found


def fetch_node(chain: str, code: str) -> ChainNode:
    """Return a node of a chain."""
    node = ChainNode.objects.valid().select_related("chain").filter(chain=chain, code=code).first()
    if node is None:
        raise Http404
    return cast("ChainNode", node)
