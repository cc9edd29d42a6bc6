"""Letters the room sends."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.parties.actions.invitations import link_token

if TYPE_CHECKING:
    from django.http import HttpRequest

    from duijie.site.parties.models import Invitation

log = logging.getLogger(__name__)


def address_of(invitation: Invitation, request: HttpRequest) -> str:
    """Return the link of an invitation, with the host it is asked from."""
    return request.build_absolute_uri(reverse("parties:accept", args=[link_token(invitation)]))


def send_invitation(invitation: Invitation, request: HttpRequest) -> bool:
    """Send the link, if there is an address to send it to; say whether it went. It can always be handed over instead."""
    if not invitation.email:
        return False
    words = render_to_string(
        "parties/letters/invitation.txt", {"invitation": invitation, "link": address_of(invitation, request)}
    )
    try:
        return send_mail(_("邀请您使用对接平台"), words, settings.DEFAULT_FROM_EMAIL, [invitation.email]) == 1
    except OSError:
        log.exception("invitation %s could not be sent", invitation.code)
        return False
