"""What people most often begin with, by what they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from duijie.site.demands.permissions import may_start_any as may_start_demand
from duijie.site.offers.permissions import may_start_any as may_start_offer
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from duijie.site.parties.models import User


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A button of the desk: its words, its sign, where it leads."""

    label: _StrPromise
    icon: str
    url: str


def _officer(user: User) -> bool:
    return user.scope.holds(Role.OFFICER, Role.ADMIN)


def _importing(user: User) -> bool:
    return user.scope.holds(Role.OFFICER, Role.CONTACT, Role.RESEARCH)


_SHORTCUTS: tuple[tuple[_StrPromise, str, str, Callable[[User], bool]], ...] = (
    (_("提出需求"), "edit", "demands:start", may_start_demand),
    (_("登记成果"), "edit", "offers:start", may_start_offer),
    (_("批量导入"), "upload", "imports:batches", _importing),
    (_("登记单位"), "plus", "parties:organisation_new", _officer),
    (_("邀请用户"), "user", "parties:invite", _officer),
)


def shortcuts(user: User) -> list[Shortcut]:
    """Return what this person may begin; a place that is not there is not offered."""
    found = []
    for label, icon, name, may in _SHORTCUTS:
        if may(user) and (url := _address(name)):
            found.append(Shortcut(label, icon, url))
    return found


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
