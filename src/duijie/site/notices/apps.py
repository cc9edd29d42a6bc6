"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The room of what people are told."""

    name = "duijie.site.notices"
