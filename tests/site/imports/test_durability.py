"""``kill -9`` at any moment of a check, an import or an undo leaves nothing half, and the work begun again nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from duijie.site.demands.models import Demand
from duijie.site.imports import actions, work
from duijie.site.imports.models import Batch
from duijie.site.kernel import worker
from duijie.site.ledger.models import Entry
from tests.site.imports.conftest import demand, workbook
from tests.site.ledger.test_durability import address

ROOT = Path(__file__).resolve().parents[3]
ROWS = 400
BEFORE = {"checking": 0, "importing": 0, "undoing": ROWS}
AFTER = {"checking": ("checked", 0), "importing": ("imported", ROWS), "undoing": ("undone", 0)}


def kill_a_worker(after: float) -> None:
    told = {"DJANGO_SETTINGS_MODULE": "duijie.site.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.site.imports.carrier", address(), str(settings.VAR)]
    carrier = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True)
    assert carrier.stdout is not None
    assert carrier.stdout.readline() == "begun\n"
    time.sleep(after)
    carrier.send_signal(signal.SIGKILL)
    carrier.wait()


@pytest.mark.django_db(transaction=True)
def test_kill_in_any_phase_leaves_nothing_half_and_nothing_comes_twice(league_officer, company):
    dice = random.Random(7)
    rows = [demand(需求名称=f"需求{number}") for number in range(ROWS)]
    batch = actions.upload_sheet("demands", [workbook(*rows)], name="需求.xlsx", actor=league_officer)
    steps = (
        lambda: actions.map_columns(batch, batch.mapping, actor=league_officer),
        lambda: actions.confirm_batch(batch, actor=league_officer),
        lambda: actions.begin_undo(batch, actor=league_officer),
    )
    for step in steps:
        with transaction.atomic():
            step()
            work.begin(batch, actor=league_officer)
        state = batch.state
        kill_a_worker(dice.uniform(0.1, 0.8))

        batch.refresh_from_db()
        standing = Demand.objects.counted().count()
        assert (batch.state, standing) in {(state, BEFORE[state]), AFTER[state]}

        worker.put_back_lost("killed")
        worker.work_off("killed")
        batch.refresh_from_db()
        assert (batch.state, Demand.objects.counted().count()) == AFTER[state]
    assert Entry.objects.filter(source=batch.code, verb="demand.import").count() == ROWS
    assert Batch.objects.count() == 1
