"""The letter that asks a side: what it may know at the moment the letter goes out, and the link to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.matching.actions.asking import link_token
from duijie.site.matching.models import Inquiry
from duijie.site.matching.queries.answering import question
from duijie.site.matching.states import InquiryState
from duijie.site.notices.mails import absolute, written

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives


def inquiry(code: str, address: str) -> EmailMultiAlternatives | None:
    """Write the letter; None where the question was answered or taken back, or what it speaks of is hidden by now."""
    row = Inquiry.objects.select_related("match__demand", "match__offer", "match__team", "organisation").get(pk=code)
    asked = question(row)
    if row.state != InquiryState.SENT or row.expires_at < clock.now() or asked is None:
        return None
    link = absolute(reverse("matching:answer", args=[link_token(row)]))
    context = {"asked": asked, "link": link, "inquiry": row}
    subject = _("征询合作意愿：%(own)s（%(code)s）") % {"own": asked.own, "code": row.code}
    return written(subject, "matching/letters/inquiry", context, address)
