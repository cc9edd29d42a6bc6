"""The states of an invitation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvitationState(models.TextChoices):
    """Open until it is accepted or withdrawn; one that nobody accepts in time stays open and no longer works."""

    OPEN = "open", _("等待接受")
    ACCEPTED = "accepted", _("已接受")
    WITHDRAWN = "withdrawn", _("已撤回")


NEXT: dict[str, tuple[str, ...]] = {
    InvitationState.OPEN: (InvitationState.ACCEPTED, InvitationState.WITHDRAWN),
    InvitationState.ACCEPTED: (),
    InvitationState.WITHDRAWN: (),
}
