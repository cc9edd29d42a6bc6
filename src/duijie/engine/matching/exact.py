"""BM25 in double precision, from the rows of documents. Compiled.

The terms of a document are added in the order of their keys, which is the same in every segment: equal documents get
equal scores to the last bit, wherever they stand.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from duijie.engine.matching.memory import (
    BASE,
    COUNTS,
    F64,
    I64,
    LENGTHS,
    PTR,
    SIGN_LENGTHS,
    SIZE,
    TERMS,
    U8,
    Row,
    i32_at,
    i64_at,
    prefetch,
    u16_at,
    u32_at,
)

_AHEAD = 6  # documents whose rows are asked for while one is scored
_ROW = 192  # cells of them
_STRETCH = 256  # cells looked at in one go

_compiled = njit(cache=True, nogil=True, boundscheck=False)


@_compiled
def _ask(row: Row, ptr: I64, place: int) -> None:
    first = ptr[place]
    for p in range(first, min(first + _ROW, ptr[place + 1]), 16):
        prefetch(row[TERMS] + 4 * p)
    for p in range(first, min(first + _ROW, ptr[place + 1]), 32):
        prefetch(row[COUNTS] + 2 * p)


@_compiled
def _find(numbers: I64, number: int) -> int:
    for t in range(numbers.size):
        if numbers[t] == number:
            return t
    return -1


@_compiled
def score_places(
    row: Row,
    places: I64,
    numbers: I64,
    weights: F64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
    signed: bool,
    wanted: U8,
    scores: F64,
) -> None:
    """Write the scores of the documents at ``places`` of one segment over terms with ``numbers`` there and weights.

    ``numbers`` ascending, −1: not here. ``signed``: a document's length is that of its terms and signs together.
    ``wanted`` ``(4096,)`` is all 0, and is again when the call returns.
    """
    ptr = i64_at(row[PTR])
    terms = u32_at(row[TERMS])
    counts = u16_at(row[COUNTS])
    lengths = i32_at(row[LENGTHS])
    sign_lengths = i32_at(row[SIGN_LENGTHS])
    hits = np.empty(_STRETCH, np.int64)
    last = np.int64(-1)
    for t in range(numbers.size):
        if numbers[t] >= 0:
            last = numbers[t]
            wanted[np.uint64(last) & np.uint64(4095)] = min(t + 1, 255)  # where a number stands, or nearly
    for c in range(min(2 * _AHEAD, places.size)):
        prefetch(row[PTR] + 8 * places[c])
        prefetch(row[LENGTHS] + 4 * places[c])
    for c in range(min(_AHEAD, places.size)):
        _ask(row, ptr, places[c])
    for c in range(places.size):
        if c + 2 * _AHEAD < places.size:
            prefetch(row[PTR] + 8 * places[c + 2 * _AHEAD])
            prefetch(row[LENGTHS] + 4 * places[c + 2 * _AHEAD])
        if c + _AHEAD < places.size:
            _ask(row, ptr, places[c + _AHEAD])
        d = places[c]
        length = lengths[d] + (sign_lengths[d] if signed else 0)
        norm = k1 * (1.0 - b + b * length / mean_length)
        total = 0.0
        at = ptr[d]
        end = ptr[d + 1]
        while at < end and terms[at] <= last:
            # first all cells that may be wanted, without a branch that nobody could foretell
            met = 0
            for p in range(at, min(at + _STRETCH, end)):
                hits[met] = p
                met += wanted[terms[p] & np.uint32(4095)] > 0
                if terms[p] > last:
                    break
            for h in range(met):
                number = np.int64(terms[hits[h]])
                t = int(wanted[np.uint64(number) & np.uint64(4095)]) - 1
                if numbers[t] != number:
                    t = _find(numbers, number)
                if t >= 0:
                    count = counts[hits[h]]
                    tf = float(head_weight * (count >> 8) + (count & 255))
                    total += weights[t] * (tf / (tf + norm))
            at += _STRETCH
        scores[c] = total
    for t in range(numbers.size):
        if numbers[t] >= 0:
            wanted[np.uint64(numbers[t]) & np.uint64(4095)] = 0


@_compiled
def score_positions(
    table: I64,
    candidate_ptr: I64,
    positions: I64,
    query_ptr: I64,
    numbers: I64,
    weights: F64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
    signed: bool,
) -> F64:
    """Return the scores of query ``q`` with ``positions[candidate_ptr[q]:candidate_ptr[q + 1]]``, in any order.

    Query ``q`` has the terms ``query_ptr[q]:query_ptr[q + 1]`` of ``numbers`` ``(parts, t)`` and ``weights``.
    """
    scores = np.zeros(positions.size)
    wanted = np.zeros(4096, np.uint8)
    where = np.empty(positions.size, np.int64)
    places = np.empty(positions.size, np.int64)
    found = np.empty(positions.size)
    for q in range(query_ptr.size - 1):
        terms = slice(query_ptr[q], query_ptr[q + 1])
        for part in range(table.shape[0]):
            row = table[part]
            count = 0
            for c in range(candidate_ptr[q], candidate_ptr[q + 1]):
                place = positions[c] - row[BASE]
                if 0 <= place < row[SIZE]:
                    where[count] = c
                    places[count] = place
                    count += 1
            score_places(
                row, places[:count], numbers[part, terms], weights[terms],
                mean_length, head_weight, k1, b, signed, wanted, found,
            )  # fmt: skip
            for i in range(count):
                scores[where[i]] = found[i]
    return scores
