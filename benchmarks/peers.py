"""Three engines behind one face, for the speed benchmarks: duijie, bm25s, tantivy, each on the same terms.

duijie indexes texts; the peers are given the terms duijie found in them, ready made, each by its number in the
vocabulary ("4711"), those of the title three times. So the peers' indexing times hold no segmentation.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from duijie.engine.matching import kernel
from duijie.engine.matching.index import Index
from duijie.engine.matching.search import Hits, Query, search
from duijie.engine.matching.text import term_keys
from duijie.engine.matching.types import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

K1, B, TITLE = 1.2, 0.75, 3
PROCESSES = 2
_TANTIVY_HEAP = 2_000_000_000  # so that it makes few segments, which it searches faster
ENGINES = ("duijie", "bm25s", "tantivy")


@dataclass(frozen=True)
class Asked:
    """One query: its terms as words for duijie, and as tokens for the peers."""

    names: list[str]
    tokens: list[str]


class Engine(Protocol):
    """An open index. Every call begins with the terms of a query and ends with places and scores, best first."""

    def search(self, asked: Asked, k: int) -> Any:
        """Answer one query on one thread."""

    def batch(self, asked: Sequence[Asked], k: int, threads: int) -> Any:
        """Answer many as fast as the engine can."""

    def places(self, found: Any) -> list[int]:
        """Return the rows of the corpus that :meth:`search` found."""


# the corpus and its terms


def read_documents(path: Path) -> Iterator[Document]:
    """Yield the documents of a corpus file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            yield Document(told["id"], told["title"], told["text"], region=told["region"])


