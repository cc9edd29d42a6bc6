"""Founding mechanisms, their members by tier, and their lead groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import WrongState
from duijie.site.ledger import actions as ledger
from duijie.site.parties import permissions
from duijie.site.parties.checks import check_change, check_row, one_of_each
from duijie.site.parties.models import LeadGroupMember, Mechanism, MechanismMember

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from duijie.site.parties.models import Organisation, User
    from duijie.site.registry.models import Region


def found_mechanism(*, actor: User | None, note: str = "", source: str = "", **values: Any) -> Mechanism:
    """Enter a mechanism for a region the actor looks after."""
    mechanism = Mechanism(**values)
    check_row(mechanism)
    permissions.only_if(permissions.may_found_mechanism(actor, mechanism.region_id), _("您只能建立本辖区的合作机制。"))
    with one_of_each(_taken()):
        mechanism.code = take_code("M")
        return ledger.create(mechanism, actor=actor, verb="mechanism.found", note=note, source=source)


def change_mechanism(
    mechanism: Mechanism, *, actor: User | None, to: Mapping[str, Any], expected: int | None = None, note: str = ""
) -> None:
    """Change or end a mechanism."""
    _only_if_kept_by(actor, mechanism)
    if "region" in to:
        permissions.only_if(permissions.may_found_mechanism(actor, to["region"].pk), _("您只能建立本辖区的合作机制。"))
    check_change(mechanism, to)
    with one_of_each(_taken()):
        ledger.change(mechanism, actor=actor, verb="mechanism.change", to=to, note=note, expected=expected)


def admit_member(
    mechanism: Mechanism,
    *,
    actor: User | None,
    tier: str,
    organisation: Organisation | None = None,
    region: Region | None = None,
    since: date | None = None,
    note: str = "",
) -> MechanismMember:
    """Admit an organisation or a region's government to a tier; it stands after those already there."""
    _only_if_kept_by(actor, mechanism)
    last = mechanism.members.filter(tier=tier).order_by("-place").first()
    member = MechanismMember(
        mechanism=mechanism,
        tier=tier.strip(),
        place=last.place + 1 if last else 1,
        organisation=organisation,
        region=region,
        valid_from=since or mechanism.valid_from,
    )
    check_row(member)
    with one_of_each(_once(member)):
        member.code = take_code("MM")
        return ledger.create(member, actor=actor, verb="mechanism.admit", note=note)


def release_member(member: MechanismMember, *, actor: User | None, on: date | None = None, note: str = "") -> None:
    """Record that a member leaves the mechanism, from today or the day given."""
    _only_if_kept_by(actor, member.mechanism)
    _end(member, actor=actor, verb="mechanism.release", on=on, note=note)


def appoint_to_lead_group(
    mechanism: Mechanism,
    *,
    actor: User | None,
    office: str,
    name: str,
    title: str = "",
    organisation: Organisation | None = None,
    since: date | None = None,
    note: str = "",
) -> LeadGroupMember:
    """Seat somebody in the lead group; a new head can sit only when the former one has left."""
    _only_if_kept_by(actor, mechanism)
    member = LeadGroupMember(
        mechanism=mechanism,
        office=office,
        name=name.strip(),
        title=title.strip(),
        organisation=organisation,
        valid_from=since or clock.today(),
    )
    check_row(member)
    head = _("领导小组已有组长，请先为现任组长办理卸任。")
    with one_of_each({"lead_group_has_one_head|leadgroupmember.mechanism_id": ("office", head)}):
        member.code = take_code("LG")
        return ledger.create(member, actor=actor, verb="mechanism.appoint", note=note)


def relieve_of_lead_group(
    member: LeadGroupMember, *, actor: User | None, on: date | None = None, note: str = ""
) -> None:
    """Record that somebody leaves the lead group, from today or the day given."""
    _only_if_kept_by(actor, member.mechanism)
    _end(member, actor=actor, verb="mechanism.relieve", on=on, note=note)


def _end(row: Any, *, actor: User | None, verb: str, on: date | None, note: str) -> None:
    if row.valid_to is not None:
        raise WrongState(_("“%(name)s”已于 %(day)s 结束。") % {"name": row, "day": row.valid_to.isoformat()})
    ledger.change(row, actor=actor, verb=verb, to={"valid_to": max(on or clock.today(), row.valid_from)}, note=note)


def _only_if_kept_by(actor: User | None, mechanism: Mechanism) -> None:
    permissions.only_if(
        permissions.may_change_mechanism(actor, mechanism), _("合作机制由其适用地区的科技主管部门维护。")
    )


def _taken() -> dict[str, tuple[str, str]]:
    return {"mechanism_named_once|mechanism.region_id": ("name", _("这个地区已有同名的合作机制。"))}


def _once(member: MechanismMember) -> dict[str, tuple[str, str]]:
    sentence = _("“%(name)s”已是这个机制的成员。") % {"name": member}
    return {
        "mechanism_organisation_once|mechanismmember.organisation_id": ("organisation", sentence),
        "mechanism_region_once|mechanismmember.region_id": ("region", sentence),
    }
