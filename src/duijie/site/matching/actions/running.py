"""Runs of the engine: one demand at once, one offer at once, all open demands as a job."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock, jobs
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden
from duijie.site.kernel.models import OPEN, Job
from duijie.site.ledger.actions import create, step
from duijie.site.matching import permissions
from duijie.site.matching.documents import demand_document
from duijie.site.matching.models import Answer, Run, Suggestion
from duijie.site.matching.models.run import Scope
from duijie.site.matching.queries.ranking import (
    Corpus,
    answer_demands,
    demands_visible_to,
    engine_version,
    model_in_use,
    offers_visible_to,
    parameters,
)
from duijie.site.matching.queries.seeking import answer_offer
from duijie.site.matching.states import RUN_NEXT, RunState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duijie.site.demands.models import Demand
    from duijie.site.matching.queries.ranking import Found
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import User

_BATCH = 500


def match_demand(demand: Demand, *, actor: User | None) -> Run:
    """Look for offers and teams for one demand, among what the actor may see; the run is done when the call returns."""
    if actor is not None and not permissions.may_run(actor, demand):
        raise Forbidden(_("这项需求不由您匹配。"))
    began = time.perf_counter()
    corpus, (model_code, model) = Corpus.standing(), model_in_use()
    visible = offers_visible_to(actor) if actor else None
    found = list(answer_demands([demand_document(demand)], corpus, model, visible=visible))
    with transaction.atomic():
        run = new_run(Scope.DEMAND, demand.code, corpus, model_code, demands=1, actor=actor)
        return _write(run, found, began, actor=actor)


def match_offer(offer: Offer, *, actor: User | None) -> Run:
    """Look for the open demands an offer answers, among those the actor may see."""
    if actor is not None and not permissions.may_run_offer(actor, offer):
        raise Forbidden(_("这项成果不由您匹配。"))
    began = time.perf_counter()
    corpus, (model_code, model) = Corpus.standing(), model_in_use()
    visible = demands_visible_to(actor) if actor else None
    found = answer_offer(offer.code, corpus, model, visible=visible)
    with transaction.atomic():
        run = new_run(Scope.OFFER, offer.code, corpus, model_code, demands=len(found), actor=actor)
        return _write(run, found, began, actor=actor)


def start_matching_all(*, actor: User | None) -> Job:
    """Start the job that answers all open demands; while one is under way, a second start gives the same job."""
    from duijie.site.matching.work import match_all  # noqa: PLC0415  the job calls these actions

    if actor is not None and not permissions.may_run_all(actor):
        raise Forbidden(_("全部匹配由自治区科技管理人员发起。"))
    corpus, (model_code, _model) = Corpus.standing(), model_in_use()
    with transaction.atomic():
        under_way = {job.arguments["run"]: job for job in Job.objects.filter(kind=match_all.path, state__in=OPEN)}
        for run in Run.objects.filter(scope=Scope.ALL, state=RunState.RUNNING):
            if run.code in under_way:
                return under_way[run.code]
            fail_run(run, actor=None)  # its job was called off while it waited, or died too often
        run = new_run(Scope.ALL, "", corpus, model_code, demands=0, actor=actor)
        return jobs.start(match_all, owner=actor, title=_("匹配全部在找合作的需求"), run=run.code)


def new_run(scope: Scope, subject: str, corpus: Corpus, model_code: str, *, demands: int, actor: User | None) -> Run:
    """Write down what is about to be computed, with what."""
    run = Run(
        code=take_code("R"),
        scope=scope,
        subject=subject,
        started_by=actor,
        engine=engine_version(),
        model=model_code,
        parameters=parameters(),
        corpus=corpus.seal,
        corpus_size=corpus.snapshot.documents,
        demands=demands,
    )
    return create(run, actor=actor, verb="run.start")


def _write(run: Run, found: Sequence[Found], began: float, *, actor: User | None) -> Run:
    keep_answers(run, found)
    answered = sum(one.verdict == "match" for one in found)
    seconds = time.perf_counter() - began
    finish_run(run, [digest_of(one) for one in found], answered=answered, seconds=seconds, actor=actor)
    return run


def keep_answers(run: Run, found: Sequence[Found]) -> None:
    """Store some answers with their suggestions, in one short transaction. Nobody sees them before the run is done."""
    with transaction.atomic():
        answers = [
            Answer(
                run=run,
                demand_id=one.demand,
                revision=one.revision,
                verdict=one.verdict,
                specificity=one.specificity,
                best=one.best,
                ground=one.ground.to_json(),
            )
            for one in found
        ]
        Answer.objects.bulk_create(answers, batch_size=_BATCH)
        Suggestion.objects.bulk_create(
            [row for answer, one in zip(answers, found, strict=True) for row in _suggestions(answer, one)],
            batch_size=_BATCH,
        )


def _suggestions(answer: Answer, found: Found) -> Iterator[Suggestion]:
    for one in found.proposals:
        yield Suggestion(
            answer=answer,
            offer_id=None if one.is_team else one.code,
            team_id=one.code if one.is_team else None,
            revision=one.revision,
            rank=one.rank,
            score=one.score,
            level=one.level,
            reasons=one.reasons,
            evidence=one.evidence,
        )


def finish_run(run: Run, digests: Sequence[str], *, answered: int, seconds: float, actor: User | None) -> None:
    """Close a run whose answers are all stored, with the digest that proves them."""
    told = {
        "demands": len(digests),
        "answered": answered,
        "seconds": round(seconds, 3),
        "digest": sha256("".join(sorted(digests)).encode()).hexdigest(),
        "finished_at": clock.now(),
    }
    step(run, RunState.DONE, actor=actor, verb="run.finish", next_states=RUN_NEXT, to=told)


def fail_run(run: Run, *, actor: User | None, note: str = "") -> None:
    """Give a run up: what was stored of it is taken away."""
    with transaction.atomic():
        forget_answers(run)
        told = {"finished_at": clock.now()}
        step(run, RunState.FAILED, actor=actor, verb="run.fail", next_states=RUN_NEXT, to=told, note=note)


def forget_answers(run: Run) -> None:
    """Take away what an interrupted run has stored."""
    Suggestion.objects.filter(answer__run=run).delete()
    Answer.objects.filter(run=run).delete()


def digest_of(found: Found) -> str:
    """Return the digest of one answer: canonical JSON of everything that is stored of it."""
    told: dict[str, Any] = {
        "demand": found.demand,
        "revision": found.revision,
        "verdict": found.verdict,
        "specificity": found.specificity,
        "best": found.best,
        "ground": found.ground.to_json(),
        "suggestions": [
            [one.code, one.revision, one.rank, one.score, one.level, one.reasons, one.evidence]
            for one in found.proposals
        ],
    }
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
