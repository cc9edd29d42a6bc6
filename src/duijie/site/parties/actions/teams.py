"""Registering teams, keeping them up to date, and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code, take_codes
from duijie.site.kernel.errors import Invalid, WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import numbers, permissions
from duijie.site.parties.checks import check_change, check_row, one_of_each
from duijie.site.parties.models import Team, TeamMember

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from duijie.site.parties.models import User


def register_team(*, actor: User | None, note: str = "", source: str = "", **values: Any) -> Team:
    """Register a team of an organisation; registering counts as confirming."""
    [row] = _made([values], actor=actor)
    with one_of_each(_taken()):
        row.code = take_code("T")
        return ledger.create(row, actor=actor, verb="team.register", note=note, source=source)


def register_teams(rows: Sequence[Mapping[str, Any]], *, actor: User | None, source: str = "") -> Sequence[Team]:
    """Register many teams, all or none."""
    made = _made(rows, actor=actor)
    with one_of_each(_taken()):
        for row, code in zip(made, take_codes("T", count=len(made)), strict=True):
            row.code = code
        return ledger.create_many(made, actor=actor, verb="team.register", source=source)


def change_team(
    team: Team, *, actor: User | None, to: Mapping[str, Any], expected: int | None = None, note: str = ""
) -> None:
    """Change what is known of a team. Whoever changes it has read it, so it counts as confirmed."""
    _only_if_changed_by(actor, team)
    to = _cleaned(to)
    check_change(team, to)
    _refuse_stranger(to.get("leader", team.leader), team.organisation_id)
    with one_of_each(_taken()):
        to = {**to, "confirmed_on": clock.today()}
        ledger.change(team, actor=actor, verb="team.change", to=to, note=note, expected=expected)


def confirm_team(team: Team, *, actor: User | None) -> None:
    """Record that everything known of the team still holds; a stale record is fresh again."""
    _only_if_changed_by(actor, team)
    ledger.change(team, actor=actor, verb="team.confirm", to={"confirmed_on": clock.today()})


def dissolve_team(team: Team, *, actor: User | None, note: str) -> None:
    """Take a team off the list for good; what it did stays."""
    permissions.only_if(
        permissions.may_register_team(actor, team.organisation), _("团队由所属单位或科技主管部门停用。")
    )
    if team.dissolved_on is not None:
        raise WrongState(_("这个团队已于 %(day)s 停用。") % {"day": team.dissolved_on.isoformat()})
    ledger.change(team, actor=actor, verb="team.dissolve", to={"dissolved_on": clock.today(), "capacity": 0}, note=note)


def add_team_member(
    team: Team, *, actor: User | None, name: str, title: str = "", orcid: str = "", since: date | None = None
) -> TeamMember:
    """Add somebody to a team."""
    _only_if_changed_by(actor, team)
    member = TeamMember(
        team=team,
        name=name.strip(),
        title=title.strip(),
        orcid=_orcid(orcid, "orcid"),
        valid_from=since or clock.today(),
    )
    check_row(member)
    with one_of_each({"team_member_once|team_id": ("name", _("“%(name)s”已在团队中。") % {"name": member.name})}):
        member.code = take_code("TM")
        return ledger.create(member, actor=actor, verb="team.join", note=team.code)


def end_team_member(member: TeamMember, *, actor: User | None, note: str = "") -> None:
    """Record that somebody leaves the team today."""
    _only_if_changed_by(actor, member.team)
    if member.valid_to is not None:
        raise WrongState(
            _("%(name)s 已于 %(day)s 离开团队。") % {"name": member.name, "day": member.valid_to.isoformat()}
        )
    end = max(clock.today(), member.valid_from)
    ledger.change(member, actor=actor, verb="team.leave", to={"valid_to": end}, note=note)


def _only_if_changed_by(actor: User | None, team: Team) -> None:
    permissions.only_if(
        permissions.may_change_team(actor, team),
        _("您不能修改这个团队的信息。请联系团队负责人或所属单位的科研管理部门。"),
    )
    if team.dissolved_on is not None:
        raise WrongState(_("这个团队已于 %(day)s 停用。") % {"day": team.dissolved_on.isoformat()})


def _made(rows: Sequence[Mapping[str, Any]], *, actor: User | None) -> list[Team]:
    made = [Team(**{"confirmed_on": clock.today(), **_cleaned(values)}) for values in rows]
    for row in made:
        check_row(row)
        _refuse_stranger(row.leader, row.organisation_id)
        permissions.only_if(
            permissions.may_register_team(actor, row.organisation),
            _("团队由所属单位的科研管理部门或其所在地的科技主管部门登记。"),
        )
    return made


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "leader_orcid" in cleaned:
        cleaned["leader_orcid"] = _orcid(cleaned["leader_orcid"], "leader_orcid")
    for name in ("fields", "disciplines", "keywords", "evidence"):
        if name in cleaned:
            cleaned[name] = list(dict.fromkeys(item.strip() for item in cleaned[name] if item.strip()))
    return cleaned


def _orcid(given: str, field: str) -> str:
    try:
        return numbers.read_orcid(given) or ""
    except numbers.WrongNumber as error:
        raise Invalid(str(error), {field: str(error)}) from None


def _refuse_stranger(leader: User | None, organisation: str) -> None:
    if leader is not None and leader.organisation_id != organisation:
        sentence = _("%(name)s 的账号不属于这个单位，请先把账号调整到该单位。") % {"name": leader.name}
        raise Invalid(sentence, {"leader": sentence})


def _taken() -> dict[str, tuple[str, str]]:
    return {"team_named_once|organisation_id": ("name", _("这个单位已有同名团队，请直接修改原有团队。"))}
