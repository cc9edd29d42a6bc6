"""The best documents of a query in all segments, exactly, in one compiled call.

The impacts of a document's terms, rounded up, add up to a bound that its exact score never passes. A block of documents
at a time, the postings of the heaviest terms are added up; the light ones, which together could not lift a document to
the threshold, are only looked up for documents that they still can (MaxScore, Turtle & Flood 1995). What is left in the
end is scored exactly, from its rows, the documents with the highest bounds first: they spare most of the others. Where
a query has rare terms, the threshold is set beforehand, by the exact scores of the documents that have most of them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from duijie.engine.matching.exact import score_places
from duijie.engine.matching.kernel import BLOCK, DENSE_MARK
from duijie.engine.matching.memory import (
    ALIVE,
    BASE,
    COLUMNS,
    ENTRY_BLOCK,
    ENTRY_COUNT,
    ENTRY_PEAK,
    ENTRY_PTR,
    ENTRY_START,
    F64,
    I64,
    ID_BYTES,
    ID_PTR,
    POST_DOC,
    POST_IMPACT,
    SIZE,
    U8,
    U16,
    U32,
    Mask,
    Row,
    i64_at,
    mask_at,
    prefetch,
    u8_at,
    u16_at,
    u32_at,
)

_FULL = 60_000  # what all weights of a query together are as uint16, with room for rounding
_EXTEND = 2.5  # light terms are added up, too, while they could lift a document to the threshold divided by this
_AHEAD = 2  # entries asked for before they are added
_ASK_TO = 4096  # bytes asked for ahead; beyond, the processor sees by itself what is read on
_SEED_SHARE = 8  # of all postings of a query, the part that may be read to set the threshold beforehand
_SEED_FROM = 8  # documents a place of the answer, which is enough of them
_SEED_TO = 128

_compiled = njit(cache=True, nogil=True, boundscheck=False)


@_compiled
def add_postings(sums: U16, places: U16, impacts: U8, weight: np.uint32) -> None:
    """Add ``weight · impact / 256``, rounded up, at each place."""
    for p in range(places.size):
        share = (weight * np.uint32(impacts[p]) + np.uint32(255)) >> np.uint32(8)
        sums[places[p]] = np.uint16(np.uint32(sums[places[p]]) + share)


@_compiled
def add_column(sums: U16, column: U8, weight: np.uint32) -> None:
    """Add ``weight · impact / 256``, rounded down, and one where there is an impact: 32 documents an instruction."""
    for i in range(column.size):
        share = (np.uint32(np.uint16(column[i]) << np.uint16(8)) * weight) >> np.uint32(16)
        sums[i] += np.uint16(share) + np.uint16(min(column[i], np.uint8(1)))


@_compiled
def kth_largest(scores: U16, k: int) -> int:
    """Return the ``k``-th largest of at least ``k`` scores, counting equal ones as often as they are there."""
    counts = np.zeros(256, np.int64)
    for i in range(scores.size):
        counts[scores[i] >> 8] += 1
    left = k
    high = 255
    while counts[high] < left:
        left -= counts[high]
        high -= 1
    low = np.zeros(256, np.int64)
    for i in range(scores.size):
        if scores[i] >> 8 == high:
            low[scores[i] & 255] += 1
    value = 255
    while low[value] < left:
        left -= low[value]
        value -= 1
    return high * 256 + value


@_compiled
def take(sums: U16, size: int, least: int, alive: Mask, chosen: I64, held: U16) -> int:
    """Write the living places with at least ``least`` ≥ 1, ascending, and their sums; return how many; clear all sums."""
    floor = np.uint16(min(least, 65535))
    found = 0
    for start in range(0, size, 128):
        stretch = sums[start : start + 128]
        peak = np.uint16(0)
        for i in range(128):
            peak = max(peak, stretch[i])
        if peak >= floor:
            for i in range(128):
                if stretch[i] >= floor and alive[start + i]:
                    chosen[found] = start + i
                    held[found] = stretch[i]
                    found += 1
    sums[:size] = 0
    return found


@_compiled
def _look(places: U16, count: int, guess: int, wanted: int) -> int:
    """Return the first of ``count`` ascending places that is not before ``wanted``, searched from a guess on."""
    low = guess
    high = guess
    step = 8
    while low > 0 and places[low - 1] >= wanted:
        high = low - 1
        low = max(0, low - step)
        step *= 2
    while high < count and places[high] < wanted:
        low = high + 1
        high = min(count, high + step)
        step *= 2
    while low < high:
        middle = (low + high) >> 1
        if places[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@_compiled
def look_up(row: Row, start: int, count: int, size: int, weight: np.uint32, chosen: I64, held: U16, found: int) -> None:
    """Add what a term adds to the sums of some documents of a block, which has an entry of it there."""
    if count == DENSE_MARK:
        column = u8_at(row[COLUMNS] + start)
        for c in range(found):
            prefetch(row[COLUMNS] + start + chosen[c])
        for c in range(found):
            share = (weight * np.uint32(column[chosen[c]]) + np.uint32(255)) >> np.uint32(8)
            held[c] = np.uint16(np.uint32(held[c]) + share)
        return
    places = u16_at(row[POST_DOC] + 2 * start)
    impacts = u8_at(row[POST_IMPACT] + start)
    for c in range(found):
        guess = chosen[c] * count // size
        prefetch(row[POST_DOC] + 2 * (start + guess) - 32)
        prefetch(row[POST_DOC] + 2 * (start + guess) + 32)
        prefetch(row[POST_IMPACT] + start + guess)
    for c in range(found):
        at = _look(places, count, chosen[c] * count // size, chosen[c])
        if at < count and places[at] == chosen[c]:
            share = (weight * np.uint32(impacts[at]) + np.uint32(255)) >> np.uint32(8)
            held[c] = np.uint16(np.uint32(held[c]) + share)


@_compiled
def _add_entry(row: Row, entry: int, size: int, weight: np.uint32, sums: U16) -> None:
    start = i64_at(row[ENTRY_START])[entry]
    count = np.int64(u16_at(row[ENTRY_COUNT])[entry])
    if count == DENSE_MARK:
        add_column(sums[:size], u8_at(row[COLUMNS] + start)[:size], weight)
    else:
        add_postings(sums, u16_at(row[POST_DOC] + 2 * start)[:count], u8_at(row[POST_IMPACT] + start)[:count], weight)


@_compiled
def _ask_entry(row: Row, entry: int) -> None:
    start = i64_at(row[ENTRY_START])[entry]
    count = np.int64(u16_at(row[ENTRY_COUNT])[entry])
    if count == DENSE_MARK:
        prefetch(row[COLUMNS] + start)
        return
    for line in range(0, min(2 * int(count), _ASK_TO), 64):
        prefetch(row[POST_DOC] + 2 * start + line)
    for line in range(0, min(int(count), _ASK_TO), 64):
        prefetch(row[POST_IMPACT] + start + line)


@_compiled
def _entries(table: I64, numbers: I64) -> tuple[I64, I64]:
    """Return the first entry of each term in each segment, and the one after the last, each ``(parts, terms)``."""
    starts = np.zeros(numbers.shape, np.int64)
    ends = np.zeros(numbers.shape, np.int64)
    for part in range(numbers.shape[0]):
        row = table[part]
        entry_ptr = i64_at(row[ENTRY_PTR])
        for t in range(numbers.shape[1]):
            if numbers[part, t] >= 0:
                starts[part, t] = entry_ptr[numbers[part, t]]
                ends[part, t] = entry_ptr[numbers[part, t] + 1]
                prefetch(row[ENTRY_BLOCK] + 4 * starts[part, t])
                prefetch(row[ENTRY_COUNT] + 2 * starts[part, t])
                prefetch(row[ENTRY_START] + 8 * starts[part, t])
                prefetch(row[ENTRY_PEAK] + starts[part, t])
    return starts, ends


@_compiled
def _promising(table: I64, starts: I64, ends: I64, shares: U32, seeds: int, k: int, sums: U16) -> I64:
    """Return the positions, ascending, of living documents with most of the first ``seeds`` terms; at least ``k``, or all.

    Nothing is cleared or looked through as a whole: the terms are rare. ``sums`` is all 0, and is again afterwards.
    """
    room = max(4 * k, 2048)
    positions = np.empty(room, np.int64)
    scores = np.empty(room, np.uint16)
    found = 0
    least = 1
    for part in range(table.shape[0]):
        row = table[part]
        at = starts[part, :seeds].copy()
        for ahead in range(part if part == 0 else part + 1, min(part + 2, table.shape[0])):
            for i in range(seeds):
                if starts[ahead, i] < ends[ahead, i]:
                    _ask_entry(table[ahead], starts[ahead, i])
        block_of = u32_at(row[ENTRY_BLOCK])
        count_of = u16_at(row[ENTRY_COUNT])
        start_of = i64_at(row[ENTRY_START])
        alive = mask_at(row[ALIVE])
        for block in range((row[SIZE] + BLOCK - 1) // BLOCK):
            first = block * BLOCK
            size = min(BLOCK, row[SIZE] - first)
            for i in range(seeds):
                if at[i] < ends[part, i] and block_of[at[i]] == block:
                    _add_entry(row, at[i], size, shares[i], sums)
            for i in range(seeds):
                if at[i] == ends[part, i] or block_of[at[i]] != block:
                    continue
                start = start_of[at[i]]
                dense = count_of[at[i]] == DENSE_MARK
                places = u16_at(row[POST_DOC] + 2 * start)
                for p in range(size if dense else np.int64(count_of[at[i]])):
                    place = p if dense else np.int64(places[p])
                    score = sums[place]
                    sums[place] = 0
                    if score >= least and alive[first + place]:
                        positions[found] = row[BASE] + first + place
                        scores[found] = score
                        found += 1
                        if found == room:
                            found, least = _thin(positions, scores, found, k)
                            least += 1
                at[i] += 1
    if found > k:
        found, least = _thin(positions, scores, found, k)
    return np.sort(positions[:found])


@_compiled
def _thin(positions: I64, scores: U16, found: int, k: int) -> tuple[int, int]:
    """Keep ``k`` of the best; return ``k`` and the least score among them."""
    least = kth_largest(scores[:found], k)
    above = 0
    for i in range(found):
        above += scores[i] > least
    ties = k - above
    kept = 0
    for i in range(found):
        if scores[i] > least or (scores[i] == least and ties > 0):
            ties -= scores[i] == least
            positions[kept] = positions[i]
            scores[kept] = scores[i]
            kept += 1
    return kept, least


@_compiled
def _seeds(frequency: I64, k: int) -> int:
    """Return how many of the terms, the heaviest first, shall set the threshold beforehand."""
    total = frequency.sum()
    read = 0
    seeds = 0
    while seeds < frequency.size and read < _SEED_TO * k:
        read += frequency[seeds]
        if read * _SEED_SHARE > total:
            read -= frequency[seeds]
            break
        seeds += 1
    return seeds if read >= _SEED_FROM * k else 0


@_compiled
def kth_score(scores: F64, k: int) -> float:
    """Return the ``k``-th largest of at least ``k`` scores (Hoare's selection; numpy's takes 5 s to compile)."""
    held = scores.copy()
    low = 0
    high = held.size - 1
    while low < high:
        pivot = held[(low + high) >> 1]
        i = low
        j = high
        while i <= j:
            while held[i] > pivot:
                i += 1
            while held[j] < pivot:
                j -= 1
            if i <= j:
                held[i], held[j] = held[j], held[i]
                i += 1
                j -= 1
        if k - 1 <= j:
            high = j
        elif k - 1 >= i:
            low = i
        else:
            break
    return float(held[k - 1])


@_compiled
def _before(table: I64, a: int, b: int) -> bool:
    """Return whether the id of the document at position ``a`` comes before that at ``b``, by code points."""
    part = table.shape[0] - 1
    while table[part, BASE] > a:
        part -= 1
    other = table.shape[0] - 1
    while table[other, BASE] > b:
        other -= 1
    ends = i64_at(table[part, ID_PTR] + 8 * (a - table[part, BASE]))
    other_ends = i64_at(table[other, ID_PTR] + 8 * (b - table[other, BASE]))
    mine = u8_at(table[part, ID_BYTES] + ends[0])
    its = u8_at(table[other, ID_BYTES] + other_ends[0])
    size = ends[1] - ends[0]
    its_size = other_ends[1] - other_ends[0]
    for i in range(min(size, its_size)):
        if mine[i] != its[i]:
            return bool(mine[i] < its[i])
    return bool(size < its_size)


@_compiled
def sort_by_id(table: I64, positions: I64) -> None:
    """Put positions into the order of their documents' ids, in place (merging runs of 1, 2, 4 …)."""
    width = 1
    other = np.empty(positions.size, np.int64)
    while width < positions.size:
        for start in range(0, positions.size, 2 * width):
            middle = min(start + width, positions.size)
            end = min(start + 2 * width, positions.size)
            i = start
            j = middle
            for at in range(start, end):
                if j == end or (i < middle and not _before(table, positions[j], positions[i])):
                    other[at] = positions[i]
                    i += 1
                else:
                    other[at] = positions[j]
                    j += 1
        positions[:] = other
        width *= 2


