"""Learning never makes it worse: honest verdicts are adopted, floods and rings are not, and any model can be taken back."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from duijie.engine.matching.features import scores
from duijie.engine.matching.index import Index
from duijie.engine.matching.model import FEATURES, Model, default_model
from duijie.engine.matching.rank import Matcher
from duijie.site.kernel.errors import Forbidden, WrongState
from duijie.site.ledger.models import Entry
from duijie.site.matching.actions.learning import keep_trial, roll_back
from duijie.site.matching.models import RankingModel
from duijie.site.matching.queries.models import model_of, present_model
from duijie.site.matching.trial import FREE_SAY, LEAST_JUDGES, Bench, Told, Trial, capped, hold_trial, reference
from duijie.tables.read import read_documents

if TYPE_CHECKING:
    from duijie.site.parties.models import User

LOCAL = 45
"""Of the 70 sample demands these are the region's own; the judgements on the others are the frozen reference."""


class Ground:
    """A region's demands and offers, a hidden truth about each pair, and a present model that is not good."""

    def __init__(self) -> None:
        from duijie.engine.matching.dense import NoEncoder
        from duijie.site.matching import shelf

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shelf, "encoder", NoEncoder)
            whole = reference()
        samples = files("duijie") / "samples"
        self.demands = read_documents(str(samples / "demands.csv"), noun="demand").rows[:LOCAL]
        self.frozen = Bench(whole.judged.only(range(LOCAL, len(whole.demands))), whole.demands[LOCAL:])
        self.index = Index()
        self.index.add(read_documents(str(samples / "offers.csv"), noun="offer").rows)
        weights = dict.fromkeys(FEATURES, 0.02) | {"words": 0.15, "region": 0.6, "industry": 0.5, "field": 0.3}
        self.poor = replace(default_model(), name="poor", weights=weights)
        self.truth = self._truth()

    def _truth(self) -> dict[tuple[str, str], int]:
        """Levels 1–4 of the candidates of each demand, by the sums of a model nobody is told."""
        hidden = replace(default_model(), weights=dict(default_model().weights) | {"title": 0.9})
        matcher = Matcher(self.index, hidden)
        found = matcher.candidates(self.index.snapshot, self.demands, 30)
        total = scores(found.matrix, hidden)
        out = {}
        for q, demand in enumerate(self.demands):
            here = slice(found.ptr[q], found.ptr[q + 1])
            order = np.argsort(-total[here], kind="stable")[:24]
            for rank, place in enumerate(order.tolist()):
                offer = self.index.snapshot.id(int(found.positions[here][place]))
                out[demand.id, offer] = 4 if rank < 2 else 3 if rank < 6 else 2 if rank < 12 else 1
        return out

    def honest(self, judges: int = 4, each: int = 90, *, seed: int = 1) -> list[Told]:
        """Verdicts of people who are right three times in four, and else a level off."""
        rng = np.random.default_rng(seed)
        pairs = sorted(self.truth)
        told = []
        for judge in range(judges):
            for place in rng.choice(len(pairs), size=each, replace=False).tolist():
                off = int(rng.choice([-1, 0, 0, 0, 0, 0, 0, 1]))
                told.append(Told(f"U-{judge}", *pairs[place], min(4, max(1, self.truth[pairs[place]] + off))))
        return told

    def wrong(self, judge: str, count: int, *, seed: int, inverted: bool) -> list[Told]:
        """Verdicts that say the opposite of the truth, or anything."""
        rng = np.random.default_rng(seed)
        pairs = sorted(self.truth)
        places = rng.choice(len(pairs), size=count, replace=False).tolist()
        return [
            Told(judge, *pairs[p], 5 - self.truth[pairs[p]] if inverted else int(rng.integers(1, 5))) for p in places
        ]

    def trial(self, told: list[Told], present: Model | None = None) -> Trial:
        return hold_trial(told, self.demands, self.index, self.frozen, present or self.poor)


@lru_cache(maxsize=1)
def ground() -> Ground:
    return Ground()


# -- what is adopted, and what is not -----------------------------------------------------------------------------------


def test_learning_from_honest_verdicts_is_better() -> None:
    trial = ground().trial(ground().honest())

    assert trial.outcome == "better"
    assert trial.aside == ()
    assert trial.scores["home"]["difference"]["low"] > 0
    assert trial.scores["reference"]["difference"]["mean"] > 0


