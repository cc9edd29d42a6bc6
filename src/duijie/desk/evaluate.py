"""`duijie evaluate`: how good the ranking is on what people judged, beside a plain BM25, and how sure that is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from duijie.desk.console import announce_compiling, progress, screen
from duijie.desk.errors import Refused
from duijie.desk.intake import indexed, open_index, read_model, take
from duijie.tables.read import read_documents, read_judgements
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duijie.engine.matching.evaluate import Evaluation
    from duijie.engine.matching.index import Index
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document
    from duijie.tables.shapes import Judgement

LEAST_JUDGED = 20
"""Judged offers a demand needs to count; where no demand has so many, :data:`FEW` suffice."""
FEW = 2
_DEEP = 20_000  # offers ranked for each demand, at most
_SEED = 0


def evaluate(
    demands: Path,
    offers: Path,
    judgements: Path,
    *,
    folds: int,
    model: Path | None,
    encoder: str | None,
    skip_bad: bool,
) -> None:
    """Measure and print; with ``folds`` a demand is ranked by a model that was learned without it."""
    asked = take(read_documents(demands, noun="demand", skip_bad=skip_bad), demands)
    told = take(read_judgements(judgements, skip_bad=skip_bad), judgements)
    given = () if offers.is_dir() else take(read_documents(offers, noun="offer", skip_bad=skip_bad), offers)
    announce_compiling()
    if offers.is_dir():
        index = open_index(offers)
        _measure(index, asked, told, folds, read_model(model))
        return
    with indexed(given, encoder or "bundled") as index:
        _measure(index, asked, told, folds, read_model(model))


def _measure(index: Index, demands: Sequence[Document], told: Sequence[Judgement], folds: int, model: Model) -> None:
    from duijie.engine.matching import evaluate as measures  # noqa: PLC0415

    judged = measures.mean_levels((j.demand, j.offer, j.level) for j in told)
    ids = {name for pool in judged.values() for name in pool}
    found = {name for name, place in zip(ids, index.snapshot.positions(list(ids)), strict=True) if place >= 0}
    judged = {demand: {o: level for o, level in pool.items() if o in found} for demand, pool in judged.items()}
    counted = [d for d in demands if judged.get(d.id)]
    if not counted:
        raise Refused(
            say(
                "判断里的编号与需求、供给都对不上；请检查 demand、offer 两列的编号。",
                "no judgement is of a demand and an offer given; check the ids in the columns demand and offer.",
            )
        )
    least = LEAST_JUDGED if any(len(judged[d.id]) >= LEAST_JUDGED for d in counted) else FEW
    rankings = _ranked(index, counted, judged, folds, model)
    documents = list(index.snapshot.living())
    plain = plain_rankings(counted, documents)
    try:
        ours, theirs = (measures.evaluate(r, judged, least_judged=least, seed=_SEED) for r in (rankings, plain))
    except ValueError:
        raise Refused(
            say(
                f"没有一条需求有至少 {least} 个判断、其中有 3 级以上的；请补充判断再试。",
                f"no demand has {least} judgements with one of level 3 or 4; add judgements and try again.",
            )
        ) from None
    _report(ours, theirs, folds, least, model, len(documents))


def _ranked(
    index: Index, demands: Sequence[Document], judged: Mapping[str, Mapping[str, float]], folds: int, model: Model
) -> dict[str, list[str]]:
    """Return the ranking of each demand's offers, by a model learned on the other folds if there are folds."""
    from duijie.engine.matching.evaluate import folds_by_title  # noqa: PLC0415
    from duijie.engine.matching.learn import TooFewJudgements, judged_pairs, learn  # noqa: PLC0415
    from duijie.engine.matching.rank import Matcher  # noqa: PLC0415

    if not folds:
        return rank_all(Matcher(index, model, threads=2), demands)
    fold = folds_by_title(demands, folds, _SEED)
    pairs = {(d, o): level for d, pool in judged.items() for o, level in pool.items()}
    known = judged_pairs(Matcher(index, model, threads=2), demands, pairs)
    rankings: dict[str, list[str]] = {}
    for held in range(folds):
        try:
            learned = learn(known.only(np.flatnonzero(fold != held).tolist()), model, name=f"fold {held + 1}")
        except TooFewJudgements:
            raise Refused(
                say(
                    f"判断太少，分 {folds} 份学不出模型；请减少 --folds、去掉 --folds，或补充判断。",
                    f"too few judgements to learn from in {folds} folds; lower --folds, drop it, or add judgements.",
                )
            ) from None
        mine = [d for d, f in zip(demands, fold, strict=True) if f == held]
        rankings |= rank_all(Matcher(index, learned, threads=2), mine)
    return rankings


