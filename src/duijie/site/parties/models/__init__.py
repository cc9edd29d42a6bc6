"""Who takes part, one noun a file."""

from __future__ import annotations

from duijie.site.parties.models.grant import BY_REGION, Grant, Role
from duijie.site.parties.models.invitation import Invitation
from duijie.site.parties.models.mechanism import (
    LeadGroupMember,
    LeadOffice,
    Mechanism,
    MechanismKind,
    MechanismMember,
)
from duijie.site.parties.models.organisation import Organisation, OrganisationKind
from duijie.site.parties.models.team import Team, TeamMember
from duijie.site.parties.models.user import User

__all__ = [
    "BY_REGION",
    "Grant",
    "Invitation",
    "LeadGroupMember",
    "LeadOffice",
    "Mechanism",
    "MechanismKind",
    "MechanismMember",
    "Organisation",
    "OrganisationKind",
    "Role",
    "Team",
    "TeamMember",
    "User",
]
