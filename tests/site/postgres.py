"""A throw-away PostgreSQL from Debian's packages, shared by the workers of one run and stopped by the last of them."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = Path("/usr/lib/postgresql")
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
}
"""Nothing in it outlives the run, so nothing needs to reach the disk."""


def programs() -> Path | None:
    """Return the folder of the newest server installed, or None."""
    found = sorted(PACKAGES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def cluster(**settings: str) -> Iterator[str]:
    """Give the address of a running server; ``settings`` override those of a quick one."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    place = Path(tempfile.gettempdir()) / f"duijie-pg-{run[:12]}"
    with place.with_suffix(".lock").open("w") as lock:
        while True:
            fcntl.flock(lock, fcntl.LOCK_SH)  # held as long as this worker needs the server
            if _runs(place):
                break
            try:  # not waiting for it: others may hold their share to the end of the run
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(lock, fcntl.LOCK_UN)
                time.sleep(0.1)
                continue
            _clear_abandoned(keep=place)
            _start(place, {**QUICK, **settings})
        try:
            yield f"postgresql://duijie@/postgres?host={place}"
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
            _stop_unless_used(place, lock.fileno())


def _runs(place: Path) -> bool:
    return (place / "data" / "postmaster.pid").exists()


def _start(place: Path, settings: dict[str, str]) -> None:
    place.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(place, "postgres")
    data = str(place / "data")
    _run("initdb", "-D", data, "-U", "duijie", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = [f"-c {name}={value or repr(value)}" for name, value in settings.items()]
    options.append(f"-c unix_socket_directories={place}")
    _run("pg_ctl", "-D", data, "-l", str(place / "log"), "-w", "-o", " ".join(options), "start")


def _stop_unless_used(place: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if _runs(place):
        _run("pg_ctl", "-D", str(place / "data"), "-m", "immediate", "-w", "stop")
    shutil.rmtree(place, ignore_errors=True)
    place.with_suffix(".lock").unlink(missing_ok=True)


def _clear_abandoned(*, keep: Path) -> None:
    """Stop the servers of runs that were killed: nobody holds their lock any more."""
    for path in keep.parent.glob("duijie-pg-*.lock"):
        if path.stem == keep.name or time.time() - path.stat().st_mtime < 60:
            continue
        with path.open() as lock:
            _stop_unless_used(path.with_suffix(""), lock.fileno())


def _run(program: str, *arguments: str) -> None:
    folder = programs()
    assert folder is not None
    command = [str(folder / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # the server keeps what it inherits open: a pipe would never end
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} failed with {done.returncode}; see the log beside its data")
