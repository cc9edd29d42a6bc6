"""The index on disk, and how it follows the ledger: one process writes, every process reads what stands there now."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from duijie.engine.matching.index import Index, IndexBusy
from duijie.site.kernel import clock
from duijie.site.ledger.models import Entry
from duijie.site.search.kinds import KINDS, by_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duijie.engine.matching.types import Document

SETTLED = timedelta(seconds=10)
"""Entries younger than this are read again: one with a smaller number may still be on its way into the database."""
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the ledger was taken over: up to entry ``last``, and of younger ones the revisions in ``seen``."""

    last: int
    seen: dict[str, int]


def folder() -> Path:
    """Return where the index stands."""
    return Path(settings.VAR) / "index" / "search"


def standing() -> Index | None:
    """Return the index as it stands now, or None while there is none."""
    place = folder()
    if not (place / "manifest.json").exists():
        return None
    index = _open(str(place))
    try:
        index.refresh()
    except FileNotFoundError:
        _open.cache_clear()
        return None
    return index


@lru_cache(maxsize=2)
def _open(place: str) -> Index:
    return Index.open(Path(place))


def follow() -> int:
    """Take over into the index what the ledger says has happened since last time; return how many records changed.

    Called every second by the worker. What was taken over twice, after a crash, is the same as once.
    """
    index = standing()
    if index is None:
        return rebuild()
    cursor = _read_cursor()
    happened = list(
        Entry.objects.filter(id__gt=cursor.last, kind__in=by_label())
        .order_by("id")
        .values_list("id", "at", "kind", "subject", "revision")[:_BATCH]
    )
    newest = {(kind, code): revision for _id, _at, kind, code, revision in happened}
    changed = {(kind, code) for (kind, code), revision in newest.items() if cursor.seen.get(code) != revision}
    if changed:
        try:
            _take_over(index, changed)
        except IndexBusy:
            return 0
    if happened:
        settled = clock.now() - SETTLED
        last = max((id_ for id_, at, *_ in happened if at <= settled), default=cursor.last)
        young = {code: revision for id_, _at, _kind, code, revision in happened if id_ > last}
        _write_cursor(Cursor(last, young))
    return len(changed)


def rebuild() -> int:
    """Write the index anew from all rows."""
    settled = Entry.objects.filter(at__lte=clock.now() - SETTLED)
    last = settled.order_by("-id").values_list("id", flat=True).first() or 0
    place = folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    index = Index.create(place, _everything())
    _write_cursor(Cursor(last, {}))
    return len(index)


def _everything() -> Iterator[Document]:
    """Read in many short statements: on SQLite an open one keeps everybody from writing as long as indexing takes."""
    for kind in KINDS.values():
        last = ""
        while rows := list(kind.rows().filter(pk__gt=last).order_by("pk")[:2000]):
            last = rows[-1].pk
            for row in rows:
                yield from kind.documents(row)


def _take_over(index: Index, changed: set[tuple[str, str]]) -> None:
    documents: list[Document] = []
    for label, kind in by_label().items():
        codes = [code for one, code in changed if one == label]
        for start in range(0, len(codes), 500):
            for row in kind.rows().filter(pk__in=codes[start : start + 500]):
                documents += kind.documents(row)
    there = {document.id for document in documents}
    gone = [id_ for _label, code in changed for id_ in (code, code + "~") if id_ not in there]
    index.remove(gone)
    index.add(documents)
    index.merge()


def _cursor_path() -> Path:
    return folder().with_suffix(".cursor")


def _read_cursor() -> Cursor:
    try:
        return Cursor(**json.loads(_cursor_path().read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Cursor(0, {})


def _write_cursor(cursor: Cursor) -> None:
    path = _cursor_path()
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(asdict(cursor)), "utf-8")
    aside.replace(path)
