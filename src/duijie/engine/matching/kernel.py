"""The compiled inner loops of indexing, and of comparing directions: counting terms, inverting rows into impact blocks.

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

BLOCK = 65_536
"""Documents a block: a place fits in 16 bits, the sums of a block (128 KB) in the second-level cache."""
DENSE_FROM = 1 / 12
"""A term in a larger share of a block's documents is a column of one byte a document there (break-even measured)."""
DENSE_MARK = 65535
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
) -> tuple[I64, U32, U16, I64, U8, U16, U8, U8]:
    """Turn rows into impact blocks.

    Returns ``(entry_ptr, entry_block, entry_count, entry_start, entry_peak, post_doc, post_impact, columns)``: term
    ``t`` has the entries ``entry_ptr[t]:entry_ptr[t + 1]``, one a block it stands in, blocks ascending; an entry is
    ``entry_count`` postings from ``entry_start`` on (document within the block; impact 1–255: its saturated frequency,
    rounded up to 255ths), or, where the count is ``DENSE_MARK``, the impacts of all documents of the block from
    ``entry_start`` on in ``columns`` (0: the document has it not); ``entry_peak`` is the largest of an entry's impacts.
    Only the terms with a number below ``vocabulary`` are inverted. Cost: linear in the number of postings.
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
        width = min(BLOCK, n - block * BLOCK)
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
            if sizes[e] > DENSE_FROM * width:
                dense += width
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
        width = min(BLOCK, n - block * BLOCK)
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
            count_of[first + e] = DENSE_MARK if sizes[e] > DENSE_FROM * width else sizes[e]
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
    columns = np.zeros(dense, np.uint8)
    entry_peak = np.zeros(entries, np.uint8)
    sparse = 0
    dense = 0
    for at in range(entries):
        if entry_count[at] == DENSE_MARK:
            entry_start[at] = dense
            dense += min(BLOCK, n - int(entry_block[at]) * BLOCK)
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
                impact = np.uint8(min(255, int(np.ceil(share * 255.0))))
                entry_peak[place_of[first + e]] = max(entry_peak[place_of[first + e]], impact)
                if count_of[first + e] == DENSE_MARK:
                    columns[fill[e] + d - block * BLOCK] = impact
                else:
                    post_doc[fill[e]] = d - block * BLOCK
                    post_impact[fill[e]] = impact
                    fill[e] += 1
    return entry_ptr, entry_block, entry_count, entry_start, entry_peak, post_doc, post_impact, columns


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
def keep_near(
    first_doc: int,
    alive: Mask,
    scales: F32,
    dots: F32,
    query_scales: F32,
    k: int,
    docs: I64,
    scores: F32,
    state: I64,
    least: F32,
) -> None:
    """As :func:`nearest`, for some documents whose products with the queries are known: ``dots`` ``(m, n)``."""
    for q in range(query_scales.size):
        count = state[q]
        for i in range(scales.size):
            cosine = dots[q, i] * scales[i] * query_scales[q]
            if cosine <= least[q] or not alive[i]:
                continue
            docs[q, count] = first_doc + i
            scores[q, count] = cosine
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
    """Write the cosine of each query with its candidates in one segment, ``positions[candidate_ptr[q]:
    candidate_ptr[q + 1]]`` being those of query ``q``; others are left alone."""
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
