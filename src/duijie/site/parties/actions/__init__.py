"""What can be done with organisations, teams, mechanisms, accounts and grants, one noun a file."""

from __future__ import annotations

from duijie.site.parties.actions.accounts import (
    change_account,
    end_sessions,
    open_account,
    restore_account,
    set_password,
    suspend_account,
)
from duijie.site.parties.actions.grants import give_grant, revoke_grant
from duijie.site.parties.actions.importing import (
    import_organisations,
    import_teams,
    undo_organisations,
    undo_teams,
)
from duijie.site.parties.actions.invitations import (
    accept_invitation,
    invite_person,
    renew_invitation,
    withdraw_invitation,
)
from duijie.site.parties.actions.mechanisms import (
    admit_member,
    appoint_to_lead_group,
    change_mechanism,
    found_mechanism,
    release_member,
    relieve_of_lead_group,
)
from duijie.site.parties.actions.merging import merge_organisation
from duijie.site.parties.actions.organisations import (
    change_organisation,
    keep_apart,
    register_organisation,
    register_organisations,
)
from duijie.site.parties.actions.teams import (
    add_team_member,
    change_team,
    confirm_team,
    dissolve_team,
    end_team_member,
    register_team,
    register_teams,
)

__all__ = [
    "accept_invitation",
    "add_team_member",
    "admit_member",
    "appoint_to_lead_group",
    "change_account",
    "change_mechanism",
    "change_organisation",
    "change_team",
    "confirm_team",
    "dissolve_team",
    "end_sessions",
    "end_team_member",
    "found_mechanism",
    "give_grant",
    "import_organisations",
    "import_teams",
    "invite_person",
    "keep_apart",
    "merge_organisation",
    "open_account",
    "register_organisation",
    "register_organisations",
    "register_team",
    "register_teams",
    "release_member",
    "relieve_of_lead_group",
    "renew_invitation",
    "restore_account",
    "revoke_grant",
    "set_password",
    "suspend_account",
    "undo_organisations",
    "undo_teams",
    "withdraw_invitation",
]
