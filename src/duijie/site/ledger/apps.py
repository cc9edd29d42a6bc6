"""The room's name."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What happened, by whom, when."""

    name = "duijie.site.ledger"
