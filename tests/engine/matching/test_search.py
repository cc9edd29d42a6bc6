"""The search against BM25 written plainly; and what the answer must not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from plainly import (
    PlainBm25,
    assert_best,
    corpora,
    documents,
    fixed,
    hits_of,
    in_memory,
    recombined,
    sample_demands,
    sample_offers,
    sample_queries,
    tiny,
    words,
)

from duijie.engine.matching import kernel
from duijie.engine.matching.index import Index, Part, Snapshot
from duijie.engine.matching.search import (
    MAX_TERMS,
    Query,
    contributions,
    inverse_frequency,
    score,
    score_many,
    search,
)
from duijie.engine.matching.segment import Params, Rows, Segment, count_rows
from duijie.engine.matching.text import signs, terms
from duijie.engine.matching.types import Document

queries = st.dictionaries(st.text(st.sampled_from("稀土永磁电机"), min_size=1, max_size=2), st.floats(1e-6, 1e3))


# exactness


@fixed(max_examples=60)
@given(corpora, documents, st.integers(1, 20), st.sampled_from([Params(), Params(0.9, 0.4, 1), Params(2.0, 1.0, 8)]))
def test_small_corpora_are_searched_exactly(corpus: list[Document], demand: Document, k: int, params: Params) -> None:
    index, plain = in_memory(corpus, params), PlainBm25(corpus, params)
    assert index.snapshot.mean_length == pytest.approx(plain.mean)
    found = hits_of(index, [Query.of(demand, params)], k)[0]
    assert_best(found, plain.scores(plain.query(demand)), k)


@fixed(max_examples=60)
@given(corpora, st.lists(queries, max_size=4), st.integers(1, 20))
@example(
    [Document("a", "稀土"), Document("b", "磁" * 4000), *(Document(f"c{i}", "磁") for i in range(9))],
    [{"稀土": 1e3, "磁": 1e-6}],
    5,
)
def test_queries_of_any_weights_are_answered_exactly(
    corpus: list[Document], asked: list[dict[str, float]], k: int
) -> None:
    index, plain = in_memory(corpus), PlainBm25(corpus)
    for found, query in zip(hits_of(index, [Query.of_terms(q) for q in asked], k), asked, strict=True):
        assert_best(found, plain.scores(query), k)


@pytest.fixture(scope="module")
def samples() -> tuple[Index, PlainBm25]:
    corpus = [*sample_offers(), *recombined(900)]
    return in_memory(corpus), PlainBm25(corpus)


def test_two_hundred_demands_find_their_ten_best_of_1500(samples: tuple[Index, PlainBm25]) -> None:
    index, plain = samples
    assert (len(index), len(sample_queries())) == (1500, 200)
    found = hits_of(index, [Query.of(d, index.params) for d in sample_queries()], 10)
    for demand, hits in zip(sample_queries(), found, strict=True):
        scores = plain.scores(plain.query(demand))
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:10]
        assert [name for name, _ in hits] == [name for name, _ in best]
        assert [value for _, value in hits] == pytest.approx([value for _, value in best], abs=1e-9)


def test_of_a_long_demand_the_heaviest_terms_are_searched_for(samples: tuple[Index, PlainBm25]) -> None:
    index, plain = samples
    demand = Document("long", "", "".join(d.text for d in sample_demands()[:8]))
    query = Query.of(demand, index.params)
    assert len(query.keys) > 3 * MAX_TERMS
    assert_best(hits_of(index, [query], 10)[0], plain.scores(plain.query(demand)), 10)


@pytest.fixture(scope="module")
def large() -> tuple[Index, PlainBm25]:
    corpus = recombined(9400, common=8)
    return in_memory(corpus), PlainBm25(corpus)


def test_two_blocks_with_columns_are_searched_exactly(large: tuple[Index, PlainBm25]) -> None:
    index, plain = large
    a = index.snapshot.parts[0].segment.arrays
    assert (a["entry_count"] == kernel.DENSE_MARK).sum() > 100
    asked = [*sample_queries()[:20], *recombined(40, seed=7, common=8)]
    for k, demands in ((1, asked[:20]), (10, asked[10:50]), (3000, asked[50:54])):
        found = hits_of(index, [Query.of(d, index.params) for d in demands], k)
        for demand, hits in zip(demands, found, strict=True):
            assert_best(hits, plain.scores(plain.query(demand)), k)


def test_filtered_answers_are_the_best_of_those_that_pass(large: tuple[Index, PlainBm25]) -> None:
    index, plain = large
    masks = index.snapshot.mask({"region": lambda code: code.startswith("15")})
    passing = {d.id for d in index.snapshot.living() if d.region.startswith("15")}
    assert 0 < len(passing) < len(index)
    demands = recombined(20, seed=7, common=8)
    found = hits_of(index, [Query.of(d, index.params) for d in demands], 10, masks=masks)
    for demand, hits in zip(demands, found, strict=True):
        scores = plain.scores(plain.query(demand))
        assert_best(hits, {name: value for name, value in scores.items() if name in passing}, 10)
    none = index.snapshot.mask({"region": lambda code: code == "999999"})
    assert hits_of(index, [Query.of(demands[0], index.params)], 10, masks=none) == [[]]
    assert index.snapshot.mask({"region": "999999".__eq__}) is none  # remembered


def test_a_document_of_a_hundred_thousand_characters_is_scored_like_any_other() -> None:
    corpus = [
        *tiny(),
        Document("huge", "稀土", "风机叶片防冰，永磁电机 XK-3；" * 5000),
        Document("huge too", "", "冰" * 100_000),
    ]
    index, plain = in_memory(corpus), PlainBm25(corpus)
    for query in ({"稀土": 1.0, "xk-3": 2.0}, {"冰": 1.0}, {"防冰": 1.0}):
        assert_best(hits_of(index, [Query.of_terms(query)], 20)[0], plain.scores(query), 20)
    assert hits_of(index, [Query.of(corpus[-2], index.params)], 1)[0][0][0] == "huge"


def test_a_hundred_and_more_queries_at_once_are_answered_as_one_by_one(samples: tuple[Index, PlainBm25]) -> None:
    index, _ = samples
    asked = [Query.of(d, index.params) for d in sample_queries()[:150]] + [Query.of_terms({})]
    together = hits_of(index, asked, 3)
    assert together == [hits_of(index, [query], 3)[0] for query in asked]
    assert together[-1] == []


# at the edges


def test_without_documents_or_known_terms_nothing_is_found() -> None:
    query = Query.of_terms({"稀土": 1.0})
    assert search(Index().snapshot, [query], 3)[0].positions.tolist() == []
    assert search(Index().snapshot, [], 3) == []
    index = in_memory(tiny())
    assert search(index.snapshot, [], 3) == []
    assert hits_of(index, [Query.of_terms({"绵羊": 1.0}), Query.of_terms({}), query], 3)[:2] == [[], []]
    assert hits_of(index, [Query.of(Document("d", "", ""), index.params)], 3) == [[]]
    with pytest.raises(ValueError, match="k must be at least 1"):
        search(index.snapshot, [query], 0)


def test_documents_that_say_nothing_are_never_found_and_harm_no_one() -> None:
    empty = [Document("e1", ""), Document("e2", "，", "。")]
    index = in_memory(empty)
    assert hits_of(index, [Query.of_terms({"稀土": 1.0})], 3) == [[]]
    assert score(index.snapshot, Query.of_terms({"稀土": 1.0}), np.array([0, 1])).tolist() == [0.0, 0.0]
    index.add(tiny())
    plain = PlainBm25([*empty, *tiny()])
    assert_best(hits_of(index, [Query.of_terms({"稀土": 1.0})], 20)[0], plain.scores({"稀土": 1.0}), 20)


def test_more_than_there_are_can_be_asked_for() -> None:
    index = in_memory(tiny())
    assert len(hits_of(index, [Query.of_terms({"稀土": 1.0})], 1000)[0]) == 12
    assert len(hits_of(index, [Query.of_terms({"xk-3": 1.0})], 1000)[0]) == 1


def test_a_term_of_next_to_no_weight_still_finds_its_documents() -> None:
    corpus = [Document("rare", "稀土"), *(Document(f"D-{i:04d}", "", "的确") for i in range(2000))]
    corpus += [Document("long", "", "的确" + "甲乙丙丁" * 3000)]
    index, plain = in_memory(corpus), PlainBm25(corpus)
    query = {"稀土": 50.0, "的确": 1.0}
    for k in (10, 3000):
        assert_best(hits_of(index, [Query.of_terms(query)], k)[0], plain.scores(query), k)


def twins(n: int) -> Index:
    """Return an index of ``n`` equal documents, their ids in no order."""
    ids = np.random.default_rng(0).permutation(n)
    corpus = [Document(f"T-{i:06d}", "稀土永磁") for i in ids.tolist()]
    row = count_rows(corpus[:1])
    width = len(row.keys)
    rows = Rows(np.arange(0, n * width + 1, width), np.tile(row.keys, n), np.tile(row.counts, n))
    index = Index()
    index.snapshot = Snapshot.of([Part.whole("s000001", Segment.from_rows(rows, corpus, Params()))])
    return index


def test_equal_documents_stand_in_the_order_of_their_ids() -> None:
    found = hits_of(twins(300), [Query.of_terms({"稀土": 1.0})], 10)[0]
    assert [name for name, _ in found] == [f"T-{i:06d}" for i in range(10)]
    assert len({value for _, value in found}) == 1


def test_thirty_thousand_ties_are_all_weighed() -> None:
    index = twins(30_000)
    index.add([Document("other", "风机")])
    index.remove(["T-000003"])
    found = hits_of(index, [Query.of_terms({"稀土": 1.0}), Query.of_terms({"风机": 1.0})], 5)
    assert [name for name, _ in found[0]] == [f"T-{i:06d}" for i in (0, 1, 2, 4, 5)]
    assert [name for name, _ in found[1]] == ["other"]


# independence


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[str, object]], list[Document]]:
    """Return what happens to an index, and the documents that are alive in the end."""
    pool = draw(st.lists(documents, min_size=2, max_size=12, unique_by=lambda d: d.id))
    alive: dict[str, Document] = {}
    steps: list[tuple[str, object]] = []
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(("add", "add", "remove", "merge", "merge all")))
        some = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=6, unique_by=lambda d: d.id))
        if kind == "add":
            changed = [Document(d.id, draw(words), d.text, d.keywords) for d in some]
            alive |= {d.id: d for d in changed}
            steps.append(("add", changed))
        elif kind == "remove":
            for d in some:
                alive.pop(d.id, None)
            steps.append(("remove", [d.id for d in some]))
        else:
            steps.append((kind, None))
    return steps, list(alive.values())


@fixed(max_examples=60)
@given(histories(), st.lists(queries, min_size=1, max_size=3), st.integers(1, 15))
def test_an_answer_depends_on_the_living_documents_alone(
    history: tuple[list[tuple[str, object]], list[Document]], asked: list[dict[str, float]], k: int
) -> None:
    steps, alive = history
    index = Index()
    for kind, what in steps:
        if kind == "add":
            index.add(what)
        elif kind == "remove":
            index.remove(what)
        else:
            index.merge(everything=kind == "merge all")
    fresh = in_memory(sorted(alive, key=lambda d: d.id))
    asked_of = [Query.of_terms(query) for query in asked]
    assert hits_of(index, asked_of, k) == hits_of(fresh, asked_of, k)  # to the last bit
    assert index.digest() == fresh.digest()
    assert index.snapshot.mean_length == fresh.snapshot.mean_length
    assert index.snapshot.mean_sign_length == fresh.snapshot.mean_sign_length


def test_an_answer_does_not_depend_on_the_split_of_many_documents(samples: tuple[Index, PlainBm25]) -> None:
    index, _ = samples
    corpus = sorted(index.snapshot.living(), key=lambda d: (len(d.text), d.id))  # segments of unlike mean length
    split = Index()
    for start in range(0, 1500, 300):
        split.add(corpus[start : start + 300])
    split.add(recombined(30, seed=5))  # takes the place of others
    split.add(recombined(900)[:30])
    drift = [abs(np.log(p.segment.mean_length / split.snapshot.mean_length)) for p in split.snapshot.parts]
    assert max(drift) > 0.2
    asked = [Query.of(d, index.params) for d in sample_queries()[:100]]
    assert hits_of(split, asked, 10) == hits_of(index, asked, 10)
    split.merge(everything=True)
    assert hits_of(split, asked, 10) == hits_of(index, asked, 10)


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_an_answer_does_not_depend_on_the_number_of_threads(samples: tuple[Index, PlainBm25], threads: int) -> None:
    index, _ = samples
    asked = [Query.of(d, index.params) for d in sample_queries()[:50]]
    assert hits_of(index, asked, 10, threads=threads) == hits_of(index, asked, 10)


def test_document_frequencies_count_only_the_living() -> None:
    index = in_memory([*tiny(), *(Document(f"gone{i}", "稀土稀土", "永磁" * 9) for i in range(50))])
    before = index.snapshot
    index.remove([f"gone{i}" for i in range(50)])
    asked = [Query.of_terms({"稀土": 1.0, "xk-3": 1.0})]
    assert hits_of(index, asked, 12) == hits_of(in_memory(tiny()), asked, 12)
    assert before.documents == 62  # a reader's snapshot stays as it was


def test_inverse_frequency_is_never_negative() -> None:
    found = inverse_frequency(10, np.array([0, 1, 5, 10]))
    assert found.tolist() == pytest.approx([0.0, np.log(1 + 9.5 / 1.5), np.log(2.0), np.log(1 + 0.5 / 10.5)])


# scores of single documents


def test_score_is_what_the_search_says(samples: tuple[Index, PlainBm25]) -> None:
    index, plain = samples
    demand = min(sample_demands(), key=lambda d: len(d.text))
    query = Query.of_terms(plain.query(Document("", demand.title, demand.text[:60])))
    assert len(query.keys) <= MAX_TERMS
    hits = search(index.snapshot, [query], 50)[0]
    order = np.random.default_rng(0).permutation(len(hits.positions))
    assert np.array_equal(score(index.snapshot, query, hits.positions[order]), hits.scores[order])
    scores, most = score_many(
        index.snapshot, [query, Query.of_terms({}), query], np.array([0, 2, 2, 5]), hits.positions[:5]
    )
    assert np.array_equal(scores, hits.scores[:5])
    assert most[1] == 0.0
    assert most[0] == most[2] > hits.scores[0]


def test_contributions_add_up_to_the_score(samples: tuple[Index, PlainBm25]) -> None:
    index, plain = samples
    demand = sample_demands()[0]
    counts = dict.fromkeys(terms(demand.title), 1.0)
    of_signs = dict.fromkeys(signs(demand.title), 0.5)
    for query in (Query.of_terms(counts), Query.of_terms(counts, of_signs)):
        positions = search(index.snapshot, [query], 20)[0].positions[::-1]
        names, parts = contributions(index.snapshot, query, positions)
        assert parts.shape == (20, len(names))
        assert parts.sum(axis=1) == pytest.approx(score(index.snapshot, query, positions), abs=1e-9)
    names, parts = contributions(index.snapshot, Query.of_terms(counts), positions)
    held = {d: {n for n, value in zip(names, parts[i], strict=True) if value > 0} for i, d in enumerate(positions)}
    for position, found in held.items():
        name = index.snapshot.id(int(position))
        assert found == {term for term in counts if name in dict(plain.postings.get(term, ()))}