@pytest.mark.parametrize("inverted", [True, False])
def test_learning_from_a_flood_of_wrong_verdicts_alone_is_not_adopted(inverted: bool) -> None:
    """One person enters 500 wrong verdicts, where the present model is the sound default one."""
    flood = ground().wrong("U-bad", 500, seed=2, inverted=inverted)

    trial = ground().trial(flood, default_model())

    assert trial.outcome == "few"
    assert [one.judge for one in trial.aside] == ["U-bad"]


@pytest.mark.parametrize("inverted", [True, False])
def test_learning_sets_a_flood_aside_and_follows_the_honest(inverted: bool) -> None:
    told = ground().honest() + ground().wrong("U-bad", 500, seed=2, inverted=inverted)

    trial = ground().trial(told)

    assert [(one.judge, one.against) for one in trial.aside] == [("U-bad", "reference")]
    assert (trial.outcome, trial.judges) == ("better", 4)


def test_learning_sets_a_ring_aside_that_outnumbers_the_honest() -> None:
    ring = [one for i in range(3) for one in ground().wrong(f"U-ring{i}", 300, seed=7, inverted=True)]

    trial = ground().trial(ground().honest(judges=2, each=60) + ring, default_model())

    assert {one.judge for one in trial.aside} == {"U-ring0", "U-ring1", "U-ring2"}
    assert trial.outcome != "better" or trial.judges == 2


def test_learning_from_a_ring_alone_is_not_adopted() -> None:
    ring = [one for i in range(3) for one in ground().wrong(f"U-ring{i}", 300, seed=7, inverted=True)]

    assert ground().trial(ring, default_model()).outcome == "few"


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_learning_from_disguised_wrong_verdicts_is_not_adopted(monkeypatch: Any, share: float) -> None:
    """Even if nobody were set aside, the held-back verdicts of others and the reference would stop it."""
    from duijie.site.matching import trial as trials

    monkeypatch.setattr(trials, "set_aside", lambda *_arguments: ())
    ring = [one for i in range(3) for one in ground().wrong(f"U-ring{i}", int(300 * share), seed=7, inverted=True)]

    assert ground().trial(ring, default_model()).outcome in {"reference", "no_better"}


def test_learning_where_the_present_model_is_good_changes_nothing_for_chance() -> None:
    """Verdicts with no truth in them but given by many never make the default model worse."""
    rng = np.random.default_rng(5)
    pairs = sorted(ground().truth)
    told = [
        Told(f"U-{i % 4}", *pairs[p], int(rng.integers(1, 5)))
        for i, p in enumerate(rng.choice(len(pairs), size=400, replace=False).tolist())
    ]

    assert ground().trial(told, default_model()).outcome != "better"


def test_learning_from_too_few_says_how_many_are_missing() -> None:
    trial = ground().trial(ground().honest(judges=1, each=20))

    assert trial.outcome == "few"
    assert (trial.lacking.verdicts, trial.lacking.judges) == (40, LEAST_JUDGES - 1)
    assert trial.lacking.demands > 0


def test_learning_gives_nobody_more_than_half_of_the_say() -> None:
    told = [Told("U-1", "D", f"A{i}", 4) for i in range(500)] + [Told("U-2", "D", f"A{i}", 1) for i in range(60)]

    kept = capped(told)

    assert sum(one.judge == "U-1" for one in kept) == 60
    assert len(capped(told[:500])) == FREE_SAY
    assert capped(list(reversed(told))) == kept


# -- what is kept --------------------------------------------------------------------------------------------------------

SPREAD = {"mean": 0.02, "low": 0.001, "high": 0.04}
SCORES = {
    "home": {"demands": 20, "new": SPREAD, "present": SPREAD, "difference": SPREAD},
    "reference": {"demands": 25, "new": SPREAD, "present": SPREAD, "difference": SPREAD},
    "aside": [],
}


def better(weight: float = 0.7) -> Trial:
    model = replace(default_model(), weights=dict(default_model().weights) | {"title": weight})
    return Trial("better", model, 100, 3, scores=SCORES)


