"""Clients in a process of their own: ``python benchmarks/site_load.py PORT SECONDS SESSION,SESSION… PATH…``.

Each client asks for the paths in turn, as fast as it is answered. Prints one JSON object: milliseconds, and what was wrong.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.site.durability.served import Browser


def main() -> None:
    """Let all clients run at once."""
    port, seconds, sessions, paths = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3].split(","), sys.argv[4:]
    times: list[tuple[str, float]] = []
    wrong: list[str] = []
    until = time.monotonic() + seconds

    def visit(session: str, turn: int) -> None:
        browser = Browser(port, session)
        while time.monotonic() < until:
            path = paths[turn % len(paths)]
            turn += 1
            began = time.perf_counter()
            try:
                status, where, _page = browser.get(path)
            except OSError as error:
                wrong.append(f"{path}: {error}")
                browser = Browser(port, session)
                continue
            times.append((path, (time.perf_counter() - began) * 1000))
            if status != 200:
                wrong.append(f"{path}: {status} {where}")

    threads = [threading.Thread(target=visit, args=(one, n)) for n, one in enumerate(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"times": times, "wrong": wrong}))


if __name__ == "__main__":
    main()
