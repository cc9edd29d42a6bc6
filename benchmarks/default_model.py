"""Make the model that comes with the package: ``python benchmarks/default_model.py > src/duijie/engine/matching/model.json``.

Weights are set by hand, round, and fitted to nothing. The language of demands is that of the package's own samples. Only the
cuts between levels come from people: they give each level as often as people did, half way between the judgements of
``demand-matching``, where an offer is a short title, and those of the samples, where it has a text.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

from duijie.engine.matching.dense import BundledEncoder
from duijie.engine.matching.evaluate import mean_levels
from duijie.engine.matching.index import Index
from duijie.engine.matching.learn import judged_pairs, learn_cuts
from duijie.engine.matching.model import Language, Model
from duijie.engine.matching.rank import Matcher
from duijie.tables.read import read_documents, read_judgements

WEIGHTS = {
    "words": 0.96,
    "title": 0.52,
    "meaning": 0.52,
    "foreign": 1.1,
    "field": 0.02,
    "industry": 0.02,
    "region": 0.01,
    "maturity": 0.02,
    "budget": 0.01,
}


def cuts_of(model: Model, demands: Path, offers: Path, judgements: Path) -> tuple[float, float, float]:
    """Return the cuts between levels that fit some people's judgements."""
    index = Index(encoder=BundledEncoder())
    index.add(read_documents(offers, noun="offer").rows)
    levels = mean_levels((row.demand, row.offer, row.level) for row in read_judgements(judgements).rows)
    pairs = {(demand, offer): level for demand, pool in levels.items() for offer, level in pool.items()}
    read = read_documents(demands, noun="demand").rows
    return learn_cuts(judged_pairs(Matcher(index, model), read, pairs), model)


def default_model(data: Path) -> Model:
    """Return the model, its cuts from the judgements in ``data`` and in the samples."""
    with as_file(files("duijie.samples")) as samples:
        language = Language.of(read_documents(samples / "demands.csv", noun="demand").rows)
        model = Model("default", WEIGHTS, (0.2, 0.4, 0.6), 0.2, 0.8, language)
        own = cuts_of(model, *(samples / f"{name}.csv" for name in ("demands", "offers", "judgements")))
    folder = data / "demand-matching"
    public = cuts_of(model, folder / "demands.jsonl", folder / "offers.jsonl", folder / "judgements.csv")
    low, middle, high = (round((a + b) / 2, 3) for a, b in zip(own, public, strict=True))
    told = {"what": "cuts only", "public judgements": f"cuts {public}", "sample judgements": f"cuts {own}"}
    return replace(model, cuts=(low, middle, high), learned_from=told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    sys.stdout.write(default_model(parser.parse_args().data).to_json() + "\n")
