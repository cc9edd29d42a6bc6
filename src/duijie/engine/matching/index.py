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
import os
import shutil
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from duijie.engine.matching import kernel
from duijie.engine.matching.dense import NoEncoder, open_encoder
from duijie.engine.matching.segment import FACETS, IndexDamaged, Params, Segment, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from duijie.engine.matching.dense import Encoder
    from duijie.engine.matching.types import Document

FORMAT = 1
SEGMENT_SIZE = 131_072
_MANIFEST = "manifest.json"
_PARALLEL_FROM = 20_000  # documents; below, starting processes costs more than it saves
_MERGE_FROM = 8  # small segments that wait before they are merged
_MERGE_TO = 1_048_576  # documents a merged segment may hold
_DEAD_SHARE = 0.3  # of a segment's documents, from which on it is written anew


class IndexBusy(RuntimeError):
    """Another process is writing to this index."""


@dataclass(frozen=True, slots=True)
class Part:
    """A segment and what of it is alive: ``alive`` bool ``(n,)``, ``frequency`` int32 ``(v,)`` of the living."""

    name: str
    segment: Segment
    alive: NDArray[np.bool_]
    frequency: NDArray[np.int32]
    documents: int
    length: int
    sign_length: int

    @staticmethod
    def whole(name: str, segment: Segment) -> Part:
        """Return a part of which everything is alive."""
        a = segment.arrays
        alive = np.ones(segment.documents, np.bool_)
        length = int(a["lengths"].sum(dtype=np.int64))
        sign_length = int(a["sign_lengths"].sum(dtype=np.int64))
        return Part(name, segment, alive, a["frequency"], segment.documents, length, sign_length)

    def kill(self, places: NDArray[np.int64]) -> Part:
        """Return the part without the living documents at ``places``."""
        dying = np.zeros(self.segment.documents, np.bool_)
        dying[places] = True
        dying &= self.alive
        if not dying.any():
            return self
        a = self.segment.arrays
        lost = np.zeros(len(a["keys"]), np.int32)
        for d in np.flatnonzero(dying):
            lost[a["terms"][a["ptr"][d] : a["ptr"][d + 1]]] += 1
        return replace(
            self,
            alive=self.alive & ~dying,
            frequency=self.frequency - lost,
            documents=self.documents - int(dying.sum()),
            length=self.length - int(a["lengths"][dying].sum(dtype=np.int64)),
            sign_length=self.sign_length - int(a["sign_lengths"][dying].sum(dtype=np.int64)),
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a reader sees: the parts, and the statistics of their living documents."""

    parts: tuple[Part, ...]
    documents: int
    mean_length: float
    mean_sign_length: float

    @staticmethod
    def of(parts: Sequence[Part]) -> Snapshot:
        """Return the snapshot of some parts."""
        documents = sum(p.documents for p in parts)
        mean_length = max(1.0, sum(p.length for p in parts) / max(1, documents))
        mean_sign_length = max(1.0, sum(p.sign_length for p in parts) / max(1, documents))
        return Snapshot(tuple(parts), documents, mean_length, mean_sign_length)

    @property
    def bases(self) -> list[int]:
        """Return the first position of each part; a position is a part's base plus the place in its segment."""
        return [0, *itertools.accumulate(p.segment.documents for p in self.parts)]

    def locate(self, position: int) -> tuple[Part, int]:
        """Return the part and the place of a position."""
        for part in self.parts:
            if position < part.segment.documents:
                return part, position
            position -= part.segment.documents
        raise IndexError(position)

    def document(self, position: int) -> Document:
        """Return the document at a position."""
        part, place = self.locate(position)
        return part.segment.document(place)

    def id(self, position: int) -> str:
        """Return the id of the document at a position."""
        part, place = self.locate(position)
        return part.segment.id(place)

    def living(self) -> Iterator[Document]:
        """Yield the living documents, in the order of their positions."""
        for part in self.parts:
            for place in np.flatnonzero(part.alive):
                yield part.segment.document(int(place))

    def positions(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the position of each living id, −1 where there is none, int64 ``(len(ids),)``."""
        out = np.full(len(ids), -1, np.int64)
        for base, part in zip(self.bases, self.parts, strict=False):
            places = part.segment.find(ids)
            here = places >= 0
            here[here] = part.alive[places[here]]
            out[here] = base + places[here]
        return out

    def mask(self, wanted: Mapping[str, Callable[[str], bool]]) -> list[NDArray[np.bool_]]:
        """Return, a part, the bitmap of living documents whose facets pass; each predicate sees each value once."""
        masks = []
        for part in self.parts:
            mask = part.alive
            for name, passes in wanted.items():
                if name not in FACETS:
                    raise ValueError(f"no such filter: {name}; filters: {', '.join(FACETS)}")
                allowed = np.array([passes(value) for value in part.segment.facets[name]], np.bool_)
                mask = mask & allowed[part.segment.arrays[f"facet_{name}"]]
            masks.append(mask)
        return masks


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

    In a folder many processes may read while one writes; a reader sees a write after :meth:`refresh`. All methods may be
    called from several threads.
    """

    def __init__(self, params: Params | None = None, encoder: Encoder | None = None) -> None:
        self.params = params or Params()
        self.encoder: Encoder = encoder or NoEncoder()
        self.folder: Path | None = None
        self.snapshot = Snapshot.of(())
        self._written = 0
        self._lock = threading.RLock()
        self._seen: tuple[int, int] | None = None

    # reading

    @staticmethod
    def open(folder: Path) -> Index:
        """Open an index folder; its arrays are mapped, not read. Raises :class:`IndexDamaged`, ``FileNotFoundError``."""
        index = Index()
        index.folder = folder
        index.refresh()
        return index

    def refresh(self) -> bool:
        """Take over what other processes have written since; return whether there was anything."""
        if self.folder is None:
            return False
        with self._lock:
            path = self.folder / _MANIFEST
            if not path.exists() and self.folder.is_dir() and any(self.folder.iterdir()):
                raise IndexDamaged(path, "missing")
            stat = path.stat()
            if (stat.st_mtime_ns, stat.st_ino) == self._seen:
                return False
            try:
                manifest = json.loads(path.read_text("utf-8"))
                told_format = manifest["format"]
                if told_format != FORMAT:
                    raise IndexDamaged(path, f"format {told_format}, this version reads format {FORMAT}")
                params = Params(**manifest["params"])
                known = {p.name: p.segment for p in self.snapshot.parts}
                parts = [self._open_part(told, known) for told in manifest["segments"]]
                if self._seen is None:
                    self.encoder = open_encoder(manifest["encoder"], self.folder)
            except (ValueError, KeyError, TypeError) as error:
                if isinstance(error, IndexDamaged):
                    raise
                raise IndexDamaged(path, "unreadable") from error
            self.params = params
            self._written = manifest["written"]
            self.snapshot = Snapshot.of(parts)
            self._seen = (stat.st_mtime_ns, stat.st_ino)
            return True

    def _open_part(self, told: dict[str, Any], known: Mapping[str, Segment]) -> Part:
        assert self.folder is not None
        folder = self.folder / told["name"]
        segment = known.get(told["name"]) or Segment.open(folder)
        if told["live"] is None:
            return Part.whole(told["name"], segment)
        try:
            alive = np.load(folder / f"{told['live']}-alive.npy", allow_pickle=False)
            frequency = np.load(folder / f"{told['live']}-frequency.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise IndexDamaged(folder / f"{told['live']}-alive.npy", "missing or unreadable") from error
        return Part(told["name"], segment, alive, frequency, *(told[n] for n in ("documents", "length", "sign_length")))

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

    def verify(self) -> None:
        """Read every file again; raise :class:`IndexDamaged` at the first that is not as it was written."""
        if self.folder is not None:
            for part in self.snapshot.parts:
                verify(self.folder / part.name)

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
        """Write a new index; ``folder`` appears when it is complete, or not at all. Ids must be distinct."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FileExistsError(folder)
        index = Index(params, encoder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
        try:
            unfinished.mkdir()
            index.encoder.save(unfinished)
            names = [
                name
                for name, _, _ in index._build(unfinished, documents, processes, progress)  # noqa: SLF001
            ]
            index.folder = unfinished
            index._commit([Part.whole(name, Segment.open(unfinished / name)) for name in sorted(names)])  # noqa: SLF001
            if folder.exists():
                folder.rmdir()
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        return Index.open(folder)

    def add(
        self,
        documents: Sequence[Document],
        *,
        processes: int = 1,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Add documents; one whose id is there already takes its place. Returns how many took a place."""
        if not documents:
            return 0
        with self._writing():
            places = self.snapshot.positions([d.id for d in documents])
            replaced = places[places >= 0]
            built = list(self._build(self.folder, documents, processes, progress))
            parts = list(self._without(replaced))
            for name, _, segment in sorted(built, key=lambda b: b[0]):
                if segment is None:
                    assert self.folder is not None
                    segment = Segment.open(self.folder / name)  # noqa: PLW2901
                parts.append(Part.whole(name, segment))
            self._commit(parts)
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

        Searching goes on meanwhile; other writers wait.
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
                    if len(running) > processes:
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
            with (self.folder / "lock").open("a") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise IndexBusy(self.folder) from error
                self.refresh()
                yield

    def _commit(self, parts: list[Part]) -> None:
        if self.folder is not None:
            self._write_manifest(parts)
        self.snapshot = Snapshot.of(parts)

    def _write_manifest(self, parts: list[Part]) -> None:
        assert self.folder is not None
        before = {p.name: p for p in self.snapshot.parts}
        told = []
        for part in parts:
            live = None
            if not part.alive.all():
                live = f"live-{part.segment.documents - part.documents}"
                folder = self.folder / part.name
                if part.name not in before or before[part.name].documents != part.documents:
                    np.save(folder / f"{live}-frequency.npy", part.frequency)
                    np.save(folder / f"{live}-alive.npy", part.alive)
            counts = {"documents": part.documents, "length": part.length, "sign_length": part.sign_length}
            told.append({"name": part.name, "live": live, **counts})
        manifest = {
            "format": FORMAT,
            "params": asdict(self.params),
            "encoder": self.encoder.describe(),
            "written": self._written,
            "segments": told,
        }
        path = self.folder / _MANIFEST
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        stat = path.stat()
        self._seen = (stat.st_mtime_ns, stat.st_ino)
        self._sweep({p.name for p in parts})

    def _sweep(self, kept: set[str]) -> None:
        """Delete segments the manifest no longer names; who has them mapped keeps them until he closes them."""
        assert self.folder is not None
        for path in self.folder.glob("s[0-9]*"):
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


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


def term_statistics(snapshot: Snapshot, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the document frequency of each key over all parts, and its term number in each part (−1: not there)."""
    total = np.zeros(len(keys), np.int64)
    numbers = []
    for part in snapshot.parts:
        known = part.segment.arrays["keys"]
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        here = np.where(known[at] == keys, at, -1)
        total += np.where(here >= 0, part.frequency[np.maximum(here, 0)], 0)
        numbers.append(here)
    return total, numbers


__all__ = ["FACETS", "SEGMENT_SIZE", "Index", "IndexBusy", "IndexDamaged", "Params", "Part", "Snapshot", "kernel", "term_statistics"]
