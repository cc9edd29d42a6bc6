from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sample_desk

from duijie.engine.matching.features import scores
from duijie.engine.matching.index import Index
from duijie.engine.matching.model import default_model
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.types import Document


def answer(demand, **more):
    return next(iter(Matcher(sample_desk.index()).match([demand], **more)))


def test_answers_come_in_the_order_of_the_demands_and_best_first():
    demands = sample_desk.demands()[:12]
    answers = list(Matcher(sample_desk.index()).match(demands, 5))
    assert [a.demand for a in answers] == [d.id for d in demands]
    for a in answers:
        assert [m.rank for m in a.matches] == list(range(1, len(a.matches) + 1))
        assert [m.score for m in a.matches] == sorted((m.score for m in a.matches), reverse=True)


def test_most_good_demands_find_a_strong_offer_among_the_first_three():
    judged = sample_desk.judgements()
    good = [d for d in sample_desk.demands() if max((v for (q, _), v in judged.items() if q == d.id), default=0) == 4]
    hits = [
        any(judged.get((a.demand, m.offer), 0) >= 3 for m in a.matches)
        for a in Matcher(sample_desk.index()).match(good, 3, explained=False)
    ]
    assert len(good) == 50
    assert sum(hits) >= 46


def test_vague_demand_gets_a_verdict_and_no_offer():
    a = answer(Document("d", "寻求技术合作", "希望提高产品质量，寻求与科研单位合作。"))
    assert (a.verdict, a.matches) == ("too vague", ())


def test_demand_that_nothing_answers_gets_no_offer():
    a = answer(Document("d", "寿司拼盘机械手抓取三文鱼刺身摆盘节拍"))
    assert (a.verdict, a.matches) == ("no match", ())


def test_all_offers_are_listed_when_hopeless_ones_are_wanted():
    a = answer(Document("d", "寻求技术合作"), credible_only=False, top=10)
    assert a.verdict == "too vague"
    assert len(a.matches) > 0


def test_top_may_exceed_the_corpus():
    a = answer(sample_desk.demands()[0], top=10_000, credible_only=False)
    assert len({m.offer for m in a.matches}) == len(a.matches) > 100


def test_top_below_one_is_refused():
    with pytest.raises(ValueError, match="top must be at least 1"):
        answer(sample_desk.demands()[0], top=0)


def test_filter_keeps_only_what_passes():
    by_id = {o.id: o for o in sample_desk.offers()}
    a = answer(sample_desk.demands()[0], wanted={"kind": {"专利"}.__contains__}, credible_only=False)
    assert {by_id[m.offer].kind for m in a.matches} == {"专利"}


def test_one_demand_alone_gets_the_same_answer_as_among_others():
    demands = sample_desk.demands()[:6]
    together = list(Matcher(sample_desk.index(), threads=2).match(demands))
    assert [answer(d) for d in demands] == together


def test_answer_does_not_depend_on_segments_or_threads():
    split = Index()
    for start in range(0, 600, 130):
        split.add(sample_desk.offers()[start : start + 130])
    demands = sample_desk.demands()[:8]
    assert list(Matcher(split, threads=2).match(demands)) == list(Matcher(sample_desk.index()).match(demands))


def test_empty_index_answers_no_match():
    a = next(iter(Matcher(Index()).match([sample_desk.demands()[0]])))
    assert (a.verdict, a.matches) == ("no match", ())


def test_equal_offers_stand_in_the_order_of_their_ids():
    index = Index()
    index.add([Document(i, "风机叶片电热防冰", "低功率电热膜") for i in ("b", "c", "a")])
    a = next(iter(Matcher(index).match([Document("d", "风机叶片防冰电热膜")], 2)))
    assert [m.offer for m in a.matches] == ["a", "b"]


def test_reasons_sum_to_the_score():
    for a in Matcher(sample_desk.index()).match(sample_desk.demands()[:10], 5):
        for m in a.matches:
            assert sum(r.weight for r in m.reasons) == pytest.approx(m.score, abs=1e-12)


def test_reasons_name_words_that_stand_in_both_texts():
    by_id = {d.id: d for d in (*sample_desk.offers(), *sample_desk.demands())}
    for a in Matcher(sample_desk.index()).match(sample_desk.demands()[:10], 5):
        for m in a.matches:
            for r in m.reasons:
                asked, offered = by_id[a.demand], by_id[m.offer]
                for word, document in [(w, asked) for w in r.demand_words] + [(w, offered) for w in r.offer_words]:
                    assert word in "\n".join((document.title, "；".join(document.keywords), document.text))


def test_lacking_names_what_the_offer_does_not_say():
    index = Index()
    index.add([Document("a", "风机叶片防冰涂层")])
    m = next(iter(Matcher(index).match([Document("d", "风机叶片防冰与雷击监测")], 1))).matches[0]
    lacking = next(r for r in m.reasons if r.code == "lacking")
    assert lacking.weight == 0.0
    assert "雷击监测" in lacking.demand_words


def test_a_changed_weight_changes_the_score_as_told():
    index = sample_desk.index()
    model = default_model()
    heavier = replace(model, weights={**model.weights, "title": model.weights["title"] * 2})
    found = Matcher(index).features_of([sample_desk.demands()[0]], [np.arange(50)])
    title = found.matrix[:, 1] * model.weights["title"]
    assert np.allclose(scores(found.matrix, heavier) - scores(found.matrix, model), title)
