"""The compiled search, piece by piece, and over several blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plainly import fixed

from duijie.engine.matching.best import kth_largest, kth_score, look_up, room, sort_by_id, take
from duijie.engine.matching.binding import find_key
from duijie.engine.matching.index import Index
from duijie.engine.matching.kernel import BLOCK
from duijie.engine.matching.memory import address, table_row
from duijie.engine.matching.search import Query, score, search
from duijie.engine.matching.segment import Params, Rows, Segment
from duijie.engine.matching.snapshot import Part, Snapshot
from duijie.engine.matching.text import term_keys
from duijie.engine.matching.types import Document


@fixed(max_examples=60)
@given(st.lists(st.integers(0, 65535), min_size=1, max_size=40), st.data())
def test_the_kth_largest_is_that_of_sorting(scores: list[int], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(scores)))
    expected = sorted(scores, reverse=True)[k - 1]
    assert kth_largest(np.array(scores, np.uint16), k) == expected
    assert kth_score(np.array(scores, np.float64), k) == expected


@fixed(max_examples=60)
@given(st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 9), max_size=60, unique=True), st.data())
def test_a_key_is_found_from_any_guess(keys: list[int], data: st.DataObject) -> None:
    known = np.array(sorted(keys), np.uint64)
    wanted = data.draw(st.sampled_from(keys) if keys else st.just(3)) + data.draw(st.sampled_from((0, 0, 1)))
    guess = data.draw(st.integers(0, max(0, len(keys) - 1)))
    place = int(np.searchsorted(known, np.uint64(wanted)))
    there = place < len(known) and int(known[place]) == wanted
    assert find_key(known, len(known), np.uint64(wanted), guess) == (place if there else -1)


def test_what_is_taken_is_alive_and_reaches_the_least_and_all_sums_are_cleared() -> None:
    rng = np.random.default_rng(0)
    _, sums, chosen, held = room()
    sums[:9000] = rng.integers(0, 100, 9000)
    before, alive = sums.copy(), rng.random(BLOCK) < 0.5
    found = take(sums, 9000, 90, alive, chosen, held)
    assert np.array_equal(chosen[:found], np.flatnonzero((before >= 90) & alive))
    assert np.array_equal(held[:found], before[chosen[:found]])
    assert not sums.any()


VOCABULARY = [f"t{i}" for i in range(400)]


@pytest.fixture(scope="module")
def large() -> Snapshot:
    """Two segments, of two blocks and of one, whose terms are from rare to in every second document."""
    rng = np.random.default_rng(5)
    keys = term_keys(VOCABULARY)
    parts = []
    for name, n in (("s1", BLOCK + 3000), ("s2", 700)):
        width = 6
        drawn = (len(keys) * rng.random((n, width)) ** 4).astype(int)
        drawn.sort(axis=1)
        fresh = np.concatenate([np.ones((n, 1), bool), np.diff(drawn, axis=1) > 0], axis=1)
        ptr = np.concatenate([[0], np.cumsum(fresh.sum(axis=1))]).astype(np.int64)
        counts = rng.integers(1, 4, fresh.sum()).astype(np.uint16)
        documents = [Document(f"{name}-{i * 7919 % n:06d}", "") for i in range(n)]
        rows = Rows(ptr, keys[drawn[fresh]], counts)
        parts.append(Part.whole(name, Segment.from_rows(rows, documents, Params())))
    return Snapshot.of(parts)


@pytest.mark.parametrize("k", [1, 100, 5000])
def test_several_blocks_and_segments_are_searched_exactly(large: Snapshot, k: int) -> None:
    rng = np.random.default_rng(6)
    everyone = np.arange(large.documents)
    half = [rng.random(p.segment.documents) < 0.5 for p in large.parts]
    ids = [large.id(d) for d in range(large.documents)]
    for count in (1, 2, 4, 12, 40):
        names = rng.choice(VOCABULARY, count, replace=False)
        query = Query.of_terms(dict.fromkeys(names.tolist(), 1.0))
        scores = score(large, query, everyone)
        for masks in (None, half):
            passing = scores if masks is None else np.where(np.concatenate(masks), scores, 0.0)
            matching = np.flatnonzero(passing > 0)
            best = sorted(matching.tolist(), key=lambda d: (-passing[d], ids[d]))[:k]
            found = search(large, [query], k, masks=masks)[0]
            assert found.positions.tolist() == best
            assert np.array_equal(found.scores, scores[best])


def test_positions_are_sorted_by_id_across_segments() -> None:
    index = Index()
    names = ["b", "a", "ab", "中", "é", "aa", "z\U0001f600", "z\uffff", "é1"]
    for name in names:
        index.add([Document(name, "稀土")])
    for size in (1, 2, 5, 9):
        positions = np.random.default_rng(size).permutation(9)[:size]
        expected = sorted(positions.tolist(), key=index.snapshot.id)
        sort_by_id(index.snapshot.table, positions)
        assert positions.tolist() == expected


def test_a_light_term_is_looked_up_where_it_stands(large: Snapshot) -> None:
    row, a = large.table[0], large.parts[0].segment.arrays
    for t in (0, 200, 399):
        entry = a["entry_ptr"][np.searchsorted(a["keys"], term_keys([VOCABULARY[t]])[0])]
        start, count = int(a["entry_start"][entry]), int(a["entry_count"][entry])
        chosen = np.arange(0, BLOCK, 5)
        held = np.zeros(len(chosen), np.uint16)
        look_up(row, start, count, BLOCK, np.uint32(256), chosen, held, len(chosen))
        expected = np.zeros(BLOCK, np.uint16)
        if count == 65535:
            expected[:] = a["columns"][start : start + BLOCK]
        else:
            expected[a["post_doc"][start : start + count]] = a["post_impact"][start : start + count]
        assert np.array_equal(held, expected[chosen])


def test_only_arrays_of_the_kind_that_is_read_have_an_address(large: Snapshot) -> None:
    part = large.parts[1]
    with pytest.raises(TypeError, match="float64 instead of contiguous uint16"):
        address(np.zeros(3), np.uint16)
    with pytest.raises(TypeError, match="contiguous"):
        address(np.zeros(6, np.uint16)[::2], np.uint16)
    with pytest.raises(TypeError):
        table_row(0, part.segment.arrays, part.alive, part.frequency.astype(np.int64))  # type: ignore[arg-type]
