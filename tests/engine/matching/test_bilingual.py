from __future__ import annotations

import numpy as np

from duijie.engine.matching.bilingual import glosses, meeting_words
from duijie.engine.matching.dense import BundledEncoder
from duijie.engine.matching.index import Index
from duijie.engine.matching.rank import Matcher
from duijie.engine.matching.types import Document


def test_glosses_are_content_words_in_the_singular():
    assert ("rare", "earth") in glosses("稀土")
    assert glosses("查无此词啊") == frozenset()


def test_meeting_words_stand_in_both_texts():
    chinese, english = "风电机组叶片覆冰检测", "Ice detection on wind turbine Blades"
    pairs = meeting_words(chinese, english)
    assert ("叶片", "Blades") in pairs
    assert all(a in chinese and all(part in english for part in b.split()) for a, b in pairs)


def test_an_english_demand_finds_its_chinese_offer_and_says_which_words_met():
    index = Index(encoder=BundledEncoder())
    offers = ["风机叶片防冰涂层与除冰装置", "绵羊胚胎移植与良种繁育", "烧结钕铁硼晶界扩散", "马铃薯贮藏抑芽技术"]
    index.add([Document(str(i), title) for i, title in enumerate(offers)])
    answers = Matcher(index).match([Document("d", "Prevent ice on the blades of wind turbines in winter")], 4)
    best = next(iter(answers)).matches[0]
    assert best.offer == "0"
    foreign = next(r for r in best.reasons if r.code == "foreign")
    assert foreign.offer_words
    assert np.isclose(sum(r.weight for r in best.reasons), best.score)
