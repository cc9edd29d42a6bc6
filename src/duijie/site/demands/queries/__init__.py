"""What is asked of demands: one file a question."""

from __future__ import annotations

from duijie.site.demands.completeness import examples
from duijie.site.demands.queries.access import fetch, fetch_readable, is_insider, version
from duijie.site.demands.queries.desk import DeskRow, handled, started, todo
from duijie.site.demands.queries.duplicates import Likeness, evidence, likely_duplicates, side_by_side, undecided
from duijie.site.demands.queries.lists import demand_list, exported
from duijie.site.demands.queries.page import DemandPage, FormPage, demand_page, form_page
from duijie.site.demands.queries.receipt import Receipt, receipt

__all__ = [
    "DemandPage",
    "DeskRow",
    "FormPage",
    "Likeness",
    "Receipt",
    "demand_list",
    "demand_page",
    "evidence",
    "examples",
    "exported",
    "fetch",
    "fetch_readable",
    "form_page",
    "handled",
    "is_insider",
    "likely_duplicates",
    "receipt",
    "side_by_side",
    "started",
    "todo",
    "undecided",
    "version",
]
