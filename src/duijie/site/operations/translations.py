"""The compiled translations that Django reads, made from the ones people write."""

from __future__ import annotations

import io
from pathlib import Path

from duijie.tables.atomic import atomic_path

SITE = Path(__file__).resolve().parent.parent


def stale() -> list[Path]:
    """Return the translations that were never compiled, or were changed since."""
    return [po for po in sorted(SITE.glob("*/locale/*/LC_MESSAGES/django.po")) if _is_stale(po, po.with_suffix(".mo"))]


def compile_all() -> int:
    """Compile what is stale; return how many."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415  only here
    from babel.messages.pofile import read_po  # noqa: PLC0415

    found = stale()
    for po in found:
        compiled = io.BytesIO()
        with po.open("rb") as source:
            write_mo(compiled, read_po(source))
        with atomic_path(po.with_suffix(".mo")) as draft:
            draft.write_bytes(compiled.getvalue())
    return len(found)


def _is_stale(po: Path, mo: Path) -> bool:
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime
