"""Inviting people: a signed link that works once, until it expires or is withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Refusal, WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import permissions
from duijie.site.parties.actions.accounts import open_account
from duijie.site.parties.actions.grants import give_grant, over, refusal_to_grant
from duijie.site.parties.checks import check_row
from duijie.site.parties.models import Invitation, Organisation
from duijie.site.parties.states import NEXT, InvitationState

if TYPE_CHECKING:
    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region

LASTS = timedelta(days=14)
SALT = "duijie.site.parties.invitation"


def invite_person(
    *, actor: User | None, name: str, role: str, place: Region | Organisation, note: str = "", **values: Any
) -> Invitation:
    """Invite somebody to open an account with a role that the actor may give."""
    permissions.only_if(permissions.may_grant(actor, role, place), refusal_to_grant())
    values.setdefault("home", place if isinstance(place, Organisation) else None)
    invitation = Invitation(
        name=name.strip(), role=role, inviter=actor, expires_at=clock.now() + LASTS, **over(place), **values
    )
    check_row(invitation)
    with transaction.atomic():
        invitation.code = take_code("V")
        return ledger.create(invitation, actor=actor, verb="invitation.send", note=note)


def renew_invitation(invitation: Invitation, *, actor: User | None) -> None:
    """Make a new link; the old one works no more."""
    _only_if_handled_by(actor, invitation)
    if invitation.state != InvitationState.OPEN:
        raise WrongState(_closed(invitation))
    ledger.change(invitation, actor=actor, verb="invitation.renew", to={"expires_at": clock.now() + LASTS})


def withdraw_invitation(invitation: Invitation, *, actor: User | None, note: str = "") -> None:
    """Make the link worthless."""
    _only_if_handled_by(actor, invitation)
    ledger.step(
        invitation,
        InvitationState.WITHDRAWN,
        actor=actor,
        verb="invitation.withdraw",
        next_states=NEXT,
        note=note,
    )


def accept_invitation(invitation: Invitation, *, username: str, password: str, **values: Any) -> User:
    """Open the account and give it the role that waits; of two at once one wins.

    The inviter's own right is asked again: what he may no longer give, his invitations no longer bring.
    """
    if not invitation.is_open:
        raise WrongState(_closed(invitation))
    inviter = invitation.inviter
    if inviter is not None and not (
        inviter.is_active and permissions.may_grant(inviter, invitation.role, invitation.place)
    ):
        raise Refusal(_("邀请人已不再有权授予这个角色，请联系您的管理单位重新邀请。"))
    contact = {"email": invitation.email, "phone": invitation.phone, "organisation": invitation.home}
    with transaction.atomic():
        account = open_account(
            actor=None,
            username=username,
            password=password,
            note=invitation.code,
            **{"name": invitation.name, **contact, **values},
        )
        ledger.step(
            invitation,
            InvitationState.ACCEPTED,
            actor=account,
            verb="invitation.accept",
            next_states=NEXT,
            to={"account": account},
        )
        give_grant(account, actor=inviter, role=invitation.role, place=invitation.place, note=invitation.code)
    return account


def link_token(invitation: Invitation) -> str:
    """Return the secret part of the link: the invitation's code and revision, signed, so renewing voids the old one."""
    return signing.dumps([invitation.code, invitation.revision], salt=SALT)


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation a link belongs to, if the link is whole and the invitation has not moved on."""
    try:
        code, revision = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found: Invitation | None = (
        Invitation.objects.select_related("region", "organisation", "home", "inviter")
        .filter(code=code, revision=revision)
        .first()
    )
    return found


def _only_if_handled_by(actor: User | None, invitation: Invitation) -> None:
    permissions.only_if(permissions.may_handle_invitation(actor, invitation), _("您只能处理自己有权授予的角色的邀请。"))


def _closed(invitation: Invitation) -> str:
    if invitation.state == InvitationState.ACCEPTED:
        return _("这份邀请已经使用过，账号已开通，请直接登录。")
    if invitation.state == InvitationState.WITHDRAWN:
        return _("这份邀请已被撤回，请联系邀请您的单位。")
    return _("这份邀请已于 %(day)s 过期，请联系邀请您的单位重新发送。") % {
        "day": invitation.expires_at.date().isoformat()
    }
