"""What the office does every day by the clock, in the worker, as jobs of nobody. A duty loads its room when its hour comes."""

from __future__ import annotations

import io
import logging
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.db import DatabaseError

from duijie.site.kernel import clock
from duijie.site.kernel.jobs import work
from duijie.site.kernel.models import OPEN, Job
from duijie.site.kernel.worker import Duty
from duijie.words import say

if TYPE_CHECKING:
    from duijie.site.kernel.jobs import Progress

KEPT = timedelta(days=90)
"""How long finished jobs and the record of failed sign-ins are kept."""


@work
def seal_the_ledger(progress: Progress) -> None:
    """Seal what was entered since the last seal."""
    from duijie.site.ledger.actions import seal  # noqa: PLC0415

    seal()


@work
def freeze_overdue_demands(progress: Progress) -> None:
    """Freeze the demands whose deadline has passed."""
    from duijie.site.demands.actions import freeze_overdue  # noqa: PLC0415

    freeze_overdue(clock.now())


@work
def expire_lapsed_offers(progress: Progress) -> None:
    """End the offers whose term is over."""
    from duijie.site.offers.actions import expire_lapsed  # noqa: PLC0415

    expire_lapsed()


@work
def tidy_up(progress: Progress) -> dict[str, Any]:
    """Remove ended sessions, uploads that nobody claims, and what nobody looks at any more."""
    from duijie.site.files.storage import sweep  # noqa: PLC0415

    call_command("clearsessions")
    call_command("axes_reset_logs", age=KEPT.days, stdout=io.StringIO())
    call_command("prune_db_task_results", min_age_days=7, verbosity=0)
    old = Job.objects.exclude(state__in=OPEN).filter(finished_at__lt=clock.now() - KEPT)
    return {"jobs": old.delete()[0], "uploads": sweep()}


def follow_the_ledger() -> None:
    """Take over into the search index what has happened. An index that cannot be written never stops the jobs."""
    from duijie.site.search.shelf import follow  # noqa: PLC0415  brings the engine

    try:
        follow()
    except DatabaseError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("the search index does not follow")


DUTIES = (
    Duty("ledger.seal", say("账本每日封存", "daily seal of the ledger"), seal_the_ledger, at=time(0, 5)),
    Duty("demands.freeze", say("冻结逾期需求", "freezing of overdue demands"), freeze_overdue_demands, at=time(0, 10)),
    Duty("offers.expire", say("到期成果下架", "ending of lapsed offers"), expire_lapsed_offers, at=time(0, 10)),
    Duty("house.tidy", say("每日清理", "daily tidying"), tidy_up, at=time(3, 0)),
)
