"""Work that starts processes, so that Ctrl-C ends it at once and without noise."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def run_aside(work: Callable[[], T]) -> T:
    """Return what ``work`` returns, which may start processes.

    A terminal sends Ctrl-C to every process of a command. Here the work runs in a thread with the signal blocked, which
    the processes it starts inherit: only the main thread hears it, ends them, lets the work clean up, and raises on.
    """

    def deaf() -> T:
        resource_tracker.ensure_running()  # starting it later would lift the block
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        return work()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(copy_context().run, deaf)  # the language goes along
        try:
            return future.result()
        except KeyboardInterrupt:
            for child in multiprocessing.active_children():
                child.kill()
            wait([future])
            raise
