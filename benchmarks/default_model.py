"""Make the model that comes with the package: ``python benchmarks/default_model.py > src/duijie/engine/matching/model.json``.

Weights are set by hand, round, and fitted to nothing. The language of demands is that of the package's own samples. Only the
cuts between levels come from people: they give each level as often as the judgements of ``demand-matching`` do.
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
    "words": 0.48,
    "title": 0.26,
    "meaning": 0.26,
    "foreign": 0.55,
    "field": 0.01,
    "industry": 0.01,
    "region": 0.005,
    "maturity": 0.01,
    "budget": 0.005,
}


def default_model(data: Path) -> Model:
    """Return the model, its cuts from the judgements in ``data``."""
    with as_file(files("duijie.samples") / "demands.csv") as path:
        language = Language.of(read_documents(path, noun="demand").rows)
    model = Model("default", WEIGHTS, (0.07, 0.17, 0.22), 0.12, 0.8, language)
    folder = data / "demand-matching"
    index = Index(encoder=BundledEncoder())
    index.add(read_documents(folder / "offers.jsonl", noun="offer").rows)
    judged_rows = read_judgements(folder / "judgements.csv").rows
    levels = mean_levels((row.demand, row.offer, row.level) for row in judged_rows)
    judgements = {(d, o): level for d, offers in levels.items() for o, level in offers.items()}
    demands = read_documents(folder / "demands.jsonl", noun="demand").rows
    judged = judged_pairs(Matcher(index, model), demands, judgements)
    told = {"pairs": len(judged.levels), "what": "cuts only: 8,053 public judgements of Chinese demands and achievements"}
    return replace(model, cuts=learn_cuts(judged, model), learned_from=told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    sys.stdout.write(default_model(parser.parse_args().data).to_json() + "\n")
