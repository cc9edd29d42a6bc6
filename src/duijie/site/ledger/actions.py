"""The one door for writes: ``create``, ``change``, ``step``, ``note``, their forms for many rows, and ``seal``.

Each call is one compare-and-set write, one entry and one version a row, in one transaction. A change made on an old
reading of the row is refused as :class:`~duijie.site.kernel.errors.Stale`; a step raced by another as ``WrongState``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Stale, WrongState
from duijie.site.ledger.digests import entry_digest, merkle_root, seal_head
from duijie.site.ledger.models import FOREVER, Check, Entry, Recorded, Seal
from duijie.site.ledger.values import HIDDEN, check_text, column_value, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

R = TypeVar("R", bound=Recorded)
BATCH = 500


class Actor(Protocol):
    """Who acts: a user of the site. Nobody (``None``) is the office's own clock or command line."""

    @property
    def code(self) -> str:
        """The actor's code, which never changes."""

    @property
    def signature(self) -> str:
        """Name and organisation as of now, as the trail shows them."""


class Difference(NamedTuple):
    """One field's change: as entries hold it, and the value for the row."""

    old: Any
    new: Any
    value: Any


Differences = dict[str, Difference]


def create(row: R, *, actor: Actor | None, verb: str, note: str = "", source: str = "") -> R:
    """Write a new row, its entry and its first version."""
    return create_many([row], actor=actor, verb=verb, note=note, source=source)[0]


def create_many(rows: Sequence[R], *, actor: Actor | None, verb: str, note: str = "", source: str = "") -> Sequence[R]:
    """Write new rows of one kind, all or none."""
    if not rows:
        return rows
    at = clock.now()
    for row in rows:
        row.revision, row.created_at, row.changed_at = 1, at, at
        for field in row._meta.concrete_fields:
            value = column_value(field, getattr(row, field.attname))
            check_text(field, value)
            setattr(row, field.attname, value)
    with transaction.atomic():
        rows[0]._meta.model._base_manager.bulk_create(rows, batch_size=BATCH)
        happened = [(row, _made(row)) for row in rows]
        _keep(rows, _enter(happened, actor=actor, verb=verb, note=note, source=source, at=at))
    return rows


def change(
    row: R,
    *,
    actor: Actor | None,
    verb: str,
    to: Mapping[str, Any],
    note: str = "",
    source: str = "",
    expected: int | None = None,
) -> Entry | None:
    """Set fields of ``row`` to the values in ``to``; return the entry, or None where nothing differs.

    ``expected`` is the revision the person saw; by default the one ``row`` was read with.
    """
    if expected is not None and expected != row.revision:
        raise _stale(row, row.revision)
    differing = _differing(row, to)
    if not differing:
        return None
    with transaction.atomic():
        return _write(row, differing, {}, actor=actor, verb=verb, note=note, source=source)


def step(
    row: R,
    state: str,
    *,
    actor: Actor | None,
    verb: str,
    next_states: Mapping[str, Iterable[str]],
    to: Mapping[str, Any] | None = None,
    note: str = "",
    source: str = "",
) -> Entry:
    """Move ``row`` to ``state`` if its table of states lets it, setting further fields with it; of two at once one wins."""
    present = _may_step(row, state, next_states)
    differing = _differing(row, {**(to or {}), "state": state})
    with transaction.atomic():
        return _write(row, differing, {"state": present}, actor=actor, verb=verb, note=note, source=source)


def change_many(
    changes: Sequence[tuple[R, Mapping[str, Any]]], *, actor: Actor | None, verb: str, note: str = "", source: str = ""
) -> list[Entry]:
    """Change many rows of one kind, each its own fields, all or none; return the entries of those that differed."""
    found = [(row, _differing(row, to)) for row, to in changes]
    differing = [(row, differences) for row, differences in found if differences]
    with transaction.atomic():
        return _write_many(differing, actor=actor, verb=verb, note=note, source=source)


def step_many(
    rows: Sequence[R],
    state: str,
    *,
    actor: Actor | None,
    verb: str,
    next_states: Mapping[str, Iterable[str]],
    to: Mapping[str, Any] | None = None,
    note: str = "",
    source: str = "",
) -> list[Entry]:
    """Move many rows of one kind to ``state``, all or none."""
    for row in rows:
        _may_step(row, state, next_states)
    differing = [(row, _differing(row, {**(to or {}), "state": state})) for row in rows]
    with transaction.atomic():
        return _write_many(differing, actor=actor, verb=verb, note=note, source=source)


