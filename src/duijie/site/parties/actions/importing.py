"""Organisations and teams that come in by the sheet: all of them or none, and taken back as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden, Refusal
from duijie.site.ledger import actions as ledger
from duijie.site.ledger.models import Entry
from duijie.site.parties.actions.organisations import register_organisations
from duijie.site.parties.actions.teams import register_teams
from duijie.site.parties.models import Organisation, Team, User
from duijie.site.parties.references import referred_to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

_ORGANISATION, _TEAM = "organisation.register", "team.register"
_COLUMN = {"region": "region_id", "industry": "industry_id"}


def import_organisations(rows: Sequence[Mapping[str, Any]], *, actor: User | None, source: str) -> list[str]:
    """Register an organisation for each row and return their codes; a source that is in already is not taken twice."""
    with transaction.atomic():
        if done := _done(source, _ORGANISATION):
            return done
        values = [{_COLUMN.get(name, name): value for name, value in row.items() if value is not None} for row in rows]
        return [row.code for row in register_organisations(values, actor=actor, source=source)]


def import_teams(rows: Sequence[Mapping[str, Any]], *, actor: User | None, source: str) -> list[str]:
    """Register a team for each row and return their codes; a source that is in already is not taken twice."""
    with transaction.atomic():
        if done := _done(source, _TEAM):
            return done
        organisations = Organisation.objects.in_bulk({row["organisation"] for row in rows})
        leaders = User.objects.active().in_bulk(
            {row["leader"] for row in rows if row.get("leader")}, field_name="username"
        )
        values = [
            {name: value for name, value in row.items() if value is not None}
            | {"organisation": organisations[row["organisation"]], "leader": leaders.get(row.get("leader"))}
            for row in rows
        ]
        return [row.code for row in register_teams(values, actor=actor, source=source)]


def undo_organisations(source: str, *, actor: User | None) -> int:
    """Take the organisations of an import off the directory; none of them, once somebody uses or has changed one.

    They leave every list and count, give their numbers free, and stay on record.
    """
    with transaction.atomic():
        rows = _registered(Organisation.objects.present(), source, _ORGANISATION, actor)
        to = {"withdrawn_on": clock.today()}
        ledger.change_many(
            [(row, to) for row in rows],
            actor=actor,
            verb="organisation.withdraw",
            note=_("撤销导入"),
            source=source,
        )
    return len(rows)


def undo_teams(source: str, *, actor: User | None) -> int:
    """Dissolve the teams of an import; none of them, once somebody uses or has changed one."""
    with transaction.atomic():
        rows = _registered(Team.objects.present(), source, _TEAM, actor)
        to = {"dissolved_on": clock.today(), "capacity": 0}
        ledger.change_many(
            [(row, to) for row in rows], actor=actor, verb="team.dissolve", note=_("撤销导入"), source=source
        )
    return len(rows)


def _done(source: str, verb: str) -> list[str]:
    return list(Entry.objects.filter(source=source, verb=verb).order_by("id").values_list("subject", flat=True))


def _registered(present: QuerySet[Any], source: str, verb: str, actor: User | None) -> list[Any]:
    """Lock and return what was registered by this source, if nothing has come of it yet."""
    entries = Entry.objects.filter(source=source, verb=verb)
    if actor is not None and entries.exclude(actor=actor.code).exists():
        raise Forbidden(_("只有导入的人可以撤销这次导入。"))
    mine = present.filter(pk__in=entries.values("subject"))
    rows = list(mine.select_for_update().order_by("pk"))
    used = referred_to(mine)
    if busy := [row for row in rows if row.revision > 1 or row.code in used]:
        names = _("、").join(f"{row}（{row.code}）" for row in busy[:5])
        raise Refusal(
            _("其中 %(count)s 个已经有人使用或修改，不能整批撤销：%(names)s。请逐个处理。")
            % {"count": len(busy), "names": names}
        )
    return rows
