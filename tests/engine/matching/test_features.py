from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engine.matching import features
from duijie.engine.matching.index import Index
from duijie.engine.matching.model import FEATURES, default_model
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.types import Document


@pytest.mark.parametrize(
    ("demand", "offer", "agreement"),
    [
        ("C3240", "C3240", 1.0),
        ("C3240", "C3241", 0.75),
        ("C3240", "C3252", 0.5),
        ("C3240", "C3752", 0.25),
        ("C3240", "I6510", -0.5),
        ("C3240", "", 0.0),
        ("3240", "C3240", 1.0),
    ],
)
def test_industry_agreement_counts_common_digits(demand, offer, agreement):
    assert features.industry_agreement(demand, offer) == agreement


@pytest.mark.parametrize(
    ("demand", "offer", "nearness"),
    [
        ("150204", "150203", 1.0),
        ("150204", "150100", 0.5),
        ("150204", "110000", 0.0),
        ("包头", "包头", 1.0),
        ("", "1", 0.0),
    ],
)
def test_region_agreement_follows_the_tree(demand, offer, nearness):
    assert features.region_agreement(demand, offer) == nearness


def test_maturity_fit_falls_with_each_level_that_lacks():
    assert [round(features.maturity_fit(7, offered), 3) for offered in (9, 7, 6, 4, 1)] == [1.0, 1.0, 0.667, 0.0, -1.0]
    assert features.maturity_fit(None, 3) == features.maturity_fit(3, None) == 0.0


def test_budget_fit_is_full_within_the_budget_and_none_at_twice():
    assert [features.budget_fit(100, price) for price in (50, 100, 150, 200, 900)] == [1.0, 1.0, 0.0, -1.0, -1.0]
    assert features.budget_fit(None, 5) == features.budget_fit(0, 5) == features.budget_fit(5, None) == 0.0


@pytest.mark.parametrize("text", ["寻求技术合作", "希望提高产品质量，寻求与科研单位合作", "设备", ""])
def test_a_demand_that_says_nothing_of_its_own_is_not_specific(text):
    assert features.specificity(Document("d", text), default_model().language) < default_model().specific


@pytest.mark.parametrize(
    "text", ["风机防冰", "大卡车的电机一热就没力气", "De-icing of wind turbine blades", "水肥一体化控制"]
)
def test_a_short_demand_that_names_its_need_is_specific(text):
    assert features.specificity(Document("d", text), default_model().language) >= default_model().specific


texts = st.text(alphabet="稀土永磁风机防冰技术合作abc 12%。", max_size=30)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), texts, texts)
def test_features_stay_in_their_range(offers, title, text):
    index = Index()
    index.add([Document(str(i), *pair, trl=i % 9 + 1, budget=float(i)) for i, pair in enumerate(offers)])
    demand = Document("d", title, text, trl=5, budget=2.0, field="农业", industry="C3240", region="150100")
    found = Matcher(index).features_of([demand], [np.arange(len(offers))])
    assert found.matrix.shape == (len(offers), len(FEATURES))
    assert (found.matrix[:, :4] >= 0).all()
    assert (np.abs(found.matrix) <= 1 + 1e-9).all()


def test_text_features_do_not_meet_across_languages():
    index = Index()
    index.add([Document("a", "风机叶片防冰 icing"), Document("b", "De-icing of wind turbine blades")])
    found = Matcher(index).features_of([Document("d", "风机叶片防冰 blades")], [np.arange(2)])
    assert found.matrix[0, 0] > 0
    assert found.matrix[1, :3].tolist() == [0.0, 0.0, 0.0]