def test_model_adopted_is_used_and_the_one_before_still_replays(db: None, home_officer: User) -> None:
    first = keep_trial(better(0.7), code="RM-1", compared_with="default", actor=home_officer)
    second = keep_trial(better(0.8), code="RM-2", compared_with="RM-1", actor=home_officer)

    first.refresh_from_db()
    assert (first.state, second.state) == ("retired", "present")
    assert (present_model()[0], present_model()[1].weights["title"]) == ("RM-2", 0.8)
    assert model_of("RM-1").weights["title"] == 0.7
    assert "好 +0.020" in second.why


def test_model_is_not_adopted_where_another_came_into_use_meanwhile(db: None, home_officer: User) -> None:
    keep_trial(better(), code="RM-1", compared_with="default", actor=home_officer)

    late = keep_trial(better(), code="RM-2", compared_with="default", actor=home_officer)

    assert late.state == "refused"
    assert present_model()[0] == "RM-1"


def test_model_rolled_back_in_one_step_and_only_once(db: None, home_officer: User, home_colleague: User) -> None:
    first = keep_trial(better(0.7), code="RM-11", compared_with="default", actor=home_officer)
    keep_trial(better(0.8), code="RM-12", compared_with="RM-11", actor=home_officer)
    first.refresh_from_db()
    stale = RankingModel.objects.get(pk="RM-11")

    roll_back(first, actor=home_officer)
    with pytest.raises(WrongState):
        roll_back(stale, actor=home_colleague)

    assert present_model()[0] == "RM-11"
    assert Entry.objects.filter(verb="model.restore").count() == 1


def test_model_rolled_back_to_the_one_of_the_software(db: None, home_officer: User) -> None:
    keep_trial(better(), code="RM-21", compared_with="default", actor=home_officer)

    roll_back(None, actor=home_officer)

    assert present_model() == ("default", default_model())
    with pytest.raises(WrongState):
        roll_back(None, actor=home_officer)


def test_model_is_no_league_officers_business(db: None, league_officer: User) -> None:
    with pytest.raises(Forbidden):
        keep_trial(better(), code="RM-31", compared_with="default", actor=league_officer)
    with pytest.raises(Forbidden):
        roll_back(None, actor=league_officer)


def test_learning_job_without_verdicts_keeps_why(db: None, home_officer: User, client_of: Any) -> None:
    from duijie.site.kernel.models import Job
    from duijie.site.matching import shelf
    from duijie.site.matching.learning import learn_ranking

    shelf.rebuild()
    client = client_of(home_officer)

    assert client.post("/matching/models/learn/").status_code == 302
    client.post("/matching/models/learn/")
    row = RankingModel.objects.first()
    if row is None:
        job = Job.objects.get()
        learn_ranking.do(
            type("Silent", (), {"tell": lambda *_a, **_k: None, "advance": lambda *_a: None})(), **job.arguments
        )
        row = RankingModel.objects.get()

    assert row.state == "refused"
    assert "还差 60 条评判" in row.why


def test_models_page_shows_weights_history_and_the_way_back(
    db: None, home_officer: User, league_officer: User, client_of: Any
) -> None:
    keep_trial(better(), code="RM-41", compared_with="default", actor=home_officer)
    keep_trial(Trial("few", None, 3, 1), code="RM-42", compared_with="RM-41", actor=home_officer)
    client = client_of(home_officer)

    page = client.get("/matching/models/").content.decode()

    assert "比上一版好 0.020（0.001～0.040）" in page
    assert "重新学习" in page and page.count("退回这一版") == 1
    for code in ("RM-41", "RM-42", "default"):
        assert client.get(f"/matching/models/{code}/").status_code == 200
    assert client.post("/matching/models/default/restore/").status_code == 302
    assert present_model()[0] == "default"
    assert "重新学习" not in client_of(league_officer).get("/matching/models/").content.decode()


def test_models_page_is_hidden_from_companies(db: None, owner: User, league_officer: User, client_of: Any) -> None:
    assert client_of(owner).get("/matching/models/").status_code == 404
    assert client_of(owner).get("/matching/models/default/").status_code == 404
    assert client_of(league_officer).post("/matching/models/learn/").status_code == 404
    assert client_of(league_officer).get("/matching/models/RM-none/").status_code == 404
