"""What is done with demands: one verb, one function, one transaction, one entry."""

from __future__ import annotations

from duijie.site.demands.actions.ending import (
    freeze_overdue,
    merge_demand,
    refuse_demand,
    reopen_demand,
    set_long_term,
    withdraw_demand,
)
from duijie.site.demands.actions.importing import import_rows, undo_import
from duijie.site.demands.actions.matching import back_to_matching, begin_talks, intend, open_search
from duijie.site.demands.actions.opening import begin_matching, direct_demand, publish_demand, record_opening, take_back
from duijie.site.demands.actions.reviewing import (
    accept_demand,
    pass_to_region,
    return_demand,
    send_to_refinement,
    set_apart,
    take_for_review,
)
from duijie.site.demands.actions.writing import change_demand, hand_back, start_demand, submit_demand

__all__ = [
    "accept_demand",
    "back_to_matching",
    "begin_matching",
    "begin_talks",
    "change_demand",
    "direct_demand",
    "freeze_overdue",
    "hand_back",
    "import_rows",
    "intend",
    "merge_demand",
    "open_search",
    "pass_to_region",
    "publish_demand",
    "record_opening",
    "refuse_demand",
    "reopen_demand",
    "return_demand",
    "send_to_refinement",
    "set_apart",
    "set_long_term",
    "start_demand",
    "submit_demand",
    "take_back",
    "take_for_review",
    "undo_import",
    "withdraw_demand",
]
