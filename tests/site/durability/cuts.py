"""Cut the power while somebody hands in, and while a sheet is imported; then count what had been acknowledged."""

from __future__ import annotations

import http.client
import random
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from .demands import demands
from .people import appoint, companies, session_of, sheet
from .served import Browser, Process, free_port, listens, wait_for

if TYPE_CHECKING:
    from duijie.site.imports.models import Batch
    from duijie.site.parties.models import User

ROWS = 300


class Outcome(NamedTuple):
    """What was acknowledged, lost or left half done, and what the ledger says of itself."""

    acknowledged: int
    lost: int
    half: int
    sound: str


def cut_submissions(environment: dict[str, str], kills: int) -> Outcome:
    """Hand in one draft after the other over HTTP until the site dies; again and again."""
    from duijie.site.demands.models import Demand
    from duijie.site.ledger.actions import create_many
    from duijie.site.ledger.models import Entry

    dice = random.Random(kills)
    company = companies(2)[0]
    session = session_of(appoint("图雅", "contact", organisation=company))
    drafts = [row.code for row in create_many(demands(60 * kills, [company], "draft"), actor=None, verb="demand.start")]
    acknowledged: list[str] = []
    for turn in range(kills):
        acknowledged += _handed_in(environment, session, drafts[turn * 60 : turn * 60 + 60], dice.random())
    handed = set(Demand.objects.filter(code__in=drafts, state="submitted", revision=2).values_list("code", flat=True))
    entered = set(Entry.objects.filter(subject__in=drafts, verb="demand.submit").values_list("subject", flat=True))
    kept = set(Demand.versions.filter(code__in=drafts, revision=2, state="submitted").values_list("code", flat=True))
    half = (handed | entered | kept) - (handed & entered & kept)
    return Outcome(len(acknowledged), len(set(acknowledged) - handed), len(half), soundness())


def _handed_in(environment: dict[str, str], session: str, codes: list[str], wait: float) -> list[str]:
    port, done, first = free_port(), [], threading.Event()
    site = Process("web", "--port", str(port), "--workers", "1", environment=environment)

    def hand_in() -> None:
        browser = Browser(port, session)
        try:
            for code in codes:
                status, where, page = browser.post(f"/demands/{code}/check/")
                assert (status, where) == (302, f"/demands/{code}/receipt/"), page.decode()[:3000]
                done.append(code)
                first.set()
        except (OSError, http.client.HTTPException):
            pass  # the site is gone
        finally:
            first.set()

    try:
        wait_for(lambda: listens(port))
        person = threading.Thread(target=hand_in)
        person.start()
        first.wait(30)
        time.sleep(wait)
    finally:
        site.cut()
    person.join()
    assert done, "nothing was acknowledged before the cut"
    return done


def cut_imports(environment: dict[str, str], kills: int) -> Outcome:
    """Cut the worker's power while it imports; it must go on by itself, and never leave a part of a sheet."""
    dice = random.Random(kills + 1)
    officer = appoint("其木格", "officer", region="150000")
    names = [one.name for one in companies(2)]
    confirmed = [_confirmed(officer, sheet(names, ROWS, first=500_000 + turn * ROWS)) for turn in range(kills)]
    half = sum(_cut_and_continued(environment, batch, officer, dice.random() * 1.2) for batch in confirmed)
    lost = sum(imported(batch) != ROWS for batch in confirmed)
    return Outcome(len(confirmed), lost, half, soundness())


def _cut_and_continued(environment: dict[str, str], batch: Batch, officer: User, wait: float) -> int:
    """Cut the worker while it imports the batch, let the next one go on; return how often something was half done."""
    begin(batch, officer)
    worker = Process("worker", environment=environment)
    try:
        wait_for(lambda: _job(batch).state != "waiting")
        time.sleep(wait)
    finally:
        worker.cut()
    half = is_half_done(batch)
    again = Process("worker", environment=environment)
    try:
        wait_for(lambda: _job(batch).is_finished)
    finally:
        again.end()
    return half + is_half_done(batch)


def _confirmed(officer: User, content: bytes) -> Batch:
    from duijie.site.imports import actions, checking

    batch = actions.upload_sheet("demands", [content], name="demands.xlsx", actor=officer)
    actions.map_columns(batch, batch.mapping, actor=officer)
    actions.note_checked(batch, checking.check_batch(batch, actor=officer), actor=officer)
    actions.confirm_batch(batch, actor=officer)
    return batch


def begin(batch: Batch, officer: User) -> None:
    """Queue the batch's work."""
    from duijie.site.imports import work

    work.begin(batch, actor=officer)


def _job(batch: Batch):
    from duijie.site.kernel.models import Job

    return Job.objects.get(arguments__code=batch.code)


def imported(batch: Batch) -> int:
    """Return how many demands of the sheet are there."""
    from duijie.site.ledger.models import Entry

    return Entry.objects.filter(source=batch.code, verb="demand.import").count()


def is_half_done(batch: Batch) -> bool:
    """Say whether rows and batch tell different stories."""
    from duijie.site.demands.models import Demand
    from duijie.site.ledger.models import Entry

    batch.refresh_from_db()
    entries = Entry.objects.filter(source=batch.code, verb="demand.import")
    rows = Demand.objects.filter(code__in=entries.values("subject")).count()
    return (batch.state, entries.count(), rows) not in {("importing", 0, 0), ("imported", ROWS, ROWS)}


def soundness() -> str:
    """Have the ledger verified."""
    from duijie.site.ledger.verify import verify

    return "yes" if verify().sound else "NO"
