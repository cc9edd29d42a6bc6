"""What the engine does fast, written plainly; and the corpora its tests share."""

from __future__ import annotations

import csv
import math
import random
import re
from collections import Counter, defaultdict
from functools import cache, partial
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from duijie.engine.matching.index import Index, Params
from duijie.engine.matching.search import MAX_TERMS, Query, search
from duijie.engine.matching.text import term_keys, terms
from duijie.engine.matching.types import Document

fixed = partial(
    settings,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

# few words, so that documents share some; with a Latin word, a number, a space and a traditional character
words = st.text(st.sampled_from("稀土永磁电机風 aB5."), max_size=12)
documents = st.builds(
    Document,
    id=st.uuids(version=4).map(lambda u: f"文-{u.hex[:10]}"),
    title=words,
    text=words,
    keywords=st.lists(words, max_size=2).map(tuple),
    kind=st.sampled_from(("", "成果", "论文")),
    region=st.sampled_from(("", "150100", "150204")),
)
corpora = st.lists(documents, max_size=14, unique_by=lambda d: d.id)


def _rows(name: str) -> list[dict[str, str]]:
    with (files("duijie") / "samples" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _document(row: dict[str, str]) -> Document:
    return Document(
        row["编号"],
        row["名称"],
        row["内容"],
        tuple(filter(None, row["关键词"].split("；"))),
        kind=row["类型"],
        field=row["领域"],
        region=row["地区"],
    )


@cache
def sample_offers() -> list[Document]:
    return [_document(row) for row in _rows("offers")]


@cache
def sample_demands() -> list[Document]:
    return [_document(row) for row in _rows("demands")]


@cache
def sample_queries() -> list[Document]:
    """Return 200 demands: whole ones, and others put short or in plain words."""
    rewordings = [Document(f"{r['demand']}-{r['manner']}", "", r["text"]) for r in _rows("rewordings")]
    return [*sample_demands(), *rewordings][:200]


@cache
def recombined(n: int, seed: int = 1, *, common: int = 0) -> list[Document]:
    """Return documents of four clauses from any offers; or of two, one of them from ``common`` that are often taken."""
    rng = random.Random(seed)
    pool = [c for d in sample_offers() for c in re.findall(r"[^，。；]+[，。；]?", d.text)]
    often = pool[::97][:common]
    titles = [d.title for d in sample_offers()]
    regions = ("150100", "150200", "152900", "330000")
    return [
        Document(
            f"R-{i:05d}",
            rng.choice(titles),
            rng.choice(pool) + rng.choice(often) if often else "".join(rng.choices(pool, k=4)),
            region=rng.choice(regions),
        )
        for i in range(n)
    ]


def term_counts(text: str) -> Counter[str]:
    return Counter({term: min(count, 255) for term, count in Counter(terms(text)).items()})


class PlainBm25:
    """BM25 by the book: a loop over the documents that hold a term."""

    def __init__(self, corpus: list[Document], params: Params | None = None) -> None:
        p = params or Params()
        self.params = p
        self.postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.lengths: dict[str, int] = {}
        for document in corpus:
            tf: Counter[str] = Counter()
            for term, count in term_counts(" ; ".join((document.title, *document.keywords))).items():
                tf[term] += p.head_weight * count
            tf.update(term_counts(document.text))
            for term, count in tf.items():
                self.postings[term].append((document.id, count))
            self.lengths[document.id] = sum(tf.values())
        self.mean = max(1.0, sum(self.lengths.values()) / max(1, len(corpus)))

    def idf(self, term: str) -> float:
        n = len(self.postings.get(term, ()))
        return math.log(1 + (len(self.lengths) - n + 0.5) / (n + 0.5)) if n else 0.0

    def query(self, document: Document) -> dict[str, float]:
        counts: Counter[str] = Counter()
        for term in terms(" ; ".join((document.title, *document.keywords))):
            counts[term] += self.params.head_weight
        counts.update(terms(document.text))
        return dict(counts)

    def scores(self, query: dict[str, float]) -> dict[str, float]:
        weights = {term: weight * self.idf(term) for term, weight in query.items() if self.idf(term) > 0}
        names = sorted(weights)
        keys = dict(zip(names, term_keys(names).tolist(), strict=True))
        heaviest = sorted(names, key=lambda term: (-weights[term], keys[term]))[:MAX_TERMS]
        p = self.params
        scores: dict[str, float] = defaultdict(float)
        for term in heaviest:
            for document, tf in self.postings[term]:
                norm = p.k1 * (1 - p.b + p.b * self.lengths[document] / self.mean)
                scores[document] += weights[term] * tf / (tf + norm)
        return scores


def hits_of(index: Index, queries: list[Query], k: int, **more: object) -> list[list[tuple[str, float]]]:
    """Return what a search finds, as ids and scores."""
    snapshot = index.snapshot
    found = search(snapshot, queries, k, **more)
    return [[(snapshot.id(p), s) for p, s in zip(h.positions.tolist(), h.scores.tolist(), strict=True)] for h in found]


def assert_best(hits: list[tuple[str, float]], scores: dict[str, float], k: int) -> None:
    """Assert that ``hits`` are the ``k`` best of ``scores``, to 1e-9; equal scores stand in the order of their ids."""
    near = partial(pytest.approx, abs=1e-9, rel=1e-9)
    assert [score for _, score in hits] == near(sorted(scores.values(), reverse=True)[:k])
    assert [score for _, score in hits] == near([scores[name] for name, _ in hits])
    assert len({name for name, _ in hits}) == len(hits)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def in_memory(corpus: list[Document], params: Params | None = None) -> Index:
    index = Index(params)
    index.add(corpus)
    return index


def tiny(n: int = 12) -> list[Document]:
    """Return a few different documents."""
    return [
        Document(
            f"D-{i:02d}",
            f"稀土永磁电机{i}号",
            "风机叶片防冰 " * (1 + i % 3) + f"型号 XK-{i}",
            keywords=("脱毒种薯",) if i % 4 == 0 else (),
            region=f"15{i % 3}00",
        )
        for i in range(n)
    ]


def bits(values: object) -> bytes:
    return np.asarray(values, np.float64).tobytes()
