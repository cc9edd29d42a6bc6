"""How often institutions are shown, contacted and come to an intention, against what they have on offer.

Everything is counted of what the reader may know of. An offer told by title and field alone does not say whose it is:
such offers stand on one line of their own. The same querysets answer a number and the records it opens into.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Case, Count, F, Max, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duijie.site.demands.models import Demand
from duijie.site.matching import permissions
from duijie.site.matching.models import Answer, Match, Suggestion
from duijie.site.matching.models.run import Scope
from duijie.site.matching.queries.fairness import (
    SMALL_SUPPLY,
    TONES,
    WORDS,
    Concentration,
    balance,
    concentration,
    percent,
)
from duijie.site.matching.states import IN_TALKS, RunState
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Organisation, Role, Team

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from duijie.site.kernel.parts import Tone
    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region
    from duijie.tables.write import Value as Cell

HIDDEN = "-"
"""Stands for the institutions of offers that do not say whose they are."""
TOP_PLACES = 3
MEASURES: dict[str, _StrOrPromise] = {
    "shown": gettext_lazy("推荐次数"),
    "top": gettext_lazy("进入前三名"),
    "contacted": pgettext_lazy("column", "已联系"),
    "talking": gettext_lazy("洽谈中"),
    "intended": gettext_lazy("形成意向"),
    "every": gettext_lazy("历次推荐合计"),
}
"""What institutions get, in the order of the columns; ``every`` counts all runs of the period, ``shown`` the latest."""
OF_WORK = frozenset({"contacted", "talking", "intended"})


@dataclass(frozen=True, slots=True)
class Extent:
    """Of what is counted: what this reader may know of, demands of the region, from one day to another, both included."""

    user: User
    since: date
    until: date
    region: Region | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first and last moment."""
        return _midnight(self.since), _midnight(self.until + timedelta(days=1)) - timedelta(microseconds=1)

    def demands(self) -> QuerySet[Any]:
        """Return the demands that ask, each need once: of the reader's regions and department."""
        scope = self.user.scope
        mine = scope.within("region__code", Role.OFFICER, Role.BROKER, Role.READER)
        mine |= Q(department__in=scope.of(Role.DEPARTMENT))
        rows = Demand.objects.visible_to(self.user).counted().filter(mine)
        return cast("QuerySet[Any]", rows.within(self.region) if self.region else rows)

    def offers(self) -> QuerySet[Any]:
        """Return what can be had, each with whose it is (``supplier``)."""
        rows = Offer.objects.on_offer().visible_to(self.user)
        whose = Case(When(code__in=self._told(), then=F("organisation")), default=Value(HIDDEN))
        return cast("QuerySet[Any]", rows.annotate(supplier=whose))

    def teams(self) -> QuerySet[Any]:
        """Return the teams."""
        rows = Team.objects.present().visible_to(self.user).annotate(supplier=F("organisation"))
        return cast("QuerySet[Any]", rows)

    def answers(self) -> QuerySet[Any]:
        """Return what runs for demands answered in the period."""
        rows = Answer.objects.filter(run__state=RunState.DONE, run__scope__in=(Scope.DEMAND, Scope.ALL))
        return cast(
            "QuerySet[Any]", rows.filter(run__created_at__range=self.span, demand__in=self.demands().values("code"))
        )

    def suggestions(self) -> QuerySet[Any]:
        """Return every suggestion of the period."""
        rows = Suggestion.objects.visible_to(self.user).filter(answer__in=self.answers().values("id"))
        whose = Case(
            When(team__isnull=False, then=F("team__organisation")),
            When(offer__in=self._told(), then=F("offer__organisation")),
            default=Value(HIDDEN),
        )
        return cast("QuerySet[Any]", rows.annotate(supplier=whose))

    def latest(self) -> Q:
        """Return the condition for suggestions of each demand's newest answer."""
        return Q(answer__in=self.answers().order_by().values("demand").annotate(newest=Max("id")).values("newest"))

    def matches(self) -> QuerySet[Any]:
        """Return the matches the reader may know of, whenever they were worked on."""
        rows = Match.objects.visible_to(self.user).filter(demand__in=self.demands().values("code"))
        if not permissions.may_see_work(self.user):
            rows = rows.none()
        whose = Case(When(Q(offer=None) | Q(offer__in=self._told()), then=F("organisation")), default=Value(HIDDEN))
        return cast("QuerySet[Any]", rows.annotate(supplier=whose))

    def work(self, what: str) -> Q:
        """Return the condition for matches that count as contacted, in talks or intended in the period."""
        return {
            "contacted": Q(contacted_at__range=self.span),
            "talking": Q(contacted_at__range=self.span, state__in=IN_TALKS),
            "intended": Q(intended_at__range=self.span),
        }[what]

    def records(self, what: str, supplier: str = "") -> QuerySet[Any]:
        """Return the records behind one number: of one institution, or of all."""
        rows = self._records(what)
        return rows.filter(supplier=supplier) if supplier else rows

    def _records(self, what: str) -> QuerySet[Any]:
        if what in OF_WORK:
            return self.matches().filter(self.work(what))
        if what in {"offers", "teams"}:
            return self.offers() if what == "offers" else self.teams()
        rows = self.suggestions()
        if what == "every":
            return rows
        rows = rows.filter(self.latest())
        return rows.filter(rank__lte=TOP_PLACES) if what == "top" else rows

    def _told(self) -> QuerySet[Any]:
        return cast("QuerySet[Any]", Offer.objects.in_full_to(self.user).values("code"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone()).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Share:
    """One number of one institution: of all, how many percent, and how that stands to its supply."""

    what: str
    label: _StrOrPromise
    number: int
    percent: float
    balance: str = ""

    @property
    def word(self) -> _StrOrPromise:
        """The balance in words."""
        return WORDS.get(self.balance, "")

    @property
    def tone(self) -> Tone:
        """The balance's colour."""
        return TONES.get(self.balance, "")


@dataclass(frozen=True, slots=True)
class Line:
    """One institution; the line of totals has no code."""

    code: str
    name: str
    offers: int
    teams: int
    percent: float
    shares: Sequence[Share]

    @property
    def supply(self) -> int:
        """What can be shown of it."""
        return self.offers + self.teams

    @property
    def is_small(self) -> bool:
        """Whether it has little on offer."""
        return 0 < self.supply <= SMALL_SUPPLY and self.code not in {"", HIDDEN}

    def share(self, what: str) -> Share:
        """Return one of the numbers."""
        return next(one for one in self.shares if one.what == what)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Every institution that has something to show or was shown, the totals, and one figure for the whole."""

    lines: Sequence[Line]
    total: Line
    concentration: Concentration
    measures: Mapping[str, _StrOrPromise]


def exposure(extent: Extent) -> Exposure:
    """Count, by five statements whatever there is to count."""
    counted = _counted(extent)
    names = dict(Organisation.objects.filter(code__in=counted).values_list("code", "name"))
    measures = {key: label for key, label in MEASURES.items() if _told_to(extent.user, key)}
    whole = {key: sum(one.get(key, 0) for one in counted.values()) for key in ("offers", "teams", *MEASURES)}
    lines = [
        _line(code, names.get(code, _("未公开提供单位的成果")), one, whole, measures) for code, one in counted.items()
    ]
    pairs = [(line.supply, line.share("shown").number) for line in lines if line.code != HIDDEN]
    return Exposure(lines, _line("", _("合计"), whole, whole, measures), concentration(pairs), measures)


def _told_to(user: User, what: str) -> bool:
    return what not in OF_WORK or permissions.may_see_work(user)


def _counted(extent: Extent) -> dict[str, dict[str, int]]:
    """Return each institution's numbers by its code."""
    latest, counted = extent.latest(), dict[str, dict[str, int]]()
    shown = {
        "every": Count("id"),
        "shown": Count("id", filter=latest),
        "top": Count("id", filter=latest & Q(rank__lte=TOP_PLACES)),
    }
    worked = {key: Count("pk", filter=extent.work(key)) for key in sorted(OF_WORK)}
    for rows, numbers in (
        (extent.offers(), {"offers": Count("pk")}),
        (extent.teams(), {"teams": Count("pk")}),
        (extent.suggestions(), shown),
        (extent.matches(), worked),
    ):
        for row in rows.order_by().values("supplier").annotate(**numbers):
            counted.setdefault(row.pop("supplier"), {}).update(row)
    return {code: one for code, one in counted.items() if any(one.values())}


def _line(
    code: str, name: str, one: Mapping[str, int], whole: Mapping[str, int], measures: Mapping[str, _StrOrPromise]
) -> Line:
    offers, teams = one.get("offers", 0), one.get("teams", 0)
    share = percent(offers + teams, whole["offers"] + whole["teams"])
    judged = code not in {"", HIDDEN}
    shares = [
        Share(
            key,
            label,
            one.get(key, 0),
            percent(one.get(key, 0), whole[key]),
            balance(one.get(key, 0), whole[key], share / 100) if judged else "",
        )
        for key, label in measures.items()
    ]
    return Line(code, name, offers, teams, share, shares)


def narrowed(lines: Iterable[Line], *, named: str = "", only: str = "") -> list[Line]:
    """Return the lines of institutions with this in their names, and those too little, too much, or small."""
    kept = [line for line in lines if named in line.name]
    if only == "small":
        return [line for line in kept if line.is_small]
    return [line for line in kept if line.share("shown").balance == only] if only else kept


def in_order(lines: Iterable[Line], sort: str) -> list[Line]:
    """Return the lines by a column, ``-`` before it for downwards; alike, by code."""
    key, down = sort.removeprefix("-"), sort.startswith("-")

    def place(line: Line) -> Any:
        return {"name": line.name, "offers": line.offers, "teams": line.teams, "supply": line.supply}.get(key)

    by_code = sorted(lines, key=lambda line: line.code)
    if key in MEASURES:
        return sorted(by_code, key=lambda line: line.share(key).number, reverse=down)
    return sorted(by_code, key=place, reverse=down)


def export_heads(found: Exposure) -> list[str]:
    """Return the headings of an export."""
    heads = [_("单位编号"), _("单位"), _("成果"), _("团队"), _("供给占比（%）"), _("小机构")]
    for label in found.measures.values():
        heads += [str(label), _("%(what)s占比（%%）") % {"what": label}, _("%(what)s与供给相比") % {"what": label}]
    return heads


def export_rows(found: Exposure, lines: Iterable[Line]) -> Iterator[list[Cell]]:
    """Give the lines of an export, the totals of the whole last."""
    for line in (*lines, found.total):
        row: list[Cell] = [line.code.removeprefix(HIDDEN), line.name, line.offers, line.teams, round(line.percent, 1)]
        row.append(_("是") if line.is_small else "")
        for share in line.shares:
            row += [share.number, round(share.percent, 1), str(share.word)]
        yield row
