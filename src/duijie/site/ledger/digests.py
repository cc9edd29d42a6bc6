"""What an entry, and a series of entries, hash to."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from duijie.site.ledger.models import Entry
    from duijie.site.ledger.replay import Told

SAID = ("actor", "actor_name", "verb", "kind", "subject", "revision", "changes", "note", "source")
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def entry_digest(entry: Entry | Told) -> str:
    """Return the SHA-256 of everything the entry says, as canonical JSON."""
    said = {name: getattr(entry, name) for name in SAID}
    said["at"] = stamp(entry.at)
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def merkle_root(digests: Iterable[str]) -> str:
    """Return the root of the tree whose leaves are ``digests`` in order (RFC 6962: leaves and nodes hash apart).

    Memory grows with the tree's height only: a finished subtree is kept as its size and its hash.
    """
    finished: list[tuple[int, bytes]] = []
    for digest in digests:
        size, node = 1, hashlib.sha256(b"\0" + bytes.fromhex(digest)).digest()
        while finished and finished[-1][0] == size:
            node = _join(finished.pop()[1], node)
            size *= 2
        finished.append((size, node))
    if not finished:
        return hashlib.sha256(b"").hexdigest()
    _size, root = finished.pop()
    while finished:
        root = _join(finished.pop()[1], root)
    return root.hex()


def seal_head(*, previous: str, root: str, count: int, at: datetime) -> str:
    """Return what binds a seal to the one before it."""
    return hashlib.sha256(f"{previous}|{root}|{count}|{stamp(at)}".encode()).hexdigest()


def stamp(moment: datetime) -> str:
    """Return ``moment`` as digests spell it: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
