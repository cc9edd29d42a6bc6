"""A new ranking model on trial: who of the judges can be followed, what they teach, and whether it is better.

Four guards stand between a wrong verdict and the ranking. A judge whose verdicts run against the model that comes with
the software, or against all other judges, is set aside and named. Nobody has more than half of the say. The new model must be
better than the present one on demands it was not taught, beyond what chance explains; and no worse on the reference, the
judgements that come with the software, which nobody here can change.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from duijie.engine.matching.evaluate import mean_levels, ndcg, pairwise_loss
from duijie.engine.matching.features import scores
from duijie.engine.matching.index import Index
from duijie.engine.matching.learn import TooFewJudgements, judged_pairs, kappa, learn
from duijie.engine.matching.model import default_model
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.resample import bootstrap_interval, folds_by_title, paired_bootstrap
from duijie.site.matching import shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.learn import Judged
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document

LEAST_VERDICTS = 60
LEAST_DEMANDS = 12
LEAST_JUDGES = 2
FOLDS, SEEDS = 5, 3
FREE_SAY = 40
"""Verdicts that anybody may have counted, however few the others gave."""
_NO_BETTER_THAN_CHANCE = 0.45  # of differences put the wrong way round; 0.5 is guessing
_AGAINST_OTHERS = 0.1  # kappa; repeated honest judgements reach 0.6
_TELLING = 8  # pairs on which two ways of judging can be compared
_TOLERANCE = 0.02  # nDCG the reference may lose


class Told(NamedTuple):
    """One verdict on an offer."""

    judge: str
    demand: str
    offer: str
    level: int


@dataclass(frozen=True, slots=True)
class Aside:
    """A judge who is not followed: ``reference`` or ``others`` says what his verdicts run against, ``by`` how much."""

    judge: str
    verdicts: int
    against: str
    by: float


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is still missing before anything can be learned."""

    verdicts: int = 0
    demands: int = 0
    judges: int = 0

    def __bool__(self) -> bool:
        return bool(self.verdicts or self.demands or self.judges)


@dataclass(frozen=True, slots=True)
class Trial:
    """How a trial ended. ``outcome``: ``better`` (adopt), ``few``, ``no_better`` or ``reference`` (worse there)."""

    outcome: str
    model: Model | None
    verdicts: int
    judges: int
    lacking: Lacking = Lacking()
    aside: tuple[Aside, ...] = ()
    scores: Mapping[str, Any] = field(default_factory=dict)


class Bench(NamedTuple):
    """Judged demands, and by which fold each is held back."""

    judged: Judged
    demands: Sequence[Document]


@lru_cache(maxsize=1)
def reference() -> Bench:
    """Return the judgements that come with the software, as features and levels."""
    from duijie.tables.read import read_documents, read_judgements  # noqa: PLC0415

    with as_file(files("duijie") / "samples") as samples:
        demands = read_documents(samples / "demands.csv", noun="demand").rows
        offers = read_documents(samples / "offers.csv", noun="offer").rows
        told = read_judgements(samples / "judgements.csv").rows
    index = Index(encoder=shelf.encoder())
    index.add(offers)
    return Bench(
        judged_pairs(Matcher(index), demands, levels_of(Told("", j.demand, j.offer, j.level) for j in told)), demands
    )


def levels_of(told: Any) -> dict[tuple[str, str], float]:
    """Return the mean level of each pair."""
    means = mean_levels((one.demand, one.offer, float(one.level)) for one in told)
    return {(demand, offer): level for demand, pool in means.items() for offer, level in pool.items()}


