"""What can be had, one noun a file."""

from __future__ import annotations

from duijie.site.offers.models.offer import Offer
from duijie.site.offers.models.recipient import Recipient

__all__ = ["Offer", "Recipient"]
