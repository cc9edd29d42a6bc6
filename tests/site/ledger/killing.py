"""Kill a writer at a random moment, and count what it had acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

ROOT = Path(__file__).resolve().parents[3]


def killed_writer(address: str, *, first: int, dice: random.Random) -> list[str]:
    """Return the codes a writer had acknowledged when it was killed."""
    settings = {"DJANGO_SETTINGS_MODULE": "duijie.site.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.site.ledger.writer", address, str(first)]
    writer = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip()]  # it has begun
    time.sleep(dice.random() * 0.4)
    writer.send_signal(signal.SIGKILL)
    acknowledged += [line.strip() for line in writer.stdout.read().splitlines()]
    writer.wait()
    return [code for code in acknowledged if code]
