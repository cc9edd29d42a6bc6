"""Demands that come in by the sheet: all of them or none, and taken back as one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.demands import permissions
from duijie.site.demands.actions.writing import FORM
from duijie.site.demands.deadlines import due_on
from duijie.site.demands.models import Demand, Disclosure, Source
from duijie.site.demands.states import NEXT, ExitReason, State
from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_codes
from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.ledger.actions import create_many, step_many
from duijie.site.ledger.models import Entry
from duijie.site.parties.models import Organisation, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duijie.site.parties.models import User

_VERB = "demand.import"
_REFERENCES = frozenset({"region", "department", "field", "industry", "chain_node"})
_AMOUNTS = frozenset({"budget", "own_funds"})


def import_rows(rows: Sequence[Mapping[str, Any]], *, actor: User | None, source: str) -> list[str]:
    """Create a demand for each row and return their codes, in order; a source that is in already is not taken twice.

    What an officer brings has been collected, so it is handed in; what an organisation brings is its draft.
    """
    with transaction.atomic():
        done = list(Entry.objects.filter(source=source, verb=_VERB).order_by("id").values_list("subject", flat=True))
        if done:
            return done
        organisations = Organisation.objects.in_bulk({row["organisation"] for row in rows})
        _check_all(organisations.values(), actor)
        made = [_made(row, organisations[row["organisation"]], actor) for row in rows]
        _number(made)
        create_many(made, actor=actor, verb=_VERB, source=source)
    return [one.code for one in made]


def _check_all(organisations: Any, actor: User | None) -> None:
    if actor is None:
        return
    beyond = sorted(one.name for one in organisations if not permissions.may_start(actor, one))
    if beyond:
        names = _("、").join(beyond[:10])
        raise Forbidden(_("这些单位不在您的辖区内，不能代为填报：%(names)s。请去掉这些行后再导入。") % {"names": names})


def _made(row: Mapping[str, Any], organisation: Organisation, actor: User | None) -> Demand:
    values = {name: value for name, value in row.items() if name in FORM and value not in (None, "", [], ())}
    values = {f"{name}_id" if name in _REFERENCES else name: value for name, value in values.items()}
    values |= {name: Decimal(str(values[name])) for name in _AMOUNTS & values.keys()}
    if "keywords" in values:
        values["keywords"] = list(values["keywords"])
    values.setdefault("disclosure", Disclosure.PUBLIC)
    values.setdefault("region_id", organisation.region_id)
    officially = actor is None or actor.scope.over_region(organisation.region_id, Role.OFFICER)
    state = State.SUBMITTED if officially else State.DRAFT
    return Demand(
        organisation=organisation,
        started_by_id=actor.code if actor else None,
        state=state,
        state_since=clock.now(),
        due=due_on(state, clock.today()),
        submitted_at=clock.now() if officially else None,
        **{"source": Source.IMPORTED, "industry_id": organisation.industry_id, **values},
    )


def _number(demands: Sequence[Demand]) -> None:
    """Give each its code, one series a region."""
    series: dict[str, list[Demand]] = {}
    for one in demands:
        series.setdefault(one.organisation.region_id, []).append(one)
    for region, members in sorted(series.items()):
        for one, code in zip(members, take_codes("D", region, count=len(members)), strict=True):
            one.code = code


def undo_import(source: str, *, actor: User | None) -> int:
    """Take an imported batch back; none of it, once somebody has gone on with one. What is back leaves every count."""
    with transaction.atomic():
        entries = Entry.objects.filter(source=source, verb=_VERB)
        if actor is not None and entries.exclude(actor=actor.code).exists():
            raise Forbidden(_("只有导入的人可以撤销这次导入。"))
        rows = list(Demand.objects.filter(code__in=entries.values("subject")).order_by("code"))
        moved = [one.code for one in rows if one.revision > 1 and one.state != State.WITHDRAWN]
        if moved:
            names = _("、").join(moved[:5])
            raise Refusal(
                _("其中 %(count)s 条已有人办理，不能整批撤销：%(names)s。请逐条处理。")
                % {"count": len(moved), "names": names}
            )
        fresh = [one for one in rows if one.state != State.WITHDRAWN]
        _take_back(fresh, actor, source)
    return len(fresh)


def _take_back(demands: list[Demand], actor: User | None, source: str) -> None:
    words = _("撤销导入")
    to: dict[str, Any] = {"exit_reason": ExitReason.OTHER, "exit_words": words, "submitted_at": None}
    to |= {"state_since": clock.now(), "due": due_on(State.WITHDRAWN, clock.today())}
    step_many(
        demands, State.WITHDRAWN, actor=actor, verb="demand.undo", next_states=NEXT, to=to, note=words, source=source
    )