def note(row: Recorded, *, actor: Actor | None, verb: str, note: str = "", source: str = "") -> Entry:
    """Record that something happened to ``row`` without changing it: an opening, a remark, a download."""
    made = _enter([(row, {})], actor=actor, verb=verb, note=note, source=source, at=clock.now())
    return made[0]


def seal() -> Seal | None:
    """Seal every entry that no seal covers yet; None where there is none, or somebody else is sealing at this moment.

    Numbers of entries may become visible out of order, so a seal covers what is unsealed, not a range of numbers.
    """
    try:
        with transaction.atomic():
            return _seal(Seal.objects.order_by("-id").first())
    except IntegrityError:
        return None


def keep_check(*, entries: int, seconds: float, head: str, finding: str) -> Check:
    """Keep the outcome of a verification; the next one looks for ``head`` again."""
    return Check.objects.create(at=clock.now(), entries=entries, seconds=seconds, head=head, finding=finding)


def _may_step(row: Recorded, state: str, next_states: Mapping[str, Iterable[str]]) -> str:
    present: str = row.state  # type: ignore[attr-defined]
    if state not in next_states.get(present, ()):
        raise _wrong_state(row)
    return present


def _write(
    row: R, differing: Differences, guard: Mapping[str, Any], *, actor: Actor | None, verb: str, note: str, source: str
) -> Entry:
    model: Any = row._meta.model  # of a signed-in user, which a request holds as a lazy object, this is the class
    at = max(clock.now(), row.changed_at)
    won = model._base_manager.filter(pk=row.pk, revision=row.revision, **guard).update(
        **{name: one.value for name, one in differing.items()}, revision=row.revision + 1, changed_at=at
    )
    if not won:
        raise _lost(row, model._base_manager.get(pk=row.pk), guard)
    _take(row, differing, at)
    entry = _enter([(row, _said(differing))], actor=actor, verb=verb, note=note, source=source, at=at)[0]
    row.versions.filter(code=row.pk, revision=row.revision - 1).update(known_to=at)
    _keep([row], [entry])
    return entry


def _write_many(
    changes: Sequence[tuple[R, Differences]], *, actor: Actor | None, verb: str, note: str, source: str
) -> list[Entry]:
    """Write all changes at one moment: rows are locked and compared first, then set in a few statements."""
    if not changes:
        return []
    rows = [row for row, _differences in changes]
    _hold(rows)
    at = max(clock.now(), *(row.changed_at for row in rows))
    model: Any = rows[0]._meta.model
    for values, alike in _alike(changes):
        for some in _batches(alike):
            found = model._base_manager.filter(pk__in=[row.pk for row in some])
            found.update(**values, revision=F("revision") + 1, changed_at=at)
    for row, differences in changes:
        _take(row, differences, at)
    happened = [(row, _said(differences)) for row, differences in changes]
    entries = _enter(happened, actor=actor, verb=verb, note=note, source=source, at=at)
    for some in _batches(rows):
        rows[0].versions.filter(code__in=[row.pk for row in some], known_to=FOREVER).update(known_to=at)
    _keep(rows, entries)
    return entries


def _alike(changes: Sequence[tuple[R, Differences]]) -> Iterator[tuple[dict[str, Any], list[R]]]:
    """Yield what is to be set, with the rows for which it is the same: an undone import is one statement, not thousands."""
    rows = defaultdict(list)
    for row, differing in changes:
        values = {name: one.value for name, one in differing.items()}
        rows[repr(values)].append((row, values))
    for group in rows.values():
        yield group[0][1], [row for row, _values in group]


def _hold(rows: Sequence[Recorded]) -> None:
    """Lock the rows until the transaction ends, and refuse if one is not as it was read."""
    if len({row.pk for row in rows}) < len(rows):
        raise ValueError("a row may be changed once in a call")
    for some in _batches(sorted(rows, key=lambda row: row.pk)):  # locks are taken in one order: nobody waits in a ring
        held: dict[str, Any] = (
            rows[0]._meta.model._base_manager.select_for_update().order_by("pk").in_bulk([row.pk for row in some])
        )
        for row in some:
            if held[row.pk].revision != row.revision:
                raise _lost(row, held[row.pk], {"state": None} if hasattr(row, "state") else {})


