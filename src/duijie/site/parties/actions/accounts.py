"""Opening, changing and suspending accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Invalid, WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import permissions
from duijie.site.parties.actions.grants import refuse_without_administrator
from duijie.site.parties.checks import check_change, check_row, one_of_each
from duijie.site.parties.models import Role, User

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = frozenset({"name", "english", "title", "phone", "email"})
"""What everybody changes of himself."""


def open_account(
    *, actor: User | None, username: str, password: str, note: str = "", source: str = "", **values: Any
) -> User:
    """Open an account without any role. People come by ``accept_invitation``; this is its last step, and the office's own."""
    account = User(username=clean_username(username), **values)
    account.set_unusable_password()
    check_row(account)
    _check_password(password, account)
    account.set_password(password)
    taken = _("这个用户名已经有人用了，请换一个。")
    with one_of_each({"username": ("username", taken)}):
        account.code = take_code("U")
        return ledger.create(account, actor=actor or account, verb="account.open", note=note, source=source)


def change_account(account: User, *, actor: User, to: Mapping[str, Any], expected: int | None = None) -> None:
    """Change one's own name, title or contact; whoever looks after the account also its organisation."""
    free = OWN if actor.code == account.code else frozenset()
    if permissions.may_suspend(actor, account):
        free |= OWN | {"organisation"}
    permissions.only_if(to.keys() <= free, _("您不能修改这个账号的信息。"))
    check_change(account, to)
    ledger.change(account, actor=actor, verb="account.change", to=to, expected=expected)


def set_password(account: User, password: str, *, actor: User) -> None:
    """Set a new password; every other session of the account ends."""
    _check_password(password, account)
    ledger.change(account, actor=actor, verb="account.password", to={"password": make_password(password)})


def suspend_account(account: User, *, actor: User | None, note: str) -> None:
    """Shut somebody out at his next request; his roles and his history stay."""
    permissions.only_if(permissions.may_suspend(actor, account), _("您只能停用自己管理的账号，且不能停用自己的账号。"))
    if not account.is_active:
        raise WrongState(_("这个账号已经停用。"))
    with transaction.atomic():
        to = {"is_active": False, "session_round": account.session_round + 1}
        ledger.change(account, actor=actor, verb="account.suspend", to=to, note=note)
        if account.grants.filter(role=Role.ADMIN).exists():
            refuse_without_administrator()


def restore_account(account: User, *, actor: User | None, note: str = "") -> None:
    """Let somebody in again, with the roles that still hold."""
    permissions.only_if(permissions.may_suspend(actor, account), _("您只能恢复自己管理的账号。"))
    if account.is_active:
        raise WrongState(_("这个账号没有停用。"))
    ledger.change(account, actor=actor, verb="account.restore", to={"is_active": True}, note=note)


def end_sessions(account: User, *, actor: User | None) -> None:
    """End every session of an account: a lost telephone, a computer left open elsewhere."""
    allowed = actor is None or actor.code == account.code or permissions.may_suspend(actor, account)
    permissions.only_if(allowed, _("您只能退出自己的登录。"))
    to = {"session_round": account.session_round + 1}
    ledger.change(account, actor=actor, verb="account.end_sessions", to=to)


def clean_username(given: str) -> str:
    """Return the user name as accounts hold it: no case, no full-width forms, no spaces around."""
    return User.normalize_username(given).strip().lower()


def _check_password(password: str, account: User) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise Invalid(sentence, {"password": sentence}) from None
