"""A segment: some documents, once written never changed.

Arrays of a segment with ``n`` documents, ``v`` terms, ``r`` row cells, ``e`` entries, ``p`` postings:

===============  =======================  ==================================================================
``keys``         uint64 ``(v,)``          keys of terms, then of signs, ascending; a place here is a number
``frequency``    int32 ``(v,)``           documents the term stands in
``ptr``          int64 ``(n + 1,)``       row ``d`` is ``ptr[d]:ptr[d + 1]``
``terms``        uint32 ``(r,)``          term numbers, ascending in a row
``counts``       uint16 ``(r,)``          count in title and keywords ``<< 8 |`` count in the text, each ≤ 255
``lengths``      int32 ``(n,)``           weighted length in terms
``sign_lengths`` int32 ``(n,)``           weighted length in signs
``entry_…``      ``(v + 1,)``, ``(e,)``   see :func:`duijie.engine.matching.kernel.invert`
``post_…``       ``(p,)``                 document within the block (uint16), impact (uint8)
``columns``      uint8                    frequent terms, one impact a document of the block
``id_…``         bytes, int64             document ids
``record_…``     bytes, int64             documents as JSON, for showing and for replay
``facet_…``      uint32 ``(n,)``          numbers of the values listed in ``facets.json``
``chinese``      bool ``(n,)``            whether the document is written in Chinese
``trl``          int8 ``(n,)``            technology readiness, 0: not said
``budget``       float32 ``(n,)``         price in 10,000 yuan, NaN: not said
``vectors``      int8 ``(n, d)``          optional: directions of the dense leg …
``scales``       float32 ``(n,)``         … the scale of each: ``scales[d] * vectors[d]`` is of length one
===============  =======================  ==================================================================
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching import kernel
from duijie.engine.matching.files import (
    IndexDamaged,
    check_files,
    check_size,
    describe,
    load,
    seal,
    sealed,
    settle,
    unsealed,
)
from duijie.engine.matching.memory import ARRAYS
from duijie.engine.matching.text import is_chinese, pieces
from duijie.engine.matching.types import Document
from duijie.engine.matching.vectors import quantise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[Any]

FACETS = ("kind", "field", "region", "industry", "team")
_LANGUAGE_SIGNS = 200  # characters that tell a text's language
_AT_ONCE = 8192  # documents counted together: 100 MB
_MAPPED_FROM = 4096  # smaller files, and empty arrays, are read
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_COLUMNS = tuple(f.name for f in fields(Document))
_row_of = attrgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class Params:
    """What an index is built with: BM25's ``k1`` and ``b`` (Robertson & Zaragoza 2009), and the weight of the head.

    ``head_weight`` is how many times a term of the title or keywords counts beside one of the text.
    """

    k1: float = 1.2
    b: float = 0.75
    head_weight: int = 3


@dataclass(frozen=True, slots=True)
class Rows:
    """Documents as counted terms and signs, in CSR form, each row in the order they are met.

    ``ptr`` ``(n + 1,)``, ``keys`` and ``counts`` ``(ptr[-1],)``.
    """

    ptr: NDArray[np.int64]
    keys: NDArray[np.uint64]
    counts: NDArray[np.uint16]

    def ordered(self) -> Rows:
        """Return the same rows with the keys of each ascending, as a query's are."""
        row = np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))
        order = np.lexsort((self.keys, row))
        return Rows(self.ptr, self.keys[order], self.counts[order])


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32), ends


def head(document: Document) -> str:
    """Return what a document says first and shortest: its title and keywords."""
    return " ; ".join((document.title, *document.keywords))


def count_rows(documents: Sequence[Document]) -> Rows:
    """Return the terms of each document, title and keywords apart from the text. About 0.1 ms for 200 characters."""
    batches = [_count_batch(documents[i : i + _AT_ONCE]) for i in range(0, len(documents), _AT_ONCE)]
    if not batches:
        return Rows(np.zeros(1, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.uint16))
    widths = np.concatenate([np.diff(batch.ptr) for batch in batches])
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(widths)])
    return Rows(ptr, np.concatenate([b.keys for b in batches]), np.concatenate([b.counts for b in batches]))


