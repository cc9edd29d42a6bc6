"""Runs: who computed what, when, with what; and whether what is stored is what was written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duijie.engine.matching.ground import Ground
from duijie.site.demands.models import Demand
from duijie.site.kernel.lists import AnyChoice, Column, FilterForm, list_page
from duijie.site.ledger.models import Entry
from duijie.site.matching import permissions
from duijie.site.matching.models import Run, Suggestion
from duijie.site.matching.models.run import Scope
from duijie.site.matching.queries.ranking import Found, Proposal
from duijie.site.matching.states import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import QueryDict

    from duijie.site.kernel.lists import ListPage
    from duijie.site.matching.models import Answer
    from duijie.site.parties.models import User

COLUMNS = (
    Column("code", _("编号"), ("code",)),
    Column("scope", _("范围"), ("scope",)),
    Column("state", _("状态")),
    Column("started_by", _("发起人")),
    Column("created", _("开始时间"), ("created_at",)),
    Column("seconds", _("用时"), ("seconds",), numeric=True),
    Column("demands", _("需求数"), ("demands",), numeric=True),
    Column("answered", _("有推荐的"), ("answered",), numeric=True),
)
_SHOWN = 50


class RunFilter(FilterForm):
    """What the list of runs can be narrowed by."""

    scope = AnyChoice(label=_("范围"), choices=Scope.choices)
    state = AnyChoice(label=_("状态"), choices=RunState.choices)


def run_list(user: User, data: QueryDict) -> ListPage[Run]:
    """Return one page of the runs the user may read: his own, and all of them for officers of the home region."""
    if not permissions.may_list_runs(user):
        raise Http404
    rows = Run.objects.all() if permissions.may_run_all(user) else Run.objects.filter(started_by=user.pk)
    rows = rows.select_related("started_by").defer("parameters")
    page: ListPage[Run] = list_page(rows, data, columns=COLUMNS, filters=RunFilter, order="-created")
    return page


@dataclass(frozen=True, slots=True)
class RunPage:
    """What the page of one run shows: of its answers those whose demand the reader may know of."""

    run: Run
    answers: Sequence[Answer]
    more: bool
    knows_all: bool
    subject_url: str


def fetch_run(code: str, user: User) -> Run:
    """Return a run the user may read."""
    run = Run.objects.select_related("started_by").filter(code=code).first()
    if run is None or not permissions.may_see_run(user, run):
        raise Http404
    return run  # type: ignore[no-any-return]


def run_page(code: str, user: User) -> RunPage:
    """Fetch and assemble the page of a run."""
    run = fetch_run(code, user)
    seen = Demand.objects.visible_to(user).values("code")
    rows = run.answers.filter(demand__in=seen).select_related("demand").order_by("-best", "demand")
    answers = list(rows[: _SHOWN + 1]) if run.state == RunState.DONE else []
    of = {Scope.DEMAND: "matching:candidates", Scope.OFFER: "matching:offer"}.get(Scope(run.scope), "")
    url = reverse(of, args=[run.subject]) if of else ""
    return RunPage(run, answers[:_SHOWN], len(answers) > _SHOWN, permissions.may_run_all(user), url)


def stored(run: Run) -> Iterator[Found]:
    """Yield the answers of a run as they are stored, in the form in which the engine gave them."""
    answers = run.answers.order_by("id").prefetch_related(Prefetch("suggestions", Suggestion.objects.order_by("id")))
    for one in answers.iterator(chunk_size=200):
        proposals = [_proposal(row) for row in one.suggestions.all()]
        ground = Ground.from_json(one.ground)
        yield Found(one.demand_id, one.revision, one.verdict, one.specificity, one.best, ground, proposals)


def _proposal(row: Suggestion) -> Proposal:
    code = row.offer_id or row.team_id or ""
    return Proposal(code, row.revision, row.rank, row.score, row.level, row.reasons, row.evidence)


def entered_digest(run: Run) -> str:
    """Return the digest that the ledger entered when the run was finished."""
    entry = Entry.objects.of("matching.run", run.code).filter(verb="run.finish").order_by("-id").first()
    return str(entry.changes.get("digest", ("", ""))[1] or "") if entry else ""
