"""What people call the verbs of entries. A room lists its own in ``verbs.py``: ``VERBS = {"demand.submit": _("提交")}``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.module_loading import module_has_submodule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrOrPromise

_registered: dict[str, _StrOrPromise] = {}


def register(verbs: Mapping[str, _StrOrPromise]) -> None:
    """Add verbs that stand in no room's ``verbs.py``."""
    _registered.update(verbs)


def verb_label(verb: str) -> _StrOrPromise:
    """Return what people call ``verb``; one nobody named is shown as it is."""
    return _registered.get(verb) or _of_rooms().get(verb, verb)


def verb_choices() -> list[tuple[str, _StrOrPromise]]:
    """Return every verb that has a name, for a filter."""
    return sorted({**_of_rooms(), **_registered}.items())


@cache
def _of_rooms() -> dict[str, _StrOrPromise]:
    found: dict[str, _StrOrPromise] = {}
    for room in apps.get_app_configs():
        if room.module is not None and module_has_submodule(room.module, "verbs"):
            found.update(import_module(f"{room.name}.verbs").VERBS)
    return found
