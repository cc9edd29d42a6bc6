"""The room's pages."""

from __future__ import annotations

from duijie.site.demands.views.comparing import compare, duplicates
from duijie.site.demands.views.deciding import decide, take_back
from duijie.site.demands.views.listing import batch, demands, export
from duijie.site.demands.views.reading import demand, receipt
from duijie.site.demands.views.writing import check, form, section, start

__all__ = [
    "batch",
    "check",
    "compare",
    "decide",
    "demand",
    "demands",
    "duplicates",
    "export",
    "form",
    "receipt",
    "section",
    "start",
    "take_back",
]
