"""Giving and taking roles. Nobody gives more than he holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Invalid, Refusal, WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import permissions
from duijie.site.parties.models import Grant, Organisation, Role
from duijie.site.registry.models import Region

if TYPE_CHECKING:
    from datetime import date

    from duijie.site.parties.models import User


def give_grant(
    account: User,
    *,
    actor: User | None,
    role: str,
    place: Region | Organisation,
    since: date | None = None,
    until: date | None = None,
    note: str = "",
) -> Grant:
    """Give an account a role over a region or an organisation, from today unless said otherwise."""
    permissions.only_if(permissions.may_grant(actor, role, place), refusal_to_grant())
    since = since or clock.today()
    if until is not None and until <= since:
        raise Invalid(_("失效日期应晚于生效日期。"), {"until": _("失效日期应晚于生效日期。")})
    with transaction.atomic():
        type(account)._base_manager.select_for_update().get(pk=account.pk)  # two givers at once are told apart
        if _holds(account, role, place):
            raise WrongState(_("%(name)s 已有这项授权。") % {"name": account.name})
        grant = Grant(code=take_code("G"), user=account, role=role, valid_from=since, valid_to=until, **over(place))
        return ledger.create(grant, actor=actor, verb="grant.give", note=note)


def revoke_grant(grant: Grant, *, actor: User | None, note: str = "") -> None:
    """Take a role back; it acts at the next request of whoever held it."""
    permissions.only_if(permissions.may_grant(actor, grant.role, grant.place), _("您只能收回自己有权授予的角色。"))
    today = clock.today()
    if grant.valid_to is not None and grant.valid_to <= today:
        raise WrongState(_("这项授权已于 %(day)s 失效。") % {"day": grant.valid_to.isoformat()})
    with transaction.atomic():
        ledger.change(grant, actor=actor, verb="grant.revoke", to={"valid_to": max(today, grant.valid_from)}, note=note)
        if grant.role == Role.ADMIN:
            refuse_without_administrator()


def over(place: Region | Organisation) -> dict[str, Any]:
    """Return the place as the column that holds it."""
    return {"region": place} if isinstance(place, Region) else {"organisation": place}


def refusal_to_grant() -> str:
    """Say what can be granted at all."""
    return _("您只能在自己的辖区或单位内授予自己有权授予的角色。")


def refuse_without_administrator() -> None:
    """Somebody must stay who can give every role; the caller's transaction ends without it."""
    left = Grant.objects.valid_on(clock.today()).filter(
        role=Role.ADMIN, region=settings.HOME_REGION, user__is_active=True
    )
    if not left.exists():
        raise Refusal(_("这是最后一位系统管理员。请先授予另一位，再办理。"))


def _holds(account: User, role: str, place: Region | Organisation) -> bool:
    grants = account.grants.valid_on(clock.today()).filter(role=role, **over(place))
    held: bool = grants.exists()
    return held
