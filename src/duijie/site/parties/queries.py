"""Fetching with permission, and the pages' contents. What is hidden from somebody looks to him as if it did not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from duijie.site.kernel import clock
from duijie.site.kernel.parts import Answer
from duijie.site.parties import permissions
from duijie.site.parties.models import Grant, Invitation, LeadOffice, Mechanism, Organisation, Role, Team, User
from duijie.site.registry.models import Field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from duijie.site.parties.models import LeadGroupMember, MechanismMember, TeamMember


M = TypeVar("M", bound=Model)


def organisation_for(user: User, code: str) -> Organisation:
    """Return the organisation, or answer that there is none."""
    rows = Organisation.objects.visible_to(user).select_related("region", "industry", "merged_into")
    return _found(Organisation, rows, code)


def team_for(user: User, code: str) -> Team:
    """Return the team, or answer that there is none."""
    return _found(Team, Team.objects.visible_to(user).select_related("organisation__region", "leader"), code)


def mechanism_for(user: User, code: str) -> Mechanism:
    """Return the mechanism, or answer that there is none."""
    return _found(Mechanism, Mechanism.objects.visible_to(user).select_related("region"), code)


def account_for(user: User, code: str) -> User:
    """Return an account that the user looks after, or his own."""
    account = _found(User, User.objects.select_related("organisation__region"), code)
    if not permissions.may_see_account(user, account):
        raise Http404
    return account


def grant_for(user: User, account: User, code: str) -> Grant:
    """Return a grant of an account that the user looks after."""
    return _found(Grant, account.grants.select_related("region", "organisation", "user"), code)


def invitation_for(user: User, code: str) -> Invitation:
    """Return an invitation whose role the user may give himself."""
    rows = Invitation.objects.select_related("region", "organisation", "home", "inviter", "account")
    invitation = _found(Invitation, rows, code)
    if not permissions.may_handle_invitation(user, invitation):
        raise Http404
    return invitation


def open_invitations(user: User) -> list[Invitation]:
    """Return the invitations that still work and that the user may handle, newest first."""
    rows = Invitation.objects.open().select_related("region", "organisation", "inviter").order_by("-created_at")
    return [row for row in rows[:500] if permissions.may_handle_invitation(user, row)]


def _found(_model: type[M], rows: Any, code: str) -> M:
    found: M | None = rows.filter(pk=code).first()
    if found is None:
        raise Http404
    return found


# -- an organisation's page --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrganisationPage:
    """An organisation with its teams, people and memberships, as far as the reader may see them."""

    organisation: Organisation
    facts: Sequence[Answer]
    contact: Sequence[Answer]
    teams: Sequence[Team]
    people: Sequence[User]
    memberships: Sequence[MechanismMember]
    merged: Sequence[Organisation]
    may_change: bool
    may_see_contact: bool
    may_merge: bool
    may_add_team: bool
    may_invite: bool


def organisation_page(organisation: Organisation, user: User) -> OrganisationPage:
    """Assemble an organisation's page."""
    sees_contact = permissions.may_see_contact(user, organisation)
    today = clock.today()
    return OrganisationPage(
        organisation=organisation,
        facts=_organisation_facts(organisation),
        contact=_contact(organisation) if sees_contact else (),
        teams=list(organisation.teams.visible_to(user).present().order_by("name")),
        people=_people(organisation, user),
        memberships=list(
            organisation.memberships.valid_on(today).select_related("mechanism").order_by("mechanism__name")
        ),
        merged=list(organisation.merged.order_by("code")),
        may_change=permissions.may_change_organisation(user, organisation),
        may_see_contact=sees_contact,
        may_merge=organisation.is_present and permissions.looks_after(user, organisation.region_id),
        may_add_team=permissions.may_register_team(user, organisation),
        may_invite=any(permissions.may_grant(user, role, organisation) for role in Role),
    )


def _organisation_facts(row: Organisation) -> list[Answer]:
    return [
        Answer(_("单位类型"), row.get_kind_display()),
        Answer(_("所在地"), row.region.full_name),
        Answer(_("统一社会信用代码"), row.credit_code),
        Answer(_("所属行业"), f"{row.industry.label}（{row.industry.code}）" if row.industry else ""),
        Answer(_("高新技术企业"), _("是") if row.high_tech else ""),
        Answer(_("简称"), row.short_name),
        Answer(_("曾用名"), "、".join(row.former_names.splitlines())),
        Answer(_("英文名称"), row.english),
        Answer(_("ROR 编号"), row.ror, f"https://ror.org/{row.ror}" if row.ror else ""),
        Answer(_("地址"), row.address),
        Answer(_("网址"), row.website, row.website),
    ]


def _contact(row: Organisation) -> list[Answer]:
    return [
        Answer(_("联系人"), row.contact_name),
        Answer(_("联系电话"), row.contact_phone),
        Answer(_("电子邮箱"), row.contact_email),
    ]


def _people(organisation: Organisation, user: User) -> Sequence[User]:
    """Colleagues see each other; officers see whom they look after; others see nobody."""
    if user.organisation_id == organisation.code or permissions.may_see_contact(user, organisation):
        return list(organisation.users.active().order_by("name"))
    return ()


# -- a team's page -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamPage:
    """A team with its members and what it can do."""

    team: Team
    facts: Sequence[Answer]
    contact: Sequence[Answer]
    members: Sequence[TeamMember]
    former: Sequence[TeamMember]
    may_change: bool
    may_see_contact: bool
    may_dissolve: bool


