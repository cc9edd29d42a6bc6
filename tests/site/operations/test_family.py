"""A parent restarts what dies and leaves nobody behind, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from duijie.site.operations import family
from duijie.site.operations.family import Child, Family

from .conftest import ROOT, wait_for

PYTHON = sys.executable


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def script(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return [PYTHON, str(path)]


def test_child_that_dies_is_started_again_after_growing_pauses(tmp_path):
    marks = tmp_path / "marks"
    child = Child("网页", script(tmp_path, "dies.py", f"open({str(marks)!r}, 'a').write('x'); raise SystemExit(3)"))
    said = []
    Family([child], tell=said.append).run(at_each_turn=lambda: len(said) == 2)
    assert marks.read_text() == "xx"
    assert "（3），1 秒" in said[0]
    assert "（3），2 秒" in said[1]


def test_child_that_lived_long_is_started_again_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(family, "STEADY", 0.0)
    said = []
    child = Child("网页", script(tmp_path, "dies.py", ""))
    Family([child], tell=said.append).run(at_each_turn=lambda: len(said) == 3)
    assert all("0 秒" in sentence for sentence in said)


def test_told_to_end_the_parent_ends_its_children(tmp_path):
    child = Child("后台", script(tmp_path, "waits.py", "import time; time.sleep(60)"))
    before = signal.getsignal(signal.SIGTERM)
    threading.Timer(0.6, os.kill, (os.getpid(), signal.SIGTERM)).start()
    Family([child]).run()
    assert child.process.returncode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


def test_child_that_will_not_end_is_killed_with_all_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr(family, "GRACE", 0.3)
    pid = tmp_path / "pid"
    text = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(15, 1); time.sleep(60)'])\n"
        f"open({str(pid)!r}, 'w').write(str(inner.pid))\n"
        "time.sleep(60)\n"
    )
    child = Child("网页", script(tmp_path, "stubborn.py", text))
    Family([child]).run(at_each_turn=lambda: pid.exists() and bool(pid.read_text()))
    assert child.process.returncode == -signal.SIGKILL
    wait_for(lambda: not alive(int(pid.read_text())))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_its_parent(tmp_path, how):
    pid = tmp_path / "pid"
    inner = (
        "import os, time\n"
        "from duijie.site.operations.family import leave_with_parent\n"
        "leave_with_parent()\n"
        f"open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    outer = (
        "import sys\n"
        "from duijie.site.operations.family import Child, Family\n"
        f"Family([Child('x', [sys.executable, '-c', {inner!r}])]).run()\n"
    )
    parent = subprocess.Popen([PYTHON, "-c", outer], env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    child = int(wait_for(lambda: pid.exists() and pid.read_text()))
    parent.send_signal(how)
    parent.wait(timeout=10)
    wait_for(lambda: not alive(child))


def test_process_whose_parent_is_gone_before_it_looked_ends_at_once(monkeypatch):
    monkeypatch.setenv("DUIJIE_PARENT", "999999999")
    monkeypatch.setattr(family.ctypes, "CDLL", lambda _name: type("C", (), {"prctl": staticmethod(lambda *_: 0)}))
    with pytest.raises(SystemExit):
        family.leave_with_parent()


def test_process_started_by_hand_stays_by_itself(monkeypatch):
    monkeypatch.delenv("DUIJIE_PARENT", raising=False)
    before = time.monotonic()
    family.leave_with_parent()
    assert time.monotonic() - before < 1
