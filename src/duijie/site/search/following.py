"""An index on disk that follows the ledger: one process writes, every process reads what stands there now."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from duijie.engine.matching.dense import NoEncoder
from duijie.engine.matching.index import Index, IndexBusy
from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    from duijie.engine.matching.dense import Encoder
    from duijie.engine.matching.types import Document

SETTLED = timedelta(seconds=10)
"""Entries younger than this are read again: one with a smaller number may still be on its way into the database."""
_BATCH = 50_000


class Source(Protocol):
    """Rows of one kind, and the documents each of them is found by."""

    @property
    def rows(self) -> Callable[[], QuerySet[Any]]:
        """The rows that belong into the index."""

    @property
    def documents(self) -> Callable[[Any], Iterable[Document]]:
        """A row's documents."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the ledger was taken over: up to entry ``last``, and of younger ones the revisions in ``seen``."""

    last: int
    seen: dict[str, int]


@lru_cache(maxsize=8)
def open_index(place: str) -> Index:
    """Return the index in a folder, opened once a process."""
    return Index.open(Path(place))


@dataclass(frozen=True, slots=True)
class Shelf:
    """One index: its folder's name, what stands in it by the label of its entries, and the ids a record may stand under."""

    name: str
    sources: Callable[[], Mapping[str, Source]]
    ids: Callable[[str], tuple[str, ...]] = lambda code: (code,)
    encoder: Callable[[], Encoder] = NoEncoder

    def folder(self) -> Path:
        """Return where the index stands."""
        return Path(settings.VAR) / "index" / self.name

    def standing(self) -> Index | None:
        """Return the index as it stands now, or None while there is none."""
        place = self.folder()
        if not (place / "manifest.json").exists():
            return None
        index = open_index(str(place))
        try:
            index.refresh()
        except FileNotFoundError:
            open_index.cache_clear()
            return None
        return index

    def follow(self) -> int:
        """Take over into the index what the ledger says has happened since last time; return how many records changed.

        Called every second by the worker. What was taken over twice, after a crash, is the same as once.
        """
        index = self.standing()
        if index is None or index.encoder.describe() != self.encoder().describe():
            return self.rebuild()
        cursor = self.read_cursor()
        happened = list(
            Entry.objects.filter(id__gt=cursor.last, kind__in=self.sources())
            .order_by("id")
            .values_list("id", "at", "kind", "subject", "revision")[:_BATCH]
        )
        newest = {(kind, code): revision for _id, _at, kind, code, revision in happened}
        changed = {(kind, code) for (kind, code), revision in newest.items() if cursor.seen.get(code) != revision}
        if changed:
            try:
                self._take_over(index, changed)
            except IndexBusy:
                return 0
        if happened:
            settled = clock.now() - SETTLED
            last = max((id_ for id_, at, *_ in happened if at <= settled), default=cursor.last)
            young = {code: revision for id_, _at, _kind, code, revision in happened if id_ > last}
            self.write_cursor(Cursor(last, young))
        return len(changed)

    def rebuild(self) -> int:
        """Write the index anew from all rows."""
        settled = Entry.objects.filter(at__lte=clock.now() - SETTLED)
        last = settled.order_by("-id").values_list("id", flat=True).first() or 0
        young = Entry.objects.filter(id__gt=last, kind__in=self.sources()).order_by("id")
        seen = dict(young.values_list("subject", "revision"))  # rows are read after this, so it is all in them
        place = self.folder()
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            shutil.rmtree(place)
        index = Index.create(place, self._everything(), encoder=self.encoder())
        self.write_cursor(Cursor(last, seen))
        return len(index)

    def _everything(self) -> Iterator[Document]:
        """Read in many short statements: on SQLite an open one keeps everybody from writing as long as indexing takes."""
        for source in self.sources().values():
            last = ""
            while rows := list(source.rows().filter(pk__gt=last).order_by("pk")[:2000]):
                last = rows[-1].pk
                for row in rows:
                    yield from source.documents(row)

    def _take_over(self, index: Index, changed: set[tuple[str, str]]) -> None:
        documents: list[Document] = []
        for label, source in self.sources().items():
            codes = [code for one, code in changed if one == label]
            for start in range(0, len(codes), 500):
                for row in source.rows().filter(pk__in=codes[start : start + 500]):
                    documents += source.documents(row)
        there = {document.id for document in documents}
        gone = [id_ for _label, code in changed for id_ in self.ids(code) if id_ not in there]
        index.encoder = self.encoder()
        index.remove(gone)
        index.add(documents)
        index.merge()

    def _cursor_path(self) -> Path:
        return self.folder().with_suffix(".cursor")

    def read_cursor(self) -> Cursor:
        """Return how far the ledger was taken over."""
        try:
            return Cursor(**json.loads(self._cursor_path().read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return Cursor(0, {})

    def write_cursor(self, cursor: Cursor) -> None:
        """Keep how far the ledger was taken over."""
        path = self._cursor_path()
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps(asdict(cursor)), "utf-8")
        aside.replace(path)
