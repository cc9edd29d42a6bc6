"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The room of one search."""

    name = "duijie.site.search"
