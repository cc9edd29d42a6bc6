"""`duijie serve`: opens, answers, ends, and leaves no process and no port behind."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from duijie.site.kernel.errors import Refusal
from duijie.site.kernel.models import Worker
from duijie.site.operations.serve import address_of as seen_at
from duijie.site.operations.serve import check_port, free_port

from .conftest import address_of, wait_for

HOST = "127.0.0.1"


@pytest.fixture
def environment(environment):
    return {**environment, "DUIJIE_DATABASE_URL": address_of(connection.settings_dict)}


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def children_of(pid: int) -> set[int]:
    found = set()
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(place.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            child = int(place.parent.name)
            found |= {child} | children_of(child)
    return found


def alive(pids):
    return {pid for pid in pids if Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in status(pid)}


def status(pid):
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return ""


def answers(port, path="/favicon.ico"):
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        raise
    except OSError:
        return False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_site_opens_with_web_and_worker_and_leaves_nobody_behind(start, port, how):
    site = start("serve", "--port", port, "--workers", 2)
    wait_for(lambda: answers(port))
    wait_for(Worker.objects.exists)
    time.sleep(0.5)  # by then it has said where
    family = children_of(site.pid)
    assert len(family) == 4  # web, its two processes, worker
    site.send_signal(how)
    code = site.wait(timeout=20)
    wait_for(lambda: not alive(family))
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    check_port(HOST, port)
    if how != signal.SIGKILL:
        assert not Worker.objects.exists()
    assert f"http://{HOST}:{port}/" in site.stdout.read()


@pytest.mark.django_db(transaction=True)
def test_web_process_that_is_killed_comes_back(start, port):
    site = start("serve", "--port", port, "--workers", 1)
    wait_for(lambda: answers(port))
    web = next(pid for pid in children_of(site.pid) if "duijie.cli\0web" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(web, signal.SIGKILL)
    wait_for(lambda: not alive({web}))
    wait_for(lambda: answers(port))


@pytest.mark.django_db(transaction=True)
def test_port_in_use_is_refused_in_words_before_anything_starts(run):
    with socket.create_server((HOST, 0)) as other:
        code, said = run("serve", "--port", other.getsockname()[1])
    assert code == 2
    assert "--port" in said
    assert "Traceback" not in said


def test_empty_database_is_refused_with_what_to_do(run, tmp_path):
    code, said = run("serve", DUIJIE_DATABASE_URL=f"sqlite://{tmp_path / 'empty.sqlite3'}")
    assert code == 2
    assert "duijie migrate" in said


def test_database_that_does_not_answer_is_refused_with_what_to_check(run):
    code, said = run("serve", DUIJIE_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert code == 2
    assert "DUIJIE_DATABASE_URL" in said
    assert "Traceback" not in said


def test_free_port_is_the_next_one_when_the_first_is_taken():
    with socket.create_server((HOST, 0)) as other:
        taken = other.getsockname()[1]
        assert free_port(HOST, taken) > taken


def test_address_is_one_for_a_browser(settings):
    settings.FORCE_SCRIPT_NAME = None
    assert seen_at("0.0.0.0", 8000) == "http://127.0.0.1:8000/"
    assert seen_at("::1", 80) == "http://[::1]:80/"
    settings.FORCE_SCRIPT_NAME = "/duijie"
    assert seen_at("127.0.0.1", 80) == "http://127.0.0.1:80/duijie/"


def test_place_that_is_not_this_machine_is_refused_in_words():
    with pytest.raises(Refusal, match="--port"):
        check_port("192.0.2.1", 80)
