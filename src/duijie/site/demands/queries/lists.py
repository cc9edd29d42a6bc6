"""The list of demands: its columns, its rows, and the same rows for an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from duijie.site.demands.models import Demand
from duijie.site.demands.queries.access import RELATED
from duijie.site.demands.queries.page import home_name, tone_of
from duijie.site.demands.states import State
from duijie.site.demands.turns import turn_of
from duijie.site.kernel.lists import Column, list_page, matching_rows
from duijie.site.ledger.totals import total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import QueryDict

    from duijie.site.kernel.lists import FilterForm, ListPage
    from duijie.site.parties.models import User

COLUMNS = (
    Column("code", _("编号"), ("code",)),
    Column("title", _("需求名称"), ("title",)),
    Column("organisation", _("需求单位")),
    Column("region", _("地区"), ("region__code",)),
    Column("field", _("技术领域"), ("field__code",)),
    Column("state", _("状态")),
    Column("turn", _("轮到谁")),
    Column("changed", _("更新时间"), ("changed_at",)),
)
_ORDER = "-changed"
_LONG = ("background", "question", "indicators", "measures", "benchmark", "use_case", "base", "opinion", "exit_words")
"""What no line of the list shows."""


def demand_list(user: User, data: QueryDict, filters: FilterForm) -> ListPage[Demand]:
    """Return one page of what the user may know of. Each row says whether he may read it (``full``) and whose turn it is."""
    rows = Demand.objects.visible_to(user).select_related("organisation", "region", "department", "field").defer(*_LONG)
    page = list_page(rows, data, columns=COLUMNS, filters=filters, order=_ORDER, total=total)
    codes = [row.code for row in page.rows]
    readable = set(Demand.objects.readable_by(user).filter(code__in=codes).values_list("code", flat=True))
    home = home_name()
    for row in page.rows:
        extra: Any = row
        extra.full, extra.tone, extra.standing = row.code in readable, tone_of(row), State(row.state).label
        extra.turn = turn_of(row, home=home) if extra.full else None
    return page


def exported(user: User, data: QueryDict, filters: FilterForm) -> Iterator[tuple[Demand, bool]]:
    """Yield every demand of the list at the same address, in its order, and whether the user may read it in full."""
    visible = Demand.objects.visible_to(user).select_related(*RELATED)
    rows = matching_rows(visible, data, columns=COLUMNS, filters=filters, order=_ORDER)
    readable = set(Demand.objects.readable_by(user).values_list("code", flat=True))
    for row in rows.iterator(chunk_size=1000):
        yield row, row.code in readable
