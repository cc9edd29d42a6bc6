"""Processes of their own, on the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def address_of(settings_dict) -> str:
    if settings_dict["ENGINE"].endswith("sqlite3"):
        return f"sqlite://{settings_dict['NAME']}"
    return f"postgresql://{settings_dict['USER']}@/{settings_dict['NAME']}?host={settings_dict['HOST']}"


def wait_for(claim, seconds=40.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := claim():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain")


@pytest.fixture
def environment(tmp_path):
    """The environment of a site in a folder of its own, with an empty database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUIJIE_")}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return {**kept, "DUIJIE_VAR": str(tmp_path / "var"), "PYTHONPATH": paths, "DUIJIE_SECRET_KEY": "test" * 12}


@pytest.fixture
def start(environment):
    """Start ``duijie …``; whatever a test leaves running is killed after it."""
    started = []

    def starting(*arguments, **more):
        command = [sys.executable, "-m", "duijie.cli", *map(str, arguments)]
        process = subprocess.Popen(
            command,
            env={**environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield starting
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def run(start):
    """Run ``duijie …`` to its end; return its exit code and what it printed."""

    def running(*arguments, **more):
        process = start(*arguments, **more)
        said, _ = process.communicate(timeout=90)
        return process.returncode, said

    return running
