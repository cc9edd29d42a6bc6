"""What refers to an organisation, over all rooms, and what a merge would move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, UniqueConstraint
from django.utils.translation import gettext as _

from duijie.site.kernel.parts import Answer
from duijie.site.ledger.models import Recorded
from duijie.site.parties.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models
    from django.utils.functional import _StrOrPromise

FILLED = ("short_name", "english", "credit_code", "ror", "industry", "address", "website", "about")
"""What the surviving organisation takes over where it has nothing itself."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The rows of one model that refer to an organisation by one field; ``doubled`` would then stand twice, so they end."""

    model: type[Recorded]
    field: str
    organisation: Organisation
    count: int
    doubled: frozenset[str]

    @property
    def label(self) -> _StrOrPromise:
        """What the rows are, by which relation."""
        return self.model._meta.get_field(self.field).verbose_name  # type: ignore[union-attr]

    @property
    def noun(self) -> _StrOrPromise:
        """What one of the rows is."""
        return self.model._meta.verbose_name or self.model.__name__

    def rows(self) -> models.QuerySet[Any]:
        """Return the rows themselves."""
        return self.model._base_manager.filter(**{self.field: self.organisation.pk}).order_by("pk")


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do: the rows it moves, what the survivor gains, and what stands in the way."""

    references: tuple[Reference, ...]
    gains: dict[str, Any]
    clashes: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many rows would move."""
        return sum(reference.count for reference in self.references)

    @property
    def gained(self) -> list[Answer]:
        """What the survivor takes over, readable."""
        return [
            Answer(Organisation._meta.get_field(name).verbose_name, str(value))  # type: ignore[union-attr]
            for name, value in self.gains.items()
            if value
        ]


def merge_preview(organisation: Organisation, into: Organisation) -> MergePreview:
    """Find out what a merge would move, without moving it."""
    references, clashes = [], []
    for model, field in referring_fields():
        rows = model._base_manager.filter(**{field: organisation.pk})
        count = rows.count()
        if not count:
            continue
        doubled = frozenset(row.pk for row in _doubled(model, field, organisation, into))
        dated = {one.name for one in model._meta.concrete_fields} >= {"valid_from", "valid_to"}
        if doubled and not dated:
            clashes += [_clash(row) for row in model._base_manager.filter(pk__in=doubled)]
        references.append(Reference(model, field, organisation, count, doubled if dated else frozenset()))
    return MergePreview(tuple(references), _gains(organisation, into), tuple(clashes))


def referring_fields(target: type[Recorded] = Organisation) -> Iterator[tuple[type[Recorded], str]]:
    """Yield every recorded model of the site that refers to ``target``, and by which field."""
    for relation in target._meta.related_objects:
        model = relation.related_model
        if isinstance(model, type) and issubclass(model, Recorded) and relation.field.concrete:
            yield model, relation.field.name


def referred_to(rows: models.QuerySet[Any]) -> set[str]:
    """Return the codes of those of ``rows`` that something on record refers to."""
    codes = rows.order_by().values("pk")
    return {
        str(code)
        for model, field in referring_fields(rows.model)
        for code in model._base_manager.filter(**{f"{field}__in": codes}).values_list(field, flat=True)
    }


def _doubled(model: type[Recorded], field: str, organisation: Organisation, into: Organisation) -> Iterator[Recorded]:
    """Yield the rows that a unique constraint would not let stand beside one of ``into``."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint) or field not in constraint.fields:
            continue
        others = [model._meta.get_field(name).attname for name in constraint.fields if name != field]  # type: ignore[union-attr]
        rows = model._base_manager.filter(constraint.condition or Q())
        held = {tuple(getattr(row, name) for name in others) for row in rows.filter(**{field: into.pk})}
        for row in rows.filter(**{field: organisation.pk}):
            if tuple(getattr(row, name) for name in others) in held:
                yield row


def _clash(row: Recorded) -> str:
    return _("两个单位都有“%(row)s”（%(code)s），请先改名或停用其中一个，再合并。") % {"row": row, "code": row.code}


def _gains(organisation: Organisation, into: Organisation) -> dict[str, Any]:
    """Return what the survivor takes over, with the other's names as its former ones."""
    gains = {
        name: getattr(organisation, name) for name in FILLED if not getattr(into, name) and getattr(organisation, name)
    }
    held = set(into.names)
    named = [*into.former_names.splitlines(), *(name for name in organisation.names if name not in held)]
    if "short_name" in gains:
        named = [name for name in named if name != gains["short_name"]]
    return gains | {"former_names": "\n".join(dict.fromkeys(named))}
