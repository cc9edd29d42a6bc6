"""The compiled inner loops: counting terms, inverting rows into impact blocks, accumulating, exact scoring.

All functions release the interpreter lock and are compiled once per machine (numba's on-disk cache). They take and give
plain arrays; the meaning of each array is documented in :mod:`duijie.engine.matching.segment`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

I8 = NDArray[np.int8]
U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

BLOCK = 8192
"""Documents a block: its uint16 accumulators (16 KB) stay in the first-level cache."""
DENSE = 640
"""A term in more documents of a block than this is a column of ``BLOCK`` bytes there (break-even measured)."""
DENSE_MARK = 65535
_GALLOP_TO = 8  # terms a query has at most for its rows to be searched by leaps; rows are read whole for longer ones
TF_LIMIT = 255
SIGN = 1 << 63
"""Set in the keys of signs (single characters, Latin words): they end each row and are never inverted, only scored."""
_SIGN = np.uint64(SIGN)
_TERM = np.uint64(SIGN - 1)

_compiled = njit(cache=True, nogil=True, boundscheck=False)


@_compiled
def _mix(key: np.uint64, code: np.uint64) -> np.uint64:
    return (key ^ code) * np.uint64(1099511628211)


@_compiled
def _finish(key: np.uint64) -> np.uint64:
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


@_compiled
def hash_spans(codes: U32, ends: I64) -> U64:
    """Return one 64-bit key a span: FNV-1a over code points, finished by splitmix64.

    ``codes``: code points ``(c,)``; ``ends``: where each span ends ``(s,)``; each begins where the one before ends.
    """
    keys = np.empty(ends.size, np.uint64)
    at = 0
    for s in range(ends.size):
        key = np.uint64(14695981039346656037)
        for i in range(at, ends[s]):
            key = _mix(key, np.uint64(codes[i]))
        keys[s] = _finish(key) & _TERM
        at = ends[s]
    return keys


@_compiled
def _is_chinese(code: np.uint32) -> bool:
    return bool((0x3400 <= code <= 0x9FFF) or (0x20000 <= code <= 0x2A6DF))


@_compiled
def _word_keys(codes: U32, start: int, end: int, keys: U64, found: int) -> int:
    at = start
    while at < end:
        stop = at
        while stop < end and codes[stop] != 10:
            stop += 1
        first = at
        wanted = False
        if stop > at and codes[at] == 1:
            first = at + 1
            wanted = stop > first
        elif stop - at > 1:
            wanted = True
            for i in range(at, stop):
                wanted = wanted and _is_chinese(codes[i])
        if wanted:
            key = np.uint64(14695981039346656037)
            for i in range(first, stop):
                key = _mix(key, np.uint64(codes[i]))
            keys[found] = _finish(key) & _TERM
            found += 1
            if first > at:
                keys[found] = keys[found - 1] | _SIGN
                found += 1
        at = stop + 1
    return found


@_compiled
def _character_keys(codes: U32, start: int, end: int, keys: U64, found: int) -> int:
    for i in range(start, end):
        if not _is_chinese(codes[i]):
            continue
        before = i > start and _is_chinese(codes[i - 1])
        after = i + 1 < end and _is_chinese(codes[i + 1])
        key = _mix(np.uint64(14695981039346656037), np.uint64(codes[i]))
        keys[found] = _finish(key) | _SIGN
        found += 1
        if after or not before:
            if after:
                key = _mix(key, np.uint64(codes[i + 1]))
            keys[found] = _finish(key) & _TERM
            found += 1
    return found


@_compiled
def count_terms(folded: U32, folded_ends: I64, words: U32, word_ends: I64) -> tuple[I64, U64, U16]:
    """Count the terms and signs of documents that come as two pieces each, head (title, keywords) then body.

    ``folded``/``words``: code points of the two strings of :func:`duijie.engine.matching.text.pieces`, all pieces
    joined; ``…_ends``: where each piece ends, shape ``(2n,)``. Returns ``(ptr, keys, counts)``: rows in CSR form, the
    distinct keys of a row in the order they are met; a count is ``head << 8 | body``, each at most 255.
    """
    n = folded_ends.size // 2
    ptr = np.zeros(n + 1, np.int64)
    keys = np.empty(2 * (folded.size + words.size) + 2, np.uint64)
    counts = np.empty(keys.size, np.uint16)
    met = np.empty(16, np.uint64)
    size = 1 << 12
    place = np.zeros(size, np.int64)
    owner = np.full(size, -1, np.int64)
    at = 0
    for d in range(n):
        for part in range(2):
            p = 2 * d + part
            f0 = folded_ends[p - 1] if p else 0
            w0 = word_ends[p - 1] if p else 0
            need = 2 * (folded_ends[p] - f0 + word_ends[p] - w0) + 2
            if met.size < need:
                met = np.empty(need * 2, np.uint64)
            found = _character_keys(folded, f0, folded_ends[p], met, 0)
            found = _word_keys(words, w0, word_ends[p], met, found)
            if (at - ptr[d] + found) * 2 > size:
                while (at - ptr[d] + found) * 2 > size:
                    size *= 2
                place = np.zeros(size, np.int64)
                owner = np.full(size, -1, np.int64)
                for row in range(ptr[d], at):
                    slot = _slot(keys[row], keys, place, owner, d)
                    owner[slot] = d
                    place[slot] = row
            one = 256 if part == 0 else 1
            full = TF_LIMIT << 8 if part == 0 else TF_LIMIT
            for i in range(found):
                slot = _slot(met[i], keys, place, owner, d)
                if owner[slot] != d:
                    owner[slot] = d
                    place[slot] = at
                    keys[at] = met[i]
                    counts[at] = 0
                    at += 1
                row = place[slot]
                if counts[row] & full != full:
                    counts[row] += np.uint16(one)
        ptr[d + 1] = at
    return ptr, keys[:at].copy(), counts[:at].copy()


@_compiled
def _slot(key: np.uint64, keys: U64, place: I64, owner: I64, d: int) -> int:
    """Return where in an open-addressing table ``key`` of document ``d`` stands, or could."""
    mask = np.uint64(place.size - 1)
    slot = key & mask
    while owner[slot] == d and keys[place[slot]] != key:
        slot = (slot + np.uint64(1)) & mask
    return int(slot)


@_compiled
def order_rows(ptr: I64, terms: U32, counts: U16, vocabulary: int) -> None:
    """Put each row into the order of its term numbers, in place: to columns and back, linear in the cells."""
    start = np.zeros(vocabulary + 1, np.int64)
    for p in range(terms.size):
        start[terms[p] + 1] += 1
    for t in range(vocabulary):
        start[t + 1] += start[t]
    fill = start[:-1].copy()
    rows = np.empty(terms.size, np.uint32)
    held = np.empty(terms.size, np.uint16)
    for d in range(ptr.size - 1):
        for p in range(ptr[d], ptr[d + 1]):
            at = fill[terms[p]]
            fill[terms[p]] += 1
            rows[at] = d
            held[at] = counts[p]
    back = ptr[:-1].copy()
    for t in range(vocabulary):
        for at in range(start[t], start[t + 1]):
            p = back[rows[at]]
            back[rows[at]] += 1
            terms[p] = t
            counts[p] = held[at]


@_compiled
def place_keys(keys: U64, known: U64) -> U32:
    """Return the position of each key in the ascending array ``known`` that holds them all.

    Open addressing: three times faster than a binary search from 10⁵ known keys on.
    """
    size = 1
    while size < known.size * 2 + 2:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int64)
    for v in range(known.size):
        slot = known[v] & mask
        while table[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = v
    out = np.empty(keys.size, np.uint32)
    for i in range(keys.size):
        slot = keys[i] & mask
        while known[table[slot]] != keys[i]:
            slot = (slot + np.uint64(1)) & mask
        out[i] = table[slot]
    return out


@_compiled
def distinct_keys(keys: U64) -> U64:
    """Return the distinct keys, ascending."""
    size = 1 << 16
    mask = np.uint64(size - 1)
    table = np.zeros(size, np.uint64)
    used = np.zeros(size, np.bool_)
    count = 0
    for i in range(keys.size):
        key = keys[i]
        slot = key & mask
        while used[slot] and table[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        if used[slot]:
            continue
        used[slot] = True
        table[slot] = key
        count += 1
        if count * 2 > size:
            old, old_used = table, used
            size *= 2
            mask = np.uint64(size - 1)
            table = np.zeros(size, np.uint64)
            used = np.zeros(size, np.bool_)
            for o in range(old.size):
                if old_used[o]:
                    slot = old[o] & mask
                    while used[slot]:
                        slot = (slot + np.uint64(1)) & mask
                    used[slot] = True
                    table[slot] = old[o]
    return np.sort(table[used])


@_compiled
def row_lengths(ptr: I64, terms: U32, counts: U16, first_sign: int, head_weight: int) -> tuple[I32, I32]:
    """Return the weighted length of each document in terms and in signs: ``head_weight`` × head + body, each ``(n,)``.

    ``first_sign``: the number of the first sign; smaller numbers are terms.
    """
    n = ptr.size - 1
    lengths = np.zeros(n, np.int32)
    sign_lengths = np.zeros(n, np.int32)
    for d in range(n):
        for p in range(ptr[d], ptr[d + 1]):
            tf = head_weight * (counts[p] >> 8) + (counts[p] & 255)
            if terms[p] < first_sign:
                lengths[d] += tf
            else:
                sign_lengths[d] += tf
    return lengths, sign_lengths


@_compiled
def document_frequencies(terms: U32, ptr: I64, which: Mask, vocabulary: int) -> I32:
    """Return in how many of the documents marked in ``which`` each term stands, shape ``(vocabulary,)``."""
    out = np.zeros(vocabulary, np.int32)
    for d in range(ptr.size - 1):
        if which[d]:
            for p in range(ptr[d], ptr[d + 1]):
                out[terms[p]] += 1
    return out


@_compiled
def saturation(tf: float, length: float, mean_length: float, k1: float, b: float) -> float:
    """BM25's saturated term frequency, in (0, 1): ``tf / (tf + k1 (1 − b + b · length / mean_length))``."""
    return tf / (tf + k1 * (1.0 - b + b * length / mean_length))