def team_page(team: Team, user: User) -> TeamPage:
    """Assemble a team's page."""
    members = list(team.members.order_by("valid_from", "code"))
    today = clock.today()
    present = [one for one in members if one.valid_to is None or one.valid_to > today]
    sees_contact = permissions.may_see_team_contact(user, team)
    return TeamPage(
        team=team,
        facts=_team_facts(team),
        contact=(
            [Answer(_("联系电话"), team.contact_phone), Answer(_("电子邮箱"), team.contact_email)]
            if sees_contact
            else ()
        ),
        members=present,
        former=[one for one in members if one not in present],
        may_change=team.dissolved_on is None and permissions.may_change_team(user, team),
        may_see_contact=sees_contact,
        may_dissolve=team.dissolved_on is None and permissions.may_register_team(user, team.organisation),
    )


def _team_facts(team: Team) -> list[Answer]:
    labels = {field.code: field.label for field in Field.objects.filter(code__in=team.fields)}
    leader = "，".join(part for part in (team.leader_name, team.leader_title) if part)
    return [
        Answer(_("负责人"), leader),
        Answer(
            _("负责人 ORCID"), team.leader_orcid, f"https://orcid.org/{team.leader_orcid}" if team.leader_orcid else ""
        ),
        Answer(_("技术领域"), "、".join(labels.get(code, code) for code in team.fields)),
        Answer(_("学科"), "、".join(team.disciplines)),
        Answer(_("关键词"), "、".join(team.keywords)),
        Answer(_("还能承接的合作数"), str(team.capacity)),
        Answer(_("最近确认"), team.confirmed_on.isoformat()),
        Answer(_("英文名称"), team.english),
    ]


# -- a mechanism's page ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tier:
    """The members of one tier on the day asked about."""

    name: str
    members: Sequence[MechanismMember]


@dataclass(frozen=True)
class MechanismPage:
    """A mechanism on one day: its members by tier and its lead group."""

    mechanism: Mechanism
    on: date
    is_today: bool
    tiers: Sequence[Tier]
    heads: Sequence[LeadGroupMember]
    deputies: Sequence[LeadGroupMember]
    others: Sequence[LeadGroupMember]
    may_change: bool

    @property
    def count(self) -> int:
        """How many members it had."""
        return sum(len(tier.members) for tier in self.tiers)


def mechanism_page(mechanism: Mechanism, user: User, *, on: date | None = None) -> MechanismPage:
    """Assemble a mechanism's page as of a day, today by default."""
    today = clock.today()
    day = on or today
    seats = list(mechanism.lead_group.valid_on(day).select_related("organisation").order_by("valid_from", "code"))
    return MechanismPage(
        mechanism=mechanism,
        on=day,
        is_today=day == today,
        tiers=tiers_on(mechanism, day),
        heads=[seat for seat in seats if seat.office == LeadOffice.HEAD],
        deputies=[seat for seat in seats if seat.office == LeadOffice.DEPUTY],
        others=[seat for seat in seats if seat.office == LeadOffice.MEMBER],
        may_change=permissions.may_change_mechanism(user, mechanism),
    )


def tiers_on(mechanism: Mechanism, day: date) -> list[Tier]:
    """Return the members of the mechanism on ``day`` by tier: numbers in order, then names."""
    tiers: dict[str, list[MechanismMember]] = {}
    for member in mechanism.members.valid_on(day).select_related("organisation", "region").order_by("place", "code"):
        tiers.setdefault(member.tier, []).append(member)
    return [Tier(name, tiers[name]) for name in sorted(tiers, key=_tier_order)]


def _tier_order(name: str) -> tuple[bool, int, str]:
    return (not name.isdecimal(), int(name) if name.isdecimal() else 0, name)


# -- an account's page -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldGrant:
    """A grant as its holder's page shows it."""

    grant: Grant
    place: str
    valid: bool
    may_revoke: bool


@dataclass(frozen=True)
class AccountPage:
    """An account with everything it may do and may have done."""

    account: User
    facts: Sequence[Answer]
    grants: Sequence[HeldGrant]
    teams: Sequence[Team]
    own: bool
    may_suspend: bool
    may_grant: bool


def account_page(account: User, user: User) -> AccountPage:
    """Assemble an account's page, for its owner or for whoever looks after it."""
    grants = account.grants.select_related("region", "organisation__region").order_by("-valid_from", "code")
    own = account.code == user.code
    return AccountPage(
        account=account,
        facts=[
            Answer(_("用户名"), account.username),
            Answer(_("工作单位"), account.organisation.name if account.organisation else ""),
            Answer(_("职务"), account.title),
            Answer(_("电话"), account.phone),
            Answer(_("电子邮箱"), account.email),
        ],
        grants=[_held(grant, user, own=own) for grant in grants],
        teams=list(account.teams_led.present().order_by("name")),
        own=own,
        may_suspend=permissions.may_suspend(user, account),
        may_grant=not own and bool(permissions.grantable_roles(user)),
    )


def _held(grant: Grant, user: User, *, own: bool) -> HeldGrant:
    today = clock.today()
    valid = grant.valid_from <= today and (grant.valid_to is None or grant.valid_to > today)
    place = grant.region.full_name if grant.region else str(grant.organisation)
    ended = grant.valid_to is not None and grant.valid_to <= today
    return HeldGrant(
        grant, place, valid, not own and not ended and permissions.may_grant(user, grant.role, grant.place)
    )
