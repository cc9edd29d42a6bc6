"""The page of one demand: everything it shows, as its reader may see it, now or as known at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duijie.site.demands import permissions
from duijie.site.demands.completeness import Completeness, completeness
from duijie.site.demands.models import Demand
from duijie.site.demands.queries.access import RELATED, fetch
from duijie.site.demands.queries.trail import openings, trail
from duijie.site.demands.sections import SECTIONS, answer, label_of, progress
from duijie.site.demands.states import EXITS, State
from duijie.site.demands.turns import Turn, turn_of
from duijie.site.kernel.parts import Answer, LifeStep, Task, TaskGroup, Tone
from duijie.site.registry.models import Region
from duijie.site.registry.queries import hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from duijie.site.demands.models import Recipient
    from duijie.site.kernel.parts import TrailRow
    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User

_CONTACT = ("contact_name", "contact_phone", "contact_email")


@dataclass(frozen=True, slots=True)
class DemandPage:
    """What the demand's page shows. ``shown`` is the row, or the version that stood at ``known``."""

    demand: Demand
    shown: Any
    view: permissions.View
    known: datetime | None
    tone: Tone
    steps: Sequence[LifeStep]
    turn: Turn | None
    facts: Sequence[Answer]
    groups: Sequence[tuple[str, Sequence[Answer]]]
    completeness: Completeness | None
    may: dict[str, bool]
    trail: Sequence[TrailRow]
    opened: int
    openings: Sequence[Entry]
    recipients: Sequence[Recipient]
    merged: Sequence[Demand]

    @property
    def decides(self) -> bool:
        """Whether the page offers its reader any step."""
        return any(allowed for verb, allowed in self.may.items() if verb not in {"read_history", "read_contact"})


def demand_page(code: str, user: User, *, known: datetime | None = None) -> DemandPage:
    """Fetch and assemble the page; what one may not know of is missing."""
    demand, view = fetch(code, user)
    may = permissions.decisions(user, demand)
    insider = may["read_history"]
    shown = _known(demand, known) if known and insider else demand
    if known and not insider:
        raise Http404
    full = view == "full"
    opened, latest = openings(demand) if insider else (0, ())
    return DemandPage(
        demand=demand,
        shown=shown,
        view=view,
        known=known,
        tone=tone_of(shown),
        steps=life_of(shown) if full else (),
        turn=turn_of(demand, home=home_name()) if full and not known else None,
        facts=_facts(shown) if full else _blurred(demand),
        groups=_groups(shown, contact=may["read_contact"] and not known) if full else (),
        completeness=completeness(shown) if insider else None,
        may=may,
        trail=trail(demand, user) if insider else (),
        opened=opened,
        openings=latest,
        recipients=list(demand.recipients.select_related("organisation").order_by("code")) if insider else (),
        merged=sorted(demand.merged.all(), key=lambda one: one.code) if insider else (),
    )


def _known(demand: Demand, moment: datetime) -> Any:
    shown = Demand.objects.known_at(moment).filter(code=demand.code).select_related(*RELATED).first()
    if shown is None:
        raise Http404
    return shown


def home_name() -> str:
    """Return the home region's name."""
    home = hold("demands.home", lambda: Region.objects.filter(code=settings.HOME_REGION).first())
    return home.label if home else ""


_TONES: dict[str, Tone] = {
    State.DRAFT: "",
    State.RETURNED: "warning",
    State.REFINEMENT: "warning",
    State.REFUSED: "danger",
    State.FAILED: "danger",
    State.FELL_THROUGH: "danger",
    State.MERGED: "",
    State.WITHDRAWN: "",
    State.LONG_TERM: "",
    State.FROZEN: "",
    State.PUBLISHED: "success",
    State.DIRECTED: "success",
    State.SIGNED: "success",
    State.DELIVERED: "success",
}


def tone_of(demand: Any) -> Tone:
    """Return how the state's badge looks."""
    return _TONES.get(demand.state, "info")


