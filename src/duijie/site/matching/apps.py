"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The room of who may answer whom."""

    name = "duijie.site.matching"
