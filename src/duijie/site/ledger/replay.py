"""One row's life, told again by its entries, and held against the row and its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from duijie.site.ledger.digests import SAID, entry_digest
from duijie.site.ledger.models import FOREVER
from duijie.site.ledger.values import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import Field

    from duijie.site.ledger.models import Recorded

    Columns = dict[str, Any]


class Told(NamedTuple):
    """An entry as it is stored: lighter than a model's object, for hundreds of thousands are read."""

    pk: int
    at: datetime
    digest: str
    actor: str
    actor_name: str
    verb: str
    kind: str
    subject: str
    revision: int
    changes: dict[str, list[Any]]
    note: str
    source: str


TOLD = ("pk", "at", "digest", *SAID)
"""The columns of :class:`Told`, in order."""


class Finding(NamedTuple):
    """The first thing that differs in one place: the number of the entry (0 where there is none), of what, in words."""

    entry: int
    subject: str
    sentence: str


class Differs(Exception):
    """Raised where the replay no longer agrees with what is stored."""

    def __init__(self, entry: int, sentence: str) -> None:
        super().__init__(sentence)
        self.entry = entry


class Replay:
    """Tells the lives of the rows of one model."""

    def __init__(self, model: type[Recorded]) -> None:
        self.fields: dict[str, Field[Any, Any]] = {field.name: field for field in model.recorded_fields()}
        self.columns = tuple(field.attname for field in self.fields.values())
        self.defaults = {name: _default(field) for name, field in self.fields.items()}

    def find(self, row: Columns, entries: Sequence[Told], versions: Sequence[Columns]) -> Finding | None:
        """Return the first thing in which the row and its versions differ from what its entries tell, or None.

        Row and versions are dictionaries of columns; the versions stand in the order of their revisions.
        """
        try:
            self._tell(row, entries, versions)
        except Differs as differs:
            return Finding(differs.entry, row["code"], str(differs))
        return None

    def _tell(self, row: Columns, entries: Sequence[Told], versions: Sequence[Columns]) -> None:
        writes = _writes(entries)
        if not writes:
            raise Differs(0, _("数据表里有它，账本里却没有建立它的记录。"))
        state: Columns = dict.fromkeys(self.fields)
        before: Columns = {}
        for position, entry in enumerate(writes):
            until = writes[position + 1].at if position + 1 < len(writes) else FOREVER
            self._apply(entry, state)
            before = self._compare_version(entry, until, versions, state, before)
        if len(versions) > len(writes):
            raise Differs(versions[-1]["entry_id"], _("有一个没有记录的历史版本。"))
        self._compare_row(row, writes, before)

    def _apply(self, entry: Told, state: Columns) -> None:
        for name, (old, new) in entry.changes.items():
            if name not in state:  # private, or a field that a later release did away with
                continue
            if not self._agrees(name, state[name], old):
                words = {"number": entry.pk, "field": self.fields[name].verbose_name}
                raise Differs(entry.pk, _("第 %(number)s 条的“%(field)s”与前一条接不上。") % words)
            state[name] = new

    def _compare_version(
        self, entry: Told, until: datetime, versions: Sequence[Columns], state: Columns, before: Columns
    ) -> Columns:
        """Return the columns of the version that ``entry`` made, after comparing those that it may have moved."""
        revision = entry.revision
        version = versions[revision - 1] if revision <= len(versions) else None
        if version is None or version["revision"] != revision:
            raise Differs(entry.pk, _("缺少第 %s 版的历史版本。") % revision)
        if (version["entry_id"], version["known_from"], version["known_to"]) != (entry.pk, entry.at, until):
            raise Differs(entry.pk, _("第 %s 版的起止时间或出处与记录不符。") % revision)
        for name, field in self.fields.items():
            value = version[field.attname]
            if before and name not in entry.changes and value == before[field.attname]:
                continue
            if not self._agrees(name, state[name], plain(field, value)):
                words = {"revision": revision, "number": entry.pk, "field": field.verbose_name}
                raise Differs(entry.pk, _("第 %(revision)s 版的“%(field)s”与第 %(number)s 条记录不符。") % words)
        return version

    def _compare_row(self, row: Columns, writes: Sequence[Told], last: Columns) -> None:
        newest = writes[-1]
        bounds = (row["revision"], row["created_at"], row["changed_at"])
        if bounds != (newest.revision, writes[0].at, newest.at):
            words = {"revision": row["revision"], "told": newest.revision}
            raise Differs(
                newest.pk, _("这一行是第 %(revision)s 版，账本记到第 %(told)s 版，或时间与记录不符。") % words
            )
        for field in self.fields.values():
            if row[field.attname] != last[field.attname]:
                named = {"field": field.verbose_name, "revision": newest.revision}
                sentence = _("这一行的“%(field)s”与账本（第 %(revision)s 版）不符：有人绕过账本改了它。")
                raise Differs(newest.pk, sentence % named)

    def _agrees(self, name: str, told: Any, stored: Any) -> bool:
        """Say whether ``stored`` is what was told; a field that came with a later release begins with its default."""
        return bool(stored == told or (told is None and stored == self.defaults[name]))


def _writes(entries: Sequence[Told]) -> list[Told]:
    """Return the entries that changed the row; a remark carries the revision it was made on, and no change."""
    writes: list[Told] = []
    for entry in entries:
        if entry.digest != entry_digest(entry):
            raise Differs(entry.pk, _("第 %s 条记录的内容被改动过。") % entry.pk)
        if entry.revision == len(writes) + 1:
            writes.append(entry)
        elif entry.revision > len(writes) or entry.changes:
            words = {"number": entry.pk, "missing": len(writes) + 1, "found": entry.revision}
            raise Differs(
                entry.pk, _("第 %(number)s 条之前缺少记录：应是第 %(missing)s 版，却是第 %(found)s 版。") % words
            )
    return writes


def _default(field: Field[Any, Any]) -> Any:
    return plain(field, field.get_default()) if field.has_default() or not field.null else None
