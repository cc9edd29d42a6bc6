"""The room's name, and what it tells earlier rooms when the site starts."""

from __future__ import annotations

from django.apps import AppConfig


class DemandsConfig(AppConfig):
    """The room of what is needed."""

    name = "duijie.site.demands"

    def ready(self) -> None:
        """Say who sees and adds attachments of a demand."""
        from duijie.site.demands import permissions as may  # noqa: PLC0415  models are there only now
        from duijie.site.files import access  # noqa: PLC0415

        access.register("demands.demand", may_see=may.may_open, may_attach=may.may_attach, is_open=may.is_open)
