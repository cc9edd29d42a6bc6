"""How a demand follows the work on its matches. Who may do that work is asked where it is done; the actor is passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.demands.actions.steps import move
from duijie.site.demands.states import State

if TYPE_CHECKING:
    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import User

SEARCHING = frozenset({State.ACCEPTED, State.PUBLISHED, State.DIRECTED})
"""A search begins with the first match that somebody takes up."""
FOLLOWING = frozenset({State.MATCHING, State.IN_TALKS, State.INTENDED})
"""Where the demand goes with its matches; before it has not begun, afterwards others answer for it."""


def open_search(demand: Demand, *, actor: User | None) -> None:
    """Begin the search for an answer, where it has not begun."""
    if demand.state in SEARCHING:
        move(demand, State.MATCHING, actor=actor, verb="demand.match")


def begin_talks(demand: Demand, *, actor: User | None) -> None:
    """The two sides of a match are talking: so is the demand."""
    open_search(demand, actor=actor)
    if demand.state in {State.MATCHING, State.INTENDED}:
        move(demand, State.IN_TALKS, actor=actor, verb="demand.talk")


def intend(demand: Demand, *, actor: User | None) -> None:
    """The two sides of a match mean to sign."""
    if demand.state == State.MATCHING:
        begin_talks(demand, actor=actor)
    if demand.state == State.IN_TALKS:
        move(demand, State.INTENDED, actor=actor, verb="demand.intend")


def back_to_matching(demand: Demand, *, actor: User | None) -> None:
    """The last talks ended without a result: an answer is being looked for again."""
    if demand.state == State.INTENDED:
        move(demand, State.IN_TALKS, actor=actor, verb="demand.talk")
    if demand.state == State.IN_TALKS:
        move(demand, State.MATCHING, actor=actor, verb="demand.seek_again")
