"""Each compiled loop against numpy or a plain loop."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plainly import fixed

from duijie.engine.matching import kernel

if TYPE_CHECKING:
    import random

few_keys = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9), max_size=60)


@fixed(max_examples=60)
@given(few_keys)
def test_distinct_keys_are_those_of_numpy(keys: list[int]) -> None:
    array = np.array(keys, np.uint64)
    assert kernel.distinct_keys(array).tolist() == np.unique(array).tolist()


def test_distinct_keys_outgrow_their_first_table() -> None:
    keys = np.random.default_rng(0).integers(0, 2**64, 70_000, np.uint64, endpoint=False)
    keys = np.concatenate([keys, keys[::-1], keys[:500] | np.uint64(kernel.SIGN), np.zeros(1, np.uint64)])
    assert np.array_equal(kernel.distinct_keys(keys), np.unique(keys))


@fixed(max_examples=60)
@given(few_keys)
def test_place_keys_finds_each_key(keys: list[int]) -> None:
    array = np.array(keys, np.uint64)
    known = np.unique(array)
    assert kernel.place_keys(array, known).tolist() == np.searchsorted(known, array).tolist()


def rows_of(seed: int, n: int, vocabulary: int, per_row: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return random rows; term 0 stands in every other document, so that it becomes a column."""
    rng = np.random.default_rng(seed)
    rows = [np.unique(rng.integers(0, vocabulary, rng.poisson(per_row))) for _ in range(n)]
    rows = [np.union1d(row, [0]) if d % 2 else row[row > 0] for d, row in enumerate(rows)]
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    terms = np.concatenate(rows).astype(np.uint32)
    counts = (rng.integers(0, 3, len(terms)) << 8 | rng.integers(1, 5, len(terms))).astype(np.uint16)
    return ptr, terms, counts


@pytest.fixture(scope="module")
def inverted() -> dict[str, np.ndarray]:
    """Two blocks, columns and postings; the last 20 of 300 numbers are signs."""
    ptr, terms, counts = rows_of(3, kernel.BLOCK + 900, 300, 5)
    lengths, sign_lengths = kernel.row_lengths(ptr, terms, counts, 280, 3)
    mean = float(lengths.mean())
    names = (
        "entry_ptr",
        "entry_block",
        "entry_count",
        "entry_start",
        "entry_peak",
        "post_doc",
        "post_impact",
        "columns",
    )
    blocks = kernel.invert(ptr, terms, counts, lengths, 280, mean, 3, 1.2, 0.75)
    found = dict(zip(names, blocks, strict=True))
    rows = {"ptr": ptr, "terms": terms, "counts": counts, "lengths": lengths, "sign_lengths": sign_lengths}
    return found | rows | {"mean": np.array(mean)}


@fixed(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 12), unique=True), max_size=6), st.randoms(use_true_random=False))
def test_ordered_rows_ascend_and_keep_their_counts(rows: list[list[int]], order: random.Random) -> None:
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    terms = np.array([t for row in rows for t in row], np.uint32)
    counts = np.array([order.randrange(65536) for _ in terms], np.uint16)
    cells = [sorted(zip(terms[a:b], counts[a:b], strict=True)) for a, b in pairwise(ptr)]
    kernel.order_rows(ptr, terms, counts, 13)
    assert list(zip(terms, counts, strict=True)) == [cell for row in cells for cell in row]


def test_row_lengths_weigh_the_head_and_set_signs_apart(inverted: dict[str, np.ndarray]) -> None:
    ptr, terms, counts = (inverted[name] for name in ("ptr", "terms", "counts"))
    tf = 3 * (counts >> 8).astype(int) + (counts & 255)
    row = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
    assert np.array_equal(inverted["lengths"], np.bincount(row, tf * (terms < 280), len(ptr) - 1))
    assert np.array_equal(inverted["sign_lengths"], np.bincount(row, tf * (terms >= 280), len(ptr) - 1))


def test_document_frequencies_count_the_marked(inverted: dict[str, np.ndarray]) -> None:
    ptr, terms = inverted["ptr"], inverted["terms"]
    which = np.random.default_rng(1).random(len(ptr) - 1) < 0.3
    marked = np.repeat(which, np.diff(ptr))
    found = kernel.document_frequencies(terms, ptr, which, 300)
    assert np.array_equal(found, np.bincount(terms[marked], minlength=300))


