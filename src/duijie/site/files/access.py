"""Whose files may be seen and added to: each room says so for its nouns, and this room asks nobody else.

access.register("demands.demand", may_see=may_open, may_attach=may_change)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.http import Http404
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser

    from duijie.site.ledger.models import Recorded
    from duijie.site.parties.models import User

    Predicate = Callable[[Any, User], bool]

_rules: dict[str, Rules] = {}


def _never(subject: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the files of one noun.

    ``may_see(subject, user)`` opens and downloads; ``may_attach(subject, user)`` adds and takes back; ``page`` is the name
    of the address of the subject's page, which takes its code; of a subject that ``is_open`` no download is recorded.
    """

    kind: str
    may_see: Predicate
    may_attach: Predicate
    page: str
    is_open: Callable[[Any], bool] = _never

    def address(self, subject: Recorded) -> str:
        """Return the address of the subject's page, at its attachments."""
        return reverse(self.page, args=[subject.code]) + "#attachments"


def register(
    kind: str, *, may_see: Predicate, may_attach: Predicate, page: str = "", is_open: Callable[[Any], bool] = _never
) -> None:
    """Let objects of ``kind`` (``room.noun``) have attachments, under these rules; ``page`` is ``room:noun`` by default."""
    kind = kind.lower()
    _rules[kind] = Rules(kind, may_see, may_attach, page or kind.replace(".", ":"), is_open)


def rules_of(kind: str) -> Rules:
    """Return the rules of a kind; one that has no attachments is as good as missing."""
    try:
        return _rules[kind.lower()]
    except KeyError:
        raise Http404 from None


def fetch_subject(kind: str, code: str, *, user: User | AnonymousUser) -> Recorded:
    """Return the object whose files the user may see; one that is hidden from him is missing."""
    rules = rules_of(kind)
    found: Recorded | None = apps.get_model(kind)._default_manager.filter(pk=code).first()
    if found is None or not user.is_authenticated or not rules.may_see(found, user):
        raise Http404
    return found
