"""What ``speed.py`` measures in processes of their own: queries, a living index, exactness, the dense leg."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching.dense import BundledEncoder, NoEncoder
from duijie.engine.matching.index import Index, Part, Snapshot
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.search import Query, search, search_near
from duijie.engine.matching.text import terms
from duijie.engine.matching.types import Document
from duijie.engine.matching.vectors import quantise
from peers import K1, OPEN, TITLE, Asked, B, Duijie, Rows, read_documents
from plain import PlainBm25

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TOP = 100
LENGTHS = {"long": 43, "short": 4}


def _drawn(work: Path) -> list[Document]:
    told = json.loads((work / "drawn.json").read_text("utf-8"))
    return [Document(**{**row, "keywords": tuple(row["keywords"])}) for row in told]


def _draw(documents: Sequence[Document], n: int, count: int, *, seed: int = 3) -> list[list[str]]:
    """Return ``count`` queries of ``n`` distinct terms, each drawn from the terms of another document."""
    rng = random.Random(seed)
    out: list[list[str]] = []
    for d in documents:
        known = sorted({*terms(d.title), *terms(d.text)})
        if len(known) >= n:
            out.append(rng.sample(known, n))
        if len(out) == count:
            break
    return out


def _clock(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _rounds(work: dict[str, Sequence[Callable[[], Any]]], rounds: int) -> dict[str, NDArray[np.float64]]:
    """Time each engine's calls, the engines taking turns call by call: seconds ``(rounds, calls)`` by engine."""
    names = list(work)
    calls = len(work[names[0]])
    seconds = {name: np.zeros((rounds, calls)) for name in names}
    for r in range(rounds):
        for c in range(calls):
            for i in range(len(names)):
                name = names[(i + r + c) % len(names)]
                seconds[name][r, c] = _clock(work[name][c])
    return seconds


