"""A segment gives back what it was built of, merges into what would have been built, and knows when it is damaged."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from plainly import corpora, documents, fixed, recombined, tiny

from duijie.engine.matching import kernel
from duijie.engine.matching.segment import FACETS, IndexDamaged, Params, Segment, count_rows, verify
from duijie.engine.matching.types import Document

anything = st.text(st.characters(codec=None), max_size=8)
any_documents = st.builds(
    Document,
    id=anything,
    title=anything,
    text=anything,
    keywords=st.lists(anything, max_size=2).map(tuple),
    kind=anything,
    field=anything,
    industry=anything,
    region=anything,
    trl=st.none() | st.integers(1, 9),
    budget=st.none() | st.floats(0, 1e6),
    team=anything,
)


@fixed(max_examples=60)
@given(st.lists(any_documents, min_size=1, max_size=6, unique_by=lambda d: d.id))
@example([Document("a\0", "\ud800", kind="\0", team="b\0"), Document("a", "", team="b")])
def test_a_segment_gives_back_its_documents(batch: list[Document]) -> None:
    segment = Segment.build(batch, Params())
    assert [segment.document(d) for d in range(len(batch))] == batch
    assert [segment.id(d) for d in range(len(batch))] == [d.id for d in batch]
    for name in FACETS:
        values = [segment.facets[name][v] for v in segment.arrays[f"facet_{name}"]]
        assert values == [getattr(d, name) for d in batch]


@fixed(max_examples=40)
@given(st.lists(any_documents, min_size=1, max_size=6, unique_by=lambda d: d.id), st.lists(anything, max_size=4))
def test_find_tells_where_each_id_stands(batch: list[Document], others: list[str]) -> None:
    segment = Segment.build(batch, Params())
    ids = [d.id for d in batch]
    asked = [*others, *reversed(ids), "not there"]
    assert segment.find(asked).tolist() == [ids.index(i) if i in ids else -1 for i in asked]


def test_rows_of_a_document_do_not_depend_on_its_neighbours() -> None:
    batch = recombined(20)
    together = count_rows(batch)
    for d, document in enumerate(batch):
        alone = count_rows([document])
        lo, hi = together.ptr[d : d + 2]
        assert np.array_equal(together.keys[lo:hi], alone.keys)
        assert np.array_equal(together.counts[lo:hi], alone.counts)


def test_rows_of_many_documents_are_those_of_few() -> None:
    batch = recombined(60, common=8)
    again = [batch[i % 60] for i in range(kernel.BLOCK + 60)]  # more than are counted at once
    few, many = count_rows(batch), count_rows([*again, replace(batch[0], text="甲乙丙丁" * 4000), *batch])
    widths = np.diff(few.ptr)
    assert np.array_equal(np.diff(many.ptr)[: len(again)], np.resize(widths, len(again)))
    for rows in (many.ptr[:61], many.ptr[-61:]):
        assert np.array_equal(many.keys[rows[0] : rows[-1]], few.keys)
        assert np.array_equal(many.counts[rows[0] : rows[-1]], few.counts)


def test_lengths_and_frequencies_are_counted_from_the_rows() -> None:
    segment = Segment.build(tiny(), Params(head_weight=5))
    a = segment.arrays
    first_sign = int(np.searchsorted(a["keys"], np.uint64(kernel.SIGN)))
    for d in range(segment.documents):
        terms, counts = segment.row(d)
        assert (np.diff(terms.astype(int)) > 0).all()
        tf = 5 * (counts >> 8).astype(int) + (counts & 255)
        assert a["lengths"][d] == tf[terms < first_sign].sum()
        assert a["sign_lengths"][d] == tf[terms >= first_sign].sum()
    assert a["frequency"].tolist() == np.bincount(a["terms"], minlength=len(a["keys"])).tolist()
    assert segment.mean_length == pytest.approx(a["lengths"].mean())


@fixed(max_examples=40)
@given(st.lists(st.lists(documents, min_size=1, max_size=4), min_size=1, max_size=4), st.data())
def test_merging_gives_the_segment_that_would_have_been_built(batches: list[list[Document]], data: object) -> None:
    parts = []
    living: list[Document] = []
    for batch in batches:
        alive = np.array(data.draw(st.lists(st.booleans(), min_size=len(batch), max_size=len(batch))))
        if alive.any():
            parts.append((Segment.build(batch, Params()), alive))
            living += [d for d, here in zip(batch, alive, strict=True) if here]
    if not parts:
        return
    merged, built = Segment.merge(parts), Segment.build(living, Params())
    assert merged.arrays.keys() == built.arrays.keys()
    for name, array in built.arrays.items():
        if not name.startswith("facet_"):
            assert merged.arrays[name].tobytes() == array.tobytes(), name
    assert merged.mean_length == built.mean_length
    assert [merged.document(d) for d in range(len(living))] == living
    for name in FACETS:
        values = [merged.facets[name][v] for v in merged.arrays[f"facet_{name}"]]
        assert values == [getattr(d, name) for d in living]


def test_merging_keeps_the_vectors_of_the_living() -> None:
    vectors = np.random.default_rng(0).standard_normal((12, 16)).astype(np.float32)
    parts = [
        Segment.build(tiny()[:5], Params(), vectors[:5]),
        Segment.build(tiny()[5:], Params(), vectors[5:]),
    ]
    alive = np.arange(12) % 3 > 0
    merged = Segment.merge([(parts[0], alive[:5]), (parts[1], alive[5:])])
    whole = Segment.build(tiny(), Params(), vectors)
    assert np.array_equal(merged.arrays["vectors"], whole.arrays["vectors"][alive])
    assert np.array_equal(merged.arrays["scales"], whole.arrays["scales"][alive])


@fixed(max_examples=15)
@given(corpora.filter(len))
@example([Document("a", ""), Document("b", "")])
@example([Document("\ud800", "\ud800", kind="\ud800")])
def test_an_opened_segment_is_the_saved_one(tmp_path_factory: object, batch: list[Document]) -> None:
    folder = tmp_path_factory.mktemp("segment") / "s"
    segment = Segment.build(batch, Params(1.5, 0.5, 2))
    segment.save(folder)
    opened = Segment.open(folder)
    assert opened.arrays.keys() == segment.arrays.keys()
    for name, array in segment.arrays.items():
        assert opened.arrays[name].dtype == array.dtype, name
        assert opened.arrays[name].tobytes() == array.tobytes(), name
    assert opened.facets == segment.facets
    assert opened.params == Params(1.5, 0.5, 2)
    assert opened.mean_length == segment.mean_length
    verify(folder)


def test_large_arrays_are_mapped_and_cannot_be_written(tmp_path: object) -> None:
    Segment.build(recombined(100), Params()).save(tmp_path / "s")
    opened = Segment.open(tmp_path / "s")
    assert isinstance(opened.arrays["record_bytes"].base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        opened.arrays["record_bytes"][0] = 1


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder = tmp_path_factory.mktemp("saved") / "s000001"
    vectors = np.random.default_rng(0).standard_normal((12, 16)).astype(np.float32)
    Segment.build(tiny(), Params(), vectors).save(folder)
    return folder


def spoiled(path: object) -> list[tuple[str, bytes | None]]:
    raw = path.read_bytes()
    return [("missing", None), ("cut short", raw[:-1]), ("longer", raw + b"\0"), ("empty", b"")]


def test_every_file_of_a_segment_is_missed_or_measured_when_opened(saved: object) -> None:
    names = {path.name for path in saved.iterdir()}
    assert {"segment.json", "facets.json", "keys.npy", "columns.npy", "vectors.npy", "id_bytes.npy"} <= names
    for path in sorted(saved.iterdir()):
        raw = path.read_bytes()
        for how, damage in spoiled(path):
            path.unlink() if damage is None else path.write_bytes(damage)
            with pytest.raises(IndexDamaged) as caught:
                Segment.open(saved)
            assert caught.value.where == path, how
            assert str(path) in str(caught.value)
            with pytest.raises(IndexDamaged):
                verify(saved)
            path.write_bytes(raw)
    verify(saved)


def flips(raw: bytes, step: int) -> list[bytes]:
    return [raw[:i] + bytes([raw[i] ^ 1 << i % 8]) + raw[i + 1 :] for i in range(0, len(raw), step)]


def test_a_flipped_bit_in_any_file_is_found_by_verify(saved: object) -> None:
    for path in sorted(saved.iterdir()):
        raw = path.read_bytes()
        for damage in flips(raw, max(1, len(raw) // 12)):
            path.write_bytes(damage)
            with pytest.raises(IndexDamaged) as caught:
                verify(saved)
            assert caught.value.where == path
        path.write_bytes(raw)


@pytest.mark.parametrize("name", ["lengths.npy", "id_ptr.npy", "facets.json"])
def test_a_flipped_bit_in_a_header_never_ends_in_another_error(saved: object, name: str) -> None:
    path = saved / name
    raw = path.read_bytes()
    for damage in flips(raw[:128], 1):
        path.write_bytes(damage + raw[128:])
        try:
            Segment.open(saved)
        except IndexDamaged as error:
            assert error.where == path
    path.write_bytes(raw)


def test_a_description_that_was_edited_is_refused(saved: object) -> None:
    path = saved / "segment.json"
    raw = path.read_bytes()
    for edit in ({"mean_length": 3.0}, {"params": {"k1": 2.0, "b": 0.75, "head_weight": 3}}, {"files": {}}):
        path.write_text(json.dumps(json.loads(raw) | edit))
        with pytest.raises(IndexDamaged, match="not as it was written"):
            Segment.open(saved)
    for text in ("", "[]", "null", "{}", "\udcff", '{"check": 1'):
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(IndexDamaged, match=r"segment\.json: unreadable"):
            Segment.open(saved)
    path.write_bytes(raw)
    assert Segment.open(saved).documents == 12


def test_a_segment_of_documents_that_say_nothing_is_a_segment() -> None:
    segment = Segment.build([Document("a", ""), Document("b", "", kind="成果")], Params())
    assert (segment.documents, segment.mean_length, len(segment.arrays["keys"])) == (2, 1.0, 0)
    merged = Segment.merge([(segment, np.array([True, False])), (Segment.build(tiny(2), Params()), np.ones(2, bool))])
    assert [merged.id(d) for d in range(3)] == ["a", "D-00", "D-01"]
