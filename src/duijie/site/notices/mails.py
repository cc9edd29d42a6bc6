"""How mails look: plain text with the same in simple HTML, a link for each thing, and a link that ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.notices.actions.choosing import off_token
from duijie.site.notices.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duijie.site.notices.models import Notice
    from duijie.site.parties.models import User


def absolute(path: str) -> str:
    """Return the address of a page as a mail must write it."""
    return f"{settings.SITE_ADDRESS}{path}"


def of_notices(user: User, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    """Write one mail of one notice, or of all that is new."""
    kinds = sorted({one.kind for one in notices})
    off = absolute(reverse("notices:off", args=[off_token(user, kinds[0])])) if len(kinds) == 1 else ""
    lines = [(one.title, one.why, absolute(one.url)) for one in notices]
    subject = notices[0].title if len(notices) == 1 else _("您有 %(count)s 条新通知") % {"count": len(notices)}
    context = {"reader": user.name, "lines": lines, "off": off, "kind": Kind(kinds[0]).label}
    context |= {"settings": absolute(reverse("notices:settings"))}
    headers = {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if off else {}
    return written(subject, "notices/letters/notices", context, user.email, headers=headers)


def written(
    subject: str, template: str, context: Mapping[str, Any], address: str, *, headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """Return a mail in both shapes; a subject is one line, whatever was in a title."""
    mail = EmailMultiAlternatives(
        " ".join(f"[{_('对接')}] {subject}".split())[:150],
        render_to_string(f"{template}.txt", dict(context)).strip() + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    mail.attach_alternative(render_to_string(f"{template}.html", dict(context)), "text/html")
    return mail