def rank_all(matcher: object, demands: Sequence[Document]) -> dict[str, list[str]]:
    """Return the offers of each demand, best first, hopeless ones too."""
    from duijie.engine.matching.rank import Matcher  # noqa: PLC0415

    assert isinstance(matcher, Matcher)
    top = max(1, min(len(matcher.index), _DEEP))
    each = max(1, min(128, 400_000 // top))
    out: dict[str, list[str]] = {}
    with progress(say("排序", "ranking"), len(demands)) as advance:
        for start in range(0, len(demands), each):
            some = demands[start : start + each]
            for answer in matcher.match(some, top, explained=False, credible_only=False):
                out[answer.demand] = [match.offer for match in answer.matches]
                advance(1)
    return out


def _bigrams(document: Document) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text, weight in ((document.title, 3), (" ".join(document.keywords), 3), (document.text, 1)):
        folded = "".join(text.casefold().split())
        for place in range(len(folded) - 1):
            counts[folded[place : place + 2]] += weight
    return counts


def plain_rankings(
    demands: Sequence[Document], offers: Sequence[Document], *, k1: float = 1.2, b: float = 0.75
) -> dict[str, list[str]]:
    """Return what plain BM25 over character bigrams gives, title and keywords counted three times: the peer."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    vocabulary: dict[str, int] = {}
    rows = [_bigrams(offer) for offer in offers]
    columns = [vocabulary.setdefault(gram, len(vocabulary)) for row in rows for gram in row]
    counts = np.array([n for row in rows for n in row.values()], np.float64)
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    lengths = np.add.reduceat(np.append(counts, 0.0), ptr[:-1]) * (np.diff(ptr) > 0)
    norm = np.repeat(k1 * (1 - b + b * lengths / max(1e-9, lengths.mean())), np.diff(ptr))
    df = np.bincount(columns, minlength=len(vocabulary))
    idf = np.log1p((len(offers) - df + 0.5) / (df + 0.5))
    values = idf[columns] * counts * (k1 + 1) / (counts + norm)
    matrix = csr_matrix((values, columns, ptr), (len(offers), len(vocabulary)))
    out: dict[str, list[str]] = {}
    for demand in demands:
        query = np.zeros(len(vocabulary))
        for gram, n in _bigrams(demand).items():
            if gram in vocabulary:
                query[vocabulary[gram]] = n
        scores = matrix @ query
        order = np.argsort(-scores, kind="stable")[:_DEEP]
        out[demand.id] = [offers[i].id for i in order if scores[i] > 0]
    return out


def _report(ours: Evaluation, theirs: Evaluation, folds: int, least: int, model: Model, offers: int) -> None:
    from rich.table import Table  # noqa: PLC0415

    from duijie.engine.matching.evaluate import paired_bootstrap  # noqa: PLC0415

    console = screen()
    how = (
        say(f"模型在其余 {folds - 1} 份上学得", f"model learned on the other {folds - 1} folds")
        if folds
        else say(f"模型 {model.name}", f"model {model.name}")
    )
    console.print(
        say(
            f"{len(ours.demands)} 条需求（各有至少 {least} 个判断、一个 3 级以上），{offers:,} 条供给；{how}。",
            f"{len(ours.demands)} demands ({least} judgements each, one of level 3 or 4), {offers:,} offers; {how}.",
        )
    )
    table = Table(box=None, pad_edge=False)
    for name in (
        say("指标", "measure"),
        "duijie",
        "95 %",
        say("简单 BM25", "plain BM25"),
        "95 %",
        say("差", "difference"),
        "95 %",
    ):
        table.add_column(name, justify="left" if name == say("指标", "measure") else "right")
    for name in ours.means:
        better = paired_bootstrap(ours.values[name], theirs.values[name], seed=_SEED)
        table.add_row(
            _NAMES.get(name, name),
            *(f"{ours.means[name]:.3f}", _ends(ours.intervals[name])),
            *(f"{theirs.means[name]:.3f}", _ends(theirs.intervals[name])),
            *(f"{better.mean:+.3f}", _ends(better.interval, sign="+")),
        )
    console.print(table)


_NAMES = {"ndcg@10": "nDCG@10", "recall@100": "recall@100", "mrr": "MRR"}


def _ends(interval: tuple[float, float], sign: str = "") -> str:
    return f"{interval[0]:{sign}.3f}–{interval[1]:{sign}.3f}"
