"""`duijie serve`: the web and the worker together, under one small parent."""

from __future__ import annotations

import socket
import sys
import time
from typing import TYPE_CHECKING

from duijie.site.kernel.errors import Refusal
from duijie.site.operations.family import Child, Family
from duijie.site.operations.web import processes
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable


def serve(
    host: str,
    port: int,
    *,
    workers: int | None = None,
    opened: Callable[[str], None] | None = None,
    at_each_turn: Callable[[], bool] = lambda: False,
) -> None:
    """Serve until told to end; ``opened`` gets the address as soon as it answers."""
    check_port(host, port)
    duijie = [sys.executable, "-m", "duijie.cli"]
    web = [*duijie, "web", "--host", host, "--port", str(port), "--workers", str(workers or processes())]
    announce = _Announcement(host, port, opened or _say_open)
    children = [Child(say("网页", "web"), web), Child(say("后台", "worker"), [*duijie, "worker"])]
    Family(children, tell=lambda sentence: print(sentence, file=sys.stderr)).run(
        at_each_turn=lambda: announce.look() or at_each_turn()
    )


def check_port(host: str, port: int) -> None:
    """Refuse, in words, a place where nobody can listen."""
    try:
        _bind(host, port)
    except OSError as error:
        raise Refusal(
            say(
                f"不能在 {host} 的 {port} 端口提供服务（{error.strerror}）；请用 --port 换一个端口，或先停掉占用它的程序。",
                f"cannot serve at {host} port {port} ({error.strerror}); choose another --port, or end what uses it.",
            )
        ) from error


def free_port(host: str, first: int, tries: int = 20) -> int:
    """Return the first free port from ``first`` on."""
    for port in range(first, first + tries):
        try:
            _bind(host, port)
        except OSError:
            continue
        return port
    check_port(host, first)
    return first


def address_of(host: str, port: int) -> str:
    """Return the address to type into a browser on this machine."""
    from django.conf import settings  # noqa: PLC0415  callers have set Django up by then

    seen = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{seen}:{port}{settings.FORCE_SCRIPT_NAME or ''}/"


def _bind(host: str, port: int) -> None:
    for family, kind, protocol, _name, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[:1]:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)


def _say_open(address: str) -> None:
    print(say(f"对接已启动：{address}", f"Duijie is open at {address}"), flush=True)


class _Announcement:
    """Says once that the site answers."""

    def __init__(self, host: str, port: int, opened: Callable[[str], None]) -> None:
        self.place, self.opened, self.done = (host, port), opened, False
        self.next = time.monotonic()

    def look(self) -> bool:
        """Look, but not at every turn; never a reason to end."""
        if not self.done and time.monotonic() >= self.next:
            self.next = time.monotonic() + 0.2
            if self._answers():
                self.done = True
                self.opened(address_of(*self.place))
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection(self.place, timeout=1):
                return True
        except OSError:
            return False
