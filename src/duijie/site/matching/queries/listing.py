"""The list of matches: its columns, its rows, and the same rows for an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.kernel.lists import Column, list_page, matching_rows
from duijie.site.matching.models import Match
from duijie.site.matching.states import State
from duijie.site.matching.wording import level_word
from duijie.site.offers.models import Offer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet
    from django.http import QueryDict

    from duijie.site.kernel.lists import FilterForm, ListPage
    from duijie.site.kernel.parts import Tone
    from duijie.site.parties.models import User
    from duijie.tables.write import Value

COLUMNS = (
    Column("code", gettext_lazy("编号"), ("code",)),
    Column("demand", gettext_lazy("需求"), ("demand__title",)),
    Column("supply", gettext_lazy("成果或团队")),
    Column("region", gettext_lazy("地区"), ("region__code",)),
    Column("level", gettext_lazy("合适程度"), ("level", "score")),
    Column("state", gettext_lazy("状态"), ("state",)),
    Column("broker", gettext_lazy("经办人")),
    Column("due", gettext_lazy("等待回复至"), ("due",)),
    Column("changed", gettext_lazy("更新时间"), ("changed_at",)),
)
ORDER = "-changed"
TONES: dict[str, Tone] = {
    State.SUGGESTED: "",
    State.CONTACTED: "info",
    State.TALKING: "info",
    State.MEETING: "info",
    State.INTENDED: "success",
    State.DECLINED: "danger",
    State.LAPSED: "warning",
}
_SHOWN = ("demand__field", "offer", "team", "region", "broker", "organisation")


def _listed(user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = Match.objects.visible_to(user).select_related(*_SHOWN)
    return rows


def match_list(user: User, data: QueryDict, filters: FilterForm) -> ListPage[Match]:
    """Return one page of the matches that are the user's to know of."""
    page: ListPage[Match] = list_page(_listed(user), data, columns=COLUMNS, filters=filters, order=ORDER)
    for row in page.rows:
        extra: Any = row
        extra.tone, extra.level_word = TONES[row.state], level_word(row.level)
    return page


def export_heads() -> list[str]:
    """Return the headings of an export."""
    return [
        _("编号"), _("需求编号"), _("需求名称"), _("技术领域"), _("需求所在地"), _("成果或团队编号"), _("成果或团队"),
        _("供给单位"), _("合适程度"), _("得分"), _("状态"), _("需求方意见"), _("供给方意见"), _("经办人"),
        _("等待回复至"), _("首次联系"), _("会面时间"), _("形成意向"), _("由谁提出"), _("未成的原因"), _("原因说明"),
    ]  # fmt: skip


def export_rows(user: User, data: QueryDict, filters: FilterForm) -> Iterator[Sequence[Value]]:
    """Yield every match of the list at the same address, in its order; who supplies a blurred offer stays hidden."""
    rows = matching_rows(_listed(user), data, columns=COLUMNS, filters=filters, order=ORDER)
    told = Offer.objects.in_full_to(user).filter(code__in=rows.order_by().values("offer"))
    full = set(told.values_list("code", flat=True))
    for one in rows.iterator(chunk_size=500):
        yield _line(one, knows=one.offer_id is None or one.offer_id in full)


def _line(one: Match, *, knows: bool) -> list[Value]:
    moments = (one.contacted_at, one.meeting_at, one.intended_at)
    supplier = str(one.organisation) if knows else ""
    return [
        one.code, one.demand_id, one.demand.title, str(one.demand.field or ""), str(one.region), one.supply.code,
        str(one.supply), supplier, level_word(one.level), one.score, one.get_state_display(),
        str(SAYS.get(one.demand_says, "")), str(SAYS.get(one.supply_says, "")), one.broker.name if one.broker else "",
        f"{one.due:%Y-%m-%d}" if one.due else "", *(f"{at:%Y-%m-%d %H:%M}" if at else "" for at in moments),
        one.get_declined_by_display(), one.get_reason_display(), one.words,
    ]  # fmt: skip


SAYS = {"yes": gettext_lazy("愿意洽谈"), "no": gettext_lazy("不愿意")}
"""What a side answered."""
