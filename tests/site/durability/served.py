"""The site in processes of its own, a browser without a face, and the power cut."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
TOKEN = "t" * 32


def wait_for(claim: Callable[[], object], seconds: float = 40.0, nap: float = 0.02) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s in vain")
        time.sleep(nap)


class Process:
    """One ``duijie …`` and all that it starts."""

    def __init__(self, *words: str, environment: dict[str, str]) -> None:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUIJIE_")}
        self.log = Path(environment["DUIJIE_VAR"]) / "process.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "duijie.cli", *words],
                env={**kept, "PYTHONPATH": paths, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def cut(self) -> None:
        """Kill it and its children at once, as a power cut does."""
        for pid in (self.process.pid, *sorted(children_of(self.process.pid))):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """End it in order."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.cut()


def children_of(pid: int) -> set[int]:
    """Return all processes below one."""
    found: set[int] = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parent = int(place.read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid:
                found |= {int(place.parent.name)} | children_of(int(place.parent.name))
    return found


def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Say whether a site answers there."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return Browser(port, "").get("/favicon.ico")[0] == 200
    return False


class Browser:
    """One signed-in person's connection."""

    def __init__(self, port: int, session: str, timeout: float = 60.0) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}"}

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Return status, where to go next, and the page."""
        return self._ask("GET", path)

    def post(self, path: str, **data: str) -> tuple[int, str, bytes]:
        """Send a form."""
        body = urlencode({**data, "csrfmiddlewaretoken": TOKEN})
        return self._ask("POST", path, body, "application/x-www-form-urlencoded")

    def upload(self, path: str, name: str, content: bytes) -> tuple[int, str, bytes]:
        """Send one file."""
        edge = "edge-of-the-parts"
        lines = [f"--{edge}", 'Content-Disposition: form-data; name="csrfmiddlewaretoken"', "", TOKEN, f"--{edge}"]
        lines += [
            f'Content-Disposition: form-data; name="file"; filename="{name}"',
            "Content-Type: application/zip",
            "",
            "",
        ]
        body = "\r\n".join(lines).encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={edge}")

    def _ask(self, method: str, path: str, body: str | bytes | None = None, kind: str = "") -> tuple[int, str, bytes]:
        more = {"Content-Type": kind} if kind else {}
        self.connection.request(method, path, body, {**self.headers, **more})
        answer = self.connection.getresponse()
        page = answer.read()
        return answer.status, answer.getheader("Location") or "", page
