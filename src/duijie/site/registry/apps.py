"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Reference data with the days from and to which it holds."""

    name = "duijie.site.registry"
