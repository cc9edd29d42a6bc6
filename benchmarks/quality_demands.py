"""Ranking quality on real demands, their rewordings, and the project's samples."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from duijie.engine.matching.dense import BundledEncoder, Encoder, LsaEncoder, NoEncoder
from duijie.engine.matching.evaluate import (
    RELEVANT,
    bootstrap_interval,
    folds_by_title,
    mean_levels,
    ndcg,
    paired_bootstrap,
)
from duijie.engine.matching.features import scores
from duijie.engine.matching.index import Index
from duijie.engine.matching.learn import Judged, judged_pairs, kappa, learn
from duijie.engine.matching.model import FEATURES, Language, Model, default_model
from duijie.engine.matching.rank import CANDIDATES, Matcher
from duijie.engine.matching.text import terms
from duijie.engine.matching.types import Document
from markdown import table
from plain import PlainBm25, bigrams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

LEAST_JUDGED = 20
MANNERS = ("short", "plain", "typos", "traditional", "english")
REWORDINGS = Path(__file__).parent / "rewordings.csv"
TITLE = 3


@dataclass(frozen=True)
class Task:
    """Demands, offers, and for each demand its judged offers with their mean levels."""

    name: str
    demands: list[Document]
    offers: list[Document]
    levels: dict[str, dict[str, float]]
    rewordings: list[tuple[str, str, str]]
    judged: int

    @property
    def counted(self) -> list[int]:
        """Return the demands that count: with enough judged offers, one of them relevant."""
        least = min(LEAST_JUDGED, self.judged)
        pools = [self.levels.get(d.id, {}) for d in self.demands]
        return [q for q, p in enumerate(pools) if len(p) >= least and max(p.values()) >= RELEVANT]

    def pool(self, demand: str) -> dict[str, float]:
        """Return the judged offers of a demand in the order of their ids."""
        return dict(sorted(self.levels.get(demand, {}).items()))

    @cached_property
    def place(self) -> dict[str, int]:
        """Return the place of each offer."""
        return {offer.id: i for i, offer in enumerate(self.offers)}


def read_real(data: Path) -> Task:
    """Return the real demands, achievements and judgements."""
    folder = data / "demand-matching"

    def rows(name: str) -> list[Document]:
        told = map(json.loads, (folder / name).read_text("utf-8").splitlines())
        return [Document(r["id"], r["title"], r.get("text") or "") for r in told]

    return Task(
        "real demands", rows("demands.jsonl"), rows("offers.jsonl"), _read_levels(folder / "judgements.csv"),
        _read_rewordings(REWORDINGS), LEAST_JUDGED,
    )  # fmt: skip


def read_samples() -> Task:
    """Return the project's own samples."""
    folder = Path(str(files("duijie.samples")))

    def rows(name: str) -> list[Document]:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            return [_sample(row) for row in csv.DictReader(file)]

    return Task(
        "samples", rows("demands.csv"), rows("offers.csv"), _read_levels(folder / "judgements.csv"),
        _read_rewordings(folder / "rewordings.csv"), 5,
    )  # fmt: skip


def _sample(row: Mapping[str, str]) -> Document:
    return Document(
        row["编号"], row["名称"], row["内容"], tuple(filter(None, row["关键词"].split("；"))), field=row["领域"],
        industry=row["行业"], region=row["地区"], trl=int(row["成熟度"]) if row["成熟度"] else None,
        team=row.get("团队", ""),
    )  # fmt: skip


