"""Telling people. It is part of the act they are told of: both stand or fall in one transaction; mail goes out later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.functional import lazy

from duijie.site.kernel import clock
from duijie.site.notices.kinds import Way
from duijie.site.notices.models import Letter, Notice
from duijie.site.notices.queries import languages_of, ways_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.utils.functional import _StrOrPromise

    from duijie.site.ledger.models import Recorded
    from duijie.site.parties.models import User


def tell(
    users: Iterable[User],
    kind: str,
    title: _StrOrPromise,
    url: str,
    *,
    why: _StrOrPromise,
    about: Recorded | None = None,
    once: str | None = None,
) -> int:
    """Tell each of ``users`` who wants to know of this kind, in his language; return how many.

    ``title`` names nothing that a reader of ``about`` may not see, and is shown and mailed only while he may see it.
    Told again with the same ``once``, nobody hears it twice. A lazy title is put into each reader's language.
    """
    readers = list({user.pk: user for user in users if user.is_active}.values())
    ways, spoken = ways_of(readers, kind), languages_of(readers)
    told = [
        _notice(user, kind, title, url, why=why, about=about, once=once, way=ways[user.pk], language=spoken[user.pk])
        for user in readers
        if ways[user.pk] != Way.OFF
    ]
    Notice.objects.bulk_create(told, ignore_conflicts=once is not None)
    return len(told)


def _notice(
    user: User,
    kind: str,
    title: _StrOrPromise,
    url: str,
    *,
    why: _StrOrPromise,
    about: Recorded | None,
    once: str | None,
    way: Way,
    language: str,
) -> Notice:
    now = clock.now()
    with translation.override(language):
        said, reason = str(title)[:300], str(why)[:200]
    return Notice(
        user=user,
        kind=kind,
        title=said,
        why=reason,
        url=url,
        at=now,
        subject_kind=about._meta.label_lower if about is not None else "",
        subject=about.pk if about is not None else "",
        way=way,
        post_after=now if way == Way.AT_ONCE and user.email else None,
        once=once,
    )


def write_to(address: str, *, writer: str, about: str) -> None:
    """Have a letter written and mailed to an address, once the transaction has ended."""
    Letter.objects.bulk_create([Letter(address=address, writer=writer, about=about, post_after=clock.now())])


def in_words(say: Callable[[], str]) -> _StrOrPromise:
    """Return a sentence that is said anew in the language of each reader."""
    return lazy(say, str)()