def _count_batch(documents: Sequence[Document]) -> Rows:
    folded: list[str] = []
    words: list[str] = []
    for document in documents:
        for part in (head(document), document.text):
            a, b = pieces(part)
            folded.append(a)
            words.append(b)
    return Rows(*kernel.count_terms(*_codes(folded), *_codes(words)))


def _pack(values: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    ptr = np.zeros(len(values) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), out=ptr[1:])
    return np.frombuffer(b"".join(values), np.uint8), ptr


def _record(document: Document) -> bytes:
    return _to_json(_row_of(document)).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents as the arrays of this module's table, in memory or mapped from a folder."""

    arrays: Mapping[str, Array]
    facets: Mapping[str, tuple[str, ...]]
    params: Params
    mean_length: float

    @property
    def documents(self) -> int:
        """Return how many documents the segment holds, removed ones included."""
        return len(self.arrays["lengths"])

    def id(self, d: int) -> str:
        """Return the id of document ``d``."""
        ptr = self.arrays["id_ptr"]
        return bytes(self.arrays["id_bytes"][ptr[d] : ptr[d + 1]]).decode("utf-8", "surrogatepass")

    def document(self, d: int) -> Document:
        """Return document ``d`` as it was added."""
        ptr = self.arrays["record_ptr"]
        row = json.loads(bytes(self.arrays["record_bytes"][ptr[d] : ptr[d + 1]]).decode("utf-8", "surrogatepass"))
        values = dict(zip(_COLUMNS, row, strict=True))
        values["keywords"] = tuple(values["keywords"])
        return Document(**values)

    def find(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the place of each id in this segment, −1 where it is not here."""
        keys = _id_keys(ids)
        known = self.arrays["id_keys"]
        order = self.arrays["id_order"]
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        out = np.where(known[at] == keys, order[at].astype(np.int64), -1)
        for i in np.flatnonzero(out >= 0):
            if self.id(int(out[i])) != ids[int(i)]:
                out[i] = -1
        return out

    def row(self, d: int) -> tuple[Array, Array]:
        """Return the term numbers and counts of document ``d``."""
        lo, hi = self.arrays["ptr"][d : d + 2]
        return self.arrays["terms"][lo:hi], self.arrays["counts"][lo:hi]

    @staticmethod
    def build(documents: Sequence[Document], params: Params, vectors: NDArray[np.float32] | None = None) -> Segment:
        """Return a segment of ``documents`` (at least one); ``vectors`` are theirs, of length one, ``(n, d)``."""
        return Segment.from_rows(count_rows(documents), documents, params, vectors)

    @staticmethod
    def from_rows(
        rows: Rows, documents: Sequence[Document], params: Params, vectors: NDArray[np.float32] | None = None
    ) -> Segment:
        """Return a segment of documents whose terms are counted already."""
        ids, id_ptr = _pack([d.id.encode("utf-8", "surrogatepass") for d in documents])
        records, record_ptr = _pack([_record(d) for d in documents])
        facets: dict[str, tuple[str, ...]] = {}
        arrays: dict[str, Array] = {
            "id_bytes": ids,
            "id_ptr": id_ptr,
            "record_bytes": records,
            "record_ptr": record_ptr,
        }
        for name in FACETS:
            values = [getattr(d, name) for d in documents]
            facets[name] = tuple(sorted(set(values)))
            place = {value: i for i, value in enumerate(facets[name])}
            arrays[f"facet_{name}"] = np.array([place[value] for value in values], np.uint32)
        arrays["chinese"] = np.array([is_chinese(d.title or d.text[:_LANGUAGE_SIGNS]) for d in documents], np.bool_)
        arrays["trl"] = np.array([d.trl or 0 for d in documents], np.int8)
        arrays["budget"] = np.array([np.nan if d.budget is None else d.budget for d in documents], np.float32)
        if vectors is not None:
            arrays["vectors"], arrays["scales"] = quantise(vectors)
        keys = kernel.distinct_keys(rows.keys)
        terms = kernel.place_keys(rows.keys, keys)
        counts = rows.counts.copy()
        kernel.order_rows(rows.ptr, terms, counts, len(keys))
        return Segment._finish(arrays, facets, keys, rows.ptr, terms, counts, params)

    @staticmethod
    def _finish(
        arrays: dict[str, Array],
        facets: Mapping[str, tuple[str, ...]],
        keys: Array,
        ptr: Array,
        terms: Array,
        counts: Array,
        params: Params,
    ) -> Segment:
        n = len(ptr) - 1
        first_sign = int(np.searchsorted(keys, np.uint64(kernel.SIGN)))
        lengths, sign_lengths = kernel.row_lengths(ptr, terms, counts, first_sign, params.head_weight)
        mean = float(max(1.0, lengths.mean()))
        frequency = kernel.document_frequencies(terms, ptr, np.ones(n, np.bool_), len(keys))
        names = (
            "entry_ptr", "entry_block", "entry_count", "entry_start", "entry_peak", "post_doc", "post_impact", "columns"
        )  # fmt: skip
        blocks = kernel.invert(ptr, terms, counts, lengths, first_sign, mean, params.head_weight, params.k1, params.b)
        id_ptr = arrays["id_ptr"]
        raw = arrays["id_bytes"].tobytes()
        id_keys = _id_keys([raw[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(id_ptr)])
        order = np.argsort(id_keys, kind="stable")
        arrays |= {
            "keys": keys,
            "frequency": frequency,
            "ptr": ptr,
            "terms": terms,
            "counts": counts,
            "lengths": lengths,
            "sign_lengths": sign_lengths,
            "id_keys": id_keys[order],
            "id_order": order.astype(np.uint32),
            **dict(zip(names, blocks, strict=True)),
        }
        return Segment(arrays, facets, params, mean)

    @staticmethod
    def merge(parts: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> Segment:
        """Return one segment of the documents of several that are marked alive, in their order.

        Nothing is segmented or encoded again. Cost: linear in the postings.
        """
        params = parts[0][0].params
        keys = kernel.distinct_keys(np.concatenate([s.arrays["keys"] for s, _ in parts]))
        terms, counts, widths = [], [], []
        arrays: dict[str, Array] = {}
        for segment, alive in parts:
            a = segment.arrays
            width = np.diff(a["ptr"])
            cells = np.repeat(alive, width)
            number = kernel.place_keys(np.ascontiguousarray(a["keys"]), keys)
            terms.append(number[a["terms"][cells]])
            counts.append(a["counts"][cells])
            widths.append(width[alive])
        ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(widths))])
        term = np.concatenate(terms)
        used = np.zeros(len(keys), np.bool_)
        used[term] = True
        if not used.all():
            term = (np.cumsum(used) - 1).astype(np.uint32)[term]
            keys = keys[used]
        for name in ("id", "record"):
            values: list[bytes] = []
            for segment, alive in parts:
                p = segment.arrays[f"{name}_ptr"]
                raw = segment.arrays[f"{name}_bytes"]
                values += [raw[p[d] : p[d + 1]].tobytes() for d in np.flatnonzero(alive)]
            arrays[f"{name}_bytes"], arrays[f"{name}_ptr"] = _pack(values)
        facets: dict[str, tuple[str, ...]] = {}
        for name in FACETS:
            merged = sorted({value for segment, _ in parts for value in segment.facets[name]})
            place = {value: i for i, value in enumerate(merged)}
            codes = []
            for segment, alive in parts:
                number = np.array([place[value] for value in segment.facets[name]], np.uint32)
                codes.append(number[segment.arrays[f"facet_{name}"][alive]])
            facets[name] = tuple(merged)
            arrays[f"facet_{name}"] = np.concatenate(codes)
        dense = all("vectors" in segment.arrays for segment, _ in parts)
        for name in ("chinese", "trl", "budget", *(("vectors", "scales") if dense else ())):
            arrays[name] = np.concatenate([segment.arrays[name][alive] for segment, alive in parts])
        return Segment._finish(arrays, facets, keys, ptr, term, np.concatenate(counts), params)

    def save(self, folder: Path) -> None:
        """Write the segment into a new folder; ``segment.json``, written last, says the size and digest of each file.

        When the call returns, all of it is on the disk.
        """
        folder.mkdir()
        for name, array in self.arrays.items():
            np.save(folder / f"{name}.npy", np.ascontiguousarray(array))
        (folder / "facets.json").write_text(json.dumps(dict(self.facets)), "utf-8")
        files = {path.name: describe(path) for path in sorted(folder.iterdir())}
        about = {"documents": self.documents, "mean_length": self.mean_length, "params": asdict(self.params)}
        (folder / "segment.json").write_text(sealed({**about, "files": files}), "utf-8")
        settle(*folder.iterdir(), folder)

    @staticmethod
    def open(folder: Path) -> Segment:
        """Map a written segment. Raises :class:`IndexDamaged` where a file is missing or not of the size written."""
        about = _about(folder)
        arrays: dict[str, Array] = {}
        facets: dict[str, tuple[str, ...]] = {}
        for name, told in about["files"].items():
            path = folder / name
            check_size(path, told)
            if path.suffix == ".npy":
                arrays[path.stem] = load(path, mapped=told["bytes"] > _MAPPED_FROM)
                continue
            try:
                facets = {key: tuple(values) for key, values in json.loads(path.read_text("utf-8")).items()}
            except (ValueError, AttributeError, TypeError) as error:
                raise IndexDamaged(path, "unreadable") from error
        _check_arrays(folder, arrays, about["documents"])
        return Segment(arrays, facets, Params(**about["params"]), float(about["mean_length"]))


def _check_arrays(folder: Path, arrays: Mapping[str, Array], documents: int) -> None:
    """Raise :class:`IndexDamaged` for arrays of other kinds or sizes than compiled code will read."""
    for name, kind in ARRAYS.items():
        if name not in arrays:
            raise IndexDamaged(folder / f"{name}.npy", "missing")
        if arrays[name].dtype != kind or not arrays[name].flags.c_contiguous:
            raise IndexDamaged(folder / f"{name}.npy", "unreadable")
    sizes = {name: len(array) for name, array in arrays.items()}
    told = dict.fromkeys(("ptr", "id_ptr"), documents + 1) | dict.fromkeys(("lengths", "sign_lengths"), documents)
    if any(sizes[name] != size for name, size in told.items()):
        raise IndexDamaged(folder, "arrays of different lengths")
    told = {"terms": arrays["ptr"][-1], "counts": arrays["ptr"][-1], "id_bytes": arrays["id_ptr"][-1]}
    told |= {f"entry_{name}": arrays["entry_ptr"][-1] for name in ("block", "count", "start", "peak")}
    told |= {"frequency": sizes["keys"], "post_impact": sizes["post_doc"]}
    if any(sizes[name] != size for name, size in told.items()):
        raise IndexDamaged(folder, "arrays of different lengths")


def verify(folder: Path) -> None:
    """Read every file of a written segment again; raise :class:`IndexDamaged` at the first that is not as written."""
    check_files(folder, _about(folder)["files"])


def seal_of(folder: Path) -> str:
    """Return the digest that tells a written segment from every other."""
    return seal(_about(folder))


def _about(folder: Path) -> dict[str, Any]:
    path = folder / "segment.json"
    try:
        return unsealed(path, path.read_bytes())
    except OSError as error:
        raise IndexDamaged(path, "missing") from error


def _id_keys(ids: Sequence[str]) -> NDArray[np.uint64]:
    raw = b"".join(blake2b(i.encode("utf-8", "surrogatepass"), digest_size=8).digest() for i in ids)
    return np.frombuffer(raw, "<u8")