def _read_levels(path: Path) -> dict[str, dict[str, float]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return mean_levels((r["demand"], r["offer"], float(r["level"])) for r in csv.DictReader(file))


def _read_rewordings(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(r["demand"], r["manner"], r["text"]) for r in csv.DictReader(file)]


def small_task(task: Task, demands: int, offers: int) -> Task:
    """Return a few of the demands with their judged offers and some others."""
    kept = [task.demands[q] for q in task.counted[:demands]]
    ids = {d.id for d in kept}
    wanted = {o for d in kept for o in task.levels[d.id]}
    some = [o for i, o in enumerate(task.offers) if o.id in wanted or i < offers]
    levels = {d: pool for d, pool in task.levels.items() if d in ids}
    return replace(
        task, demands=kept, offers=some, levels=levels, rewordings=[r for r in task.rewordings if r[0] in ids]
    )


# rankings and measures


@dataclass(frozen=True)
class Ranked:
    """For each demand: the scores of its judged offers, in the order of their ids, and the best offers of all."""

    pools: list[Values]
    best: list[list[str]]


def measure(task: Task, ranked: Ranked) -> dict[str, Values]:
    """Return nDCG@10, recall@100 and reciprocal rank of each demand that counts."""
    out: dict[str, list[float]] = {"ndcg": [], "recall": [], "mrr": []}
    for q in task.counted:
        pool = task.pool(task.demands[q].id)
        levels = np.array(list(pool.values()))
        relevant = {offer for offer, level in pool.items() if level >= RELEVANT}
        places = [i for i, offer in enumerate(ranked.best[q], 1) if offer in relevant]
        out["ndcg"].append(ndcg(levels[np.argsort(-ranked.pools[q], kind="stable")].tolist()))
        out["recall"].append(sum(p <= 100 for p in places) / len(relevant))
        out["mrr"].append(1 / places[0] if places else 0.0)
    return {name: np.array(values) for name, values in out.items()}


def rank_plain(task: Task, demands: Sequence[Document], terms_of: Callable[[str], list[str]]) -> Ranked:
    """Rank by plain BM25 of title and keywords three times and the text, over all offers."""

    def words(d: Document) -> list[str]:
        return terms_of(" ; ".join((d.title, *d.keywords))) * TITLE + terms_of(d.text)

    found = PlainBm25(map(words, task.offers)).scores(map(words, demands))
    return _ranked(task, demands, found)


def _ranked(task: Task, demands: Sequence[Document], found: Values) -> Ranked:
    pools = [found[q, [task.place[o] for o in task.pool(d.id)]] for q, d in enumerate(demands)]
    best = [[task.offers[i].id for i in np.argsort(-row, kind="stable")] for row in found]
    return Ranked(pools, best)


def make_index(task: Task, encoder: Encoder) -> Index:
    """Return the offers of a task as an index in memory."""
    index = Index(encoder=encoder)
    index.add(task.offers)
    return index


@dataclass(frozen=True)
class Found:
    """Features of judged pairs and of candidates, so that many models can be tried on them."""

    judged: Judged
    ptr: NDArray[np.int64]
    ids: list[str]
    matrix: Values

    def rank(self, model: Model | Sequence[Model]) -> Ranked:
        """Rank by a model, or each demand by its own."""
        pools, best = [], []
        for q in range(len(self.ptr) - 1):
            own = model if isinstance(model, Model) else model[q]
            pools.append(scores(self.judged.matrix[self.judged.ptr[q] : self.judged.ptr[q + 1]], own))
            here = slice(self.ptr[q], self.ptr[q + 1])
            ids = self.ids[here]
            total = scores(self.matrix[here], own)
            best.append([ids[i] for i in sorted(range(len(ids)), key=lambda i: (-total[i], ids[i]))])
        return Ranked(pools, best)


def find(task: Task, index: Index, demands: Sequence[Document], model: Model) -> Found:
    """Return what the matcher finds: both legs' candidates, as in use, and the judged pairs."""
    matcher = Matcher(index, model)
    pairs = {(d.id, offer): level for d in demands for offer, level in task.pool(d.id).items()}
    judged = judged_pairs(matcher, demands, pairs)
    snapshot = index.snapshot
    found = matcher.candidates(snapshot, demands, CANDIDATES)
    return Found(judged, found.ptr, [snapshot.id(int(p)) for p in found.positions], found.matrix)


# the tables


def _row(name: str, got: Mapping[str, Values], base: Mapping[str, Values] | None) -> list[object]:
    values = got["ndcg"]
    low, high = bootstrap_interval(values, seed=0)
    row: list[object] = [name, f"{values.mean():.4f}", f"{values.std(ddof=1) / len(values) ** 0.5:.4f}"]
    row.append(f"{low:.3f}–{high:.3f}")
    if base is None:
        row.append(None)
    else:
        d = paired_bootstrap(values, base["ndcg"], seed=0)
        row.append(f"{d.mean:+.4f} [{d.interval.low:+.3f}, {d.interval.high:+.3f}]")
    return [*row, f"{got['recall'].mean():.4f}", f"{got['mrr'].mean():.4f}"]


HEAD = ["ranking", "nDCG@10", "standard error", "95 % interval", "against plain BM25 [95 %]", "recall@100", "MRR"]


def learned(task: Task, found: Found, seeds: int) -> tuple[dict[str, Values], list[Values], list[list[Model]]]:
    """Learn in five folds by title for each seed; return the mean measures, each seed's nDCG, and the models used."""
    per_seed, used = [], []
    for seed in range(seeds):
        fold = folds_by_title(task.demands, 5, seed)
        models = {}
        for k in range(5):
            train = [int(q) for q in np.flatnonzero(fold != k)]
            models[k] = learn(found.judged.only(train), default_model(), name=f"fold {k}")
        own = [models[int(k)] for k in fold]
        used.append(own)
        per_seed.append(measure(task, found.rank(own)))
    mean = {name: np.mean([got[name] for got in per_seed], axis=0) for name in per_seed[0]}
    return mean, [got["ndcg"] for got in per_seed], used


def without(model: Model, feature: str) -> Model:
    """Return a model that does not see one feature."""
    return replace(model, weights={name: 0.0 if name == feature else w for name, w in model.weights.items()})


def report_real(task: Task, *, small: bool) -> str:
    """Return the tables of the real demands."""
    model = default_model()
    base = measure(task, rank_plain(task, task.demands, bigrams))
    rows = [_row("plain BM25, bigrams", base, None)]
    rows.append(_row("plain BM25, words and bigrams", measure(task, rank_plain(task, task.demands, terms)), base))
    bundled = make_index(task, BundledEncoder())
    found = find(task, bundled, task.demands, model)
    rows.append(_row("default model", measure(task, found.rank(model)), base))
    mean, seeds, used = learned(task, found, 2 if small else 5)
    rows.append(_row(f"learned in 5 folds by title, mean of {len(seeds)} seeds", mean, base))
    spread = ", ".join(f"{values.mean():.4f}" for values in seeds)
    weights = ", ".join(f"{name} {np.mean([m.weights[name] for m in used[0]]):.2f}" for name in FEATURES[:4])
    note = (
        f"{len(task.counted)} of {len(task.demands)} demands count, {len(task.offers):,} offers. The default model's"
        " weights were set by hand and its language learned from the shipped samples, neither fitted to these data; only its"
        " cuts between levels look at them. Recall and MRR over all offers, through the matcher's own candidates."
        f" nDCG of the seeds: {spread}. Mean learned weights: {weights}."
    )
    parts = [table("Real demands", HEAD, rows, note)]
    encoders: list[tuple[str, Index]] = [("none", make_index(task, NoEncoder())), ("lsa", make_index(task, _lsa(task)))]
    parts.append(_ablation(task, bundled, found, base, encoders))
    parts.append(_calibration(task, found, used[0]))
    parts.append(report_rewordings(task, bundled))
    return "\n".join(parts)


def _lsa(task: Task) -> LsaEncoder:
    return LsaEncoder.train(task.offers)


def _ablation(
    task: Task, bundled: Index, found: Found, base: Mapping[str, Values], encoders: Iterable[tuple[str, Index]]
) -> str:
    model = default_model()
    rows = [_row("all of it", measure(task, found.rank(model)), base)]
    rows += [_row(f"without {f}", measure(task, found.rank(without(model, f))), base) for f in FEATURES[:4]]
    mute = replace(model, language=Language(0, {}))
    rows.append(
        _row(
            "without what demands usually say", measure(task, find(task, bundled, task.demands, mute).rank(mute)), base
        )
    )
    with ExitStack() as stack:
        stack.enter_context(patch("duijie.engine.matching.features.signs", lambda _: []))
        less = find(task, bundled, task.demands, model)
    rows.append(_row("without single characters", measure(task, less.rank(model)), base))
    for name, index in encoders:
        other = find(task, index, task.demands, model)
        rows.append(_row(f"encoder {name} instead of bundled", measure(task, other.rank(model)), base))
    note = "Facts (field, industry, region, maturity, budget) are not in these data, so they change nothing here."
    return table("What each part brings (default model)", HEAD, rows, note)


def _calibration(task: Task, found: Found, used: list[Model]) -> str:
    judged = np.rint(found.judged.levels).astype(np.int64)
    of = np.repeat(np.arange(len(found.judged.ptr) - 1), np.diff(found.judged.ptr))
    rows: list[list[object]] = []
    for name, models in (("default", [default_model()] * len(task.demands)), ("learned, out of fold", used)):
        told = np.array(
            [
                models[q].level(float(row @ np.asarray(models[q].vector())))
                for q, row in zip(of, found.judged.matrix, strict=True)
            ]
        )
        agreement = kappa(told, judged)
        for level in (1, 2, 3, 4):
            here = told == level
            mean = float(found.judged.levels[here].mean()) if here.any() else None
            shares = [f"{(judged == level).mean():.1%}", f"{here.mean():.1%}", None if mean is None else f"{mean:.2f}"]
            rows.append(
                [
                    name,
                    level,
                    *shares,
                    f"{(judged[here] >= RELEVANT).mean():.1%}" if here.any() else None,
                    f"{agreement:.3f}",
                ]
            )
    head = [
        "model",
        "level",
        "judged so",
        "told so",
        "mean judged level of those told so",
        "of them judged ≥ 3",
        "quadratic kappa",
    ]
    note = "The default model's cuts lie half way between what these judgements and those of the samples would set."
    return table(f"Levels as told and as judged, {len(judged):,} judged pairs", head, rows, note)


def report_rewordings(task: Task, index: Index) -> str:
    """Return how far the same need in other words still finds its offers."""
    by_id = {d.id: d for d in task.demands}
    counted = {task.demands[q].id for q in task.counted}
    groups: defaultdict[str, list[Document]] = defaultdict(list)
    for demand, manner, text in (r for r in task.rewordings if r[0] in counted):
        groups[manner].append(Document(demand, text))
    full = [by_id[i] for i in sorted({d.id for d in groups[MANNERS[0]]})]
    rows: list[list[object]] = []
    before: tuple[float, float] | None = None
    for manner, asked in (("full text", full), *((m, groups[m]) for m in MANNERS)):
        plain, own = _ndcg_both(task, index, asked)
        row: list[object] = [manner, len(asked), f"{plain.mean():.3f}", f"{own.mean():.3f}"]
        row.append(f"{own.std(ddof=1) / len(own) ** 0.5:.3f}")
        d = paired_bootstrap(own, plain, seed=0)
        row.append(f"{d.mean:+.3f} [{d.interval.low:+.3f}, {d.interval.high:+.3f}]")
        if before is None:
            before = (float(plain.mean()), float(own.mean()))
            rows.append([*row, None, None, None])
            continue
        fall = before[0] - float(plain.mean())
        rows.append(
            [
                *row,
                f"{fall:.3f}",
                _share(float((own - plain).mean()), fall),
                _share(float((own - plain).mean()), before[1] - float(plain.mean())),
            ]
        )
    head = ["manner", "demands", "bigram BM25", "default model", "standard error", "difference [95 %]", "BM25's fall"]
    head += ["closed of it", "closed of the fall from the model's own full text"]
    note = f"nDCG@10. A ranking by chance gives {_chance(task, sorted(counted & {d.id for d in full})):.3f}."
    return table(f"The same need in other words: {task.name}", head, rows, note)


def _share(part: float, whole: float) -> str | None:
    return f"{part / whole:.0%}" if whole > 0.005 else None


def _ndcg_both(task: Task, index: Index, asked: Sequence[Document]) -> tuple[Values, Values]:
    plain = rank_plain(task, asked, bigrams)
    own = find(task, index, asked, default_model()).rank(default_model())
    pairs = []
    for d, *pools in zip(asked, plain.pools, own.pools, strict=True):
        levels = np.array(list(task.pool(d.id).values()))
        pairs.append([ndcg(levels[np.argsort(-pool, kind="stable")].tolist()) for pool in pools])
    a, b = np.array(pairs).T
    return a, b


def _chance(task: Task, demands: Sequence[str]) -> float:
    rng = np.random.default_rng(0)
    pools = [list(task.pool(d).values()) for d in demands]
    return float(np.mean([ndcg(rng.permutation(levels).tolist()) for levels in pools for _ in range(20)]))


def report_samples(task: Task) -> str:
    """Return the tables of the project's own samples, both directions between languages among them."""
    index = make_index(task, BundledEncoder())
    model = default_model()
    base = measure(task, rank_plain(task, task.demands, bigrams))
    found = find(task, index, task.demands, model)
    rows = [_row("plain BM25, bigrams", base, None), _row("default model", measure(task, found.rank(model)), base)]
    note = (
        f"{len(task.counted)} demands, {len(task.offers)} offers, about {np.mean([len(task.pool(d.id)) for d in task.demands]):.0f}"
        " judged offers a demand, all written by this project; the default model's language was learned from these demands."
    )
    return "\n".join(
        [table("The shipped samples", HEAD, rows, note), report_rewordings(task, index), report_foreign(task, index)]
    )


def report_foreign(task: Task, index: Index) -> str:
    """Return where the offers written in English stand when a Chinese demand asks for them."""
    chinese = np.concatenate([p.segment.arrays["chinese"] for p in index.snapshot.parts])
    english = {offer.id for offer, is_chinese in zip(task.offers, chinese, strict=True) if not is_chinese}
    asked = [d for d in task.demands if english & task.pool(d.id).keys()]
    plain = rank_plain(task, asked, bigrams)
    own = find_all(index, asked)
    rows: list[list[object]] = []
    for name, wanted in (("3 or 4", (3.0, 4.0)), ("1 or 2", (1.0, 2.0))):
        pairs = [
            (q, o) for q, d in enumerate(asked) for o, v in task.pool(d.id).items() if o in english and v in wanted
        ]
        if not pairs:
            continue
        for who, ranking in (("bigram BM25", plain.best), ("default model", own)):
            of_all = np.array([ranking[q].index(o) + 1 for q, o in pairs])
            of_english = [[x for x in ranking[q] if x in english].index(o) + 1 for q, o in pairs]
            places = [f"{np.median(of_all):.0f}", f"{np.median(of_english):.0f}"]
            rows.append([name, who, len(pairs), *places, *(f"{(of_all <= k).mean():.0%}" for k in (10, 20, 50))])
    head = [
        "judged level",
        "ranking",
        "pairs",
        f"median place of {len(task.offers)}",
        f"of the {len(english)} English ones",
        "in the first 10",
        "20",
        "50",
    ]
    note = "Each offer in English was judged for one Chinese demand. Better ones should stand high, weak ones need not."
    return table("Chinese demands, offers in English (samples)", head, rows, note)


def find_all(index: Index, demands: Sequence[Document]) -> list[list[str]]:
    """Return all offers in the order of the default model for each demand, without the limit on candidates."""
    snapshot = index.snapshot
    everything = np.arange(sum(p.segment.documents for p in snapshot.parts))
    found = Matcher(index).features_of(demands, [everything] * len(demands))
    total = scores(found.matrix, default_model())
    ids = [snapshot.id(int(p)) for p in everything]
    rows = [total[found.ptr[q] : found.ptr[q + 1]] for q in range(len(demands))]
    return [[ids[i] for i in np.argsort(-row, kind="stable")] for row in rows]
