from __future__ import annotations

import numpy as np
import pytest
import sample_desk

from duijie.engine.matching.evaluate import ndcg
from duijie.engine.matching.features import scores
from duijie.engine.matching.learn import Judged, TooFewJudgements, judged_pairs, kappa, learn, learn_cuts
from duijie.engine.matching.model import FEATURES, default_model
from duijie.engine.matching.rank import Matcher


def made_up(informative, *, demands=30, noise=0.0, seed=0):
    """Pairs whose level is told by one feature alone."""
    rng = np.random.default_rng(seed)
    matrix = np.zeros((demands * 12, len(FEATURES)))
    matrix[:, :4] = rng.random((demands * 12, 4))
    told = matrix[:, FEATURES.index(informative)] + noise * rng.standard_normal(len(matrix))
    levels = 1.0 + np.searchsorted(np.quantile(told, [0.5, 0.8, 0.95]), told)
    return Judged(np.arange(0, len(matrix) + 1, 12), matrix, levels)


def quality(judged, model):
    total = scores(judged.matrix, model)
    values = []
    for a, b in zip(judged.ptr, judged.ptr[1:], strict=False):
        if b > a and max(judged.levels[a:b]) > 1:
            values.append(ndcg(judged.levels[a:b][np.argsort(-total[a:b], kind="stable")].tolist(), 10))
    return float(np.mean(values))


def test_learning_finds_the_feature_that_tells():
    judged = made_up("meaning")
    learned = learn(judged, default_model(), name="m", pull=0.001)
    assert learned.weights["meaning"] > 3 * max(learned.weights[f] for f in ("words", "title"))
    assert quality(judged, learned) > quality(judged, default_model())


def test_weights_are_never_negative():
    judged = made_up("meaning")
    upside_down = Judged(judged.ptr, judged.matrix, 5.0 - judged.levels)
    learned = learn(upside_down, default_model(), name="m", pull=0.0)
    assert min(learned.weights.values()) >= 0.0


def test_features_that_never_differ_keep_their_weight():
    learned = learn(made_up("title"), default_model(), name="m")
    assert {f: learned.weights[f] for f in FEATURES[4:]} == {f: default_model().weights[f] for f in FEATURES[4:]}


def test_a_strong_pull_leaves_the_model_as_it_was():
    learned = learn(made_up("meaning", noise=0.3), default_model(), name="m", pull=1e6)
    assert learned.vector() == pytest.approx(default_model().vector(), abs=1e-3)


def test_too_few_judgements_are_refused():
    with pytest.raises(TooFewJudgements):
        learn(made_up("words", demands=4), default_model(), name="m")
    judged = made_up("words")
    with pytest.raises(TooFewJudgements):
        learn(Judged(judged.ptr, judged.matrix, np.ones_like(judged.levels)), default_model(), name="m")


def test_cuts_give_each_level_as_often_as_people_did():
    judged = made_up("words")
    cuts = learn_cuts(judged, default_model())
    told = 1 + np.searchsorted(cuts, scores(judged.matrix, default_model()), side="right")
    for level in (1, 2, 3, 4):
        assert (told == level).mean() == pytest.approx((judged.levels == level).mean(), abs=0.01)


def test_kappa_is_one_for_agreement_and_below_for_less():
    levels = np.array([1, 2, 3, 4, 1, 2, 3, 4])
    assert kappa(levels, levels) == 1.0
    assert kappa(levels, levels[::-1]) < 0.0


def test_learning_on_the_samples_is_deterministic_and_does_no_harm():
    matcher = Matcher(sample_desk.index())
    judged = judged_pairs(matcher, sample_desk.demands(), sample_desk.judgements())
    first = learn(judged, matcher.model, name="m")
    assert first == learn(judged, matcher.model, name="m")
    assert quality(judged, first) >= quality(judged, matcher.model) - 0.005


def test_judgements_of_unknown_ids_are_left_out():
    judged = judged_pairs(Matcher(sample_desk.index()), sample_desk.demands()[:1], {("x", "y"): 4, ("D", "A"): 1})
    assert judged.ptr.tolist() == [0, 0]
