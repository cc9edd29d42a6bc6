"""Entries, seals, and the rows that answer for every change.

A *recorded* row has a code, a revision and versions. Its present state is the row; what the ledger held at a moment is
the version whose ``known_from`` and ``known_to`` enclose it; who made it so is the version's entry.
"""

from __future__ import annotations

import sys
from copy import copy
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duijie.site.ledger.fields import MomentField
from duijie.site.ledger.labels import verb_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import Field
    from django.utils.functional import _StrOrPromise

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""``known_to`` of the version that stands."""


class Seal(models.Model):
    """A Merkle root over the entries since the last seal, chained to it: nothing before it can change unnoticed.

    ``previous`` is unique, so of two seals taken at once only one is kept and the chain never forks.
    """

    at = models.DateTimeField(_("时间"))
    count = models.PositiveIntegerField(_("记录数"), default=0)
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True, unique=True)
    head = models.CharField(_("封印"), max_length=64, unique=True)

    def __str__(self) -> str:
        return self.head[:16]


class Check(models.Model):
    """One verification of the ledger: when, how far, and the first thing that differed, if any."""

    at = models.DateTimeField(_("时间"))
    entries = models.PositiveIntegerField(_("记录数"))
    seconds = models.FloatField()
    head = models.CharField(max_length=64, blank=True)
    finding = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.finding or str(self.entries)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Which entries."""

    def of(self, kind: str, subject: str) -> Self:
        """Return what happened to one row."""
        return self.filter(kind=kind, subject=subject)

    def on(self, day: date) -> Self:
        """Return those of one day of the office."""
        began = timezone.make_aware(datetime.combine(day, time.min))
        return self.filter(at__gte=began, at__lt=began + timedelta(days=1))

    def unsealed(self) -> Self:
        """Return those no seal covers yet."""
        return self.filter(seal=None)


class Entry(models.Model):
    """One thing that happened to one row. Nobody changes or deletes an entry; a correction is another entry."""

    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.CharField(_("经办人"), max_length=40, blank=True)
    actor_name = models.CharField(_("经办人"), max_length=200, blank=True)
    verb = models.CharField(_("事项"), max_length=60)
    kind = models.CharField(_("类别"), max_length=60)
    subject = models.CharField(_("对象"), max_length=40)
    revision = models.PositiveIntegerField()
    changes = models.JSONField(default=dict)
    note = models.TextField(_("意见"), blank=True)
    source = models.CharField(_("来源"), max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    seal = models.ForeignKey(Seal, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["subject", "id"], name="entry_subject"),
            models.Index(fields=["actor", "-id"], name="entry_actor"),
            models.Index(fields=["seal", "id"], name="entry_seal"),
            models.Index(fields=["source"], name="entry_source", condition=~models.Q(source="")),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    @property
    def label(self) -> _StrOrPromise:
        """The verb as people call it."""
        return verb_label(self.verb)


class RecordedQuerySet(models.QuerySet[Any]):
    """Rows that can be asked as they were known."""

    def known_at(self, moment: datetime) -> Self:
        """Return the rows as the ledger held them at ``moment``: versions, which answer the same questions."""
        versions: Any = self.model.versions
        return versions.filter(known_from__lte=moment, known_to__gt=moment)  # type: ignore[no-any-return]


class Recorded(models.Model):
    """A business row. It is written only through ``ledger.actions``.

    ``PRIVATE`` names fields whose values stay out of entries and versions: personal contact data and secrets. Everything
    else of the row can be read again as it was known at any moment. ``COUNTED_BY`` names the columns by which figures are
    counted; the versions' index carries them, so a figure of the past reads the index alone.
    """

    code = models.CharField(_("编号"), primary_key=True, max_length=40)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("建立时间"), editable=False)
    changed_at = models.DateTimeField(_("更新时间"), editable=False)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()
    COUNTED_BY: ClassVar[tuple[str, ...]] = ()
    versions: ClassVar[Any]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code

    @classmethod
    def recorded_fields(cls) -> tuple[Field[Any, Any], ...]:
        """Return the fields that entries and versions hold."""
        skipped = {"revision", "created_at", "changed_at", *cls.PRIVATE}
        return tuple(field for field in cls._meta.concrete_fields if field.name not in skipped)


class Version(models.Model):
    """What was known of a row from one entry to the next."""

    id = models.BigAutoField(primary_key=True)
    known_from = MomentField()
    known_to = MomentField(default=FOREVER)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


R = TypeVar("R", bound=Recorded)


def with_versions(model: type[R]) -> type[R]:
    """Give a recorded model its table of versions, ``<Model>Version``, with the same columns and the same vocabulary.

    References of a version point to the present row of what they name and are not enforced: a version outlives nothing.
    """
    columns: dict[str, Any] = {field.name: _copy(field) for field in model.recorded_fields()}
    columns["revision"] = models.PositiveIntegerField()
    name = f"{model.__name__}Version"
    once = f"{model._meta.app_label}_{name.lower()}_once"

    class Meta:
        app_label = model._meta.app_label
        constraints = (models.UniqueConstraint(fields=["code", "revision"], name=once),)
        indexes = (models.Index(fields=["known_to", "known_from", *model.COUNTED_BY]),)

    version: Any = type(
        name,
        (Version,),
        {
            **columns,
            "__module__": model.__module__,
            "__doc__": f"What was known of a {model._meta.model_name}.",
            "Meta": Meta,
            "objects": type(model._default_manager.all()).as_manager(),
        },
    )
    setattr(sys.modules[model.__module__], name, version)
    model.versions = version.objects
    return model


def recorded_models() -> Iterator[type[Recorded]]:
    """Yield every recorded model of the installed rooms."""
    from django.apps import apps  # noqa: PLC0415  rooms are known once all are loaded

    for model in apps.get_models():
        if issubclass(model, Recorded):
            yield model


def _copy(field: Field[Any, Any]) -> Field[Any, Any]:
    field = copy(field)
    field.swappable = False  # type: ignore[attr-defined]  # asking which model is swapped in must wait until all are loaded
    _name, _path, arguments, options = field.deconstruct()
    for option in ("primary_key", "unique", "db_index", "auto_now", "auto_now_add"):
        options.pop(option, None)
    if isinstance(field, models.ForeignKey):
        options.update(on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False)
        return models.ForeignKey(*arguments, **options)
    return type(field)(*arguments, **options)
