"""Which way mail goes, from one address: into files by default, to a server by ``DUIJIE_MAIL_URL``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mailing(address: str, *, var: Path) -> dict[str, Any]:
    """Return Django's settings for ``address``, e.g. ``smtps://user:word@mail.example``; empty means files in ``var``."""
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": var / "mail"}
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SystemExit(
            say(
                "DUIJIE_MAIL_URL 不认识：请写 smtp://主机、smtp+tls://用户:口令@主机 或 smtps://用户:口令@主机。",
                "DUIJIE_MAIL_URL is not understood: write smtp://host, smtp+tls://user:word@host or smtps://user:word@host.",
            )
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,
    }
