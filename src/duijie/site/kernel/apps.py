"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """What every room may use."""

    name = "duijie.site.kernel"