def impacts_of(a: dict[str, np.ndarray], term: int, n: int) -> np.ndarray:
    """Return the impact of a term in each document, read back from its blocks."""
    out = np.zeros(n + kernel.BLOCK, np.int64)
    for e in range(a["entry_ptr"][term], a["entry_ptr"][term + 1]):
        first = int(a["entry_block"][e]) * kernel.BLOCK
        start = a["entry_start"][e]
        if a["entry_count"][e] == kernel.DENSE_MARK:
            width = min(kernel.BLOCK, n - first)
            out[first : first + width] = a["columns"][start : start + width]
        else:
            stop = start + int(a["entry_count"][e])
            out[first + a["post_doc"][start:stop].astype(int)] = a["post_impact"][start:stop]
    assert not out[n:].any()
    return out[:n]


def test_inverted_blocks_hold_the_impact_of_every_term_in_every_document(inverted: dict[str, np.ndarray]) -> None:
    a = inverted
    n = len(a["lengths"])
    row = np.repeat(np.arange(n), np.diff(a["ptr"]))
    tf = 3.0 * (a["counts"] >> 8) + (a["counts"] & 255)
    share = tf / (tf + 1.2 * (0.25 + 0.75 * a["lengths"][row] / a["mean"]))
    assert a["entry_count"][a["entry_ptr"][0] : a["entry_ptr"][1]].tolist() == [kernel.DENSE_MARK, kernel.DENSE_MARK]
    peaks = [impacts_of(a, 0, n)[: kernel.BLOCK].max(), impacts_of(a, 0, n)[kernel.BLOCK :].max()]
    assert a["entry_peak"][a["entry_ptr"][0] : a["entry_ptr"][1]].tolist() == peaks
    for term in range(280):
        here = a["terms"] == term
        expected = np.zeros(n, np.int64)
        expected[row[here]] = np.ceil(share[here] * 255)
        assert np.array_equal(impacts_of(a, term, n), expected)
    assert len(a["entry_ptr"]) == 281


def directions(seed: int, n: int, d: int = 24) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(-127, 128, (n, d), np.int8), rng.random(n, np.float32) / 500


def test_cosines_are_exact_sums_of_products() -> None:
    vectors, scales = directions(0, 50)
    query, query_scale = directions(1, 1)
    out = np.empty(50, np.float32)
    kernel.cosines(vectors, scales, query[0], query_scale[0], out)
    exact = (vectors.astype(np.int64) @ query[0].astype(np.int64)).astype(np.float32)
    assert np.array_equal(out, exact * scales * query_scale[0])


@pytest.mark.parametrize("k", [1, 5, 200, 3000])
def test_nearest_is_brute_force(k: int) -> None:
    vectors, scales = directions(2, 2600)
    queries, query_scales = directions(3, 3)
    alive = np.random.default_rng(4).random(2600) < 0.7
    docs = np.empty((3, max(256, 2 * k)), np.int64)
    scores = np.empty(docs.shape, np.float32)
    state, least = np.zeros(3, np.int64), np.full(3, -2.0, np.float32)
    for lo, hi in ((0, 1100), (1100, 2600)):  # two segments
        part = slice(lo, hi)
        kernel.nearest(
            lo, alive[part], vectors[part], scales[part], queries, query_scales, k, docs, scores, state, least
        )
    for q in range(3):
        exact = (vectors.astype(np.int64) @ queries[q].astype(np.int64)).astype(np.float32) * scales * query_scales[q]
        best = np.argsort(-exact[alive], kind="stable")[:k]
        count = state[q]
        mine = np.argsort(-scores[q, :count], kind="stable")[:k]
        assert np.array_equal(scores[q, mine], exact[alive][best])
        assert np.array_equal(exact[docs[q, :count]], scores[q, :count])
        assert alive[docs[q, :count]].all()


def test_nearest_keeps_the_first_of_equal_documents() -> None:
    vectors = np.ones((5000, 4), np.int8)
    docs, scores = np.empty((1, 256), np.int64), np.empty((1, 256), np.float32)
    state, least = np.zeros(1, np.int64), np.full(1, -2.0, np.float32)
    ones = np.full(5000, 0.5, np.float32)
    kernel.nearest(0, np.ones(5000, bool), vectors, ones, vectors[:1], ones[:1], 10, docs, scores, state, least)
    assert sorted(docs[0, : state[0]].tolist())[:10] == list(range(10))
