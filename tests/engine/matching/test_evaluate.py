"""Ranking measures against numbers worked out by hand, and what must hold of any ranking."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engine.matching.evaluate import (
    Evaluation,
    bootstrap_interval,
    evaluate,
    folds_by_title,
    gain,
    mean_levels,
    ndcg,
    paired_bootstrap,
    pairwise_loss,
    recall_at,
    reciprocal_rank,
)
from duijie.engine.matching.types import Document

levels = st.lists(st.floats(1, 4), max_size=30)
useful = levels.filter(lambda x: max(x, default=1) > 1.01)


def test_gain_doubles_with_each_level():
    assert [gain(x) for x in (1, 2, 3, 4)] == [0, 1, 3, 7]


def test_gain_refuses_levels_below_one():
    with pytest.raises(ValueError, match="begin at 1"):
        gain(0)


def test_ndcg_by_hand():
    # gains 0 7 3: 0/1 + 7/log2(3) + 3/2 = 5.91651; the best order 7 3 0: 7 + 3/log2(3) = 8.89279
    assert ndcg([1, 4, 3]) == pytest.approx(5.91651 / 8.89279, abs=1e-6)
    assert ndcg([1, 4, 3]) == pytest.approx(0.665315, abs=1e-6)


def test_ndcg_takes_the_best_of_the_whole_pool_as_ideal():
    # the first two: 1/1 + 0; the best two of the pool: 7 + 1/log2(3) = 7.63093
    assert ndcg([2, 1, 4], k=2) == pytest.approx(1 / 7.63093, abs=1e-6)
    assert ndcg([2, 1], k=2, pool=[1, 4, 2]) == ndcg([2, 1, 4], k=2)


def test_ndcg_without_any_gain_is_undefined():
    assert math.isnan(ndcg([1, 1, 1]))
    assert math.isnan(ndcg([]))


@given(useful, st.integers(1, 12))
def test_ndcg_lies_between_zero_and_one_and_is_one_in_the_best_order(ranked, k):
    assert 0 <= ndcg(ranked, k) <= 1
    assert ndcg(sorted(ranked, reverse=True), k) == 1


@given(useful, st.data())
def test_ndcg_never_falls_when_a_better_one_moves_up(ranked, data):
    place = data.draw(st.integers(0, len(ranked) - 1))
    other = data.draw(st.integers(0, len(ranked) - 1))
    first, second = min(place, other), max(place, other)
    swapped = list(ranked)
    if swapped[second] > swapped[first]:
        swapped[first], swapped[second] = swapped[second], swapped[first]
    assert ndcg(swapped) >= ndcg(ranked) - 1e-12


def test_recall_and_reciprocal_rank_by_hand():
    assert recall_at(["a", "b", "c", "d"], {"b", "d", "z"}, 2) == pytest.approx(1 / 3)
    assert reciprocal_rank(["a", "b", "c"], {"c", "b"}) == 0.5
    assert reciprocal_rank(["a"], {"c"}) == 0
    assert math.isnan(recall_at(["a"], [], 2))
    assert math.isnan(reciprocal_rank(["a"], []))


def test_mean_levels_averages_repeated_judgements():
    assert mean_levels([("d", "a", 4), ("d", "a", 3), ("d", "b", 1), ("e", "a", 2)]) == {
        "d": {"a": 3.5, "b": 1},
        "e": {"a": 2},
    }


def test_pairwise_loss_by_hand():
    # rating differences 5-3, 5-1, 3-1 weigh 2 4 2; the scores tie the first and turn the others
    assert pairwise_loss([5, 3, 1], [0.5, 0.5, 0.7]) == pytest.approx((1 + 4 + 2) / 8)
    assert pairwise_loss([5, 3, 1], [0.7, 0.5, 0.5]) == pytest.approx(1 / 8)


def test_pairwise_loss_compares_within_a_group_only():
    assert pairwise_loss([5, 1, 4, 2], [2, 1, 8, 9], ["x", "x", "y", "y"]) == pytest.approx(2 / 6)
    assert math.isnan(pairwise_loss([5, 1], [1, 2], ["x", "y"]))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-3, 3)), min_size=2, max_size=20))
def test_pairwise_loss_of_the_reverse_is_the_complement(rows):
    ratings, scores = zip(*rows, strict=True)
    loss = pairwise_loss(ratings, scores)
    if len(set(ratings)) == 1:
        assert math.isnan(loss)
    else:
        assert loss + pairwise_loss(ratings, [-s for s in scores]) == pytest.approx(1)
        assert pairwise_loss(ratings, ratings) == 0
        assert pairwise_loss(ratings, [0] * len(ratings)) == 0.5


def test_evaluate_measures_ndcg_over_the_pool_and_recall_over_all():
    judged = {"d": {"a": 4, "b": 3, "c": 1}, "few": {"a": 4}, "none": {"a": 1, "b": 2, "c": 1}}
    rankings = {"d": ["x", "c", "a", "y", "b"], "few": ["a"], "none": ["a"], "unknown": ["a"]}
    found = evaluate(rankings, judged, k=2, recall_k=3, least_judged=3)
    assert found.demands == ("d",)
    assert found.means == {
        "ndcg@2": pytest.approx(7 / math.log2(3) / (7 + 3 / math.log2(3))),
        "recall@3": 0.5,
        "mrr": pytest.approx(1 / 3),
    }
    assert found.intervals["recall@3"] == (0.5, 0.5)


def test_evaluate_says_when_nothing_counts():
    with pytest.raises(ValueError, match="20 judged offers"):
        evaluate({"d": ["a"]}, {"d": {"a": 4}})


def test_evaluation_refuses_values_of_other_demands():
    with pytest.raises(ValueError, match="one value a demand"):
        Evaluation.of(["a", "b"], {"ndcg": [1.0]})


def test_bootstrap_is_repeatable_and_narrows_with_more_demands():
    values = np.random.default_rng(3).random(400)
    few, many = bootstrap_interval(values[:40], seed=1), bootstrap_interval(values, seed=1)
    assert bootstrap_interval(values, seed=1) == many
    assert bootstrap_interval(values, seed=2) != many
    assert many.low < values.mean() < many.high
    assert many.high - many.low < few.high - few.low


def test_bootstrap_width_agrees_with_the_normal_approximation():
    values = np.random.default_rng(5).normal(size=500)
    low, high = bootstrap_interval(values, seed=0)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(500), rel=0.08)


@pytest.mark.parametrize("values", [[], [0.5, math.nan]])
def test_bootstrap_refuses_what_has_no_mean(values):
    with pytest.raises(ValueError, match="finite"):
        bootstrap_interval(values, seed=0)


def test_paired_bootstrap_sees_a_small_steady_difference():
    b = np.random.default_rng(7).random(100)
    better = paired_bootstrap(b + 0.01, b, seed=0)
    assert better.share == 1
    assert better.mean == pytest.approx(0.01)
    assert better.interval == pytest.approx((0.01, 0.01))
    assert paired_bootstrap(b, b, seed=0).share == 0


def test_paired_bootstrap_refuses_different_demands():
    with pytest.raises(ValueError, match="same demands"):
        paired_bootstrap([1.0], [1.0, 2.0], seed=0)


TITLES = {"风机防冰": "A", "風機防冰": "A", "风机 防冰": "A", "BMS": "B", "ＢＭＳ": "B", "a": "a", "b": "b", "c": "c"}


@given(st.lists(st.sampled_from([*TITLES, ""]), max_size=40), st.integers(1, 6))
def test_folds_keep_a_title_together_and_are_balanced(titles, folds):
    demands = [Document(str(i), title, text=str(i)) for i, title in enumerate(titles)]
    found = folds_by_title(demands, folds, seed=1)
    fold_of: dict[str, int] = {}
    for title, number in zip(titles, found.tolist(), strict=True):
        assert 0 <= number < folds
        if title:
            assert fold_of.setdefault(TITLES[title], number) == number
    most = max(Counter(TITLES[t] for t in titles if t).values(), default=1)
    sizes = np.bincount(found, minlength=folds).tolist()
    assert max(sizes) - min(sizes) <= most


def test_folds_depend_on_titles_and_seed_not_on_the_order():
    demands = [Document(str(i), f"需求{i % 17}") for i in range(60)]
    forward = folds_by_title(demands, 4, seed=2)
    assert folds_by_title(demands[::-1], 4, seed=2).tolist() == forward[::-1].tolist()
    assert folds_by_title(demands, 4, seed=3).tolist() != forward.tolist()
    with pytest.raises(ValueError, match="at least 1"):
        folds_by_title(demands, 0, seed=2)
