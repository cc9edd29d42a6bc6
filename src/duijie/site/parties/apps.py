"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Organisations, people, teams, roles, mechanisms."""

    name = "duijie.site.parties"
