from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engine.matching.model import FEATURES, Language, Model, default_model
from duijie.engine.matching.types import Document


def test_model_reads_back_what_it_wrote():
    model = default_model()
    assert Model.from_json(model.to_json()) == model


def test_default_model_weighs_every_feature_and_none_against():
    model = default_model()
    assert list(model.weights) == list(FEATURES)
    assert min(model.weights.values()) > 0


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"name": "x"}', "not json"])
def test_reading_something_else_is_refused(text):
    with pytest.raises(ValueError, match=r"not a ranking model|Expecting"):
        Model.from_json(text)


def test_negative_and_unknown_weights_are_refused():
    with pytest.raises(ValueError, match="negative"):
        replace(default_model(), weights={"words": -0.1})
    with pytest.raises(ValueError, match="unknown features: luck"):
        replace(default_model(), weights={"luck": 1.0})
    with pytest.raises(ValueError, match="ascend"):
        replace(default_model(), cuts=(0.3, 0.2, 0.1))


@given(st.floats(0, 2), st.floats(0, 2))
def test_level_never_falls_with_the_score(a, b):
    low, high = sorted((a, b))
    assert default_model().level(low) <= default_model().level(high)


def test_level_begins_at_its_cut():
    model = default_model()
    for level, cut in enumerate(model.cuts, start=2):
        assert model.level(cut) == level
        assert model.level(math.nextafter(cut, 0.0)) == level - 1


def test_language_knows_what_every_demand_says():
    language = Language.of(
        [Document(str(i), f"寻求{thing}技术合作") for i, thing in enumerate(("风机", "稀土", "乳品", "马铃薯"))]
    )
    assert language.documents == 4
    assert language.rarity("合作") < language.rarity("稀土")
    assert language.sign_rarity("合") < language.sign_rarity("稀")


def test_language_of_no_demands_weighs_all_alike():
    assert Language.of([]).rarity("合作") == Language.of([]).rarity("稀土") == 1.0


def test_model_is_a_file_people_can_read():
    told = json.loads(default_model().to_json())
    assert told["weights"]["words"] > told["weights"]["region"]
    assert "公司" in told["language"]["frequency"]