def _take(row: Recorded, differing: Differences, at: datetime) -> None:
    for name, one in differing.items():
        field = row._meta.get_field(name)
        setattr(row, field.attname, one.value)  # type: ignore[union-attr]
    row.revision, row.changed_at = row.revision + 1, at


def _enter(
    happened: Sequence[tuple[Recorded, dict[str, Any]]],
    *,
    actor: Actor | None,
    verb: str,
    note: str,
    source: str,
    at: datetime,
) -> list[Entry]:
    code, name = (actor.code, actor.signature) if actor else ("", "")
    check_text(Entry._meta.get_field("note"), note)
    entries = [
        Entry(
            at=at,
            actor=code,
            actor_name=name,
            verb=verb,
            kind=row._meta.label_lower,
            subject=row.code,
            revision=row.revision,
            changes=changes,
            note=note,
            source=source,
        )
        for row, changes in happened
    ]
    for entry in entries:
        entry.digest = entry_digest(entry)
    return Entry.objects.bulk_create(entries, batch_size=BATCH)


def _keep(rows: Sequence[Recorded], entries: Sequence[Entry]) -> None:
    model = rows[0].versions.model
    names = [field.attname for field in rows[0].recorded_fields()]
    rows[0].versions.bulk_create(
        [
            model(
                known_from=row.changed_at,
                entry=entry,
                revision=row.revision,
                **{name: getattr(row, name) for name in names},
            )
            for row, entry in zip(rows, entries, strict=True)
        ],
        batch_size=BATCH,
    )


def _seal(last: Seal | None) -> Seal | None:
    if not Entry.objects.unsealed().exists():
        return None
    made = Seal(at=clock.now(), previous=last.head if last else "", head="")
    if last:
        made.at = max(made.at, last.at)
    made.save()
    made.count = Entry.objects.unsealed().update(seal=made)
    digests = Entry.objects.filter(seal=made).order_by("id").values_list("digest", flat=True)
    made.root = merkle_root(digests.iterator(chunk_size=5000))
    made.head = seal_head(previous=made.previous, root=made.root, count=made.count, at=made.at)
    made.save()
    return made


def _made(row: Recorded) -> dict[str, Any]:
    values = {field.name: plain(field, getattr(row, field.attname)) for field in row.recorded_fields()}
    return {name: [None, value] for name, value in values.items() if value is not None}


def _said(differing: Differences) -> dict[str, Any]:
    return {name: [one.old, one.new] for name, one in differing.items()}


def _differing(row: Recorded, to: Mapping[str, Any]) -> Differences:
    """Return the fields whose value differs from the one in ``row``."""
    found = {}
    for name, given in to.items():
        field: Any = row._meta.get_field(name)
        check_text(field, given)
        old, new = plain(field, getattr(row, field.attname)), plain(field, given)
        if old == new:
            continue
        value = column_value(field, given)
        hidden = field.name in row.PRIVATE
        found[field.name] = Difference(HIDDEN, HIDDEN, value) if hidden else Difference(old, new, value)
    return found


def _batches(rows: Sequence[R]) -> Iterator[Sequence[R]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _lost(row: Recorded, present: Recorded, guard: Mapping[str, Any]) -> Stale | WrongState:
    """Return the word for somebody who was too late: another state says more than another revision."""
    if "state" in guard and present.state != row.state:  # type: ignore[attr-defined]
        return _wrong_state(present)
    return _stale(row, present.revision)


def _stale(row: Recorded, revision: int) -> Stale:
    return Stale(
        _("%(code)s 在您打开之后被别人改过，没有覆盖。请对照后再保存。") % {"code": row.code}, revision=revision
    )


def _wrong_state(row: Recorded) -> WrongState:
    label = row.get_state_display() if hasattr(row, "get_state_display") else row.state  # type: ignore[attr-defined]
    return WrongState(_("%(code)s 现在是“%(state)s”，不能这样办理。") % {"code": row.code, "state": label})
