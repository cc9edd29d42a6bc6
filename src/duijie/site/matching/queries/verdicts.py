"""Verdicts: what learning reads, and the page of who judged how much, in how much agreement, and what to judge next."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from duijie.site.demands.models import Demand
from duijie.site.matching import permissions
from duijie.site.matching.models import Run, Suggestion, Verdict
from duijie.site.matching.models.run import Scope
from duijie.site.matching.queries.models import present_model
from duijie.site.matching.states import RunState
from duijie.site.matching.trial import LEAST_DEMANDS, LEAST_JUDGES, LEAST_VERDICTS, Told, lacking_of
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from duijie.site.matching.trial import Lacking
    from duijie.site.parties.models import User

_LOOKED_AT = 400  # newest suggestions among which the next pairs are sought
_NEXT = 10
_RECENT = 50


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs that several people judged: how many, on how many they gave the same level, and with at most one between."""

    pairs: int
    same: int
    near: int


@dataclass(frozen=True, slots=True)
class JudgingPage:
    """What somebody who judges sees of judging."""

    mine: Sequence[Verdict]
    total: int
    by_person: Sequence[tuple[str, int]]
    agreement: Agreement
    lacking: Lacking
    least: tuple[int, int, int]
    disputed: Sequence[Verdict]
    uncertain: Sequence[Suggestion]


def told_verdicts() -> list[Told]:
    """Return all verdicts on offers; of a team's own text there is too little to learn from."""
    rows = Verdict.objects.filter(offer__isnull=False).order_by("code")
    return [Told(*row) for row in rows.values_list("by__code", "demand_id", "offer_id", "level")]


def verdicts_visible_to(user: User) -> QuerySet[Verdict]:
    """Return the verdicts on demands the user looks after, and may read, with offers he may read."""
    offers = Offer.objects.in_full_to(user).values("code")
    rows: QuerySet[Verdict] = Verdict.objects.filter(
        Q(offer=None) | Q(offer__in=offers), demand__in=judged_by(user).values("code")
    )
    return rows


def judged_by(user: User) -> QuerySet[Demand]:
    """Return the demands whose candidates the user may judge."""
    scope = user.scope
    mine = scope.within("region__code", Role.OFFICER, Role.BROKER) | Q(department__in=scope.of(Role.DEPARTMENT))
    rows: QuerySet[Demand] = Demand.objects.readable_by(user).filter(mine)
    return rows


def judging_page(user: User) -> JudgingPage:
    """Assemble the page."""
    rows = verdicts_visible_to(user)
    columns = ("by__code", "by__name", "demand_id", "offer_id", "team_id", "level")
    found = rows.order_by("code").values_list(*columns)
    told = [(who, name, demand, offer or team or "", level) for who, name, demand, offer, team, level in found]
    mine = rows.filter(by=user).select_related("demand", "offer", "team").order_by("-changed_at")[:_RECENT]
    people = Counter((who, name) for who, name, *_pair in told)
    pairs: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for who, _name, demand, supply, level in told:
        pairs[demand, supply][who] = level
    return JudgingPage(
        mine=list(mine),
        total=len(told),
        by_person=[(name, count) for (_who, name), count in people.most_common()],
        agreement=_agreement(pairs),
        lacking=lacking_of([Told(who, demand, supply, level) for who, _name, demand, supply, level in told]),
        least=(LEAST_VERDICTS, LEAST_DEMANDS, LEAST_JUDGES),
        disputed=_disputed(rows, pairs, user),
        uncertain=_uncertain(user, pairs),
    )


def _agreement(pairs: dict[tuple[str, str], dict[str, int]]) -> Agreement:
    several = [levels.values() for levels in pairs.values() if len(levels) > 1]
    spans = [max(levels) - min(levels) for levels in several]
    return Agreement(len(spans), sum(span == 0 for span in spans), sum(span <= 1 for span in spans))


def _disputed(rows: Any, pairs: dict[tuple[str, str], dict[str, int]], user: User) -> list[Verdict]:
    """Return one verdict of each pair that others judge two levels apart and the user has not judged."""
    apart = [
        pair
        for pair, levels in pairs.items()
        if user.code not in levels and max(levels.values()) - min(levels.values()) > 1
    ][:_NEXT]
    wanted = Q(pk__in=[])
    for demand, supply in apart:
        wanted |= Q(demand=demand) & (Q(offer=supply) | Q(team=supply))
    found = {
        (v.demand_id, v.offer_id or v.team_id): v for v in rows.filter(wanted).select_related("demand", "offer", "team")
    }
    return list(found.values())


def _uncertain(user: User, pairs: dict[tuple[str, str], dict[str, int]]) -> list[Suggestion]:
    """Return unjudged suggestions of the latest run over all demands whose scores stand nearest to a cut between levels."""
    run = Run.objects.filter(scope=Scope.ALL, state=RunState.DONE).order_by("-finished_at").first()
    if run is None:
        return []
    cuts = present_model()[1].cuts
    offers = Offer.objects.in_full_to(user).values("code")
    rows = Suggestion.objects.filter(answer__run=run, answer__demand__in=judged_by(user).values("code"), rank__lte=8)
    rows = rows.filter(offer__in=offers).select_related("answer__demand", "offer").defer("reasons", "evidence")
    fresh = [row for row in rows[:_LOOKED_AT] if (row.answer.demand_id, row.offer_id) not in pairs]
    return sorted(fresh, key=lambda row: (min(abs(row.score - cut) for cut in cuts), row.pk))[:_NEXT]


def may_judge_suggestion(user: User, suggestion: Suggestion) -> bool:
    """Say whether the user may judge what this suggestion proposes."""
    return permissions.may_judge(user, suggestion.answer.demand, suggestion.offer or suggestion.team)
