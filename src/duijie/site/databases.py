"""Which database, from one address: SQLite by default, PostgreSQL by ``DUIJIE_DATABASE_URL``."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from duijie.words import say

WAL_IS_SOUND = (3, 51, 3)
"""The first SQLite without the bug that could corrupt a database when its write-ahead log was reset."""

_PLANNING = "-c jit=off -c random_page_cost=1.1"
"""For PostgreSQL: statements here take milliseconds, compiling them takes longer; and on SSDs an index is worth its reads."""


def database(address: str, *, var: Path) -> dict[str, Any]:
    """Return Django's settings for ``address``, e.g. ``postgresql://user:word@host/name``; empty means SQLite in ``var``."""
    if not address:
        return _sqlite(var / "duijie.sqlite3")
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 10, "timeout": 10}, "options": _PLANNING},
        }
    raise SystemExit(
        say(
            f"DUIJIE_DATABASE_URL 的类型“{parts.scheme}”不认识：请写 postgresql://… 或 sqlite:///路径。",
            f"DUIJIE_DATABASE_URL has the unknown kind “{parts.scheme}”: write postgresql://… or sqlite:///path.",
        )
    )


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SOUND else "TRUNCATE"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
            "PRAGMA mmap_size=268435456;",
        },
        "TEST": {"NAME": None},
    }