def _ratio(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the median over rounds of the ratio of the rounds' medians."""
    return float(np.median(np.median(a, axis=1) / np.median(b, axis=1)))


def search_queries(work: Path, n: int, engines: list[str], *, small: bool) -> dict[str, Any]:
    """Time single queries and batches of all engines."""
    opened, seconds = {}, {}
    for name in engines:
        folder = work / f"{name}-{n}"
        opened[name] = OPEN[name](folder)
        seconds[name] = 1e3 * float(np.median([_clock(partial(OPEN[name], folder)) for _ in range(3 if small else 5)]))
    rows = Rows.load(work / f"rows-{n}") if len(engines) > 1 else None
    told: dict[str, Any] = {"open": seconds}
    for kind, length in LENGTHS.items():
        drawn = _draw(_drawn(work), length, 20 if small else 512)
        asked = [rows.ask(names) if rows else Asked(names, []) for names in drawn]
        told[kind] = _time_kind(opened, asked, small=small)
    return told


def _time_kind(opened: dict[str, Any], asked: Sequence[Asked], *, small: bool) -> dict[str, Any]:
    some = asked[: 10 if small else 100]
    for engine in opened.values():  # warm
        for one in some:
            engine.search(one, TOP)
        engine.batch(asked, TOP, 2)
    singles = _rounds(
        {name: [partial(e.search, a, TOP) for a in some] for name, e in opened.items()}, 2 if small else 5
    )
    batches, alone = (
        _rounds({name: [partial(e.batch, asked, TOP, threads)] for name, e in opened.items()}, 2 if small else 5)
        for threads in (2, 1)
    )
    told = {}
    for name, taken in singles.items():
        told[name] = {
            "p50": 1e3 * float(np.median(np.median(taken, axis=1))),
            "p95": 1e3 * float(np.median(np.percentile(taken, 95, axis=1))),
            "ratio": _ratio(taken, singles["duijie"]),
            "batch": len(asked) / float(np.median(batches[name])),
            "batch_ratio": _ratio(batches[name], batches["duijie"]),
            "batch_one": len(asked) / float(np.median(alone[name])),
        }
    return told


# a living index


def _linked(source: Path, target: Path) -> Path:
    """Copy an index folder by links: its files are never changed, only replaced."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link)
    return target


def alive(work: Path, n: int, engines: list[str], *, small: bool) -> dict[str, Any]:
    """Time an addition until it is found, and queries with a tenth removed and with a filter."""
    del engines
    plain = Duijie(work / f"duijie-{n}").index
    added = _linked(work / f"duijie-{n}", work / f"added-{n}")
    removed = _linked(work / f"duijie-{n}", work / f"removed-{n}")
    try:
        told = {"added": float(np.median([_time_added(added, i) for i in range(3)]))}
        less = Index.open(removed)
        gone = [f"P{i:08d}" for i in range(0, n, 10)]
        told["remove_seconds"] = _clock(lambda: less.remove(gone))
        return told | _time_masks(plain, Index.open(removed), work, small=small)
    finally:
        shutil.rmtree(added)
        shutil.rmtree(removed)


def _time_added(folder: Path, i: int) -> float:
    writer, reader = Index.open(folder), Index.open(folder)
    words = f"独一无二试验品{i}号"
    query = Query.of_terms(dict.fromkeys(terms(words), 1.0))
    search(reader.snapshot, [query], 10)  # compiled and mapped
    started = time.perf_counter()
    writer.add([Document(f"new-{i}", words, "刚刚登记的成果")])
    reader.refresh()
    found = search(reader.snapshot, [query], 10)[0]
    seconds = time.perf_counter() - started
    if reader.snapshot.id(int(found.positions[0])) != f"new-{i}":
        raise RuntimeError("the added offer was not found")
    return seconds


def _time_masks(plain: Index, less: Index, work: Path, *, small: bool) -> dict[str, float]:
    asked = [Query.of_terms(dict.fromkeys(names, 1.0)) for names in _draw(_drawn(work), 43, 20 if small else 256)]
    values = sorted({v for p in plain.snapshot.parts for v in p.segment.facets["region"]})
    half = frozenset(values[::2])
    wanted = {"region": half.__contains__}
    ready = plain.snapshot.mask(wanted)

    def one(index: Index, query: Query) -> Any:
        return search(index.snapshot, [query], TOP)

    def filtered(query: Query) -> Any:
        return search(plain.snapshot, [query], TOP, masks=plain.snapshot.mask(wanted))

    def masked(query: Query) -> Any:
        return search(plain.snapshot, [query], TOP, masks=ready)

    some = asked[: 10 if small else 100]
    for query in some:
        one(less, query)
    calls: dict[str, Sequence[Callable[[], Any]]] = {
        "plain": [partial(one, plain, q) for q in some],
        "removed": [partial(one, less, q) for q in some],
        "filtered": [partial(filtered, q) for q in some],
        "masked": [partial(masked, q) for q in some],
    }
    taken = _rounds(calls, 2 if small else 5)
    whole: dict[str, Sequence[Callable[[], Any]]] = {
        "plain": [partial(search, plain.snapshot, asked, TOP)],
        "masked": [partial(search, plain.snapshot, asked, TOP, masks=ready)],
    }
    batches = _rounds(whole, 2 if small else 5)
    made = [_clock(lambda: plain.snapshot.mask(wanted)) for _ in range(5)]
    told = {name: _ratio(taken[name], taken["plain"]) for name in ("removed", "filtered", "masked")}
    told["batch_masked"] = _ratio(batches["masked"], batches["plain"])
    return told | {"mask_ms": 1e3 * float(np.median(made))}


# exactness


def exact(work: Path, n: int, engines: list[str], *, small: bool) -> dict[str, Any]:
    """Compare each engine's first ten with a naive BM25 that shares no code with any of them but the terms."""
    documents = list(read_documents(work / f"corpus-{n}.jsonl"))
    rng = random.Random(11)
    pool = _drawn(work)
    count = 50 if small else 1_000
    asked: list[list[str]] = []
    while len(asked) < count:
        asked += _draw([rng.choice(pool)], rng.randint(1, 60), 1, seed=len(asked))
    truth = PlainBm25((terms(d.title) * TITLE + terms(d.text) for d in documents), K1, B).scores(asked)
    rows = Rows.load(work / f"rows-{n}")
    told = {}
    for name in engines:
        engine = OPEN[name](work / f"{name}-{n}")
        sets = orders = 0
        worst = 0.0
        for scores, names in zip(truth, asked, strict=True):
            found = engine.places(engine.search(rows.ask(names), 10))
            best = np.sort(scores)[::-1][: len(found)]
            apart = np.abs(scores[found] - best) / best  # equal scores may change places
            orders += len(found) == min(10, int((scores > 0).sum())) and bool((apart < 1e-9).all())
            sets += len(found) == min(10, int((scores > 0).sum())) and bool(
                (np.sort(scores[found])[::-1] >= best * (1 - 1e-9)).all()
            )
            worst = max(worst, float(apart.max(initial=0.0)))
        told[name] = {"queries": len(asked), "sets": sets, "orders": orders, "difference": worst}
    return told


# the dense leg


class _Given(NoEncoder):
    """An encoder whose directions of demands are known beforehand."""

    dimensions = BundledEncoder.dimensions

    def __init__(self, directions: dict[str, NDArray[np.float32]]) -> None:
        self.directions = directions

    def encode_demands(self, documents: Sequence[Document]) -> Any:
        return np.stack([self.directions[d.id] for d in documents])


def _with_vectors(index: Index, vectors: NDArray[np.float32]) -> Index:
    """Return an index in memory with the same segments, each document with one of ``vectors``."""
    codes, scales = quantise(vectors)
    rng = np.random.default_rng(0)
    parts: list[Part] = []
    for part in index.snapshot.parts:
        chosen = rng.integers(len(codes), size=part.segment.documents)
        arrays = {**part.segment.arrays, "vectors": codes[chosen], "scales": scales[chosen]}
        parts.append(replace(part, segment=replace(part.segment, arrays=arrays)))
    dense = Index(index.params)
    dense.snapshot = Snapshot.of(parts)
    return dense


def dense(work: Path, n: int, engines: list[str], *, small: bool) -> dict[str, Any]:
    """Time the dense leg, and whole answers with reasons."""
    del engines
    plain = Duijie(work / f"duijie-{n}").index
    rng = np.random.default_rng(1)
    random_units = rng.standard_normal((min(n, 50_000), BundledEncoder.dimensions)).astype(np.float32)
    random_units /= np.linalg.norm(random_units, axis=1, keepdims=True)
    near = _with_vectors(plain, random_units)
    count = 10 if small else 60
    demands = _drawn(work)[:count]
    encoder = BundledEncoder()
    titles = [
        d for _, d in zip(range(100 if small else 1_000), read_documents(work / f"corpus-{n}.jsonl"), strict=False)
    ]
    index = _with_vectors(plain, encoder.encode_offers(titles))
    directions = dict(zip([d.id for d in demands], encoder.encode_demands(demands), strict=True))
    index.encoder = _Given(directions)
    matcher = Matcher(index)
    lexical = Matcher(plain)

    def match(who: Matcher, demand: Document, *, explained: bool) -> Any:
        return list(who.match([demand], 20, explained=explained, credible_only=False))

    calls: dict[str, Sequence[Callable[[], Any]]] = {
        "search_near, random unit vectors, best 400": [
            partial(search_near, near.snapshot, random_units[i : i + 1], 400) for i in range(count)
        ],
        "encode one demand (title, and title with text)": [partial(encoder.encode_demands, [d]) for d in demands],
        "whole answer, 20 best with reasons, direction given": [
            partial(match, matcher, d, explained=True) for d in demands
        ],
        "the same without reasons": [partial(match, matcher, d, explained=False) for d in demands],
        "whole answer with reasons, no dense leg": [partial(match, lexical, d, explained=True) for d in demands],
    }
    for work_of in calls.values():
        work_of[0]()
    taken = _rounds(calls, 2 if small else 5)
    rows = [[name, 1e3 * float(np.median(np.median(s, axis=1)))] for name, s in taken.items()]
    together = min(128, len(random_units))
    near_many = [_clock(lambda: search_near(near.snapshot, random_units[:together], 400)) / together for _ in range(3)]
    rows.insert(1, [f"the same, {together} together, each", 1e3 * float(np.median(near_many))])
    many = [_clock(lambda: list(matcher.match(demands, 20))) / count for _ in range(3)]
    rows.append([f"whole answer with reasons, {count} together, each", 1e3 * float(np.median(many))])
    note = (
        "512 dimensions. Directions of the corpus for whole answers: those of 1,000 of its titles, drawn anew for each"
        " document, so near ties are more frequent than in a real corpus. Demands are resampled documents of"
        f" {np.mean([len(d.title + d.text) for d in demands]):.0f} characters."
    )
    return {"rows": rows, "note": note}
