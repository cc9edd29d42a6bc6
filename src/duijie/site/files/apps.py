"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The room of attachments."""

    name = "duijie.site.files"