@_compiled
def rank(table: I64, positions: I64, scores: F64, k: int, best_positions: I64, best_scores: F64) -> int:
    """Write the best ``k``, equal scores in the order of their ids; return how many."""
    order = np.argsort(-scores, kind="mergesort")
    ordered = positions[order]
    held = scores[order]
    start = 0
    while start < min(k, held.size):
        stop = start + 1
        while stop < held.size and held[stop] == held[start]:
            stop += 1
        if stop - start > 1:
            sort_by_id(table, ordered[start:stop])
        start = stop
    count = min(k, held.size)
    best_positions[:count] = ordered[:count]
    best_scores[:count] = held[:count]
    return count


def room() -> tuple[U8, U16, I64, U16]:
    """Return arrays for :func:`find_best` to work in; it leaves them as it found them: the first two all 0."""
    return np.zeros(4096, np.uint8), np.zeros(BLOCK, np.uint16), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.uint16)


@_compiled
def find_best(
    table: I64,
    log_lengths: F64,
    query_ptr: I64,
    all_numbers: I64,
    all_weights: F64,
    all_frequency: I64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
    k: int,
    wanted: U8,
    sums: U16,
    chosen: I64,
    held: U16,
    best_positions: I64,
    best_scores: F64,
    counts: I64,
) -> None:
    """Write each query's best ``k`` documents with a score above 0, best first, equal ones in the order of their ids.

    ``query_ptr``, ``all_numbers``, ``all_weights``, ``all_frequency`` as :func:`duijie.engine.matching.binding.bind`
    returns them; ``log_lengths`` ``(parts,)`` are the logarithms of the mean length each segment's impacts were
    computed with. ``wanted``, ``sums``, ``chosen``, ``held`` are a :func:`room` to work in. ``best_positions`` and
    ``best_scores`` ``(m, k)`` are written, and ``counts`` ``(m,)``: how many of them.
    """
    parts = table.shape[0]
    # a document's share of a term's weight moves by at most a quarter of the logarithm of the mean length
    drift = 0.25 * np.abs(log_lengths - np.log(mean_length)).max()
    for q in range(query_ptr.size - 1):
        terms = slice(query_ptr[q], query_ptr[q + 1])
        counts[q] = 0
        if query_ptr[q] == query_ptr[q + 1]:
            continue
        weights = all_weights[terms]
        by_weight = np.argsort(-weights, kind="mergesort")
        scale = _FULL / weights.sum()
        shares = np.empty(weights.size, np.uint32)
        numbers = np.empty((parts, weights.size), np.int64)
        frequency = np.empty(weights.size, np.int64)
        for i in range(weights.size):
            shares[i] = np.uint32(np.ceil(weights[by_weight[i]] * scale * (256 / 255)))
            frequency[i] = all_frequency[query_ptr[q] + by_weight[i]]
            for part in range(parts):
                numbers[part, i] = all_numbers[part, query_ptr[q] + by_weight[i]]
        starts, ends = _entries(table, numbers)
        threshold = 0.0
        seeds = _seeds(frequency, k)
        seed_positions = np.empty(0, np.int64)
        seed_scores = np.empty(0)
        if seeds:
            seed_positions = _promising(table, starts, ends, shares, seeds, k, sums)
            seed_scores = _score(
                table, seed_positions, all_numbers[:, terms], weights, mean_length, head_weight, k1, b, wanted
            )
            if seed_positions.size >= k:
                threshold = kth_score(seed_scores, k)
        positions = np.empty(max(8 * k, 4096), np.int64)
        bounds = np.empty(positions.size, np.uint16)
        total = 0
        # how far a sum may be above its exact score: impacts and weights are rounded up, and mean lengths move
        error = np.int64(_FULL / 255 + 2 * weights.size + 2 * drift * _FULL) + 4
        rest = np.empty(weights.size + 1, np.int64)
        entries = np.empty(weights.size, np.int64)
        owners = np.empty(weights.size, np.int64)
        least = max(1, np.int64((threshold * scale) - drift * _FULL) - 2)
        for part in range(parts):
            row = table[part]
            block_of = u32_at(row[ENTRY_BLOCK])
            count_of = u16_at(row[ENTRY_COUNT])
            start_of = i64_at(row[ENTRY_START])
            peak_of = u8_at(row[ENTRY_PEAK])
            at = starts[part]
            for block in range((row[SIZE] + BLOCK - 1) // BLOCK):
                first = block * BLOCK
                size = min(BLOCK, row[SIZE] - first)
                here = 0
                for i in range(weights.size):
                    if at[i] < ends[part, i] and block_of[at[i]] == block:
                        entries[here] = at[i]
                        owners[here] = i
                        here += 1
                        at[i] += 1
                rest[here] = 0
                for i in range(here - 1, -1, -1):
                    rest[i] = rest[i + 1] + ((np.int64(shares[owners[i]]) * peak_of[entries[i]]) >> 8) + 1
                if here == 0 or rest[0] < least:
                    continue
                heavy = 0
                while heavy < here and rest[heavy] * _EXTEND >= least:
                    if heavy < _AHEAD:
                        _ask_entry(row, entries[heavy])
                    heavy += 1
                for i in range(heavy):
                    if i + _AHEAD < heavy:
                        _ask_entry(row, entries[i + _AHEAD])
                    _add_entry(row, entries[i], size, shares[owners[i]], sums)
                alive = mask_at(row[ALIVE] + first)
                found = take(sums, size, max(1, least - rest[heavy]), alive, chosen, held)
                for i in range(heavy, here):
                    if not found:
                        break
                    count = np.int64(count_of[entries[i]])
                    look_up(row, start_of[entries[i]], count, size, shares[owners[i]], chosen, held, found)
                    kept = 0
                    for c in range(found):
                        chosen[kept] = chosen[c]
                        held[kept] = held[c]
                        kept += held[c] >= least - rest[i + 1]
                    found = kept
                while total + found > positions.size:
                    positions = np.append(positions, positions)
                    bounds = np.append(bounds, bounds)
                for c in range(found):
                    positions[total + c] = row[BASE] + first + chosen[c]
                    bounds[total + c] = held[c]
                total += found
                if found and total >= k:
                    least = max(least, kth_largest(bounds[:total], k) - error)
                    kept = 0
                    for c in range(total):
                        positions[kept] = positions[c]
                        bounds[kept] = bounds[c]
                        kept += bounds[c] >= least
                    total = kept
        counts[q] = _settle(
            table, positions[:total], bounds[:total], scale, drift, seed_positions, seed_scores, threshold,
            all_numbers[:, terms], weights, mean_length, head_weight, k1, b, k, wanted, best_positions[q], best_scores[q],
        )  # fmt: skip


@_compiled
def _score(
    table: I64,
    positions: I64,
    numbers: I64,
    weights: F64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
    wanted: U8,
) -> F64:
    """Return the exact scores of ascending positions."""
    scores = np.empty(positions.size)
    low = 0
    for part in range(table.shape[0]):
        row = table[part]
        high = low
        while high < positions.size and positions[high] < row[BASE] + row[SIZE]:
            high += 1
        if high > low:
            score_places(
                row, positions[low:high] - row[BASE], numbers[part], weights,
                mean_length, head_weight, k1, b, False, wanted, scores[low:high],
            )  # fmt: skip
        low = high
    return scores


@_compiled
def _settle(
    table: I64,
    positions: I64,
    bounds: U16,
    scale: float,
    drift: float,
    seed_positions: I64,
    seed_scores: F64,
    threshold: float,
    numbers: I64,
    weights: F64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
    k: int,
    wanted: U8,
    best_positions: I64,
    best_scores: F64,
) -> int:
    """Score what is left exactly, the documents with the highest bounds first, and rank; return how many are found."""
    scores = np.full(positions.size, -1.0)
    seed = 0
    for c in range(positions.size):
        while seed < seed_positions.size and seed_positions[seed] < positions[c]:
            seed += 1
        if seed < seed_positions.size and seed_positions[seed] == positions[c]:
            scores[c] = seed_scores[seed]
    least = kth_largest(bounds, k) if bounds.size > k else 0
    where = np.empty(positions.size, np.int64)
    for _ in range(2):
        some = 0
        for c in range(positions.size):
            where[some] = c
            some += scores[c] < 0 and bounds[c] >= least
        found = _score(table, positions[where[:some]], numbers, weights, mean_length, head_weight, k1, b, wanted)
        for i in range(some):
            scores[where[i]] = found[i]
        if positions.size >= k:
            threshold = max(threshold, kth_score(scores, k))
        least = np.int64(threshold * scale - drift * _FULL) - 2
    total = 0
    for c in range(positions.size):
        where[total] = c
        total += scores[c] >= threshold and scores[c] > 0
    count: int = rank(table, positions[where[:total]], scores[where[:total]], k, best_positions, best_scores)
    return count
