"""What is asked of offers: one file a question."""

from __future__ import annotations

from duijie.site.offers.queries.access import fetch, fetch_readable
from duijie.site.offers.queries.desk import handled, started, todo
from duijie.site.offers.queries.duplicates import Likeness, likely_duplicates
from duijie.site.offers.queries.page import OfferPage, offer_page

__all__ = [
    "Likeness",
    "OfferPage",
    "fetch",
    "fetch_readable",
    "handled",
    "likely_duplicates",
    "offer_page",
    "started",
    "todo",
]
