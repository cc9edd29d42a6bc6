"""The story of a region's science-and-technology cooperation, told into an empty database through the real actions.

``tell()`` begins in 2019 and ends now. What it tells of the last weeks is counted back from the present day, so that
on whatever day the demo is opened somebody has something to do, and something of it is overdue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from duijie.site.demo import matches, opening, plot, supply
from duijie.site.demo.cast import Cast, read_samples, read_scene
from duijie.site.demo.pace import Pace
from duijie.site.demo.people import accounts
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Refusal
from duijie.site.parties.models import Organisation, User

if TYPE_CHECKING:
    from collections.abc import Callable

    Stage = Literal["full", "small"]

__all__ = ["accounts", "tell"]


def tell(progress: Callable[[str], None] | None = None, *, stage: Stage = "full") -> Cast:
    """Fill an empty database with the story; ``stage="small"`` keeps every state and every role and fewer of each."""
    if User.objects.exists() or Organisation.objects.exists():
        raise Refusal(
            _("数据库里已经有记录，示范故事只讲给空的数据库。请换一个空库，或用 duijie demo --fresh 重新开始。")
        )
    cast, pace = Cast(small=stage == "small"), Pace(clock.now())
    with translation.override("zh-hans"), transaction.atomic():  # told whole or not at all
        _begin(cast, pace)
        pace.run(progress or (lambda _month: None))
    with translation.override("zh-hans"):
        matches.tell(cast)
    return cast


def _begin(cast: Cast, pace: Pace) -> None:
    end = clock.today()
    pace.begin(opening.begin(cast))
    mechanisms: dict[str, list[dict[str, str]]] = {}
    for row in read_scene("mechanisms"):
        mechanisms.setdefault(row["机制"], []).append(row)
    pace.begin(*(opening.mechanism_life(cast, name, rows) for name, rows in mechanisms.items()))
    teams = read_samples("teams")
    pace.begin(*(opening.team_life(cast, row, end) for row in teams))
    pace.begin(opening.stale_team(cast, end), opening.entered_twice(cast, end), opening.people_come_and_go(cast, end))
    pace.begin(*plot.lives(cast, end), *supply.lives(cast, end))
