"""The web process: granian, with Django's WSGI application in its threads."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from duijie.site.operations.family import leave_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS = 8
"""Requests answered at once by one process; fewer than the connections of its PostgreSQL pool."""


def processes() -> int:
    """Return how many web processes serve this machine by default."""
    return min(4, os.cpu_count() or 1)


def answer(host: str, port: int, *, workers: int, prefix: str = "") -> None:
    """Answer requests until told to end."""
    from granian import Granian  # noqa: PLC0415  only this process needs it
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    leave_with_parent()
    Granian(
        "duijie.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=THREADS,
        url_path_prefix=prefix or None,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.error,
    ).serve(target_loader=_load, wrap_loader=False)


def _load() -> Callable[..., Any]:
    """Load the application, in each of granian's processes."""
    signal.signal(
        signal.SIGTERM, signal.SIG_DFL
    )  # until it serves; the parent's handler came along and ends nothing here
    leave_with_parent(os.getppid())
    from django.urls import get_resolver  # noqa: PLC0415

    from duijie.site.search.warming import warm_up  # noqa: PLC0415
    from duijie.site.wsgi import application  # noqa: PLC0415  it must be made in the process that uses it

    _ = get_resolver().url_patterns  # so that the first reader does not wait until every room is loaded
    warm_up()
    return application
