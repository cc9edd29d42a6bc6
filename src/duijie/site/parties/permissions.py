"""Who may do what with organisations, teams, mechanisms, accounts and grants: actions and pages ask the same questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.kernel import clock
from duijie.site.kernel.errors import Forbidden
from duijie.site.parties.models import BY_REGION, Grant, Organisation, OrganisationKind, Role
from duijie.site.registry.models import Region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrOrPromise

    from duijie.site.parties.models import Invitation, Mechanism, Team, User

OFFICE = (Role.ADMIN, Role.OFFICER)
"""Those who look after everything in their region."""
OWN = (Role.CONTACT, Role.RESEARCH, Role.DEPARTMENT)
"""Those who speak for their organisation."""

GIVES: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset(Role.values),
    Role.OFFICER: frozenset({Role.OFFICER, Role.CONTACT, Role.RESEARCH, Role.LEADER}),
    Role.DEPARTMENT: frozenset({Role.DEPARTMENT}),
    Role.CONTACT: frozenset({Role.CONTACT}),
    Role.RESEARCH: frozenset({Role.RESEARCH, Role.LEADER}),
}
"""Which roles the holder of each role can give: over regions inside his own, and over organisations of his region or his own."""


def only_if(allowed: bool, sentence: _StrOrPromise) -> None:
    """Refuse, in the sentence's words, what is not allowed."""
    if not allowed:
        raise Forbidden(sentence)


def looks_after(user: User | None, region: str) -> bool:
    """Say whether the user is an officer over the region; nobody (``None``) is the office itself."""
    return user is None or user.scope.over_region(region, *OFFICE)


# -- organisations -----------------------------------------------------------------------------------------------------


def may_register_organisation(user: User | None, region: str = "") -> bool:
    """Officers register organisations of their region; without a region: whether there is any."""
    if user is None:
        return True
    return looks_after(user, region) if region else user.scope.holds(*OFFICE)


def may_change_organisation(user: User | None, organisation: Organisation) -> bool:
    """Officers over its region, and those who speak for it."""
    return organisation.is_present and (
        looks_after(user, organisation.region_id)
        or user is None
        or user.scope.over_organisation(organisation.code, *OWN)
    )


def may_place_organisation(user: User | None, organisation: Organisation) -> bool:
    """Say whether the user may change its kind and region, which decide who looks after it."""
    return looks_after(user, organisation.region_id)


def may_see_contact(user: User, organisation: Organisation) -> bool:
    """Officers over its region, and its own people."""
    return user.organisation_id == organisation.code or may_change_organisation(user, organisation)


def may_merge_organisation(user: User | None, organisation: Organisation, into: Organisation) -> bool:
    """Officers over both regions."""
    return looks_after(user, organisation.region_id) and looks_after(user, into.region_id)


# -- teams and mechanisms ----------------------------------------------------------------------------------------------


def may_register_team(user: User | None, organisation: Organisation) -> bool:
    """The organisation's research office, and officers over its region."""
    return organisation.is_present and (
        looks_after(user, organisation.region_id)
        or user is None
        or user.scope.over_organisation(organisation.code, Role.RESEARCH)
    )


def may_change_team(user: User | None, team: Team) -> bool:
    """Those who may register it, and its leader."""
    return may_register_team(user, team.organisation) or (user is not None and leads(user, team))


def leads(user: User, team: Team) -> bool:
    """Say whether the user leads this team and still holds the role."""
    return team.leader_id == user.code and user.scope.over_organisation(team.organisation_id, Role.LEADER)


def may_see_team_contact(user: User, team: Team) -> bool:
    """Officers over its region, and people of its organisation."""
    return user.organisation_id == team.organisation_id or may_change_team(user, team)


def may_found_mechanism(user: User | None, region: str = "") -> bool:
    """Officers, for their region."""
    return may_register_organisation(user, region)


def may_change_mechanism(user: User | None, mechanism: Mechanism) -> bool:
    """Officers over its region."""
    return looks_after(user, mechanism.region_id)


# -- accounts and grants -----------------------------------------------------------------------------------------------


def may_grant(user: User | None, role: str, place: Region | Organisation | None) -> bool:
    """Say whether the user can give or take this role over this place: nobody gives more than he holds."""
    if place is None or not fits(role, place):
        return False
    if user is None:
        return True
    return _gives(user, role, place, GIVES)


def _gives(user: User, role: str, place: Region | Organisation, roles: Iterable[str]) -> bool:
    """Say whether one of these ``roles``, as the user holds it, gives ``role`` over this place."""
    givers = [giver for giver in roles if role in GIVES[giver]]
    if isinstance(place, Region):
        return user.scope.over_subtree(place, *givers)
    above = [giver for giver in givers if giver in BY_REGION]
    return user.scope.over_region(place.region_id, *above) or user.scope.over_organisation(place.code, *givers)


def fits(role: str, place: Region | Organisation) -> bool:
    """Say whether a role can be held over such a place at all."""
    if role in BY_REGION:
        return isinstance(place, Region)
    if role == Role.DEPARTMENT:
        return isinstance(place, Organisation) and place.kind == OrganisationKind.DEPARTMENT
    return role in Role.values and isinstance(place, Organisation)


def grantable_roles(user: User) -> list[Role]:
    """Return the roles that the user can give somewhere, in the order of the table of roles."""
    given = {role for giver, roles in GIVES.items() if user.scope.holds(giver) for role in roles}
    return [role for role in Role if role in given]


def may_see_people(user: User) -> bool:
    """Those who look after somebody's account."""
    return bool(grantable_roles(user))


def may_see_account(user: User, account: User) -> bool:
    """One's own, and those one looks after."""
    return user.code == account.code or (
        may_see_people(user) and type(account).objects.visible_to(user).filter(pk=account.pk).exists()
    )


def may_suspend(user: User | None, account: User) -> bool:
    """Officers who could have given everything the account holds; nobody suspends himself, and no colleague the other."""
    if user is None:
        return True
    if user.code == account.code:
        return False
    held = list(_held(account))
    if not held:
        home = account.organisation
        return user.scope.over_home(Role.ADMIN) if home is None else looks_after(user, home.region_id)
    return all(grant.place is not None and _gives(user, grant.role, grant.place, OFFICE) for grant in held)


def may_handle_invitation(user: User | None, invitation: Invitation) -> bool:
    """Whoever may give the role that waits in it."""
    return may_grant(user, invitation.role, invitation.place)


def _held(account: User) -> list[Grant]:
    grants = account.grants.valid_on(clock.today()).select_related("region", "organisation")
    return list(grants)
