"""The room's name, and what it tells earlier rooms when the site starts."""

from __future__ import annotations

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """The room of what can be had."""

    name = "duijie.site.offers"

    def ready(self) -> None:
        """Say who sees and adds attachments of an offer."""
        from duijie.site.files import access  # noqa: PLC0415  models are there only now
        from duijie.site.offers import permissions as may  # noqa: PLC0415

        access.register("offers.offer", may_see=may.may_open, may_attach=may.may_attach, is_open=may.is_open)
