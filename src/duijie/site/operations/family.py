"""Processes that belong together: one parent that restarts what dies, and children that never outlive it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GRACE = 30.0
"""Seconds a child may take to end before it is killed."""
STEADY = 60.0
"""A child that lived this many seconds starts again without delay when it dies."""
LONGEST = 30.0
"""Seconds of the longest pause before a restart."""
_PARENT = "DUIJIE_PARENT"
_NAP = 0.1
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    began: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches the parent alone, who then ends it in order."""
        self.began = time.monotonic()
        environment = {**os.environ, _PARENT: str(os.getpid())}
        self.process = subprocess.Popen(self.command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL)

    def signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def sweep(self) -> None:
        """Kill what is left of its group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Family:
    """Starts its children, restarts those that die, ends them together."""

    def __init__(self, children: Sequence[Child], tell: Callable[[str], None] = print) -> None:
        self.children = children
        self._tell = tell
        self._ending = 0

    def run(self, *, at_each_turn: Callable[[], bool] = lambda: False) -> None:
        """Keep the children alive until SIGTERM, Ctrl-C, or ``at_each_turn`` says that it is enough."""
        before = {number: signal.signal(number, self._end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._ending and not at_each_turn():
                for child in self.children:
                    self._look_after(child)
                time.sleep(_NAP)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, _number: int, _frame: object) -> None:
        self._ending += 1

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                child.start()
            return
        code = child.process.poll()
        if code is None:
            return
        child.sweep()
        child.failures = 0 if now - child.began >= STEADY else child.failures + 1
        pause = min(LONGEST, 2.0 ** (child.failures - 1)) if child.failures else 0.0
        child.process, child.due = None, now + pause
        self._tell(
            say(
                f"{child.name} 进程意外结束（{code}），{pause:.0f} 秒后重新启动。",
                f"the {child.name} process ended unexpectedly ({code}); it starts again in {pause:.0f} s.",
            )
        )

    def _end_all(self) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline, asked = time.monotonic() + GRACE, self._ending
        while any(child.process and child.process.poll() is None for child in self.children):
            if time.monotonic() > deadline or self._ending > asked:
                break
            time.sleep(_NAP)
        for child in self.children:
            child.sweep()
            if child.process is not None:
                child.process.wait()


def leave_with_parent(parent: int | None = None) -> None:
    """Let this process end when the one that started it ends, however that happened; alone it just goes on."""
    expected = parent or int(os.environ.pop(_PARENT, "0"))
    if not expected:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(expected,), daemon=True).start()
    if os.getppid() != expected:
        raise SystemExit(0)  # it ended before it could be watched


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
