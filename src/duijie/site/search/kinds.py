"""What can be found, and what of it stands in the index.

A demand or an offer that is told in part has two documents: the *face* (title and field), which everybody may find, and the
whole text, found only by those who may read it. Otherwise a word of a hidden text would find it, and so betray it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from duijie.engine.matching.bilingual import glosses
from duijie.engine.matching.text import words
from duijie.engine.matching.types import Document
from duijie.site.demands.models import Demand
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Organisation, Team
from duijie.site.search.initials import initials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import Model, QuerySet
    from django.utils.functional import _StrOrPromise

    from duijie.site.parties.models import User

FACE = "~"
"""Ends the id of a document that is only the face of a record."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One noun that can be found: its rows, what of a row is in the index, and who may see it, in part or in full."""

    name: str
    letter: str
    label: _StrOrPromise
    url_name: str
    model: type[Model]
    rows: Callable[[], QuerySet[Any]]
    documents: Callable[[Any], Iterator[Document]]
    title: Callable[[Any], str]
    body: Callable[[Any], str]
    where: Callable[[Any], str]
    visible: Callable[[User], QuerySet[Any]]
    in_full: Callable[[User], QuerySet[Any]]


def _document(row: Any, kind: str, title: str, texts: Iterable[str], *, code: str, field: str = "") -> Document:
    english = " ".join(" ".join(gloss) for word in set(words(title)) for gloss in sorted(glosses(word))[:4])
    lines = (row.pk, *texts, *initials(title), english)
    return Document(code, title, "\n".join(lines), kind=kind, field=field, region=getattr(row, "region_id", "") or "")


def _told_in_part(row: Any, kind: str, texts: Iterable[str]) -> Iterator[Document]:
    field = row.field_id or ""
    shown = (row.field.name, row.field.english) if row.field_id else ()
    yield _document(row, kind, row.title, (*shown, *texts), code=row.pk, field=field)
    yield _document(row, kind, row.title, shown, code=row.pk + FACE, field=field)


def _demand_body(row: Any) -> str:
    return "\n".join((row.question, row.background, row.indicators, row.benchmark, row.use_case))


def _demand(row: Any) -> Iterator[Document]:
    texts = (_demand_body(row), " ".join(row.keywords), row.organisation.name, *initials(row.organisation.name))
    return _told_in_part(row, "demand", texts)


def _offer_body(row: Any) -> str:
    return "\n".join((row.about, row.problem, row.indicators, row.advantage, row.use_case))


def _offer(row: Any) -> Iterator[Document]:
    texts = (_offer_body(row), " ".join(row.keywords), row.organisation.name, *initials(row.organisation.name))
    return _told_in_part(row, "offer", texts)


def _organisation(row: Any) -> Iterator[Document]:
    texts = (row.short_name, *initials(row.short_name), row.english, row.credit_code or "", row.about)
    yield _document(row, "organisation", row.name, texts, code=row.pk)


def _team(row: Any) -> Iterator[Document]:
    people = (row.leader_name, *initials(row.leader_name), row.organisation.name, row.english)
    yield _document(row, "team", row.name, (*people, row.about, " ".join(row.keywords)), code=row.pk)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "demand",
            "D-",
            _("需求"),
            "demands:demand",
            Demand,
            lambda: Demand.objects.filter(merged_into=None).select_related("field", "organisation", "region"),
            _demand,
            lambda row: row.title,
            _demand_body,
            lambda row: f"{row.organisation.name} · {row.region.label}",
            Demand.objects.visible_to,
            Demand.objects.readable_by,
        ),
        Kind(
            "offer",
            "S-",
            _("成果"),
            "offers:offer",
            Offer,
            lambda: Offer.objects.filter(merged_into=None).select_related("field", "organisation", "region"),
            _offer,
            lambda row: row.title,
            _offer_body,
            lambda row: f"{row.organisation.name} · {row.region.label}",
            Offer.objects.visible_to,
            Offer.objects.in_full_to,
        ),
        Kind(
            "organisation",
            "O-",
            _("单位"),
            "parties:organisation",
            Organisation,
            lambda: Organisation.objects.present().select_related("region"),
            _organisation,
            lambda row: row.name,
            lambda row: row.about,
            lambda row: f"{row.get_kind_display()} · {row.region.label}",
            Organisation.objects.visible_to,
            Organisation.objects.visible_to,
        ),
        Kind(
            "team",
            "T-",
            _("团队"),
            "parties:team",
            Team,
            lambda: Team.objects.present().select_related("organisation"),
            _team,
            lambda row: row.name,
            lambda row: row.about,
            lambda row: row.organisation.name,
            Team.objects.visible_to,
            Team.objects.visible_to,
        ),
    )
}


@cache
def by_label() -> dict[str, Kind]:
    """Return the kinds by the label their entries carry."""
    return {kind.model._meta.label_lower: kind for kind in KINDS.values()}