def hold_trial(
    told: Sequence[Told],
    demands: Sequence[Document],
    index: Index,
    frozen: Bench,
    present: Model,
    *,
    step: Callable[[], object] = lambda: None,
) -> Trial:
    """Teach a new model what the judges told about offers of ``index``, and compare it with the ``present`` one."""
    standing = _standing(told, demands, index)
    aside = set_aside(standing, demands, index)
    trusted = [one for one in standing if one.judge not in {one.judge for one in aside}]
    judges = len({one.judge for one in trusted})
    counted = capped(trusted)
    lacking = lacking_of(counted)
    step()
    if lacking:
        return Trial("few", None, len(counted), judges, lacking, aside)
    judged = judged_pairs(Matcher(index, present), demands, levels_of(counted))
    try:
        held = [_held_back(judged, demands, present, seed, step) for seed in range(SEEDS)]
        new = learn(judged, present, name="learned")
    except TooFewJudgements:
        return Trial("few", None, len(counted), judges, Lacking(demands=1), aside)
    ours, theirs = (np.mean([pair[side] for pair in held], axis=0) for side in (0, 1))
    home = _compared(ours, theirs)
    away = _compared(each_ndcg(frozen.judged, new), each_ndcg(frozen.judged, present))
    step()
    outcome = _outcome(home, away)
    told_scores = {"home": home, "reference": away, "aside": [_as_json(one) for one in aside]}
    return Trial(outcome, new, len(counted), judges, lacking, aside, told_scores)


def _outcome(home: Mapping[str, Any], away: Mapping[str, Any]) -> str:
    if not home["demands"] or home["difference"]["low"] <= 0:
        return "no_better"
    return "reference" if away["difference"]["mean"] < -_TOLERANCE else "better"


def lacking_of(told: Sequence[Told]) -> Lacking:
    """Return how much is missing; a demand counts when its offers were judged differently."""
    levels = defaultdict(set)
    for (demand, _offer), level in levels_of(told).items():
        levels[demand].add(level)
    varied = sum(len(found) > 1 for found in levels.values())
    return Lacking(
        max(0, LEAST_VERDICTS - len(told)),
        max(0, LEAST_DEMANDS - varied),
        max(0, LEAST_JUDGES - len({one.judge for one in told})),
    )


def capped(told: Sequence[Told]) -> list[Told]:
    """Return the verdicts that count: nobody has more than all others together, or :data:`FREE_SAY`.

    Which ones are left out is settled by a digest of the pair, so nobody can choose them by the order of his work.
    """
    mine: defaultdict[str, list[Told]] = defaultdict(list)
    for one in told:
        mine[one.judge].append(one)
    kept = []
    for judge in sorted(mine):
        say = max(FREE_SAY, len(told) - len(mine[judge]))
        kept += sorted(mine[judge], key=_lot)[:say]
    return kept


def _lot(one: Told) -> bytes:
    return blake2b(f"{one.demand} {one.offer} {one.judge}".encode(), digest_size=8).digest()


def set_aside(told: Sequence[Told], demands: Sequence[Document], index: Index) -> tuple[Aside, ...]:
    """Return the judges who are not followed: first who contradicts the frozen model, then who contradicts the others.

    The frozen model comes first, or three who collude would outvote two who do not.
    """
    found: list[Aside] = []
    guess = _frozen_scores(told, demands, index)
    by: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for one in told:
        by[one.judge][one.demand, one.offer] = one.level
    for judge in sorted(by):
        pairs = [pair for pair in by[judge] if pair in guess]
        loss = pairwise_loss(
            [by[judge][p] for p in pairs], [guess[p] for p in pairs], [p[0] for p in pairs]
        ) if pairs else float("nan")  # fmt: skip
        if len(pairs) >= _TELLING and (loss > _NO_BETTER_THAN_CHANCE):
            found.append(Aside(judge, len(by[judge]), "reference", round(loss, 3)))
    for contradicting in found:
        del by[contradicting.judge]
    while len(by) > 2 and (worst := _loner(by)) is not None:  # of two who disagree nobody can say who is right
        found.append(worst)
        del by[worst.judge]
    return tuple(found)


