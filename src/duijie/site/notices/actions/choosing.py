"""What a reader does with his notices, and how he wants to get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Refusal
from duijie.site.notices.kinds import Kind, Way
from duijie.site.notices.models import Notice, Preference, Reader
from duijie.site.parties.models import User

if TYPE_CHECKING:
    from collections.abc import Mapping

SALT = "duijie.site.notices.off"


def mark_seen(user: User, *, number: int | None = None) -> int:
    """Mark one notice of one's own as read, or all; return how many were new."""
    mine = Notice.objects.of(user).unseen()
    if number is not None:
        mine = mine.filter(pk=number)
    return int(mine.update(seen_at=clock.now()))


def choose_ways(user: User, ways: Mapping[str, str], *, language: str = "") -> None:
    """Keep how the user wants to be told; what waits to be mailed follows."""
    with transaction.atomic():
        for kind, way in ways.items():
            Preference.objects.update_or_create(user=user, kind=kind, defaults={"way": way})
            _let_follow(user, kind, way)
        if language:
            Reader.objects.update_or_create(user=user, defaults={"language": language})


def _let_follow(user: User, kind: str, way: str) -> None:
    waiting = Notice.objects.of(user).filter(kind=kind, mailed_at=None).exclude(way=way)
    if way != Way.AT_ONCE:
        waiting.update(way=way, post_after=None)


def off_token(user: User, kind: str) -> str:
    """Return the name of the link that ends mails of this kind to this user."""
    return signing.dumps([user.code, kind], salt=SALT)


def read_off_token(token: str) -> tuple[User, Kind]:
    """Return whose mails of which kind the link ends; a link that was changed is refused."""
    try:
        code, kind = signing.loads(token, salt=SALT)
        return User.objects.get(code=code), Kind(kind)
    except (signing.BadSignature, ValueError, TypeError, User.DoesNotExist):
        raise Refusal(_("这个退订链接不完整或已失效。请登录后在“通知设置”里修改。")) from None


def end_mails(token: str) -> Kind:
    """End mails of one kind by the link in a mail; on the desk he is still told."""
    user, kind = read_off_token(token)
    choose_ways(user, {kind: Way.DESK})
    return kind
