"""What was found for a demand, and which demands an offer answers, as far as the reader may see both sides.

Places are counted among what the reader sees, and a team's score is made of the evidence he sees, so that neither tells
him of an offer he may not know of.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.http import Http404

from duijie.engine.matching.teams import team_score
from duijie.site.demands.completeness import completeness, document_of
from duijie.site.demands.models import Demand
from duijie.site.demands.permissions import may_open, may_write
from duijie.site.demands.queries import fetch as fetch_demand
from duijie.site.demands.states import EXPIRING
from duijie.site.matching import permissions
from duijie.site.matching.models import Answer, Match, Suggestion, Verdict
from duijie.site.matching.models.run import Scope
from duijie.site.matching.queries.ranking import is_team, model_of
from duijie.site.matching.wording import TONES, Pair, bars, for_and_against, grouped_bars, level_word
from duijie.site.offers.models import Offer
from duijie.site.offers.queries import fetch as fetch_offer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duijie.site.demands.completeness import Completeness
    from duijie.site.kernel.parts import Tone
    from duijie.site.matching.models import Run
    from duijie.site.matching.wording import Bar
    from duijie.site.parties.models import User

SUPPLY = ("offer__organisation", "offer__region", "offer__field", "offer__industry", "team__organisation__region")
NEEDS = ("answer__run", "answer__demand__organisation", "answer__demand__region", "answer__demand__field")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record a team is found by: one of its offers, or what it says of itself."""

    record: Any
    is_team: bool
    score: float
    level: int
    suggestion: int | None = None

    @property
    def level_word(self) -> str:
        """The level in words."""
        return level_word(self.level)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One suggestion as one reader meets it. ``full``: he may read the other side's whole text."""

    suggestion: Suggestion
    place: int
    score: float
    level: int
    full: bool
    bars: Sequence[Bar]
    good: Sequence[str]
    bad: Sequence[str]
    match: Match | None = None
    judged: int | None = None
    evidence: Sequence[Evidence] = field(default=())

    @property
    def supply(self) -> Any:
        """What answers: the offer or the team."""
        return self.suggestion.offer or self.suggestion.team

    @property
    def level_word(self) -> str:
        """The level in words."""
        return level_word(self.level)

    @property
    def tone(self) -> Tone:
        """How the level's badge looks."""
        return TONES[self.level]

    @property
    def demand(self) -> Demand:
        """The demand it answers."""
        return self.suggestion.answer.demand


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """What was found for one demand. ``outcome``: ``match``, ``no match``, ``too vague``, or nothing yet."""

    demand: Demand
    answer: Answer | None
    run: Run | None
    outcome: str
    offers: Sequence[Candidate]
    teams: Sequence[Candidate]
    changed: bool
    completeness: Completeness | None
    may_write: bool
    may_run: bool
    may_take_up: bool
    may_judge: bool


def candidates_page(code: str, user: User) -> CandidatesPage:
    """Fetch and assemble the candidates of a demand."""
    demand = fetch_answered(code, user)
    answer = answer_to(demand)
    offers, teams = candidates_of(answer, demand, user) if answer else ([], [])
    outcome = "" if answer is None else answer.verdict
    if outcome == "match" and not offers and not teams:
        outcome = "no match"
    wanting = outcome in {"no match", "too vague"}
    return CandidatesPage(
        demand=demand,
        answer=answer,
        run=answer.run if answer else None,
        outcome=outcome,
        offers=offers,
        teams=teams,
        changed=answer is not None and answer.revision != demand.revision and _reads_otherwise(demand, answer.revision),
        completeness=completeness(demand) if wanting else None,
        may_write=may_write(user, demand),
        may_run=permissions.may_run(user, demand),
        may_take_up=permissions.may_take_up(user, demand) or permissions.may_favour(user, demand),
        may_judge=permissions.may_judge(user, demand),
    )


def fetch_answered(code: str, user: User) -> Demand:
    """Return a demand whose candidates the user may see; all else is missing."""
    demand, _view = fetch_demand(code, user)
    if not permissions.may_see_candidates(user, demand):
        raise Http404
    return demand


def answer_to(demand: Demand) -> Answer | None:
    """Return the newest answer to the demand; what was found for one offer alone is none."""
    return Answer.objects.exclude(run__scope=Scope.OFFER).select_related("run").latest_of(demand)


def _reads_otherwise(demand: Demand, revision: int) -> bool:
    """Say whether the demand has been rewritten since; a mere step forward changes no text."""
    before = Demand.versions.filter(code=demand.code, revision=revision).first()
    return before is not None and document_of(before) != document_of(demand)


# -- candidates --------------------------------------------------------------------------------------------------------


def candidates_of(answer: Answer, demand: Demand, user: User) -> tuple[list[Candidate], list[Candidate]]:
    """Return the offers and the teams of an answer that the reader may see, best first, each numbered anew."""
    rows = list(
        Suggestion.objects.visible_to(user).filter(answer=answer).select_related(*SUPPLY).order_by("rank", "id")
    )
    for row in rows:
        row.answer = answer
    answer.demand = demand
    return _candidates(rows, demand, user)


def some_candidates(rows: Sequence[Suggestion], demand: Demand, user: User) -> list[Candidate]:
    """Return given suggestions for one demand, offers first."""
    offers, teams = _candidates(rows, demand, user)
    return [*offers, *teams]


