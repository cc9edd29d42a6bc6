"""What the office does every day by the clock, in the worker, as jobs of nobody. A duty loads its room when its hour comes."""

from __future__ import annotations

import io
import logging
from datetime import time, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.db import DatabaseError

from duijie.site.kernel import clock
from duijie.site.kernel.jobs import work
from duijie.site.kernel.models import OPEN, Job
from duijie.site.kernel.worker import Duty
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

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


@work
def lapse_silent_matches(progress: Progress) -> None:
    """Let lapse what nobody answered in time, and recall to mind what is due next."""
    from duijie.site.matching.actions.closing import lapse_overdue  # noqa: PLC0415
    from duijie.site.matching.actions.tasks import remind  # noqa: PLC0415

    lapse_overdue()
    remind()


@work
def post_digests(progress: Progress) -> None:
    """Send the day's one mail to those who want it."""
    from duijie.site.notices.actions import post_digests as post  # noqa: PLC0415

    post()


def follow_the_office() -> None:
    """Do at every turn what cannot wait for a day: the indexes, the post, and matches that lost one of their sides."""
    from duijie.site.matching.actions.closing import close_gone  # noqa: PLC0415
    from duijie.site.notices.actions import follow as post  # noqa: PLC0415
    from duijie.site.notices.actions import tell_of_jobs  # noqa: PLC0415

    follow_the_ledger()
    for act, every in ((post, 2.0), (close_gone, 15.0), (tell_of_jobs, 30.0)):
        if monotonic() - _acted.get(act.__name__, -every) >= every:
            _acted[act.__name__] = monotonic()
            _try(act)


_acted: dict[str, float] = {}


def _try(act: Callable[[], object]) -> None:
    """What goes wrong here is told and tried again at its next turn; a database that is away is the worker's to wait for."""
    try:
        act()
    except DatabaseError:
        raise
    except Exception:
        logging.getLogger(__name__).exception("%s did not go through", act.__name__)


def follow_the_ledger() -> None:
    """Take over into the indexes what has happened. One that cannot be written stops nothing else."""
    from duijie.engine.matching.index import IndexBusy  # noqa: PLC0415  brings the engine
    from duijie.site.matching.shelf import follow as match  # noqa: PLC0415
    from duijie.site.search.shelf import follow as search  # noqa: PLC0415

    for follow in (search, match):
        try:
            follow()
        except DatabaseError:
            raise
        except IndexBusy:
            continue  # another worker is writing it; what it leaves is taken over at the next turn
        except Exception:
            logging.getLogger(__name__).exception("an index does not follow")


DUTIES = (
    Duty("ledger.seal", say("账本每日封存", "daily seal of the ledger"), seal_the_ledger, at=time(0, 5)),
    Duty("demands.freeze", say("冻结逾期需求", "freezing of overdue demands"), freeze_overdue_demands, at=time(0, 10)),
    Duty("offers.expire", say("到期成果下架", "ending of lapsed offers"), expire_lapsed_offers, at=time(0, 10)),
    Duty(
        "matching.lapse",
        say("逾期对接与到期提醒", "lapsed matches and reminders"),
        lapse_silent_matches,
        at=time(0, 20),
    ),
    Duty("notices.digest", say("每日汇总邮件", "the daily mail"), post_digests, at=time(8, 0)),
    Duty("house.tidy", say("每日清理", "daily tidying"), tidy_up, at=time(3, 0)),
)