def _loner(by: Mapping[str, Mapping[tuple[str, str], int]]) -> Aside | None:
    """Return the judge who agrees least with the mean of the others, if that is hardly more than chance."""
    least = None
    for judge in sorted(by):
        others: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for other, levels in by.items():
            for pair in levels.keys() & by[judge].keys() if other != judge else ():
                others[pair].append(levels[pair])
        if len(others) < _TELLING:
            continue
        pairs = sorted(others)
        mean = np.rint([float(np.mean(others[p])) for p in pairs]).astype(np.int64)
        agreement = kappa(np.array([by[judge][p] for p in pairs], np.int64), mean)
        if agreement < _AGAINST_OTHERS and (least is None or agreement < least.by):
            least = Aside(judge, len(by[judge]), "others", round(agreement, 3))
    return least


def _frozen_scores(told: Sequence[Told], demands: Sequence[Document], index: Index) -> dict[tuple[str, str], float]:
    pairs: dict[str, list[str]] = {d.id: [] for d in demands}
    for demand, offer in sorted({(one.demand, one.offer) for one in told}):
        pairs[demand].append(offer)
    places = [index.snapshot.positions(pairs[d.id]) for d in demands]
    model = default_model()
    total = scores(Matcher(index, model).features_of(demands, places).matrix, model).tolist()
    names = [(d.id, offer) for d in demands for offer in pairs[d.id]]
    return dict(zip(names, total, strict=True))


def _standing(told: Sequence[Told], demands: Sequence[Document], index: Index) -> list[Told]:
    """Return the verdicts whose demand is known and whose offer still stands in the index."""
    offers = sorted({one.offer for one in told})
    there = {o for o, place in zip(offers, index.snapshot.positions(offers).tolist(), strict=True) if place >= 0}
    known = {d.id for d in demands}
    return [one for one in told if one.demand in known and one.offer in there]


# -- comparison --------------------------------------------------------------------------------------------------------


def each_ndcg(judged: Judged, model: Model, k: int = 10) -> NDArray[np.float64]:
    """Return nDCG over each demand's judged offers, ``(demands,)``; ``nan`` where nothing told them apart.

    Equal scores are put in the worst order, so that a model which tells nothing apart gains nothing by luck.
    """
    out = np.full(len(judged.ptr) - 1, np.nan)
    total = scores(judged.matrix, model)
    for q in range(len(out)):
        here = slice(judged.ptr[q], judged.ptr[q + 1])
        levels = judged.levels[here]
        if len(np.unique(levels)) > 1:
            order = np.lexsort((levels, -total[here]))
            out[q] = ndcg(levels[order].tolist(), k)
    return out


def _held_back(
    judged: Judged, demands: Sequence[Document], present: Model, seed: int, step: Callable[[], object]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each demand's nDCG by a model that was not taught it, and by the present one."""
    fold = folds_by_title(demands, FOLDS, seed)
    ours = np.full(len(demands), np.nan)
    for number in range(FOLDS):
        test = np.flatnonzero(fold == number).tolist()
        if test:
            model = learn(judged.only(np.flatnonzero(fold != number).tolist()), present, name="held back")
            ours[test] = each_ndcg(judged.only(test), model)
    step()
    return ours, each_ndcg(judged, present)


def _compared(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> dict[str, Any]:
    told = np.isfinite(ours) & np.isfinite(theirs)
    if not told.any():
        return {"demands": 0}
    a, b = ours[told], theirs[told]
    difference = paired_bootstrap(a, b, seed=0)
    return {
        "demands": int(told.sum()),
        "new": _spread(float(a.mean()), bootstrap_interval(a, seed=0)),
        "present": _spread(float(b.mean()), bootstrap_interval(b, seed=0)),
        "difference": _spread(difference.mean, difference.interval),
    }


def _spread(mean: float, interval: tuple[float, float]) -> dict[str, float]:
    return {"mean": round(mean, 4), "low": round(interval[0], 4), "high": round(interval[1], 4)}


def _as_json(one: Aside) -> dict[str, Any]:
    return {"judge": one.judge, "verdicts": one.verdicts, "against": one.against, "by": one.by}
