"""The path of a batch: uploaded, checked, imported; undone by who may."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a batch is."""

    UPLOADED = "uploaded", _("待对应列名")
    CHECKING = "checking", _("正在核对")
    CHECKED = "checked", _("待确认导入")
    IMPORTING = "importing", _("正在导入")
    IMPORTED = "imported", _("已导入")
    UNDOING = "undoing", _("正在撤销")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("已放弃")
    FAILED = "failed", _("没有导入")


NEXT: dict[str, frozenset[str]] = {
    State.UPLOADED: frozenset({State.CHECKING, State.DISCARDED}),
    State.CHECKING: frozenset({State.CHECKED, State.FAILED}),
    State.CHECKED: frozenset({State.UPLOADED, State.IMPORTING, State.DISCARDED}),
    State.IMPORTING: frozenset({State.IMPORTED, State.FAILED}),
    State.IMPORTED: frozenset({State.UNDOING}),
    State.UNDOING: frozenset({State.UNDONE, State.IMPORTED}),
    State.UNDONE: frozenset(),
    State.DISCARDED: frozenset(),
    State.FAILED: frozenset({State.UPLOADED, State.DISCARDED}),
}

WORKING = frozenset({State.CHECKING, State.IMPORTING, State.UNDOING})
"""A job is at work on it."""
BACK = {State.CHECKED: State.UPLOADED, State.FAILED: State.UPLOADED}
"""Where one goes back to choose the columns anew."""
GIVEN_UP = {State.CHECKING: State.FAILED, State.IMPORTING: State.FAILED, State.UNDOING: State.IMPORTED}
"""Where a batch stands whose work came to nothing."""