@dataclass(frozen=True)
class Rows:
    """The terms of a corpus by number: row ``d`` is ``ptr[d]:ptr[d + 1]`` of ``numbers`` and ``counts``."""

    keys: NDArray[np.uint64]
    ptr: NDArray[np.int64]
    numbers: NDArray[np.uint32]
    counts: NDArray[np.uint16]

    @staticmethod
    def of(index: Index) -> Rows:
        """Return the terms an index found in its documents, in the order of their positions."""
        parts = [part.segment.arrays for part in index.snapshot.parts]
        own = [a["keys"][: len(a["entry_ptr"]) - 1] for a in parts]  # terms; the signs behind them are never searched
        keys = kernel.distinct_keys(np.concatenate(own))
        numbers, counts, widths = [], [], []
        for a, known in zip(parts, own, strict=True):
            is_term = np.asarray(a["terms"] < len(known))
            row_of = np.repeat(np.arange(len(a["ptr"]) - 1), np.diff(a["ptr"]))[is_term]
            widths.append(np.bincount(row_of, minlength=len(a["ptr"]) - 1))
            numbers.append(kernel.place_keys(np.ascontiguousarray(known), keys)[a["terms"][is_term]])
            told = a["counts"][is_term]
            counts.append(TITLE * (told >> 8) + (told & 255))
        ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(widths))])
        return Rows(keys, ptr, np.concatenate(numbers), np.concatenate(counts).astype(np.uint16))

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        folder.mkdir()
        for name in ("keys", "ptr", "numbers", "counts"):
            np.save(folder / f"{name}.npy", getattr(self, name))

    @staticmethod
    def load(folder: Path) -> Rows:
        """Map the arrays."""
        return Rows(*(np.load(folder / f"{n}.npy", mmap_mode="r") for n in ("keys", "ptr", "numbers", "counts")))

    def __len__(self) -> int:
        return len(self.ptr) - 1

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the numbers of each document, each as often as it counts."""
        for d in range(len(self)):
            here = slice(self.ptr[d], self.ptr[d + 1])
            yield np.repeat(self.numbers[here], self.counts[here]).tolist()

    def ask(self, names: list[str]) -> Asked:
        """Return a query; a term the corpus does not know gets a token it does not know."""
        wanted = term_keys(names)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return Asked(names, [str(i) if self.keys[i] == key else "unknown" for i, key in zip(at, wanted, strict=True)])


# duijie


class Duijie:
    """This project."""

    def __init__(self, folder: Path) -> None:
        self.index = Index.open(folder)

    @staticmethod
    def build(folder: Path, corpus: Path) -> None:
        """Index a corpus file, segmentation and all, with two processes."""
        Index.create(folder, read_documents(corpus), processes=PROCESSES)

    def search(self, asked: Asked, k: int) -> Hits:
        """Answer one query."""
        return search(self.index.snapshot, [_query(asked)], k)[0]

    def batch(self, asked: Sequence[Asked], k: int, threads: int) -> list[Hits]:
        """Answer many."""
        return search(self.index.snapshot, [_query(a) for a in asked], k, threads=threads)

    def places(self, found: Hits) -> list[int]:
        """Return positions; documents were added in the order of the corpus."""
        return [int(p) for p in found.positions]


def _query(asked: Asked) -> Query:
    return Query.of_terms(dict.fromkeys(asked.names, 1.0))


# bm25s


@dataclass(frozen=True)
class _Tokenised:
    """What bm25s takes for a tokenised corpus; rows are made as they are asked for, which saves it memory."""

    ids: Rows
    vocab: dict[str, int]


class Bm25s:
    """bm25s with its numba backend and the same formula (``lucene``), k1 and b."""

    backend = "numba"

    def __init__(self, folder: Path) -> None:
        import bm25s

        self.engine = bm25s.BM25.load(folder, mmap=False)
        self.engine.backend = self.backend
        if self.backend == "numba":
            self.engine.compile(activate_numba=True, warmup=False)

    @staticmethod
    def build(folder: Path, rows: Rows) -> None:
        """Index the terms and write the index."""
        import bm25s

        engine = bm25s.BM25(method="lucene", k1=K1, b=B, backend=Bm25s.backend)
        vocabulary = {str(i): i for i in range(len(rows.keys))}
        engine.index(_Tokenised(rows, vocabulary), show_progress=False)
        engine.save(folder, show_progress=False)

    def search(self, asked: Asked, k: int) -> Any:
        """Answer one query."""
        return self.engine.retrieve([asked.tokens], k=k, show_progress=False, n_threads=1)

    def batch(self, asked: Sequence[Asked], k: int, threads: int) -> Any:
        """Answer many with its own batch call."""
        return self.engine.retrieve([a.tokens for a in asked], k=k, show_progress=False, n_threads=threads)

    def places(self, found: Any) -> list[int]:
        """Return the documents with a score."""
        return [int(d) for d, s in zip(found.documents[0], found.scores[0], strict=True) if s > 0]


# tantivy


class Tantivy:
    """tantivy through its own Python package: terms by whitespace, counts without positions, its fixed k1 and b."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self.made = tantivy
        self.index = _tantivy_index(folder)
        self.searcher = self.index.searcher()
        self.field = partial(tantivy.Query.term_query, self.index.schema, "terms")

    @staticmethod
    def build(folder: Path, rows: Rows) -> None:
        """Index the terms with two threads and its default merging."""
        import tantivy

        folder.mkdir()
        writer = _tantivy_index(folder).writer(_TANTIVY_HEAP, PROCESSES)
        words = [str(i) for i in range(len(rows.keys))]
        for place, row in enumerate(rows):
            document = tantivy.Document()
            document.add_text("terms", " ".join([words[i] for i in row]))
            document.add_unsigned("place", place)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def _query(self, asked: Asked) -> Any:
        should = self.made.Occur.Should
        return self.made.Query.boolean_query([(should, self.field(token)) for token in asked.tokens])

    def search(self, asked: Asked, k: int) -> Any:
        """Answer one query."""
        return self.searcher.search(self._query(asked), k, count=False).hits

    def batch(self, asked: Sequence[Asked], k: int, threads: int) -> Any:
        """Answer many from threads: it has no batch call, but releases the interpreter while it searches."""
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(lambda a: self.search(a, k), asked))

    def places(self, found: Any) -> list[int]:
        """Return the rows written beside the terms."""
        return list(self.searcher.fast_field_values("place", [address for _, address in found]))


def _tantivy_index(folder: Path) -> Any:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    schema.add_unsigned_field("place", fast=True)
    index = tantivy.Index(schema.build(), path=str(folder))
    index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


OPEN: dict[str, Callable[[Path], Engine]] = {"duijie": Duijie, "bm25s": Bm25s, "tantivy": Tantivy}
