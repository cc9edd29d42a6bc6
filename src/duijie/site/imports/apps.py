"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The room of sheets that come in."""

    name = "duijie.site.imports"
