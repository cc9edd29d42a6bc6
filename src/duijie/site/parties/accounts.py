"""How the site's accounts differ from the sign-in library's: nobody signs up by himself, and a lockout says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.core.exceptions import PermissionDenied
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from duijie.site.parties.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation, and a changed password stands in the ledger."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by himself."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Fold the user name as accounts hold it, so that no other writing of it is counted as another person's."""
        from duijie.site.parties.actions.accounts import clean_username  # noqa: PLC0415  this file is read with the settings

        if "username" in credentials:
            credentials["username"] = clean_username(credentials["username"])
        found: User | None = super().authenticate(request, **credentials)
        return found

    def set_password(self, user: User, password: str) -> None:
        """Set a person's own new password."""
        from duijie.site.parties.actions import set_password  # noqa: PLC0415  this file is read with the settings

        set_password(user, password, actor=user)


def locked_out(request: HttpRequest, *_arguments: Any, **_options: Any) -> HttpResponse:
    """Answer too many wrong passwords: for how long, and whom to ask."""
    return render(request, "account/locked.html", status=429)


def client_ip(request: HttpRequest) -> str | None:
    """Return the address a request comes from, found behind a proxy as the sign-in library finds it; None where unknown."""
    try:
        address: str = get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None
    return address
