"""Which node of an industry chain a title and keywords speak of, where nobody has said it.

A text belongs to a node if it holds two of the node's keywords, or one of them and one of the chain's own: one common
word (组件, 基础) says nothing. Most words win, then the longer ones, then the node further upstream.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duijie.site.registry.models import ChainNode
from duijie.site.registry.queries import hold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Words:
    """The keywords of all nodes and chains by their first character, so that a title is read once: some 5 µs."""

    by_first: dict[str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]]
    """For a first character the words, each with the nodes and the chains it stands for."""
    chain_of: dict[str, str]
    place: dict[str, int]

    def node_of(self, text: str) -> str:
        """Return the code of the node the text speaks of, or nothing."""
        found = {
            word: (nodes, chains)
            for at, first in enumerate(text)
            for word, nodes, chains in self.by_first.get(first, ())
            if text.startswith(word, at)
        }
        if len(found) < 2:
            return ""
        chains = {chain for _nodes, of in found.values() for chain in of}
        held: dict[str, list[int]] = defaultdict(list)
        for word, (nodes, _chains) in found.items():
            for node in nodes:
                held[node].append(len(word))
        fitting = [node for node, lengths in held.items() if len(lengths) > 1 or self.chain_of[node] in chains]
        return min(fitting, key=lambda node: (-len(held[node]), -sum(held[node]), self.place[node]), default="")


def words() -> Words:
    """Return the words of the nodes that hold today, read once for each edition of the tables."""
    return hold(Words, _read)


def _read() -> Words:
    nodes = list(
        ChainNode.objects.valid().select_related("chain").order_by("chain__order", "chain__code", "order", "code")
    )
    meant: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for node in nodes:
        for word in node.keywords:
            meant[word][0].add(node.code)
        for word in node.chain.keywords:
            meant[word][1].add(node.chain_id)
    by_first = defaultdict(list)
    for word, (of_nodes, of_chains) in meant.items():
        by_first[word[0]].append((word, tuple(sorted(of_nodes)), tuple(sorted(of_chains))))
    return Words(
        dict(by_first), {node.code: node.chain_id for node in nodes}, {node.code: at for at, node in enumerate(nodes)}
    )


def by_words(rows: QuerySet[Any]) -> Iterable[tuple[str, str]]:
    """Yield, of demands or offers without a node, the code of each with its node by words; nothing where none fits."""
    known = words()
    plain = rows.filter(chain_node=None).order_by().values_list("code", "title", "keywords")
    for code, title, keywords in plain.iterator(chunk_size=5000):
        yield code, known.node_of("\n".join((title, *map(str, keywords or ()))))
