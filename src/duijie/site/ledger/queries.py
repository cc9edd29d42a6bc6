"""Reading the ledger: the trail of one row, in words, and the page about the whole of it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from duijie.site.kernel.lists import Column, list_page
from duijie.site.kernel.parts import TrailChange, TrailRow
from duijie.site.ledger.labels import verb_label
from duijie.site.ledger.models import Check, Entry, Recorded, Seal
from duijie.site.ledger.values import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.http import QueryDict

    from duijie.site.kernel.lists import FilterForm, ListPage

    Names = dict[type[models.Model], dict[Any, str]]

EMPTY: tuple[Any, ...] = (None, "", [], {})
MOST = 500
"""A trail shows so many entries; the rest is a matter of ``duijie ledger show``."""


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The ledger as its page shows it."""

    entries: ListPage[Entry]
    seals: Sequence[Seal]
    unsealed: int
    check: Check | None


def may_read_ledger(user: Any) -> bool:
    """Say whether ``user`` may read who did what in the whole region: its officers and administrators."""
    return bool(user.is_authenticated and user.scope.over_home("admin", "officer"))


def ledger_page(user: Any, data: QueryDict, filters: type[FilterForm]) -> LedgerPage:
    """Assemble the page, or answer as for a page that is not there."""
    if not may_read_ledger(user):
        raise Http404
    columns = [
        Column("number", _("序号"), ("id",), numeric=True),
        Column("at", _("时间"), ("at",)),
        Column("actor", _("经办人")),
        Column("verb", _("事项")),
        Column("subject", _("对象"), ("subject",)),
        Column("source", _("来源")),
    ]
    rows = Entry.objects.defer("changes", "digest")
    return LedgerPage(
        entries=list_page(rows, data, columns=columns, filters=filters, order="-number"),
        seals=list(Seal.objects.order_by("-id")[:10]),
        unsealed=Entry.objects.unsealed().count(),
        check=Check.objects.order_by("-id").first(),
    )


@dataclass(frozen=True, slots=True)
class Telling:
    """How a room tells its trail: verbs that stand apart, fields the verb speaks for, and how it writes the others.

    ``write`` is given a field's name and a value as entries hold it; None leaves the words to :func:`said`.
    """

    apart: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    write: Callable[[str, Any], str | None] = lambda _name, _value: None


_PLAIN = Telling()


def trail(
    row: Recorded, reader: Any = None, *, parts: Iterable[Recorded] = (), telling: Telling = _PLAIN
) -> list[TrailRow]:
    """Return what happened to ``row`` and its ``parts``, latest first; what ``reader`` may not see is not named.

    Costs one statement, and one for each sort of thing the changes refer to, however many parts there are.
    """
    codes: dict[type[Recorded], list[str]] = defaultdict(list)
    for one in (row, *parts):
        codes[type(one)].append(one.code)
    about = reduce(or_, (models.Q(kind=kind._meta.label_lower, subject__in=found) for kind, found in codes.items()))
    told = Entry.objects.filter(about).exclude(verb__in=telling.apart)
    entries = [(one, _model_in(codes, one.kind)) for one in told.order_by("-id")[:MOST]]
    names = _names(entries, reader)
    return [
        TrailRow(
            one.at, one.actor_name, verb_label(one.verb), _changes(model, one, names, telling), one.note, one.source
        )
        for one, model in entries
    ]


def _model_in(codes: Iterable[type[Recorded]], kind: str) -> type[Recorded]:
    return next(model for model in codes if model._meta.label_lower == kind)


def said(model: type[models.Model], name: str, value: Any, names: Names | None = None) -> str:
    """Return a value as entries hold it in the reader's words."""
    field: Any = model._meta.get_field(name)
    if value in EMPTY:
        return ""
    if value == HIDDEN:
        return _("（涉及隐私，不留内容）")
    if isinstance(field, models.ForeignKey):
        unseen = _("（不在您的查看范围内）")
        return str(value) if names is None else names[field.related_model].get(value, unseen)
    if isinstance(field, models.DateTimeField):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return str(dict(field.flatchoices).get(value, value)) if field.choices else _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(map(_in_words, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def told_lines(code: str) -> list[str]:
    """Return the life of whatever has this code, one line an entry and one a change, for the command line."""
    lines = []
    for entry in Entry.objects.filter(subject=code).order_by("id").iterator(chunk_size=500):
        at = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"
        who = entry.actor_name or _("系统")
        parts = (str(entry.pk), at, who, str(verb_label(entry.verb)), entry.source, entry.note, entry.digest[:12])
        lines.append("  ".join(part for part in parts if part))
        model = _model(entry.kind)
        changes = _changes(model, entry, None, _PLAIN) if model else []
        lines += [f"      {change.label}: {change.old or '∅'} → {change.new or '∅'}" for change in changes]
    return lines


def _changes(model: type[models.Model], entry: Entry, names: Names | None, telling: Telling) -> list[TrailChange]:
    """Leave out the code, and what began empty."""
    known = {field.name: field for field in model._meta.concrete_fields if field.name not in telling.silent}

    def words(name: str, value: Any) -> str:
        own = None if value in EMPTY or value == HIDDEN else telling.write(name, value)
        return said(model, name, value, names) if own is None else own

    return [
        TrailChange(known[name].verbose_name, words(name, old), words(name, new))
        for name, (old, new) in entry.changes.items()
        if name in known and name != "code" and not (old is None and (new in EMPTY or new is False))
    ]


def _names(entries: Iterable[tuple[Entry, type[models.Model]]], reader: Any) -> Names:
    """Return what the things are called that changes refer to, as far as ``reader`` may see them."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for entry, model in entries:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                wanted[field.related_model].update(
                    value for value in entry.changes.get(field.name, ()) if value not in (None, HIDDEN)
                )
    return {kind: _called(kind, codes, reader) if codes else {} for kind, codes in wanted.items()}


def _called(kind: type[models.Model], codes: set[Any], reader: Any) -> dict[Any, str]:
    rows = kind._default_manager.all()
    if reader is not None and hasattr(rows, "visible_to"):
        rows = rows.visible_to(reader)
    return {row.pk: str(row) for row in rows.filter(pk__in=codes)}


def _model(kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(kind)
    except LookupError:
        return None
