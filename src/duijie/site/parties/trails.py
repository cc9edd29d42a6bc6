"""The trail of an object together with that of its parts: an account's grants, a team's members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.ledger.queries import trail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duijie.site.kernel.parts import TrailRow
    from duijie.site.ledger.models import Recorded
    from duijie.site.parties.models import User


def trail_of(row: Recorded, reader: User, *, parts: Iterable[Recorded] = ()) -> Sequence[TrailRow]:
    """Return who did what to ``row`` and its parts, latest first."""
    return trail(row, reader, parts=parts)
