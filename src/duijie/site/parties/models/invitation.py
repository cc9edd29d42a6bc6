"""An invitation (邀请): who may open an account here, and the role that waits for him."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duijie.site.kernel import clock
from duijie.site.ledger.models import Recorded, RecordedQuerySet, with_versions
from duijie.site.parties.models.grant import OVER_WHAT_ITS_ROLE_NEEDS, Role
from duijie.site.parties.states import InvitationState

if TYPE_CHECKING:
    from datetime import datetime


class InvitationQuerySet(RecordedQuerySet):
    """Which invitations."""

    def open(self, moment: datetime | None = None) -> Self:
        """Return those that can still be accepted."""
        return self.filter(state=InvitationState.OPEN, expires_at__gt=moment or clock.now())


class Invitation(Recorded):
    """A link sent to one person. It works once, until it expires or is withdrawn; only its signature is secret."""

    name = models.CharField(_("姓名"), max_length=40)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    home = models.ForeignKey(
        "parties.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invited",
        verbose_name=_("工作单位"),
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    region = models.ForeignKey("registry.Region", models.PROTECT, null=True, blank=True, verbose_name=_("地区"))
    organisation = models.ForeignKey(
        "parties.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("授权单位"),
    )
    inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="invitations_sent", verbose_name=_("邀请人")
    )
    expires_at = models.DateTimeField(_("有效期至"))
    state = models.CharField(_("状态"), max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="invitation", verbose_name=_("账号")
    )

    PRIVATE = frozenset({"email", "phone"})
    objects: Any = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("邀请")
        constraints = (
            models.CheckConstraint(condition=OVER_WHAT_ITS_ROLE_NEEDS, name="invitation_over_what_its_role_needs"),
            models.CheckConstraint(
                condition=Q(state=InvitationState.ACCEPTED, account__isnull=False)
                | (~Q(state=InvitationState.ACCEPTED) & Q(account=None)),
                name="invitation_accepted_by_an_account",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.state == InvitationState.OPEN and self.expires_at > clock.now()

    @property
    def place(self) -> Any:
        """The region or organisation over which the role will be held."""
        return self.region or self.organisation


with_versions(Invitation)