def _candidates(rows: Sequence[Suggestion], demand: Demand, user: User) -> tuple[list[Candidate], list[Candidate]]:
    told = may_open(demand, user)
    open_offers = _readable_offers([row.offer_id for row in rows if row.offer_id], user)
    matches = _matches(demand, user)
    judged = _judged(demand, user)
    evidence = evidence_of([row for row in rows if row.team_id], user)
    offers: list[Candidate] = []
    teams: list[Candidate] = []
    for row in rows:
        beside: dict[str, Any] = {
            "match": matches.get(row.offer_id or row.team_id),
            "judged": judged.get(row.offer_id or row.team_id),
        }
        if row.offer_id:
            offers.append(
                _of_offer(row, len(offers) + 1, demand, full=row.offer_id in open_offers, told=told, **beside)
            )
        elif evidence[row.pk]:
            teams.append(_of_team(row, evidence[row.pk], **beside))
    teams.sort(key=lambda one: (-one.score, one.suggestion.team_id))
    return offers, [replace(one, place=place) for place, one in enumerate(teams, 1)]


def _of_offer(row: Suggestion, place: int, demand: Demand, *, full: bool, told: bool, **beside: Any) -> Candidate:
    weights = weights_of(row.answer.run)
    good, bad = for_and_against(row.reasons, Pair(demand, row.offer, full and told, weights))
    return Candidate(row, place, row.score, row.level, full, grouped_bars(row.reasons, weights), good, bad, **beside)


def _of_team(row: Suggestion, evidence: Sequence[Evidence], **beside: Any) -> Candidate:
    score = team_score(one.score for one in evidence)
    return Candidate(row, 0, score, evidence[0].level, True, (), (), (), evidence=evidence, **beside)


def evidence_of(rows: Sequence[Suggestion], user: User) -> dict[int, list[Evidence]]:
    """Return, for each team suggestion, the records behind it that the reader may see, best first."""
    told = {row.pk: row.evidence for row in rows}
    codes = {one["offer"] for some in told.values() for one in some}
    offers = (
        Offer.objects.visible_to(user).select_related("organisation").in_bulk([c for c in codes if not is_team(c)])
        if codes
        else {}
    )
    teams = {row.team_id: row.team for row in rows}
    beside = _suggested({row.answer_id for row in rows}, offers)
    return {
        row.pk: [
            Evidence(
                record, is_team(one["offer"]), one["score"], one["level"], beside.get((row.answer_id, one["offer"]))
            )
            for one in told[row.pk]
            if (record := offers.get(one["offer"]) or teams.get(one["offer"]))
        ]
        for row in rows
    }


def _suggested(answers: Iterable[int], offers: Mapping[str, Offer]) -> dict[tuple[int, str], int]:
    """Return the suggestions of the same answers for these offers: where each is explained."""
    if not offers:
        return {}
    found = Suggestion.objects.filter(answer__in=list(answers), offer__in=list(offers))
    return {(one["answer"], one["offer"]): one["id"] for one in found.values("answer", "offer", "id")}


def _readable_offers(codes: Sequence[str], user: User) -> frozenset[str]:
    if not codes:
        return frozenset()
    return frozenset(Offer.objects.in_full_to(user).filter(code__in=codes).values_list("code", flat=True))


def _matches(demand: Demand, user: User) -> dict[str | None, Match]:
    return {one.offer_id or one.team_id: one for one in Match.objects.visible_to(user).filter(demand=demand)}


def _judged(demand: Demand, user: User) -> dict[str | None, int]:
    mine = Verdict.objects.filter(demand=demand, by=user.pk).values_list("offer", "team", "level")
    return {offer or team: level for offer, team, level in mine}


def weights_of(run: Run) -> Mapping[str, float]:
    """Return what each part can add at most, by the model of the run."""
    return model_of(run.model).weights


# -- the other way round -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NeedsPage:
    """The demands that an offer answers, best first."""

    offer: Offer
    needs: Sequence[Candidate]
    may_run: bool


def needs_page(code: str, user: User) -> NeedsPage:
    """Fetch and assemble who needs an offer."""
    offer, _view = fetch_offer(code, user)
    if not permissions.may_see_needs(user, offer):
        raise Http404
    return NeedsPage(offer, needs_of(offer, user), permissions.may_run_offer(user, offer))


def needs_of(offer: Offer, user: User, *, most: int = 50) -> list[Candidate]:
    """Return the open demands that the newest runs found the offer for, as far as the user may see them."""
    seen = Suggestion.objects.visible_to(user).filter(
        offer=offer, answer__run__state="done", answer__demand__state__in=EXPIRING
    )
    newest = seen.order_by().values("answer__demand").annotate(last=Max("id")).values("last")
    rows = list(
        Suggestion.objects.filter(id__in=newest).select_related(*NEEDS, *SUPPLY).order_by("-score", "id")[:most]
    )
    readable = frozenset(
        Demand.objects.readable_by(user)
        .filter(code__in=[r.answer.demand_id for r in rows])
        .values_list("code", flat=True)
    )
    matches = {one.demand_id: one for one in Match.objects.visible_to(user).filter(offer=offer)} if rows else {}
    found = []
    for place, row in enumerate(rows, 1):
        weights, full = weights_of(row.answer.run), row.answer.demand_id in readable
        good, bad = for_and_against(row.reasons, Pair(row.answer.demand, row.offer, full, weights))
        match = matches.get(row.answer.demand_id)
        found.append(
            Candidate(row, place, row.score, row.level, full, grouped_bars(row.reasons, weights), good, bad, match)
        )
    return found


def all_bars(suggestion: Suggestion) -> list[Bar]:
    """Return every part of a suggestion's score."""
    return bars(suggestion.reasons, weights_of(suggestion.answer.run))
