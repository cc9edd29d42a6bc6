"""Corpora for the speed benchmarks, resampled from real Chinese abstracts.

A document of the corpus is a real abstract of which about a third of the clauses are exchanged for clauses of others:
real words in real proportions, but no new vocabulary, which a really larger corpus would have.
"""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING

from duijie.engine.matching.types import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEAGUES = (
    "150100",
    "150200",
    "150300",
    "150400",
    "150500",
    "150600",
    "150700",
    "150800",
    "150900",
    "152200",
    "152500",
    "152900",
)


def read_papers(data: Path) -> list[dict[str, str]]:
    """Return the papers of ``data/papers-zh`` as rows with ``title``, ``text`` and ``id``."""
    rows = []
    with (data / "papers-zh" / "papers.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            rows.append({"id": row["id"], "title": row.get("title") or "", "text": row.get("abstract") or row["text"]})
    return rows


def resample(papers: list[dict[str, str]], n: int, *, seed: int = 0, prefix: str = "P") -> Iterator[Document]:
    """Yield ``n`` documents resampled from ``papers``."""
    rng = random.Random(seed)
    clauses = [re.findall(r"[^,，。；;]+[,，。；;]?", p["text"]) for p in papers]
    pool = [c for row in clauses for c in row]
    for i in range(n):
        k = rng.randrange(len(papers))
        row = [c if rng.random() < 0.65 else rng.choice(pool) for c in clauses[k]]
        title = papers[k]["title"] or row[0]
        yield Document(f"{prefix}{i:08d}", title[:30], "".join(row), region=LEAGUES[rng.randrange(12)])
