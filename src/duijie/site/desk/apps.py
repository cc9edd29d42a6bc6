"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The officer's desk: what waits for whom."""

    name = "duijie.site.desk"
