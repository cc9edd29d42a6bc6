"""Which demands are found to be one, on what evidence, and that neither order nor script nor spacing matters."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.engine.matching.duplicates import (
    LIKELY,
    Duplicate,
    compare,
    encode_directions,
    find_duplicates,
    find_groups,
    group_pairs,
)
from duijie.engine.matching.index import Index
from duijie.engine.matching.likeness import Parts
from duijie.engine.matching.types import Document

ICE = Document(
    "ice",
    "风电机组叶片防覆冰关键技术",
    "内蒙古冬季低温高湿，风机叶片结冰导致停机，年发电量损失约8%。希望研发疏冰涂层与电加热相结合的防冰除冰技术，"
    "使年发电量损失降到3%以下，并能在零下30℃环境下连续运行2000小时。",
)
MAGNET = Document(
    "magnet",
    "钕铁硼磁体晶界扩散减镝技术",
    "重稀土价格高企，现有工艺镝用量大。需要开发铽、镝晶界扩散工艺，在矫顽力不降低的前提下将重稀土用量减少一半，"
    "并给出批量生产的装备方案和检测方法。",
)
SHEEP = Document(
    "sheep",
    "肉羊低成本育肥日粮配方研究",
    "利用本地玉米秸秆与酒糟开发肉羊育肥日粮，要求日增重不低于300克，饲料成本下降15%，并形成不同月龄的饲喂规程。",
)
WATER = Document(
    "water",
    "高盐矿井水低成本处理",
    "煤矿矿井水含盐量高，现有反渗透工艺膜污染严重、能耗大。寻求预处理和分盐结晶技术，实现吨水处理成本低于12元，"
    "结晶盐达到工业级标准。",
)
OTHERS = (ICE, MAGNET, SHEEP, WATER)
COMPANY = (
    "我公司成立于2009年，是国家高新技术企业，现有员工三百余人，拥有省级企业技术中心和博士后科研工作站，"
    "近三年承担省部级项目多项，具备良好的产业化基础和研发条件。"
)


def only(documents, **kwargs) -> Duplicate:
    (found,) = find_duplicates(documents, **kwargs)
    return found


def test_a_copy_is_the_same_with_full_score():
    found = only([*OTHERS, replace(ICE, id="copy")])
    assert (found.first, found.second, found.verdict, found.reservations) == ("copy", "ice", "same", ())
    assert found.score == pytest.approx(1)
    assert found.parts.numbers == 1


def test_different_demands_are_not_paired():
    assert find_duplicates(OTHERS) == ()


@pytest.mark.parametrize(
    ("altered", "verdict"),
    [
        (replace(ICE, title="風電機組葉片防覆冰關鍵技術", text=ICE.text.replace("内蒙古冬季", "內蒙古冬季")), "same"),
        (replace(ICE, text=ICE.text.replace("，", " ,\n ")), "same"),
        (replace(ICE, title="关于解决寒区风机挂冰问题的需求"), "likely"),
        (replace(ICE, text=ICE.text.replace("疏冰涂层", "输冰涂层").replace("停机", "停几")), "same"),
        (replace(ICE, text=ICE.text[:50]), "likely"),
        (replace(ICE, text=ICE.text + COMPANY), "likely"),
        (replace(ICE, text=""), "likely"),
    ],
    ids=["traditional", "spacing", "other title", "typos", "contained", "company added", "title only"],
)
def test_an_altered_copy_is_found(altered, verdict):
    found = only([*OTHERS, replace(altered, id="new")])
    assert {found.first, found.second} == {"ice", "new"}
    assert found.verdict == verdict


def test_one_within_the_other_is_said_and_never_called_the_same():
    found = only([*OTHERS, replace(ICE, id="part", text=ICE.text[:50])])
    assert found.reservations == ("one within the other",)
    assert found.parts.contained > 0.9


def test_a_title_without_text_is_never_called_the_same():
    bare = Document("bare", ICE.title)
    found = only([*OTHERS[1:], bare, replace(bare, id="bare2")])
    assert (found.verdict, found.reservations) == ("likely", ("no text",))


def test_a_title_that_says_nothing_proves_nothing():
    empty = [Document(str(i), "技术需求", "见附件") for i in range(4)]
    assert find_duplicates([*OTHERS, *empty]) == ()


def test_the_same_title_over_other_texts_is_not_enough():
    title = "企业关键核心技术攻关需求"
    assert find_duplicates([replace(d, title=title) for d in OTHERS]) == ()


def test_the_same_company_with_other_needs_is_not_enough():
    assert find_duplicates([replace(d, text=d.text + COMPANY) for d in OTHERS]) == ()


@pytest.mark.parametrize("text", ["", " ", "——！", "\n"])
def test_empty_demands_are_like_nothing(text):
    empty = [Document("e1", text, text), Document("e2", text, text)]
    assert find_duplicates([*empty, *OTHERS]) == ()
    assert find_duplicates(empty) == ()
    assert compare(*empty).score == 0


def test_no_demands_make_no_pairs():
    assert find_duplicates([]) == ()
    assert find_duplicates([], OTHERS) == ()
    assert find_groups([ICE]) == ()


def test_differing_numbers_are_told_and_leave_it_to_a_person():
    found = only([*OTHERS, replace(ICE, id="jce", text=ICE.text.replace("3%", "5%").replace("2000小时", "2000 h"))])
    assert (found.verdict, found.reservations) == ("likely", ("numbers differ",))
    assert [(n.unit, n.first, n.second) for n in found.differing] == [("%", ("3%",), ("5%",))]
    assert found.parts.numbers == pytest.approx(3 / 4)


def test_shared_phrases_stand_in_both_as_they_are_written():
    other = replace(ICE, id="jce", text=COMPANY + "希望研发疏冰涂层与电加热相结合的防冰除冰技术。")
    found = compare(ICE, other)
    assert found.phrases[0] == "希望研发疏冰涂层与电加热相结合的防冰除冰技术"
    assert 1 <= len(found.phrases) <= 3
    for phrase in found.phrases:
        assert phrase in f"{ICE.title}\n{ICE.text}"
        assert len(phrase) >= 4


def test_phrases_keep_the_spelling_of_the_first():
    a = Document("a", "鋰電池ＢＭＳ軟體開發", "")
    b = Document("b", "锂电池BMS软件开发", "")
    assert compare(a, b).phrases[0].startswith("鋰電池ＢＭＳ")


def test_score_is_the_weighted_mean_it_says():
    assert Parts(1, 0.5, 0.8, 0.2, 1).score == pytest.approx(0.25 + 0.125 + 0.32 + 0.02)
    assert Parts(1, 0.5, 0.8, 0.2, 0.5).score == pytest.approx(0.5 * 0.715)
    assert Parts(1, 1, 1, 1, 1, cosine=0.75).score == pytest.approx(0.65 + 0.35 * 0.5)


def test_directions_are_evidence():
    near = replace(ICE, id="jce", text=ICE.text[:60])
    same, other = np.eye(2, dtype=np.float32)
    words = compare(ICE, near, directions={"ice": same})
    alike = compare(ICE, near, directions={"ice": same, "jce": same})
    apart = compare(ICE, near, directions={"ice": same, "jce": other})
    assert (words.parts.cosine, alike.parts.cosine, apart.parts.cosine) == (None, 1, 0)
    assert apart.score < words.score < alike.score


def test_directions_bring_candidates_that_words_did_not():
    cuts = [replace(ICE, id=f"cut{n}", text=ICE.text[:n]) for n in (45, 60, 75)]
    directions = {d.id: np.ones(1, np.float32) for d in (ICE, *cuts)}
    assert len(find_duplicates([ICE, *cuts], k=1)) < 6
    assert len(find_duplicates([ICE, *cuts], k=1, directions=directions)) == 6


def test_encode_directions_folds_first():
    class Encoder:
        dimensions = 2

        def encode_demands(self, documents):
            return np.array([[len(d.title), ord(d.title[0])] for d in documents], np.float32)

    found = encode_directions([Document("a", "電機"), Document("b", "电机")], Encoder())
    assert found["a"].tolist() == found["b"].tolist()


def test_pairs_against_others_leave_the_others_alone():
    old = [replace(ICE, id="old1"), replace(ICE, id="old2"), replace(MAGNET, id="old3"), SHEEP]
    new = [replace(ICE, id="new"), replace(SHEEP, title="另一个")]
    found = find_duplicates(new, old)
    assert [(d.first, d.second) for d in found] == [("new", "old1"), ("new", "old2")]


def test_an_index_of_demands_may_stand_for_the_others():
    index = Index()
    index.add([*OTHERS, replace(ICE, id="ice-2", text=ICE.text[:90])])
    index.remove(["magnet"])
    new = [replace(ICE, id="new"), replace(MAGNET, id="new-magnet"), replace(WATER, text=WATER.text + "。")]
    found = find_duplicates(new, index.snapshot)
    assert [(d.first, d.second) for d in found] == [("ice", "new"), ("ice-2", "new")]


def test_repeated_ids_are_refused():
    with pytest.raises(ValueError, match="two demands have the id ice"):
        find_duplicates([ICE, ICE])


def test_many_copies_are_one_group():
    copies = [replace(ICE, id=f"c{i:03}") for i in range(60)]
    (group,) = find_groups([*copies, *OTHERS[1:]])
    assert group.members == tuple(d.id for d in copies)
    assert group.score == pytest.approx(1)


def test_groups_do_not_chain():
    scores = {("a", "b"): 0.9, ("b", "c"): 0.8, ("a", "c"): 0.1, ("c", "d"): 0.7, ("a", "d"): 0.0, ("b", "d"): 0.0}
    pairs = [pair(*names, score) for names, score in scores.items() if score >= LIKELY]
    groups = group_pairs(pairs, lambda x, y: scores[tuple(sorted((x, y)))])
    assert [g.members for g in groups] == [("a", "b"), ("c", "d")]
    assert [g.score for g in groups] == [0.9, 0.7]


def test_a_demand_that_covers_two_does_not_make_them_one():
    both = Document("both", f"{ICE.title}；{MAGNET.title}", ICE.text + MAGNET.text)
    (group,) = find_groups([*OTHERS, both])
    assert len(group.members) == 2


def pair(first: str, second: str, score: float) -> Duplicate:
    return Duplicate(first, second, score, "likely", Parts(score, score, score, score, 1), (), (), ())


@st.composite
def demands(draw):
    """A few demands, some of them cut, joined or repeated."""
    sentences = [s + "。" for d in OTHERS for s in d.text.split("。") if s]
    count = draw(st.integers(1, 7))
    made = []
    for i in range(count):
        title = draw(st.sampled_from([d.title for d in OTHERS] + ["技术需求", ""]))
        chosen = draw(st.lists(st.sampled_from(sentences), max_size=4))
        made.append(Document(f"d{i}", title, "".join(chosen)))
    return made


@settings(max_examples=40, deadline=None)
@given(demands(), st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order(documents, random):
    shuffled = list(documents)
    random.shuffle(shuffled)
    assert find_duplicates(shuffled) == find_duplicates(documents)
    assert find_groups(shuffled) == find_groups(documents)


@settings(max_examples=40, deadline=None)
@given(demands())
def test_scores_are_symmetric_and_lie_between_zero_and_one(documents):
    for a, b in combinations(documents, 2):
        found = compare(a, b)
        assert found == compare(b, a)
        assert 0 <= found.score <= 1 + 1e-9
        assert (found.verdict == "unlike") == (found.score < LIKELY)


@settings(max_examples=40, deadline=None)
@given(demands())
def test_groups_are_disjoint_and_hold_their_pairs(documents):
    groups = find_groups(documents)
    members = [m for g in groups for m in g.members]
    assert len(members) == len(set(members))
    for group in groups:
        assert len(group.members) > 1
        assert {n for p in group.pairs for n in (p.first, p.second)} <= set(group.members)
