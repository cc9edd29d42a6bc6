"""Everything the office says no to, in one tree, mapped to answers once (middleware.py).

::

    Refusal            409  it cannot be done; the sentence says why and what to do
    ├── Invalid        422  what was given is wrong, by field
    ├── Forbidden      403  this actor may not; shown as missing where the object itself is hidden
    ├── WrongState     409  the object's state does not allow this step
    └── Stale          409  somebody else changed the object in between; nothing was overwritten
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrOrPromise


class Refusal(Exception):
    """The office's no; ``str()`` is one sentence for the person who asked."""

    status = 409

    def __init__(self, sentence: _StrOrPromise) -> None:
        self.sentence = sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(Refusal):
    """What was given is wrong; ``fields`` says what about each field."""

    status = 422

    def __init__(self, sentence: _StrOrPromise, fields: Mapping[str, _StrOrPromise] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class Forbidden(Refusal):
    """This actor may not do this to an object he may see."""

    status = 403


class WrongState(Refusal):
    """The object's state does not allow this step; the sentence says what the state is now."""


class Stale(Refusal):
    """Somebody else changed the object in between; ``revision`` is the one that stands now."""

    def __init__(self, sentence: _StrOrPromise, *, revision: int) -> None:
        super().__init__(sentence)
        self.revision = revision
