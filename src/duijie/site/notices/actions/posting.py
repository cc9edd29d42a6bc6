"""Mail goes out from the worker, never inside a transaction, and never twice: who claims a row sends it.

A worker that dies between the claim and the mail server loses that mail, not the notice: it stands on the desk. A server
that does not answer gets it later, at growing intervals.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import translation
from django.utils.module_loading import import_string
from django_tasks import task

from duijie.site.kernel import clock
from duijie.site.notices import mails
from duijie.site.notices.models import Letter, Notice
from duijie.site.notices.queries import is_queued, language_of
from duijie.site.registry.workdays import is_working_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.core.mail import EmailMultiAlternatives

_BATCH = 200
_log = logging.getLogger(__name__)


def follow() -> None:
    """Queue the post where some waits; the worker calls this at every turn."""
    now = clock.now()
    waiting = Notice.objects.to_post(now).exists() or Letter.objects.to_post(now).exists()
    if waiting and not is_queued(carry_post.module_path):
        carry_post.enqueue()


@task()
def carry_post() -> None:
    """Mail what is to be mailed by now."""
    post_waiting()


def post_waiting() -> int:
    """Mail what waits; return how many mails went."""
    now = clock.now()
    notices = Notice.objects.to_post(now).select_related("user")[:_BATCH]
    gone = sum(_post([one], partial(_of_notice, one)) for one in notices)
    letters = Letter.objects.to_post(now)[:_BATCH]
    return gone + sum(_post([one], partial(_of_letter, one)) for one in letters)


def post_digests() -> int:
    """Send everybody who wants it one mail of what is new, on working days; return how many went."""
    if not is_working_day(clock.today()):
        return 0
    waiting: dict[str, list[Notice]] = {}
    for one in Notice.objects.for_digest().select_related("user").order_by("user", "id"):
        if one.user.email:
            waiting.setdefault(one.user_id, []).append(one)
    return sum(_post(some, partial(_of_digest, some)) for some in waiting.values())


def _post(rows: Sequence[Any], write: Callable[[], EmailMultiAlternatives | None]) -> bool:
    """Claim the rows, write the mail and hand it over; give the claim back where the server did not take it."""
    claimed, now = [row for row in rows if _claim(row)], clock.now()
    if len(claimed) < len(rows):
        _release(claimed, counted=False)
        return False
    try:
        mail = write()
        return mail is not None and mail.send() == 1
    except (OSError, smtplib.SMTPException):
        _log.warning("mail for %s was not taken; trying again later", claimed[0])
        _release(claimed, counted=True)
    except Exception:
        _log.exception("mail for %s could not be written at %s", claimed[0], now)
    return False


def _claim(row: Notice | Letter) -> bool:
    free: Any = type(row).objects.filter(pk=row.pk, mailed_at=None)
    return bool(free.update(mailed_at=clock.now()))


def _release(rows: Iterable[Notice | Letter], *, counted: bool) -> None:
    for row in rows:
        later = clock.now() + timedelta(minutes=2**row.tries) if counted and row.post_after else row.post_after
        held: Any = type(row).objects.filter(pk=row.pk)
        held.update(mailed_at=None, tries=F("tries") + int(counted), post_after=later)


def _of_notice(notice: Notice) -> EmailMultiAlternatives | None:
    if not notice.may_be_shown or not notice.user.email:
        return None
    with translation.override(language_of(notice.user)):
        return mails.of_notices(notice.user, [notice])


def _of_digest(notices: Sequence[Notice]) -> EmailMultiAlternatives | None:
    shown = [one for one in notices if one.may_be_shown]
    if not shown:
        return None
    with translation.override(language_of(shown[0].user)):
        return mails.of_notices(shown[0].user, shown)


def _of_letter(letter: Letter) -> EmailMultiAlternatives | None:
    with translation.override("zh-hans"):
        return import_string(letter.writer)(letter.about, letter.address)  # type: ignore[no-any-return]