_LIFE: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({State.DRAFT}), "submitted_at"),
    (frozenset({State.SUBMITTED, State.LOCAL_REVIEW, State.RETURNED, State.REFINEMENT}), ""),
    (frozenset({State.REGIONAL_REVIEW}), "accepted_at"),
    (frozenset({State.ACCEPTED, State.PUBLISHED, State.DIRECTED}), "published_at"),
    (frozenset({State.MATCHING}), ""),
    (frozenset({State.IN_TALKS, State.INTENDED}), ""),
    (frozenset({State.SIGNED}), ""),
    (frozenset({State.UNDER_WAY}), ""),
    (frozenset({State.DELIVERED, State.FAILED, State.FOLLOWED_UP}), ""),
)


def life_of(demand: Any) -> list[LifeStep]:
    """Return the demand's life on one line; a demand that left the path shows where it was when it left."""
    labels = (
        _("填报"), _("初审凝练"), _("复审"), _("受理发布"), _("对接中"), _("洽谈"), _("签约"), _("实施"), _("验收回访")
    )  # fmt: skip
    if demand.state in EXITS:
        return _left(demand, labels)
    place = next(number for number, (states, _field) in enumerate(_LIFE) if demand.state in states)
    return [
        LifeStep(label, "done" if number < place else "now" if number == place else "ahead", _on(demand, number))
        for number, label in enumerate(labels)
    ]


def _left(demand: Any, labels: Sequence[str]) -> list[LifeStep]:
    reached = (
        4 if demand.published_at or demand.directed_at else 3 if demand.accepted_at else 1 if demand.submitted_at else 0
    )
    steps = [LifeStep(label, "done", _on(demand, number)) for number, label in enumerate(labels[:reached])]
    return [*steps, LifeStep(demand.get_state_display(), "left", timezone.localdate(demand.state_since))]


def _on(demand: Any, number: int) -> Any:
    moment = getattr(demand, _LIFE[number][1]) if _LIFE[number][1] else None
    return timezone.localdate(moment) if moment else None


def _facts(demand: Any) -> list[Answer]:
    return [
        Answer(_("需求单位"), demand.organisation.name),
        Answer(_("所在盟市旗县"), demand.region.full_name),
        Answer(_("需求类型"), demand.get_kind_display()),
        Answer(_("技术领域"), str(demand.field or "")),
        Answer(_("公开程度"), demand.get_disclosure_display()),
        Answer(_("要求完成时间"), answer(demand, "deadline")),
        Answer(_("总预算（万元）"), answer(demand, "budget")),
        Answer(_("来源渠道"), demand.get_source_display()),
    ]


def _blurred(demand: Demand) -> list[Answer]:
    return [Answer(_("技术领域"), str(demand.field or "")), Answer(_("地区"), demand.region.full_name)]


def _groups(demand: Any, *, contact: bool, links: bool = False) -> list[tuple[str, Sequence[Answer]]]:
    groups: list[tuple[str, Sequence[Answer]]] = []
    for section in SECTIONS:
        url = reverse("demands:section", args=[demand.code, section.key]) if links else ""
        names = [name for name in section.fields if contact or name not in _CONTACT]
        groups.append(
            (str(section.label), [Answer(label_of(n), answer(demand, n), url and f"{url}#id_{n}") for n in names])
        )
    return groups


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form as a task list, or its answers to check before they are handed in."""

    demand: Demand
    groups: Sequence[TaskGroup]
    answers: Sequence[tuple[str, Sequence[Answer]]]
    completeness: Completeness
    done: int
    total: int
    may: dict[str, bool]


def form_page(demand: Demand, user: User) -> FormPage:
    """Assemble the task list and the answers."""
    tasks = [
        Task(one.label, reverse("demands:section", args=[demand.code, one.key]), progress(one, demand), one.hint)
        for one in SECTIONS
    ]
    return FormPage(
        demand,
        (TaskGroup(_("需求内容"), tasks[:4]), TaskGroup(_("合作与公开"), tasks[4:])),
        _groups(demand, contact=True, links=True),
        completeness(demand),
        sum(one.state == "done" for one in tasks),
        len(tasks),
        permissions.decisions(user, demand),
    )
