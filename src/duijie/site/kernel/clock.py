"""The office's clock. The demo tells a story of past years through the real actions, so it may set the clock."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """Return the present moment, aware, to the microsecond."""
    return _told.get() or timezone.now()


def today() -> date:
    """Return the present day in the office's time zone."""
    return timezone.localdate(now())


@contextmanager
def told(moment: datetime) -> Iterator[None]:
    """Let it be ``moment`` for what happens inside: for the demo's story and for tests."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
