"""The shipped samples as documents, for tests that want real sentences."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from duijie.engine.matching.evaluate import mean_levels
from duijie.engine.matching.index import Index
from duijie.tables.read import read_documents, read_judgements


@cache
def demands():
    with as_file(files("duijie.samples") / "demands.csv") as path:
        return read_documents(path, noun="demand").rows


@cache
def offers():
    with as_file(files("duijie.samples") / "offers.csv") as path:
        return read_documents(path, noun="offer").rows


@cache
def judgements():
    with as_file(files("duijie.samples") / "judgements.csv") as path:
        rows = read_judgements(path).rows
    levels = mean_levels((row.demand, row.offer, row.level) for row in rows)
    return {(demand, offer): level for demand, pool in levels.items() for offer, level in pool.items()}


@cache
def index():
    index = Index()
    index.add(offers())
    return index
