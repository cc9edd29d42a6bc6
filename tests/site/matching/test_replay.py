"""Replay: a stored suggestion is computed again to the last bit, or it is said what changed."""

from __future__ import annotations

import pytest

from duijie.engine.matching.dense import BundledEncoder
from duijie.engine.matching.ground import OneByOne
from duijie.engine.matching.model import default_model
from duijie.site.kernel import clock
from duijie.site.ledger.actions import change, create
from duijie.site.matching import shelf
from duijie.site.matching.actions import running
from duijie.site.matching.models import RankingModel, Suggestion
from duijie.site.matching.queries import replay as query
from duijie.site.matching.queries.ranking import model_of
from duijie.site.matching.work import match_all
from tests.site.matching.words import many_demands, many_offers

pytestmark = pytest.mark.django_db


class Told:
    """A job's progress that nobody looks at."""

    def tell(self, *_words, **_numbers):
        pass

    advance = tell


def everything_matched(actor):
    """Run over all demands as the job does; return the run."""
    run = running.start_matching_all(actor=actor).arguments["run"]
    match_all.do(Told(), run=run)
    return run


@pytest.fixture(params=[False, True], ids=["words alone", "with the encoder"])
def directed(request, monkeypatch):
    if request.param:
        encoder = OneByOne(BundledEncoder())
        monkeypatch.setattr(shelf, "encoder", lambda: encoder)


def test_stored_suggestions_replay_to_the_last_bit(directed, ask, provide, team, home_officer):
    many_demands(ask, 12)
    many_offers(provide, 60, team)
    shelf.follow()
    run = everything_matched(home_officer)
    rows = list(Suggestion.objects.filter(answer__run=run).select_related("answer__run"))
    assert len(rows) > 50
    assert {row.team_id is None for row in rows} == {True, False}
    assert [one.differences for one in query.replay_all(rows).values() if not one.same] == []


@pytest.fixture
def stored(cabbage, answering, elsewhere, home_officer):
    """One offer's suggestion and its team's."""
    shelf.follow()
    run = running.match_demand(cabbage, actor=home_officer)
    return Suggestion.objects.get(answer__run=run, team=None), Suggestion.objects.get(answer__run=run, offer=None)


def test_replay_gives_score_and_reasons(stored):
    offer, team = stored
    again = query.replay(offer)
    assert (again.same, again.score, again.reasons, again.differences) == (True, offer.score, offer.reasons, ())
    assert query.replay(team).score == team.score


def test_later_changes_of_texts_and_corpus_change_no_replay(stored, cabbage, answering, provide, team):
    change(cabbage, actor=None, verb="demand.change", to={"question": "完全改写的问题。"})
    change(answering, actor=None, verb="offer.change", to={"title": "稀土永磁电机", "about": "别的内容"})
    change(answering, actor=None, verb="offer.withdraw", to={"state": "withdrawn", "exit_reason": "other"})
    change(team, actor=None, verb="team.change", to={"about": "", "keywords": []})
    many_offers(provide, 20, team)
    shelf.follow()
    assert all(query.replay(one).same for one in stored)


def _adopt(weight: float) -> RankingModel:
    """Put another model in use."""
    from duijie.site.kernel.codes import take_code
    from duijie.site.ledger.actions import step
    from duijie.site.matching.states import MODEL_NEXT, ModelState

    for row in RankingModel.objects.filter(state=ModelState.PRESENT):
        step(row, ModelState.RETIRED, actor=None, verb="model.retire", next_states=MODEL_NEXT)
    model = default_model()
    weights = {**model.weights, "words": weight}
    content = type(model)(**{**{f: getattr(model, f) for f in model.__slots__}, "weights": weights}).to_json()
    row = RankingModel(
        code=take_code("RM"), name="学得", content=content, state=ModelState.PRESENT, adopted_at=clock.now()
    )
    return create(row, actor=None, verb="model.adopt")


def test_after_a_model_change_old_suggestions_replay_with_their_own_model(stored, cabbage, home_officer):
    scores = [stored[0].score]
    rows = [*stored]
    for weight in (0.5, 0.7):
        model = _adopt(weight)
        run = running.match_demand(cabbage, actor=home_officer)
        assert run.model == model.code
        rows += Suggestion.objects.filter(answer__run=run)
        scores.append(Suggestion.objects.get(answer__run=run, team=None).score)
    assert len(set(scores)) == 3
    assert all(query.replay(one).same for one in rows)


def test_text_that_is_gone_is_named(stored, cabbage, answering):
    offer, team = stored
    type(answering).versions.filter(code=answering.code).delete()
    assert query.replay(offer).differences == (f"找不到 {answering.code} 第 1 版的文字。",)
    assert query.replay(team).score is None
    type(cabbage).versions.filter(code=cabbage.code).delete()
    assert query.replay(offer).differences == (f"找不到需求 {cabbage.code} 第 1 版的文字。",)


def test_model_that_is_gone_is_named(stored):
    offer, _team = stored
    offer.answer.run.model = "RM-1999-0001"
    assert query.replay(offer).differences == ("找不到当时使用的排序模型 RM-1999-0001。",)


def test_altered_score_and_reasons_are_found(stored):
    offer, _team = stored
    before = offer.score
    offer.score = 0.5
    offer.reasons[0]["weight"] += 0.1
    again = query.replay(offer)
    assert not again.same
    assert again.score == before
    assert again.differences == (
        f"得分：记录为 0.5，复算为 {before!r}。",
        f"理由不同的部分：{offer.reasons[0]['code']}。",
    )


def test_other_engine_is_named_where_the_result_differs(stored):
    offer, _team = stored
    offer.answer.run.engine = "duijie 0.0 · 1 · none"
    offer.answer.run.parameters["libraries"]["rjieba"] = "0.1"
    assert query.replay(offer).same
    offer.score += 1e-9
    told = query.replay(offer).differences
    assert any("duijie 0.0" in sentence for sentence in told)
    assert any("rjieba" in sentence and "0.1" in sentence for sentence in told)


def test_ground_of_another_text_is_refused(stored):
    offer, _team = stored
    offer.answer.ground["frequencies"].append(1)
    assert query.replay(offer).differences[0].startswith("需求的文字与计算时留下的依据对不上")


def test_models_are_read_once(stored, django_assert_num_queries):
    model = _adopt(0.6)
    model_of(model.code)
    with django_assert_num_queries(0):
        model_of(model.code)
