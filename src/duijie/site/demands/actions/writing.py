"""The organisation's part: start, write, submit, hand back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duijie.site.demands import permissions
from duijie.site.demands.actions.steps import move, needed
from duijie.site.demands.models import Demand, Source
from duijie.site.demands.sections import unanswered
from duijie.site.demands.states import State
from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.ledger.actions import change, create

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import Organisation, User

FORM = frozenset(
    """title kind region department field industry chain_node keywords background question use_case indicators measures
    benchmark trl deadline budget own_funds mode partner base rights decider disclosure source recommended_by contact_name
    contact_phone contact_email""".split()
)
"""What a person may write; everything else of a demand is set by steps."""


def start_demand(
    organisation: Organisation,
    *,
    title: str,
    actor: User | None,
    token: str = "",
    to: Mapping[str, Any] | None = None,
    source: str = "",
) -> Demand:
    """Start a draft. Of two starts with one ``token`` by one actor, the second returns the first one's demand."""
    permissions.require(actor is None or permissions.may_start(actor, organisation), actor)
    title = needed(" ".join(title.split()), "title", _("请填写需求名称。"))
    kept = f"{actor.code if actor else ''}:{token}"[:64] if token else None
    try:
        with transaction.atomic():
            return _start(organisation, title=title, actor=actor, token=kept, to=_written(to or {}), source=source)
    except IntegrityError:
        first = Demand.objects.filter(token=kept).first() if kept else None
        if first is None:
            raise
        return first  # type: ignore[no-any-return]


def _start(
    organisation: Organisation, *, title: str, actor: User | None, token: str | None, to: dict[str, Any], source: str
) -> Demand:
    values: dict[str, Any] = {"region_id": organisation.region_id, "industry_id": organisation.industry_id}
    values |= {"contact_name": organisation.contact_name, "contact_phone": organisation.contact_phone}
    values |= {"source": Source.ONLINE, "contact_email": organisation.contact_email, **to}
    demand = Demand(
        code=take_code("D", organisation.region_id),
        organisation=organisation,
        title=title,
        started_by_id=actor.code if actor else None,
        token=token,
        state_since=clock.now(),
        **values,
    )
    return create(demand, actor=actor, verb="demand.start", source=source)


def change_demand(
    demand: Demand, *, to: Mapping[str, Any], actor: User | None, expected: int | None = None, note: str = ""
) -> Entry | None:
    """Write fields of the form; ``expected`` is the revision the writer saw. Return None where nothing differs."""
    fields = _written(to)
    if actor is not None:
        locked = [name for name in fields if not permissions.may_change(actor, demand, name)]
        if locked:
            raise Forbidden(_("需求%(state)s，这些内容现在不能由您修改。") % {"state": demand.get_state_display()})
    if "title" in fields:
        fields["title"] = needed(fields["title"], "title", _("请填写需求名称。"))
    return change(demand, actor=actor, verb="demand.change", to=fields, expected=expected, note=note)


def submit_demand(demand: Demand, *, actor: User | None, note: str = "") -> Entry:
    """Hand the demand in. Only what the form requires is insisted on; what else is missing is advice."""
    permissions.require(actor is None or permissions.is_handled_by(actor, demand), actor)
    missing = unanswered(demand)
    if missing and demand.state in {State.DRAFT, State.RETURNED}:
        raise Invalid(
            _("还有必填内容没有填写：%(names)s。") % {"names": _("、").join(str(label) for label in missing.values())},
            {name: _("请填写%(label)s。") % {"label": label} for name, label in missing.items()},
        )
    to = {"submitted_at": demand.submitted_at or clock.now(), "opinion": ""}
    return move(demand, State.SUBMITTED, actor=actor, verb="demand.submit", note=note.strip(), to=to)


def hand_back(demand: Demand, *, actor: User | None, note: str = "") -> Entry:
    """Say that refinement is done: the review goes on."""
    permissions.require(actor is None or permissions.may_hand_back(actor, demand), actor)
    return move(demand, State.LOCAL_REVIEW, actor=actor, verb="demand.hand_back", note=note.strip(), to={"opinion": ""})


def _written(to: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a person may write; whatever else a request carries is ignored, and a place left open stays."""
    return {name: value for name, value in to.items() if name in FORM and (name != "region" or value)}
