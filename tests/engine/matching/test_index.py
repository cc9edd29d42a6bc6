"""An index on disk: what a write leaves behind, what a reader sees, and what damage looks like."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plainly import corpora, fixed, hits_of, in_memory, recombined, sample_queries, tiny

from duijie.engine.matching import index as index_module
from duijie.engine.matching.dense import LsaEncoder
from duijie.engine.matching.index import Index, IndexBusy, IndexDamaged, Params, Snapshot
from duijie.engine.matching.search import Query
from duijie.engine.matching.segment import Segment
from duijie.engine.matching.types import Document

QUERIES = [Query.of_terms({"稀土": 1.0, "3号": 2.0}), Query.of_terms({"防冰": 1.0, "xk-7": 1.0, "永磁": 3.0})]


def living(index: Index) -> list[str]:
    return sorted(d.id for d in index.snapshot.living())


def hits(index: Index) -> list[list[tuple[str, float]]]:
    return hits_of(index, QUERIES, 10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "索引"


@pytest.fixture
def made(folder: Path) -> Index:
    return Index.create(folder, tiny())


def test_create_writes_what_open_reads(folder: Path) -> None:
    params = Params(1.5, 0.6, 2)
    told: list[int] = []
    made = Index.create(folder, iter(tiny()), params=params, progress=told.append)
    opened = Index.open(folder)
    assert told == [12]
    assert opened.params == made.params == params
    assert len(opened) == 12
    assert list(opened.snapshot.living()) == tiny()
    assert hits(opened) == hits(made) == hits(in_memory(tiny(), params))
    assert opened.digest() == made.digest() == in_memory(tiny(), params).digest()
    opened.verify()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_create_fills_an_empty_folder_and_refuses_a_full_one(folder: Path) -> None:
    folder.mkdir()
    Index.create(folder, tiny(2))
    before = sorted(p.name for p in folder.iterdir())
    with pytest.raises(FileExistsError):
        Index.create(folder, tiny(3))
    with pytest.raises(FileExistsError):
        Index.create(folder / "manifest.json", tiny(3))
    assert sorted(p.name for p in folder.iterdir()) == before
    assert len(Index.open(folder)) == 2


def test_create_of_nothing_is_an_empty_index(folder: Path) -> None:
    index = Index.create(folder, [])
    assert (len(index), hits(index)) == (0, [[], []])
    index.add(tiny())
    assert hits(Index.open(folder)) == hits(in_memory(tiny()))


def test_create_refuses_two_documents_of_one_id(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "SEGMENT_SIZE", 5)
    with pytest.raises(ValueError, match="D-03"):
        Index.create(folder, [*tiny(), replace(tiny()[3], text="again")])
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, GeneratorExit])
@pytest.mark.parametrize("existed", [False, True])
def test_a_create_that_fails_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], existed: bool
) -> None:
    monkeypatch.setattr(index_module, "SEGMENT_SIZE", 5)
    if existed:
        folder.mkdir()

    def source() -> object:
        yield from tiny()[:7]
        assert list(folder.parent.glob(".*/s000001/segment.json"))  # something had been written
        raise error

    with pytest.raises(error):
        Index.create(folder, source())
    assert list(folder.parent.iterdir()) == ([folder] if existed else [])
    assert not existed or list(folder.iterdir()) == []


def test_a_create_that_was_killed_is_in_nobodys_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "SEGMENT_SIZE", 5)
    with monkeypatch.context() as killed, contextlib.suppress(RuntimeError):
        killed.setattr(shutil, "rmtree", lambda *_, **__: None)
        Index.create(folder, tiny(), progress=_fail_at(2))
    assert [p.name for p in folder.parent.iterdir()] == [".索引.unfinished"]
    index = Index.create(folder, tiny(3))
    assert [p.name for p in folder.parent.iterdir()] == ["索引"]
    assert [p.name for p in sorted(folder.iterdir())] == ["lock", "manifest.json", "s000001"]
    assert living(index) == ["D-00", "D-01", "D-02"]


def _fail_at(n: int) -> object:
    calls = iter(range(1, 100))

    def progress(_: int) -> None:
        if next(calls) == n:
            raise RuntimeError("killed")

    return progress


def test_two_creators_of_one_folder_do_not_meet(folder: Path) -> None:
    def source() -> object:
        with pytest.raises(IndexBusy):
            Index.create(folder, tiny(2))
        yield from tiny()

    assert len(Index.create(folder, source())) == 12


def test_a_reader_sees_a_write_after_refresh(made: Index, folder: Path) -> None:
    reader = Index.open(folder)
    before = hits(reader)
    assert reader.refresh() is False
    for write in (
        lambda: made.add([Document("N-1", "稀土永磁", "xk-7")]),
        lambda: made.remove(["D-03", "D-07"]),
        lambda: made.remove(["D-04"]),
        lambda: made.merge(everything=True),
        lambda: made.add([Document("D-05", "防冰")]),
    ):
        write()
        assert hits(reader) == before
        assert reader.refresh() is True
        assert reader.refresh() is False
        assert hits(reader) == hits(made) == hits(Index.open(folder))
        assert reader.digest() == made.digest() == Index.open(folder).digest()
        reader.verify()
        before = hits(reader)


def test_an_index_in_memory_has_nothing_to_refresh_or_verify() -> None:
    index = in_memory(tiny())
    assert index.refresh() is False
    index.verify()


def test_add_replaces_the_document_of_the_same_id(made: Index, folder: Path) -> None:
    changed = Document("D-03", "绵羊育种", "胚胎移植")
    assert made.add([changed, Document("D-99", "新")]) == 1
    for index in (made, Index.open(folder)):
        assert len(index) == 13
        assert [d for d in index.snapshot.living() if d.id == "D-03"] == [changed]
        assert index.snapshot.document(int(index.snapshot.positions(["D-03"])[0])) == changed
        assert [name for name, _ in hits_of(index, [Query.of_terms({"育种": 1.0})], 5)[0]] == ["D-03"]
    assert made.add([]) == 0


@pytest.mark.parametrize("stored", [False, True])
def test_add_refuses_two_documents_of_one_id(folder: Path, stored: bool) -> None:
    index = Index.create(folder, tiny()) if stored else in_memory(tiny())
    with pytest.raises(ValueError, match="N-1"):
        index.add([Document("N-1", "a"), Document("N-2", "b"), Document("N-1", "c")])
    assert living(index) == [d.id for d in tiny()]
    index.add([Document("N-1", "a")])
    assert len(index) == 13
    assert not stored or sorted(p.name for p in folder.glob("s*")) == sorted(p.name for p in index.snapshot.parts)


def test_remove_tells_how_many_were_there(made: Index, folder: Path) -> None:
    assert made.remove(["D-01", "nobody", "D-01", "D-02"]) == 2
    assert made.remove(["D-01", "nobody"]) == 0
    assert made.snapshot.positions(["D-00", "D-01", "nobody"]).tolist() == [0, -1, -1]
    assert living(Index.open(folder)) == [d.id for d in tiny() if d.id not in {"D-01", "D-02"}]
    assert made.remove([d.id for d in tiny()]) == 10
    assert (len(made), hits(made)) == (0, [[], []])
    assert (made.merge(), made.snapshot.parts) == (1, ())
    assert hits(Index.open(folder)) == [[], []]


def test_removing_one_by_one_leaves_one_record_of_the_living(made: Index, folder: Path) -> None:
    for d in tiny()[:8]:
        made.remove([d.id])
    assert sorted(p.name for p in folder.glob("s*/live-*")) == ["live-8-alive.npy", "live-8-frequency.npy"]
    made.merge()
    assert (sorted(p.name for p in folder.glob("s*/live-*")), len(list(folder.glob("s*")))) == ([], 1)


def test_merge_takes_small_segments_and_those_with_many_removed(folder: Path) -> None:
    index = Index.create(folder, recombined(60))
    assert index.merge() == index.merge(everything=True) == 0
    for d in tiny()[:7]:
        index.add([d])
    assert index.merge() == 8
    assert [p.documents for p in index.snapshot.parts] == [67]
    index.remove([f"R-{i:05d}" for i in range(10)])
    assert index.merge() == 0
    index.remove([f"R-{i:05d}" for i in range(30)])
    assert index.merge() == 1
    assert [p.segment.documents for p in index.snapshot.parts] == [37]
    assert [p.name for p in folder.glob("s*")] == [p.name for p in index.snapshot.parts]


def test_positions_locate_documents_across_segments() -> None:
    index = in_memory(tiny(5))
    index.add(tiny()[5:])
    snapshot = index.snapshot
    assert [snapshot.id(p) for p in snapshot.positions([d.id for d in tiny()])] == [d.id for d in tiny()]
    with pytest.raises(IndexError):
        snapshot.document(12)


def test_a_filter_passes_the_living_whose_value_passes() -> None:
    index = in_memory(tiny(6))
    index.add(tiny()[6:])
    index.remove(["D-00", "D-07"])
    masks = index.snapshot.mask({"region": lambda code: code.startswith("150"), "team": lambda team: team == ""})
    assert [index.snapshot.id(p) for p in np.flatnonzero(np.concatenate(masks))] == ["D-03", "D-06", "D-09"]
    with pytest.raises(ValueError, match=r"no such filter: colour; filters: kind, field"):
        index.snapshot.mask({"colour": bool})
    assert Snapshot.of(()).mask({"region": bool}) == []


# what ends up on the disk


def test_what_the_manifest_names_is_on_the_disk_before_the_manifest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: set[str] = set()
    real_sync, real_replace = os.fsync, Path.replace
    checked: list[int] = []

    def sync(handle: int) -> None:
        real_sync(handle)
        settled.add(str(Path(f"/proc/self/fd/{handle}").readlink()))

    def swap(fresh: Path, path: Path) -> Path:
        files = [p for p in path.parent.rglob("*") if p.name not in {"lock", "manifest.json"}]
        missing = {str(p) for p in (path.parent, *files)} - settled
        assert not missing
        checked.append(len(files))
        settled.discard(str(path.parent))
        return real_replace(fresh, path)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", swap)
    index = Index.create(folder, tiny(), encoder=LsaEncoder.train(tiny(), 4))
    assert str(folder.parent) in settled
    settled |= {str(p) for p in (folder, *folder.rglob("*"))}  # renamed since
    index.add(tiny(2))
    assert str(folder) in settled
    index.remove(["D-05"])
    index.merge(everything=True)
    assert len(checked) == 4


@pytest.mark.parametrize("write", ["add", "merge"])
def test_a_writer_killed_half_way_leaves_the_index_as_it_was(
    made: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    made.remove(["D-00"])
    before, digest = hits(made), made.digest()
    save = Segment.save

    def half(segment: Segment, to: Path) -> None:
        save(segment, to)
        (to / "segment.json").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(Segment, "save", half)
        made.add([Document("N-1", "稀土")]) if write == "add" else made.merge(everything=True)
    for index in (made, Index.open(folder)):
        assert (hits(index), index.digest()) == (before, digest)
        index.verify()
    assert len(list(folder.glob("s*"))) == 2
    other = Index.open(folder)
    other.add([Document("N-2", "稀土")])  # takes the same name for its segment
    made.add([Document("N-3", "稀土")])
    assert living(Index.open(folder)) == [*(d.id for d in tiny()[1:]), "N-2", "N-3"]
    assert sorted(p.name for p in folder.glob("s*")) == sorted(p.name for p in made.snapshot.parts)


def test_a_writer_killed_before_the_manifest_leaves_the_index_as_it_was(
    made: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hits(made)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(Path, "replace", _interrupt)
        made.remove(["D-01"])
    assert hits(made) == hits(Index.open(folder)) == before
    Index.open(folder).remove(["D-02"])  # as many removed as before: the same file names
    assert living(Index.open(folder)) == [d.id for d in tiny() if d.id != "D-02"]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_second_writer_is_told_that_the_index_is_busy(made: Index, folder: Path) -> None:
    other = Index.open(folder)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for write in (lambda: other.add(tiny(1)), lambda: other.remove(["D-00"]), other.merge):
            with pytest.raises(IndexBusy, match="another process is writing"):
                write()
        assert hits(other) == hits(made)  # reading goes on
        assert other.refresh() is False
    assert other.remove(["D-00"]) == 1


def test_two_writers_in_turn_build_on_each_other(made: Index, folder: Path) -> None:
    other = Index.open(folder)
    other.remove(["D-00"])
    made.add([Document("N-1", "稀土")])
    other.add([Document("N-2", "稀土")])
    made.refresh()
    assert living(made) == living(other) == [*(d.id for d in tiny()[1:]), "N-1", "N-2"]
    assert hits(made) == hits(other)


@pytest.mark.parametrize("write", ["merge", "remove"])
def test_a_reader_overtaken_by_a_writer_reads_again(
    made: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    reader = Index.open(folder)
    made.add([Document("N-1", "稀土")])
    made.remove(["D-01"])
    open_part = index_module._open_part
    overtaken = []

    def slow(*told: object) -> object:
        if not overtaken:
            overtaken.append(True)
            made.merge(everything=True) if write == "merge" else made.remove(["D-02"])
        return open_part(*told)

    monkeypatch.setattr(index_module, "_open_part", slow)
    assert reader.refresh() is True
    assert reader.digest() == made.digest()
    overtaken.clear()
    made.add([Document("N-2", "稀土")])
    reader.verify()


def test_an_index_created_anew_in_its_folder_is_seen_after_refresh(made: Index, folder: Path) -> None:
    reader = Index.open(folder)
    shutil.rmtree(folder)
    Index.create(folder, tiny(3)[::-1], params=Params(b=0.1), encoder=LsaEncoder.train(tiny(), 4))
    assert list(reader.snapshot.living()) == tiny()  # the old arrays stay mapped
    assert reader.refresh() is True
    assert list(reader.snapshot.living()) == tiny(3)[::-1]
    assert (reader.params, reader.encoder.describe()["name"]) == (Params(b=0.1), "lsa")


def test_searching_goes_on_while_segments_are_merged(folder: Path) -> None:
    index = Index.create(folder, recombined(40))
    for i in range(40, 120, 10):
        index.add(recombined(120)[i : i + 10])
    queries = [Query.of(d, index.params) for d in sample_queries()[:10]]
    expected = hits_of(index, queries, 20)
    started, done = threading.Event(), threading.Event()
    different: list[object] = []
    rounds: list[int] = []

    def read() -> None:
        while True:
            last, parts = done.is_set(), len(index.snapshot.parts)
            found = hits_of(index, queries, 20)
            rounds.append(parts)
            started.set()
            if found != expected:
                different.append(found)
            if last:
                return

    reader = threading.Thread(target=read)
    reader.start()
    assert started.wait(60)
    index.merge_in_background().join()
    for i in range(6):
        index.add(recombined(120)[i : 9 * i + 1])  # themselves
        index.merge(everything=True)
    done.set()
    reader.join()
    assert different == []
    assert rounds[0] == 9
    assert [p.documents for p in index.snapshot.parts] == [120]


def test_two_processes_build_the_same_index_as_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_PARALLEL_FROM", 10)
    encoder = LsaEncoder.train(recombined(60), 8)
    told: list[int] = []
    two = Index.create(folder, recombined(60), encoder=encoder, processes=2, progress=told.append)
    one = Index.create(folder.with_name("one"), recombined(60), encoder=encoder)
    queries = [Query.of(d, one.params) for d in sample_queries()[:20]]
    assert sorted(told) == [30, 30]
    assert len(two.snapshot.parts) == 2
    assert two.digest() == one.digest()
    assert list(two.snapshot.living()) == list(one.snapshot.living())
    assert hits_of(two, queries, 10) == hits_of(one, queries, 10)
    vectors = [np.concatenate([p.segment.arrays["vectors"] for p in index.snapshot.parts]) for index in (two, one)]
    assert np.array_equal(*vectors)

    def source() -> object:
        yield from tiny()
        raise KeyboardInterrupt

    with monkeypatch.context() as small, pytest.raises(KeyboardInterrupt):
        small.setattr(index_module, "SEGMENT_SIZE", 11)
        Index.create(folder.with_name("none"), source(), processes=2)
    assert sorted(p.name for p in folder.parent.iterdir()) == ["one", "索引"]


# damage


def damaged(folder: Path) -> IndexDamaged:
    with pytest.raises(IndexDamaged) as caught:
        Index.open(folder)
    return caught.value


@pytest.fixture
def worn(folder: Path) -> Path:
    """Return the folder of an index with removed documents, two segments and an encoder."""
    index = Index.create(folder, tiny(), encoder=LsaEncoder.train(tiny(), 4))
    index.add([Document("N-1", "稀土")])
    index.remove(["D-00"])
    return folder


def test_every_file_that_is_missing_or_cut_short_is_named(worn: Path) -> None:
    paths = [p for p in sorted(worn.rglob("*")) if p.is_file() and p.name != "lock"]
    assert {"manifest.json", "lsa-keys.npy", "live-1-alive.npy", "segment.json"} <= {p.name for p in paths}
    for path in paths:
        raw = path.read_bytes()
        path.unlink()
        assert damaged(worn).where == path
        for cut in (raw[:-1], b""):
            path.write_bytes(cut)
            assert damaged(worn).where == path
        path.write_bytes(raw)
    shutil.rmtree(worn / "s000002")
    assert damaged(worn).where.parent == worn / "s000002"


def test_a_flipped_bit_in_any_file_is_found_by_verify(worn: Path) -> None:
    rng = random.Random(0)
    index = Index.open(worn)
    index.verify()
    for path in sorted(p for p in worn.rglob("*") if p.is_file() and p.name != "lock"):
        raw = path.read_bytes()
        for at in rng.sample(range(len(raw)), 2):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :])
            with pytest.raises(IndexDamaged) as caught:
                index.verify()
            assert caught.value.where == path
        path.write_bytes(raw)
    index.verify()


def test_a_flipped_bit_in_the_manifest_is_found_when_opening(worn: Path) -> None:
    path = worn / "manifest.json"
    raw = path.read_bytes()
    for at in range(0, len(raw), 13):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :])
        assert damaged(worn).where == path


def test_an_index_of_another_format_is_refused(made: Index, folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({"format": 1, "anything": "else"}))
    assert str(damaged(folder)) == f"{path}: format 1, this version reads format 2"
    with pytest.raises(IndexDamaged):
        made.add(tiny(1))


@pytest.mark.parametrize("text", ["", "not json", "[]", "null", "{}", '{"format": 2}', "\ufeff{}"])
def test_a_manifest_that_is_no_manifest_is_unreadable(made: Index, folder: Path, text: str) -> None:
    before = hits(made)
    (folder / "manifest.json").write_text(text)
    assert str(damaged(folder)) == f"{folder / 'manifest.json'}: unreadable"
    with pytest.raises(IndexDamaged):
        made.refresh()
    assert hits(made) == before


def test_an_index_that_is_not_there_is_said_to_be_missing(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Index.open(folder)
    folder.mkdir()
    with pytest.raises(FileNotFoundError):
        Index.open(folder)
    (folder / "notes.txt").touch()
    assert str(damaged(folder)) == f"{folder / 'manifest.json'}: missing"


@fixed(max_examples=30)
@given(corpora, st.randoms(use_true_random=False))
def test_the_digest_is_that_of_the_living_documents(corpus: list[Document], order: random.Random) -> None:
    one = in_memory(corpus)
    other = in_memory([replace(d, text="before") for d in corpus[::2]])
    shuffled = order.sample(corpus, len(corpus))
    other.add([*shuffled, Document("gone", "gone")])
    other.remove(["gone"])
    assert other.digest() == one.digest()
    other.merge(everything=True)
    assert other.digest() == one.digest()
    for d in corpus[:1]:
        for changed in (replace(d, trl=3), replace(d, title=d.title + "。"), replace(d, id=d.id + "'")):
            assert in_memory([changed if e is d else e for e in corpus]).digest() != one.digest()
