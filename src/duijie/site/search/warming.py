"""Making a web process ready before its first reader waits: the index opened, its kernels compiled, the dictionary read."""

from __future__ import annotations

import logging
import threading

from django.db import connection

_log = logging.getLogger(__name__)
_WORDS = "科技合作"


def warm_up() -> threading.Thread:
    """Search once in a thread of its own; nobody waits for it, and what goes wrong is only told."""
    thread = threading.Thread(target=_search, name="warm-up", daemon=True)
    thread.start()
    return thread


def _search() -> None:
    from duijie.site.parties.models import User  # noqa: PLC0415  rooms are known once all are loaded
    from duijie.site.search.queries import described, find  # noqa: PLC0415

    try:
        reader = User.objects.filter(is_active=True).first()
        if reader is not None:
            described(find(_WORDS, reader).met[:1], _WORDS, reader)
    except Exception:
        _log.warning("the first search will be slow", exc_info=True)
    finally:
        connection.close()
