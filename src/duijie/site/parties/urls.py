"""The room's addresses. Codes stand in them, never ids."""

from __future__ import annotations

from django.urls import path

from duijie.site.parties.views import account, mechanisms, organisations, people, teams

app_name = "parties"
urlpatterns = [
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.new_organisation, name="new_organisation"),
    path("organisations/export/", organisations.export, name="export_organisations"),
    path("organisations/duplicates/", organisations.duplicates, name="duplicates"),
    path("organisations/duplicates/<str:code>/<str:other>/apart/", organisations.keep_apart, name="keep_apart"),
    path("organisations/<str:code>/", organisations.organisation, name="organisation"),
    path("organisations/<str:code>/change/", organisations.change_organisation, name="change_organisation"),
    path("organisations/<str:code>/merge/", organisations.merge_organisation, name="merge_organisation"),
    path("organisations/<str:code>/teams/new/", teams.new_team, name="new_team"),
    path("teams/", teams.teams, name="teams"),
    path("teams/export/", teams.export, name="export_teams"),
    path("teams/<str:code>/", teams.team, name="team"),
    path("teams/<str:code>/change/", teams.change_team, name="change_team"),
    path("teams/<str:code>/confirm/", teams.confirm_team, name="confirm_team"),
    path("teams/<str:code>/dissolve/", teams.dissolve_team, name="dissolve_team"),
    path("teams/<str:code>/members/new/", teams.add_team_member, name="add_team_member"),
    path("teams/<str:code>/members/<str:member>/end/", teams.end_team_member, name="end_team_member"),
    path("mechanisms/", mechanisms.mechanisms, name="mechanisms"),
    path("mechanisms/new/", mechanisms.new_mechanism, name="new_mechanism"),
    path("mechanisms/<str:code>/", mechanisms.mechanism, name="mechanism"),
    path("mechanisms/<str:code>/change/", mechanisms.change_mechanism, name="change_mechanism"),
    path("mechanisms/<str:code>/members/new/", mechanisms.admit_member, name="admit_member"),
    path("mechanisms/<str:code>/members/<str:member>/release/", mechanisms.release_member, name="release_member"),
    path("mechanisms/<str:code>/lead/new/", mechanisms.appoint, name="appoint"),
    path("mechanisms/<str:code>/lead/<str:member>/relieve/", mechanisms.relieve, name="relieve"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<str:code>/", people.person, name="person"),
    path("people/<str:code>/grant/", people.grant, name="grant"),
    path("people/<str:code>/grants/<str:grant>/revoke/", people.revoke, name="revoke"),
    path("people/<str:code>/suspend/", people.suspend, name="suspend"),
    path("people/<str:code>/restore/", people.restore, name="restore"),
    path("invitations/<str:code>/", people.invitation, name="invitation"),
    path("invitations/<str:code>/renew/", people.renew_invitation, name="renew_invitation"),
    path("invitations/<str:code>/withdraw/", people.withdraw_invitation, name="withdraw_invitation"),
    path("me/", account.account, name="account"),
    path("me/change/", account.change_account, name="change_account"),
    path("me/sessions/end/", account.end_sessions, name="end_sessions"),
    path("welcome/<str:token>/", account.accept, name="accept"),
]