@_compiled
def invert(
    ptr: I64,
    terms: U32,
    counts: U16,
    lengths: I32,
    vocabulary: int,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
) -> tuple[I64, U32, U16, I64, U16, U8, U8]:
    """Turn rows into impact blocks.

    Returns ``(entry_ptr, entry_block, entry_count, entry_start, post_doc, post_impact, columns)``: term ``t`` has the
    entries ``entry_ptr[t]:entry_ptr[t + 1]``, one a block it stands in, blocks ascending; an entry is ``entry_count``
    postings from ``entry_start`` on (document within the block, impact 1–255 of its saturated frequency), or, where the
    count is ``DENSE_MARK``, a column of ``BLOCK`` impacts from ``entry_start`` on in ``columns`` (0: the document has
    it not). Only the terms with a number below ``vocabulary`` are inverted. Cost: linear in the number of postings.
    """
    n = ptr.size - 1
    blocks = (n + BLOCK - 1) // BLOCK
    seen = np.full(vocabulary, -1, np.int64)
    slot = np.zeros(vocabulary, np.int64)
    entries = 0
    sparse = 0
    dense = 0
    sizes = np.zeros(BLOCK, np.int64)
    # first pass: how many entries, postings and columns there will be
    for block in range(blocks):
        first = entries
        for p in range(ptr[block * BLOCK], ptr[min(n, (block + 1) * BLOCK)]):
            t = terms[p]
            if t >= vocabulary:
                continue
            if seen[t] != block:
                seen[t] = block
                slot[t] = entries - first
                entries += 1
                if entries - first > sizes.size:
                    grown = np.zeros(sizes.size * 2, np.int64)
                    grown[: sizes.size] = sizes
                    sizes = grown
                sizes[entries - first - 1] = 0
            sizes[slot[t]] += 1
        for e in range(entries - first):
            if sizes[e] > DENSE:
                dense += 1
            else:
                sparse += sizes[e]
    entry_term = np.empty(entries, np.uint32)
    block_of = np.empty(entries, np.uint32)
    count_of = np.empty(entries, np.uint16)
    first_of = np.zeros(blocks + 1, np.int64)
    seen[:] = -1
    entries = 0
    for block in range(blocks):
        first = entries
        for p in range(ptr[block * BLOCK], ptr[min(n, (block + 1) * BLOCK)]):
            t = terms[p]
            if t >= vocabulary:
                continue
            if seen[t] != block:
                seen[t] = block
                slot[t] = entries - first
                entry_term[entries] = t
                block_of[entries] = block
                sizes[entries - first] = 0
                entries += 1
            sizes[slot[t]] += 1
        for e in range(entries - first):
            count_of[first + e] = DENSE_MARK if sizes[e] > DENSE else sizes[e]
        first_of[block + 1] = entries
    # order the entries by term; within a term the blocks stay ascending; postings stand in the order of their entries,
    # so that those of one term are read from memory in one go
    entry_ptr = np.zeros(vocabulary + 1, np.int64)
    for e in range(entries):
        entry_ptr[entry_term[e] + 1] += 1
    for t in range(vocabulary):
        entry_ptr[t + 1] += entry_ptr[t]
    place = entry_ptr[:-1].copy()
    entry_block = np.empty(entries, np.uint32)
    entry_count = np.empty(entries, np.uint16)
    entry_start = np.empty(entries, np.int64)
    place_of = np.empty(entries, np.int64)
    for e in range(entries):
        at = place[entry_term[e]]
        place[entry_term[e]] += 1
        place_of[e] = at
        entry_block[at] = block_of[e]
        entry_count[at] = count_of[e]
    post_doc = np.empty(sparse, np.uint16)
    post_impact = np.empty(sparse, np.uint8)
    columns = np.zeros(dense * BLOCK, np.uint8)
    sparse = 0
    dense = 0
    for at in range(entries):
        if entry_count[at] == DENSE_MARK:
            entry_start[at] = dense * BLOCK
            dense += 1
        else:
            entry_start[at] = sparse
            sparse += int(entry_count[at])
    fill = np.zeros(sizes.size, np.int64)
    for block in range(blocks):
        first = first_of[block]
        for e in range(first, first_of[block + 1]):
            fill[e - first] = entry_start[place_of[e]]
            slot[entry_term[e]] = e - first
        for d in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            for p in range(ptr[d], ptr[d + 1]):
                if terms[p] >= vocabulary:
                    break
                e = slot[terms[p]]
                tf = head_weight * (counts[p] >> 8) + (counts[p] & 255)
                share = saturation(float(tf), float(lengths[d]), mean_length, k1, b)
                impact = np.uint8(max(1, int(share * 255.0 + 0.5)))
                if count_of[first + e] == DENSE_MARK:
                    columns[fill[e] + d - block * BLOCK] = impact
                else:
                    post_doc[fill[e]] = d - block * BLOCK
                    post_impact[fill[e]] = impact
                    fill[e] += 1
    return entry_ptr, entry_block, entry_count, entry_start, post_doc, post_impact, columns


