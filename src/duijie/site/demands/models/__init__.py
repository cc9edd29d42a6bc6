"""What is needed, one noun a file."""

from __future__ import annotations

from duijie.site.demands.models.choices import Kind, Mode, Rights, Source
from duijie.site.demands.models.comparison import Comparison
from duijie.site.demands.models.demand import Demand
from duijie.site.demands.models.recipient import Recipient
from duijie.site.kernel.disclosure import Disclosure

__all__ = ["Comparison", "Demand", "Disclosure", "Kind", "Mode", "Recipient", "Rights", "Source"]
