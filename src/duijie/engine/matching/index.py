"""The index: immutable segments, what is alive in each, and the statistics of all of them together.

A reader takes ``index.snapshot`` and is never disturbed; a writer makes new segments and swaps the snapshot (and, on
disk, the manifest) in one step. Document frequencies and mean length are global and count living documents only, so a
score never depends on how the documents are split into segments, nor on whether a merge has run.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import shutil
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from hashlib import blake2b, sha256
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching.dense import NoEncoder, open_encoder
from duijie.engine.matching.files import (
    IndexDamaged,
    check_files,
    check_size,
    describe,
    load,
    sealed,
    settle,
    unsealed,
)
from duijie.engine.matching.segment import Params, Segment, seal_of, verify
from duijie.engine.matching.snapshot import Part, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.dense import Encoder
    from duijie.engine.matching.types import Document

FORMAT = 2
SEGMENT_SIZE = 65_536
_MANIFEST = "manifest.json"
_LOCK = "lock"
_PARALLEL_FROM = 20_000  # documents; below, starting processes costs more than it saves
_MERGE_FROM = 8  # small segments that wait before they are merged
_MERGE_TO = 1_048_576  # documents a merged segment may hold
_DEAD_SHARE = 0.3  # of a segment's documents, from which on it is written anew


class IndexBusy(RuntimeError):
    """Another process is writing to this index; try again when it has finished."""


def _build_part(
    folder: str | None, name: str, documents: Sequence[Document], params: Params, encoder: Encoder
) -> tuple[str, int, Segment | None]:
    vectors = encoder.encode_offers(documents)
    segment = Segment.build(documents, params, vectors)
    if folder is None:
        return name, len(documents), segment
    segment.save(Path(folder) / name)
    return name, len(documents), None


class Index:
    """Documents to be searched, in memory or in a folder.

    In a folder many processes may read while one writes; a reader sees a write after :meth:`refresh`. All methods may
    be called from several threads.
    """

    def __init__(self, params: Params | None = None, encoder: Encoder | None = None) -> None:
        self.params = params or Params()
        self.encoder: Encoder = encoder or NoEncoder()
        self.folder: Path | None = None
        self.snapshot = Snapshot.of(())
        self._written = 0
        self._lock = threading.RLock()
        # what the manifest says that was read or written last
        self._seen: bytes | None = None
        self._told: dict[str, dict[str, Any]] = {}
        self._encoder_told: tuple[Any, Any] = (None, {})

    # reading

    @staticmethod
    def open(folder: Path) -> Index:
        """Open an index folder, its arrays mapped. Raises :class:`IndexDamaged`, ``FileNotFoundError``."""
        index = Index()
        index.folder = folder
        index.refresh()
        return index

    def refresh(self) -> bool:
        """Take over what other processes have written since; return whether there was anything."""
        if self.folder is None:
            return False
        with self._lock:
            return self._with_manifest(self._take)

    def _with_manifest(self, use: Callable[[Path, bytes], bool]) -> bool:
        """Call ``use`` with the manifest, again if a writer has meanwhile deleted what it names."""
        assert self.folder is not None
        path = self.folder / _MANIFEST
        while True:
            try:
                raw = path.read_bytes()
            except FileNotFoundError:
                if self.folder.is_dir() and any(self.folder.iterdir()):
                    raise IndexDamaged(path, "missing") from None
                raise
            try:
                return use(path, raw)
            except IndexDamaged:
                if path.exists() and path.read_bytes() == raw:
                    raise

    def _take(self, path: Path, raw: bytes) -> bool:
        if raw == self._seen:
            return False
        manifest = _read_manifest(path, raw)
        known = {p.name: p.segment for p in self.snapshot.parts}
        told = {part["name"]: part for part in manifest["segments"]}
        # a folder that was deleted and created anew has other segments under the same names
        known = {n: s for n, s in known.items() if n in told and self._told[n]["check"] == told[n]["check"]}
        parts = [_open_part(path.parent, part, known.get(name)) for name, part in told.items()]
        encoder_told = manifest["encoder"], manifest["encoder_files"]
        if encoder_told != self._encoder_told:
            for name, described in manifest["encoder_files"].items():
                check_size(path.parent / name, described)
            self.encoder = open_encoder(manifest["encoder"], path.parent)
        self.params = Params(**manifest["params"])
        self.snapshot = Snapshot.of(parts)
        self._written = manifest["written"]
        self._seen, self._told, self._encoder_told = raw, told, encoder_told
        return True

    def __len__(self) -> int:
        return self.snapshot.documents

    def digest(self) -> str:
        """Return a digest of the living documents: their ids and records, whatever segments they stand in."""
        total = 0
        for part in self.snapshot.parts:
            a = part.segment.arrays
            for d in np.flatnonzero(part.alive):
                raw = a["record_bytes"][a["record_ptr"][d] : a["record_ptr"][d + 1]].tobytes()
                total = (total + int.from_bytes(blake2b(raw, digest_size=16).digest(), "little")) % (1 << 128)
        return f"{total:032x}"

    def seal(self) -> str:
        """Return what tells this state of the folder from every other, at no cost; empty for an index in memory."""
        return sha256(self._seen).hexdigest() if self._seen else ""

    def verify(self) -> None:
        """Read every file again; raise :class:`IndexDamaged` at the first that is not as it was written."""
        if self.folder is not None:
            self._with_manifest(_verify)

    # writing

    @staticmethod
    def create(
        folder: Path,
        documents: Iterable[Document],
        *,
        params: Params | None = None,
        encoder: Encoder | None = None,
        processes: int = 1,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Index:
        """Write a new index; ``folder`` appears when it is complete, or not at all.

        Raises ``FileExistsError`` if the folder holds something, ``ValueError`` if two documents have one id.
        """
        index = Index(params, encoder)
        with _unfinished(folder) as unfinished:
            index._save_encoder(unfinished)
            names = [name for name, _, _ in index._build(unfinished, documents, processes, progress)]
            parts = [Part.whole(name, Segment.open(unfinished / name)) for name in sorted(names)]
            _refuse_twins(parts)
            index.folder = unfinished
            index._commit(parts)
            if folder.exists():
                folder.rmdir()
            unfinished.rename(folder)
            settle(folder.parent)
        return Index.open(folder)

    def _save_encoder(self, folder: Path) -> None:
        self.encoder.save(folder)
        files = sorted(path for path in folder.iterdir() if path.name != _LOCK)
        settle(*files)
        self._encoder_told = self.encoder.describe(), {path.name: describe(path) for path in files}

    def add(
        self,
        documents: Sequence[Document],
        *,
        processes: int = 1,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Add documents; one whose id is there already takes its place. Returns how many took a place.

        Raises ``ValueError`` if two of them have one id.
        """
        if not documents:
            return 0
        with self._writing():
            places = self.snapshot.positions([d.id for d in documents])
            replaced = places[places >= 0]
            built = list(self._build(self.folder, documents, processes, progress))
            new = []
            for name, _, segment in sorted(built, key=lambda b: b[0]):
                if segment is None:
                    assert self.folder is not None
                    segment = Segment.open(self.folder / name)  # noqa: PLW2901
                new.append(Part.whole(name, segment))
            _refuse_twins(new)
            self._commit([*self._without(replaced), *new])
            return len(replaced)

    def remove(self, ids: Sequence[str]) -> int:
        """Remove documents; return how many of the ids were there. No array is rewritten."""
        with self._writing():
            places = self.snapshot.positions(ids)
            found = places[places >= 0]
            if len(found):
                self._commit(list(self._without(found)))
            return len(np.unique(found))

    def merge(self, *, everything: bool = False) -> int:
        """Merge small segments, and those with many removed documents; return how many segments went into merges.

        Searching goes on meanwhile. Other writers on this object wait, others get :class:`IndexBusy`.
        """
        with self._writing():
            parts = list(self.snapshot.parts)
            chosen = parts if everything else _worth_merging(parts)
            chosen = [p for p in chosen if len(chosen) > 1 or not p.alive.all()]
            if not chosen:
                return 0
            living = [p for p in chosen if p.documents]
            rest = [p for p in parts if p not in chosen]
            if living:
                segment = Segment.merge([(p.segment, p.alive) for p in living])
                name = self._new_name()
                if self.folder is not None:
                    segment.save(self.folder / name)
                    segment = Segment.open(self.folder / name)
                rest.append(Part.whole(name, segment))
            self._commit(rest)
            return len(chosen)

    def merge_in_background(self) -> threading.Thread:
        """Start :meth:`merge` in a thread and return the thread."""
        thread = threading.Thread(target=self.merge, name="duijie-merge", daemon=True)
        thread.start()
        return thread

    def _build(
        self,
        folder: Path | None,
        documents: Iterable[Document],
        processes: int,
        progress: Callable[[int], None],
    ) -> Iterator[tuple[str, int, Segment | None]]:
        source = iter(documents)
        place = None if folder is None else str(folder)
        first = list(itertools.islice(source, SEGMENT_SIZE))
        if processes < 2 or folder is None or len(first) < _PARALLEL_FROM:
            while first:
                built = _build_part(place, self._new_name(), first, self.params, self.encoder)
                progress(built[1])
                yield built
                first = list(itertools.islice(source, SEGMENT_SIZE))
            return
        size = SEGMENT_SIZE if len(first) == SEGMENT_SIZE else -(-len(first) // processes)
        source = itertools.chain(first, source)
        del first
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            running: set[Future[tuple[str, int, Segment | None]]] = set()
            try:
                while chunk := list(itertools.islice(source, size)):
                    running.add(pool.submit(_build_part, place, self._new_name(), chunk, self.params, self.encoder))
                    del chunk
                    if len(running) >= processes:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            progress(future.result()[1])
                            yield future.result()
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        progress(future.result()[1])
                        yield future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _new_name(self) -> str:
        self._written += 1
        return f"s{self._written:06d}"

    def _without(self, positions: NDArray[np.int64]) -> Iterator[Part]:
        for base, part in zip(self.snapshot.bases, self.snapshot.parts, strict=False):
            here = positions[(positions >= base) & (positions < base + part.segment.documents)]
            yield part.kill(here - base) if len(here) else part

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if self.folder is None:
                yield
                return
            with _locked(self.folder):
                self.refresh()
                self._sweep()  # what a writer left that was killed
                yield

    def _commit(self, parts: list[Part]) -> None:
        if self.folder is not None:
            self._write_manifest(parts)
        self.snapshot = Snapshot.of(parts)

    def _write_manifest(self, parts: list[Part]) -> None:
        assert self.folder is not None
        told = {}
        for part in parts:
            before = self._told.get(part.name)
            same = before is not None and before["documents"] == part.documents
            told[part.name] = before if before is not None and same else _save_living(self.folder, part)
        encoder, encoder_files = self._encoder_told
        manifest = {
            "format": FORMAT,
            "params": asdict(self.params),
            "encoder": encoder,
            "encoder_files": encoder_files,
            "written": self._written,
            "segments": list(told.values()),
        }
        raw = sealed(manifest).encode()
        path = self.folder / _MANIFEST
        fresh = path.with_suffix(".new")
        fresh.write_bytes(raw)
        settle(fresh, self.folder)
        fresh.replace(path)
        settle(self.folder)
        self._seen, self._told = raw, told
        self._sweep()

    def _sweep(self) -> None:
        """Delete what the manifest does not name; who has it mapped keeps it until he closes it."""
        assert self.folder is not None
        for path in self.folder.glob("s[0-9]*"):
            told = self._told.get(path.name)
            if told is None:
                shutil.rmtree(path, ignore_errors=True)
                continue
            for old in path.glob("live-*"):
                if told["live"] is None or not old.name.startswith(f"{told['live']}-"):
                    old.unlink(missing_ok=True)


def _read_manifest(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(path, "unreadable") from error
    if told != FORMAT:
        raise IndexDamaged(path, f"format {told}, this version reads format {FORMAT}")
    return unsealed(path, raw)


def _save_living(folder: Path, part: Part) -> dict[str, Any]:
    """Write which documents of a part are alive, if not all; return what the manifest says of the part."""
    told: dict[str, Any] = {
        "name": part.name,
        "check": seal_of(folder / part.name),
        "live": None,
        "documents": part.documents,
        "length": part.length,
        "sign_length": part.sign_length,
    }
    if not part.alive.all():
        live = f"live-{part.segment.documents - part.documents}"
        paths = [folder / part.name / f"{live}-{name}.npy" for name in ("alive", "frequency")]
        np.save(paths[0], part.alive)
        np.save(paths[1], part.frequency)
        settle(*paths, folder / part.name)
        told |= {"live": live, "files": {path.name: describe(path) for path in paths}}
    return told


def _open_part(folder: Path, told: dict[str, Any], segment: Segment | None) -> Part:
    folder = folder / told["name"]
    segment = segment or Segment.open(folder)
    if told["live"] is None:
        return Part.whole(told["name"], segment)
    check_files(folder, told["files"])
    alive = load(folder / f"{told['live']}-alive.npy")
    frequency = load(folder / f"{told['live']}-frequency.npy")
    return Part(told["name"], segment, alive, frequency, *(told[n] for n in ("documents", "length", "sign_length")))


def _verify(path: Path, raw: bytes) -> bool:
    manifest = _read_manifest(path, raw)
    check_files(path.parent, manifest["encoder_files"])
    for part in manifest["segments"]:
        verify(path.parent / part["name"])
        _open_part(path.parent, part, None)
    return True


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexBusy(f"{folder}: another process is writing; try again when it has finished") from error
        yield


@contextlib.contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Lend an empty folder beside ``folder`` to its only creator; delete it if he fails, and what a killed one left."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(folder)
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    with _locked(unfinished):
        for path in unfinished.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != _LOCK:
                path.unlink()
        try:
            yield unfinished
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def _refuse_twins(parts: Sequence[Part]) -> None:
    """Raise ``ValueError`` if an id stands twice in new parts."""
    keys = np.sort(np.concatenate([p.segment.arrays["id_keys"] for p in parts])) if parts else np.zeros(0)
    if (keys[1:] != keys[:-1]).all():
        return
    seen: set[str] = set()
    for part in parts:
        for place in range(part.segment.documents):
            if (name := part.segment.id(place)) in seen:
                raise ValueError(f"two documents have the id {name}: give each its own")
            seen.add(name)


def _worth_merging(parts: Sequence[Part]) -> list[Part]:
    tired = [p for p in parts if p.documents < p.segment.documents * (1 - _DEAD_SHARE)]
    small: list[Part] = []
    total = 0
    for part in sorted(parts, key=lambda p: p.documents):
        if total + part.documents > _MERGE_TO or (len(small) >= _MERGE_FROM and part.documents > 2 * total):
            break
        small.append(part)
        total += part.documents
    if len(small) < _MERGE_FROM:
        small = []
    return [p for p in parts if p in small or p in tired]


__all__ = [
    "SEGMENT_SIZE",
    "Index",
    "IndexBusy",
    "IndexDamaged",
    "Params",
    "Part",
    "Snapshot",
]