@_compiled
def _kth_largest(scores: U16, k: int) -> int:
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
def _compact(docs: I64, scores: U16, count: int, k: int, margin: int) -> tuple[int, int]:
    """Keep what may still be among the best k; return how many stay and the least score that may enter."""
    if count < k:
        return count, 1
    least = max(1, _kth_largest(scores[:count], k) - margin)
    kept = 0
    for i in range(count):
        if scores[i] >= least:
            docs[kept] = docs[i]
            scores[kept] = scores[i]
            kept += 1
    return kept, least


@_compiled
def _add_column(acc: U16, column: U8, weight: np.uint32) -> None:
    for i in range(BLOCK):
        acc[i] += np.uint16((weight * np.uint32(column[i]) + np.uint32(255)) >> np.uint32(8))


@_compiled
def _add_postings(acc: U16, places: U16, impacts: U8, weight: np.uint32) -> None:
    for p in range(places.size):
        place = places[p]
        share = (weight * np.uint32(impacts[p]) + np.uint32(255)) >> np.uint32(8)
        acc[place] = np.uint16(np.uint32(acc[place]) + share)


@_compiled
def accumulate(
    first_doc: int,
    n: int,
    alive: Mask,
    entry_block: U32,
    entry_count: U16,
    entry_start: I64,
    post_doc: U16,
    post_impact: U8,
    columns: U8,
    query_ptr: I64,
    cursors: I64,
    cursor_ends: I64,
    weights: U32,
    margins: I64,
    k: int,
    docs: I64,
    scores: U16,
    state: I64,
) -> bool:
    """Add the candidates of one segment to those of each query: every document that may be among its best ``k``.

    Blocks outside, queries inside, so that a block's postings are read from memory once for all queries. Query ``q``
    has the terms ``query_ptr[q]:query_ptr[q + 1]``, each with the entries ``cursors:cursor_ends`` and a weight; a
    posting adds ``weight · impact / 256``, rounded up, so that every document with a term of the query has at least 1.
    The candidates stand in ``docs`` and ``scores`` ``(m, c)``, ``c ≥ 2 · BLOCK``, ``state[q] = (how many, least score
    that may enter)``; all three stay between calls. A document stays a candidate while its approximate score is within
    ``margins[q]`` of the k-th best, so that no rounding can lose one of the exact best k. The terms of a query stand by
    falling weight: once all that is left could not lift a document without heavy terms to the least score, the light
    ones are only looked up where they still can (MaxScore, Turtle & Flood 1995). Returns False where more than
    ``c - BLOCK`` documents are that close: call again from the first segment on with larger arrays.
    """
    acc = np.zeros(BLOCK, np.uint16)
    chosen = np.empty(BLOCK, np.uint16)
    rest = np.zeros(weights.size, np.int64)
    for q in range(query_ptr.size - 1):
        total = np.int64(0)
        for t in range(query_ptr[q + 1] - 1, query_ptr[q] - 1, -1):
            total += weights[t]
            rest[t] = total
    starts = np.empty(weights.size, np.int64)
    stops = np.empty(weights.size, np.int64)
    shares = np.empty(weights.size, np.uint32)
    warm = np.int64(0)
    for block in range((n + BLOCK - 1) // BLOCK):
        first = block * BLOCK
        here = alive[first : min(n, first + BLOCK)]
        for q in range(query_ptr.size - 1):
            if state[q, 0] + BLOCK > docs.shape[1]:
                return False
            end = query_ptr[q + 1]
            least = state[q, 1]
            # the heavy terms: their postings are asked for before the first is added, so that memory answers them together
            t = query_ptr[q]
            heavy = 0
            while t < end and (least <= 1 or 2 * rest[t] > least):
                at = cursors[t]
                if at < cursor_ends[t] and entry_block[at] == block:
                    cursors[t] = at + 1
                    start = entry_start[at]
                    starts[heavy] = start
                    shares[heavy] = weights[t]
                    if entry_count[at] == DENSE_MARK:
                        stops[heavy] = -1
                        warm += columns[start]
                    else:
                        stops[heavy] = start + np.int64(entry_count[at])
                        for p in range(start, stops[heavy], 32):
                            warm += post_doc[p]
                        for p in range(start, stops[heavy], 64):
                            warm += post_impact[p]
                    heavy += 1
                t += 1
            if heavy:
                acc[:] = 0
            for e in range(heavy):
                if stops[e] < 0:
                    _add_column(acc, columns[starts[e] : starts[e] + BLOCK], shares[e])
                else:
                    where = slice(starts[e], stops[e])
                    _add_postings(acc, post_doc[where], post_impact[where], shares[e])
            if t == end:
                if not heavy:
                    continue
                if least <= 1 and here.size == BLOCK and here.all():
                    least = max(least, _least_of(acc, k) - margins[q])
                count = _select(first_doc + first, acc, here, docs[q], scores[q], state[q, 0], least)
            else:
                # the light terms: only documents that they can still lift to the least score are looked up
                found = _choose(acc, least - rest[t], chosen) if heavy else 0
                while t < end:
                    at = cursors[t]
                    if at < cursor_ends[t] and entry_block[at] == block:
                        cursors[t] = at + 1
                        start = entry_start[at]
                        if not found:
                            pass
                        elif entry_count[at] == DENSE_MARK:
                            _add_chosen_column(acc, chosen[:found], columns[start : start + BLOCK], weights[t])
                        else:
                            where = slice(start, start + np.int64(entry_count[at]))
                            if found * 16 < np.int64(entry_count[at]):
                                _add_chosen(acc, chosen[:found], post_doc[where], post_impact[where], weights[t])
                            else:
                                _add_postings(acc, post_doc[where], post_impact[where], weights[t])
                    t += 1
                    floor = least - (rest[t] if t < end else 0)
                    kept = 0
                    for i in range(found):
                        chosen[kept] = chosen[i]
                        kept += acc[chosen[i]] >= floor
                    found = kept
                count = state[q, 0]
                for i in range(found):
                    if chosen[i] < here.size and here[chosen[i]]:
                        docs[q, count] = first_doc + first + chosen[i]
                        scores[q, count] = acc[chosen[i]]
                        count += 1
            if count > max(512, 2 * k):
                count, state[q, 1] = _compact(docs[q], scores[q], count, k, margins[q])
            state[q, 0] = count
    return bool(warm >= 0)  # always; who asks for memory must use it


@_compiled
def _least_of(scores: U16, k: int) -> int:
    """Return a score that at least ``k`` reach, 1 if none is easily found: the ``k``-th of the best of groups of 16."""
    best = np.zeros(BLOCK // 16, np.uint16)
    if k > best.size:
        return 1
    for g in range(16):
        part = scores[g * best.size : (g + 1) * best.size]
        for i in range(best.size):
            best[i] = max(best[i], part[i])
    least: int = _kth_largest(best, k)
    return max(1, least)


@_compiled
def _choose(acc: U16, least: int, chosen: U16) -> int:
    """Write the places with at least a score, ascending; return how many."""
    floor = np.uint16(least)
    count = 0
    for chunk in range(0, BLOCK, 64):
        part = acc[chunk : chunk + 64]
        hits = np.uint16(0)
        for i in range(64):
            hits += np.uint16(part[i] >= floor)
        if hits:
            for i in range(64):
                if part[i] >= floor:
                    chosen[count] = chunk + i
                    count += 1
    return count


@_compiled
def _add_chosen_column(acc: U16, chosen: U16, column: U8, weight: np.uint32) -> None:
    for i in range(chosen.size):
        share = (weight * np.uint32(column[chosen[i]]) + np.uint32(255)) >> np.uint32(8)
        acc[chosen[i]] = np.uint16(np.uint32(acc[chosen[i]]) + share)


@_compiled
def _add_chosen(acc: U16, chosen: U16, places: U16, impacts: U8, weight: np.uint32) -> None:
    for i in range(chosen.size):
        low = 0
        high = places.size
        while low < high:
            middle = (low + high) >> 1
            if places[middle] < chosen[i]:
                low = middle + 1
            else:
                high = middle
        if low < places.size and places[low] == chosen[i]:
            share = (weight * np.uint32(impacts[low]) + np.uint32(255)) >> np.uint32(8)
            acc[chosen[i]] = np.uint16(np.uint32(acc[chosen[i]]) + share)


@_compiled
def _select(first_doc: int, acc: U16, alive: Mask, docs: I64, scores: U16, count: int, least: int) -> int:
    floor = np.uint16(least)
    for chunk in range(0, BLOCK, 64):
        part = acc[chunk : chunk + 64]
        hits = np.uint16(0)
        for i in range(64):
            hits += np.uint16(part[i] >= floor)
        if hits:
            for i in range(64):
                if part[i] >= floor and chunk + i < alive.size and alive[chunk + i]:
                    docs[count] = first_doc + chunk + i
                    scores[count] = part[i]
                    count += 1
    return count


@_compiled
def compact_all(docs: I64, scores: U16, state: I64, margins: I64, k: int) -> None:
    """Drop from each query's candidates those that can no longer be among its best ``k``."""
    for q in range(state.shape[0]):
        state[q, 0], state[q, 1] = _compact(docs[q], scores[q], state[q, 0], k, margins[q])


@_compiled
def score_rows(
    first_doc: int,
    candidate_ptr: I64,
    positions: I64,
    ptr: I64,
    terms: U32,
    counts: U16,
    lengths: I32,
    more_lengths: I32,
    query_ptr: I64,
    numbers: I64,
    weights: F64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
    scores: F64,
) -> bool:
    """Score the candidates that stand in one segment exactly, in double precision.

    Query ``q`` has the candidates ``positions[candidate_ptr[q]:candidate_ptr[q + 1]]`` and the terms ``query_ptr[q]:
    query_ptr[q + 1]``, each with its number in this segment (ascending, −1: not here) and its weight (inverse document
    frequency × query weight). A document's length is the sum of both ``lengths`` (the second may be empty). ``scores``
    is written where a position is of this segment. Terms are added in the order of their keys, which is the same in
    every segment: equal documents get equal scores to the last bit.
    """
    n = lengths.size
    warm = np.int64(0)
    wanted = np.zeros(4096, np.bool_)  # by the last bits of a number: passes all of the query's and few others
    for q in range(query_ptr.size - 1):
        t0 = query_ptr[q]
        t1 = query_ptr[q + 1]
        scanned = t1 - t0 > _GALLOP_TO
        last = np.int64(-1)
        for t in range(t0, t1):
            if numbers[t] >= 0:
                last = numbers[t]
                wanted[last & 4095] = True
        for c in range(candidate_ptr[q], candidate_ptr[q + 1]):
            d = positions[c] - first_doc
            if d < 0 or d >= n:
                continue
            ahead = min(c + 4, candidate_ptr[q + 1] - 1)  # memory answers while this row is read
            following = positions[ahead] - first_doc
            if 0 <= following < n:
                warm += lengths[following]
                for p in range(ptr[following], ptr[following + 1], 16):
                    warm += terms[p]
            total = 0.0
            length = lengths[d] + (more_lengths[d] if more_lengths.size else 0)
            norm = k1 * (1.0 - b + b * length / mean_length)
            if scanned:
                t = t0
                for p in range(ptr[d], ptr[d + 1]):
                    number = np.int64(terms[p])
                    if number > last:
                        break
                    if not wanted[number & 4095]:
                        continue
                    while numbers[t] < number:
                        t += 1
                    if numbers[t] == number:
                        tf = float(head_weight * (counts[p] >> 8) + (counts[p] & 255))
                        total += weights[t] * (tf / (tf + norm))
            else:
                p = ptr[d]
                end = ptr[d + 1]
                for t in range(t0, t1):
                    if numbers[t] < 0:
                        continue
                    step = 1
                    while p + step < end and terms[p + step] < numbers[t]:
                        p += step
                        step *= 2
                    while p < end and terms[p] < numbers[t]:
                        p += 1
                    if p == end:
                        break
                    if terms[p] == numbers[t]:
                        tf = float(head_weight * (counts[p] >> 8) + (counts[p] & 255))
                        total += weights[t] * (tf / (tf + norm))
            scores[c] = total
        for t in range(t0, t1):
            wanted[numbers[t] & 4095] = False
    return bool(warm >= 0)  # always


@_compiled
def rank_rows(candidate_ptr: I64, scores: F64, k: int) -> tuple[I64, I64, Mask]:
    """Rank each query's candidates by score.

    Returns ``(rank_ptr, order, tied)``: ``order[rank_ptr[q]:rank_ptr[q + 1]]`` are places in ``scores``, best first, at
    least ``k`` of them where there are, and all that tie with the k-th; ``tied[q]`` says whether any two are equal.
    """
    m = candidate_ptr.size - 1
    rank_ptr = np.zeros(m + 1, np.int64)
    order = np.empty(scores.size, np.int64)
    tied = np.zeros(m, np.bool_)
    at = 0
    for q in range(m):
        lo = candidate_ptr[q]
        here = scores[lo : candidate_ptr[q + 1]]
        if here.size > k:
            least = np.partition(here, here.size - k)[here.size - k]
            kept = np.flatnonzero(here >= least)
        else:
            kept = np.arange(here.size)
        by = np.argsort(-here[kept], kind="mergesort")
        for i in range(kept.size):
            order[at + i] = lo + kept[by[i]]
            if i and here[kept[by[i]]] == here[kept[by[i - 1]]]:
                tied[q] = True
        at += kept.size
        rank_ptr[q + 1] = at
    return rank_ptr, order[:at].copy(), tied


@_compiled
def _dot(a: I8, b: I8) -> np.int32:
    total = np.int32(0)
    for i in range(a.size):
        total += np.int32(a[i]) * np.int32(b[i])
    return total


@_compiled
def cosines(vectors: I8, scales: F32, query: I8, query_scale: np.float32, out: F32) -> None:
    """Write the cosine of each document with a query into ``out`` ``(n,)``.

    ``vectors`` int8 ``(n, d)``, ``scales`` float32 ``(n,)``: document ``i`` points to ``scales[i] · vectors[i]``, of
    length one; likewise the query. Products are summed in integers: the result does not depend on the order of work.
    """
    for d in range(vectors.shape[0]):
        out[d] = np.float32(_dot(vectors[d], query)) * scales[d] * query_scale


@_compiled
def nearest(
    first_doc: int,
    alive: Mask,
    vectors: I8,
    scales: F32,
    queries: I8,
    query_scales: F32,
    k: int,
    docs: I64,
    scores: F32,
    state: I64,
    least: F32,
) -> None:
    """Add the documents of one segment with the largest cosines to each query's candidates.

    As :func:`cosines`, for queries ``(m, d)``, a block of documents at a time while it stays in the cache. ``docs`` and
    ``scores`` ``(m, c)`` with ``c ≥ 2 k`` hold the candidates, ``state`` ``(m,)`` how many, ``least`` ``(m,)`` the
    cosine below which none enters; they stay between calls. Of equal cosines at the k-th place those found first
    remain.
    """
    step = 1024
    block = np.empty(step, np.float32)
    for start in range(0, vectors.shape[0], step):
        stop = min(start + step, vectors.shape[0])
        for q in range(queries.shape[0]):
            cosines(vectors[start:stop], scales[start:stop], queries[q], query_scales[q], block)
            count = state[q]
            for i in range(stop - start):
                if block[i] <= least[q] or not alive[start + i]:
                    continue
                docs[q, count] = first_doc + start + i
                scores[q, count] = block[i]
                count += 1
                if count == docs.shape[1]:
                    count = _keep_nearest(docs[q], scores[q], count, k)
                    least[q] = scores[q, :count].min()
            state[q] = count


@_compiled
def _keep_nearest(docs: I64, scores: F32, count: int, k: int) -> int:
    cut = np.partition(scores[:count], count - k)[count - k]
    kept = 0
    for i in range(count):
        kept += scores[i] > cut
    ties = k - kept
    kept = 0
    for i in range(count):
        if scores[i] > cut or (scores[i] == cut and ties > 0):
            ties -= scores[i] == cut
            docs[kept] = docs[i]
            scores[kept] = scores[i]
            kept += 1
    return kept


@_compiled
def cosine_rows(
    first_doc: int,
    candidate_ptr: I64,
    positions: I64,
    vectors: I8,
    scales: F32,
    queries: I8,
    query_scales: F32,
    out: F32,
) -> None:
    """Write the cosine of each query with its candidates in one segment, laid out as for :func:`score_rows`."""
    n = scales.size
    for q in range(query_scales.size):
        for c in range(candidate_ptr[q], candidate_ptr[q + 1]):
            d = positions[c] - first_doc
            if 0 <= d < n:
                out[c] = np.float32(_dot(vectors[d], queries[q])) * scales[d] * query_scales[q]


@_compiled
def contributions(
    d: int,
    ptr: I64,
    terms: U32,
    counts: U16,
    length: float,
    numbers: I64,
    weights: F64,
    mean_length: float,
    head_weight: int,
    k1: float,
    b: float,
) -> F64:
    """Return what each query term adds to the score of document ``d``, float64 ``(t,)``; their sum is its score."""
    out = np.zeros(numbers.size)
    norm = k1 * (1.0 - b + b * length / mean_length)
    p = ptr[d]
    for t in range(numbers.size):
        if numbers[t] < 0:
            continue
        while p < ptr[d + 1] and terms[p] < numbers[t]:
            p += 1
        if p == ptr[d + 1]:
            break
        if terms[p] == numbers[t]:
            tf = float(head_weight * (counts[p] >> 8) + (counts[p] & 255))
            out[t] = weights[t] * (tf / (tf + norm))
    return out
