"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The room of the story."""

    name = "duijie.site.demo"
