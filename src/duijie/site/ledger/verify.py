"""Does the ledger still say what it said? Digests, seals, and the entries replayed into rows and versions.

Rows are taken in batches outside any long transaction, so that nobody waits for a verification; a row that somebody
writes at that very moment looks wrong at first and is therefore examined again, alone and locked, before it is named.

What cannot be proved of *unsealed* notes (entries that changed nothing, so that no row or version answers for them): that
the newest were cut off, or that one was altered together with its digest. Nor that somebody rebuilt everything since the
last head that was kept elsewhere: give such heads to :func:`verify`, and seal often.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef
from django.utils.translation import gettext as _

from duijie.site.ledger.digests import merkle_root, seal_head
from duijie.site.ledger.models import Entry, Seal, recorded_models
from duijie.site.ledger.replay import TOLD, Finding, Replay, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from duijie.site.ledger.models import Recorded

BATCH = 500
UNREADABLE = (ValueError, TypeError, AttributeError, ArithmeticError)
"""What reading a spoilt date, number or JSON raises."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification went through, and what differed, first things first."""

    entries: int
    rows: int
    seals: int
    head: str
    seconds: float
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Say whether nothing differs."""
        return not self.findings


class Outcome(NamedTuple):
    """How many rows and entries were replayed, and what differed."""

    rows: int
    entries: int
    findings: list[Finding]


def verify(*, heads: Iterable[str] = (), models: Iterable[type[Recorded]] | None = None) -> Verdict:
    """Recompute digests and seals and replay every entry; ``heads`` were printed or kept elsewhere, to be found again."""
    began = time.monotonic()
    chosen = list(recorded_models() if models is None else models)
    seals = list(Seal.objects.order_by("id"))
    findings = [*_strangers(chosen)]
    outcomes = [_rows(model) for model in chosen]
    findings += [finding for outcome in outcomes for finding in outcome.findings]
    findings.sort(key=lambda finding: finding.entry)
    findings += _seals(seals, heads)
    return Verdict(
        entries=sum(outcome.entries for outcome in outcomes),
        rows=sum(outcome.rows for outcome in outcomes),
        seals=len(seals),
        head=seals[-1].head if seals else "",
        seconds=time.monotonic() - began,
        findings=tuple(findings),
    )


def _rows(model: type[Recorded]) -> Outcome:
    """Replay every row of ``model``, a batch at a time, in the order of their codes."""
    rows = entries = 0
    findings = list(_orphans(model))
    codes = model._base_manager.order_by("pk").values_list("pk", flat=True)
    batch = list(codes[:BATCH])
    while batch:
        outcome = _readable(model, batch)
        rows, entries = rows + outcome.rows, entries + outcome.entries
        for suspect in outcome.findings:
            findings += _again(model, suspect.subject)
        batch = list(codes.filter(pk__gt=batch[-1])[:BATCH])
    return Outcome(rows, entries, findings)


def _again(model: type[Recorded], code: str) -> list[Finding]:
    with transaction.atomic():
        model._base_manager.select_for_update().filter(pk=code).exists()  # whoever is writing it ends first
        return _readable(model, [code]).findings


def _readable(model: type[Recorded], codes: Sequence[str]) -> Outcome:
    """Examine rows; where the stored text itself was spoilt, find out whose it is."""
    try:
        return _examine(model, codes)
    except UNREADABLE:
        if len(codes) == 1:
            return Outcome(1, 0, [Finding(0, codes[0], _("它的记录或历史版本读不出来：存储的内容被破坏。"))])
    half = len(codes) // 2
    first, second = _readable(model, codes[:half]), _readable(model, codes[half:])
    return Outcome(len(codes), first.entries + second.entries, first.findings + second.findings)


def _examine(model: type[Recorded], codes: Sequence[str]) -> Outcome:
    tale = Replay(model)
    entries, versions = defaultdict(list), defaultdict(list)
    rows = list(model._base_manager.filter(pk__in=codes).values(*tale.columns, "revision", "created_at", "changed_at"))
    told = Entry.objects.filter(kind=model._meta.label_lower, subject__in=codes).order_by("id")
    for entry in map(Told._make, told.values_list(*TOLD)):
        entries[entry.subject].append(entry)
    for version in model.versions.filter(code__in=codes).order_by("revision").values():
        versions[version["code"]].append(version)
    found = (tale.find(row, entries[row["code"]], versions[row["code"]]) for row in rows)
    return Outcome(len(rows), sum(map(len, entries.values())), [finding for finding in found if finding])


def _strangers(models: Sequence[type[Recorded]]) -> Iterator[Finding]:
    """Find entries about rows that are gone, or of a kind that never was."""
    known = {model._meta.label_lower: model for model in (*recorded_models(), *models)}
    for kind in Entry.objects.order_by().values_list("kind", flat=True).distinct():
        if kind not in known:
            first = Entry.objects.filter(kind=kind).order_by("id").values("id", "subject")[0]
            yield Finding(first["id"], first["subject"], _("账本里有一类从未有过的记录：%s。") % kind)
            continue
        rows = known[kind]._base_manager.filter(pk=OuterRef("subject"))
        for one in Entry.objects.filter(~Exists(rows), kind=kind).order_by("id").values("id", "subject")[:1]:
            yield Finding(one["id"], one["subject"], _("账本里有它的记录，数据表里却没有它：被删除，或编号被改。"))


def _orphans(model: type[Recorded]) -> Iterator[Finding]:
    """Find versions of rows that are gone."""
    rows = model._base_manager.filter(pk=OuterRef("code"))
    for one in model.versions.filter(~Exists(rows)).order_by("entry").values("entry", "code")[:1]:
        yield Finding(one["entry"], one["code"], _("有历史版本，却没有这一行。"))


def _seals(seals: Sequence[Seal], heads: Iterable[str]) -> Iterator[Finding]:
    previous = ""
    for number, seal in enumerate(seals, start=1):
        wrong = _wrong_seal(seal, previous)
        if wrong:
            yield Finding(0, _("第 %s 枚封印") % number, wrong)
        previous = seal.head
    standing = {seal.head for seal in seals}
    for head in heads:
        if head not in standing:
            yield Finding(0, _("封印链"), _("曾经公布或留存的封印 %s 不在链上：账本被截断或重建过。") % head[:16])


def _wrong_seal(seal: Seal, previous: str) -> str:
    sealed = Entry.objects.filter(seal=seal)
    found = sealed.aggregate(first=Min("id"), last=Max("id"), now=Count("id"))
    if found["now"] != seal.count:
        return _("封存时有 %(count)s 条记录，现有 %(now)s 条（第 %(first)s 至 %(last)s 条）。") % {
            **found,
            "count": seal.count,
        }
    try:
        root = merkle_root(sealed.order_by("id").values_list("digest", flat=True).iterator(chunk_size=5000))
    except ValueError:
        root = ""
    if root != seal.root:
        return _("封存的记录（第 %(first)s 至 %(last)s 条）被改动或调换过。") % found
    head = seal_head(previous=seal.previous, root=seal.root, count=seal.count, at=seal.at)
    if (seal.previous, seal.head) != (previous, head):
        return _("与前一枚封印接不上：有封印被改动、删除或补造。")
    return ""
