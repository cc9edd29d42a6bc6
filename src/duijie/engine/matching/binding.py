"""Queries against the segments: the number of each term in each, its weight by all of them together. Compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from duijie.engine.matching.kernel import SIGN
from duijie.engine.matching.memory import (
    ENTRY_PTR,
    F64,
    FREQUENCY,
    I64,
    KEYS,
    KEYS_SIZE,
    TERMS_SIZE,
    U64,
    Row,
    i32_at,
    prefetch,
    u64_at,
)

_SIGN = np.uint64(SIGN)
_TERM = np.uint64(SIGN - 1)
_KEY_SPAN = float(SIGN)

_compiled = njit(cache=True, nogil=True, boundscheck=False)


@_compiled
def _guess(row: Row, key: np.uint64) -> int:
    """Return where a key should stand: keys are hashes, so they lie evenly."""
    low = 0 if key < _SIGN else row[TERMS_SIZE]
    high = row[TERMS_SIZE] if key < _SIGN else row[KEYS_SIZE]
    at = low + np.int64(np.float64(key & _TERM) * ((high - low) / _KEY_SPAN))
    return int(max(0, min(at, row[KEYS_SIZE] - 1)))


@_compiled
def find_key(keys: U64, size: int, key: np.uint64, guess: int) -> int:
    """Return the place of ``key`` in the first ``size`` of the ascending ``keys``, −1 if it is not there.

    Leaps from ``guess`` on (Bentley & Yao 1976), then halves: some six looks where a binary search takes eighteen.
    """
    if size == 0:
        return -1
    low = guess
    high = guess
    step = 16
    while low > 0 and keys[low] > key:
        high = low
        low = max(0, low - step)
        step *= 2
    while high < size and keys[high] <= key:
        low = high
        high = min(size, high + step)
        step *= 2
    while high - low > 1:
        middle = (low + high) >> 1
        if keys[middle] <= key:
            low = middle
        else:
            high = middle
    return low if keys[low] == key else -1


@_compiled
def bind(
    table: I64,
    documents: int,
    query_ptr: I64,
    keys: U64,
    query_weights: F64,
    distinct: U64,
    place: I64,
    whole: bool,
    limit: int,
) -> tuple[I64, I64, F64, I64, I64]:
    """Return ``(ptr, kept, weights, frequency, numbers)`` of some queries.

    Query ``q`` asks for ``keys[query_ptr[q]:query_ptr[q + 1]]``, ascending, each with a weight; ``keys[i]`` is
    ``distinct[place[i]]``, so that a key of many queries is looked for once. Of them those at
    ``kept[ptr[q]:ptr[q + 1]]`` have a weight above 0, which is query weight × ``ln(1 + (N − n + ½) / (n + ½))`` for
    ``N`` ``documents`` and the ``frequency`` ``n``; ``numbers`` ``(parts, t)`` are their numbers in each segment, −1
    where a segment has them not. Unless ``whole``, signs are left out, and all but the ``limit`` heaviest terms.
    """
    parts = table.shape[0]
    count = keys.size
    size = distinct.size
    found = np.empty((parts, size), np.int64)
    frequency = np.zeros(size, np.int64)
    for part in range(parts):
        row = table[part]
        known = u64_at(row[KEYS])
        held = i32_at(row[FREQUENCY])
        here = found[part]
        for i in range(size):
            here[i] = _guess(row, distinct[i])
            prefetch(row[KEYS] + 8 * here[i])
        for i in range(size):
            here[i] = find_key(known, row[KEYS_SIZE], distinct[i], here[i])
            if here[i] >= 0:
                prefetch(row[FREQUENCY] + 4 * here[i])
                prefetch(row[ENTRY_PTR] + 8 * here[i])
        for i in range(size):
            if here[i] >= 0:
                frequency[i] += held[here[i]]
    rarity = np.zeros(size)
    for i in range(size):
        if frequency[i] > 0:
            rarity[i] = np.log1p((documents - frequency[i] + 0.5) / (frequency[i] + 0.5))
    ptr = np.zeros(query_ptr.size, np.int64)
    kept = np.empty(count, np.int64)
    weights = np.empty(count)
    total = 0
    for q in range(query_ptr.size - 1):
        first = total
        for i in range(query_ptr[q], query_ptr[q + 1]):
            weight = query_weights[i] * rarity[place[i]]
            if weight > 0 and (whole or keys[i] < _SIGN):
                kept[total] = i
                weights[total] = weight
                total += 1
        if not whole and total - first > limit:
            heavy = np.zeros(total - first, np.bool_)
            for i in np.argsort(-weights[first:total], kind="mergesort")[:limit]:
                heavy[i] = True
            last = total
            total = first
            for i in range(first, last):
                kept[total] = kept[i]
                weights[total] = weights[i]
                total += heavy[i - first]
        ptr[q + 1] = total
    frequencies = np.empty(total, np.int64)
    numbers = np.empty((parts, total), np.int64)
    for i in range(total):
        frequencies[i] = frequency[place[kept[i]]]
    for part in range(parts):
        for i in range(total):
            numbers[part, i] = found[part, place[kept[i]]]
    return ptr, kept[:total], weights[:total], frequencies, numbers
