"""A history to test against: people who make, change, step and remark, in an order that a seed decides."""

from __future__ import annotations

import copy
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from duijie.site.kernel import clock
from duijie.site.ledger import actions
from tests.site.ledger.parcels import COLLEAGUE, NEXT, OWNER, Parcel, ParcelNote, parcel

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = ("title", "state", "region", "weight", "sent_on", "tags", "fragile", "number", "inside_id")


def live(seed: int, *, steps: int = 40, seals: int = 3) -> list[tuple[datetime, dict[str, dict[str, Any]]]]:
    """Let ``steps`` things happen; return what a naive clerk wrote down after each: all parcels, in full."""
    dice = random.Random(seed)
    at, clerk = BEGAN, []
    present: dict[str, dict[str, Any]] = {}
    for turn in range(steps):
        at += timedelta(seconds=dice.choice([0, 1, 1, 60, 86_400]))
        with clock.told(at):
            row = _happen(dice, turn, present)
            if turn and turn % (steps // (seals + 1)) == 0:
                actions.seal()
        if row is not None:
            present[row.pk] = {name: copy.deepcopy(getattr(row, name)) for name in FIELDS}
        clerk.append((at, copy.deepcopy(present)))
    return clerk


def _happen(dice: random.Random, turn: int, present: dict[str, Any]) -> Parcel | None:
    actor = dice.choice([OWNER, COLLEAGUE, None])
    if not present or dice.random() < 0.2:
        row = parcel(f"P-{turn:03}", title=_word(dice), weight=dice.choice([None, "1.5", 2]), phone="13800000000")
        return actions.create(row, actor=actor, verb="parcel.make")
    row = Parcel.objects.get(code=dice.choice(sorted(present)))
    kind = dice.random()
    if kind < 0.15:
        actions.note(row, actor=actor, verb="parcel.open", note=_word(dice))
        return None
    if kind < 0.25:
        note = ParcelNote(code=f"N-{turn:03}", parcel=row, words=_word(dice))
        actions.create(note, actor=actor, verb="parcel.remark")
        return None
    if kind < 0.4 and NEXT.get(row.state):
        state = dice.choice(sorted(NEXT[row.state]))
        actions.step(row, state, actor=actor, verb="parcel.step", next_states=NEXT, note=_word(dice))
    elif kind < 0.6:
        others = [Parcel.objects.get(code=code) for code in dice.sample(sorted(present), min(3, len(present)))]
        changes = [(other, {"number": turn}) for other in others]
        actions.change_many(changes, actor=actor, verb="parcel.count", source=f"I-{turn}")
        for other in others:
            present[other.pk]["number"] = turn
        return None
    else:
        actions.change(row, actor=actor, verb="parcel.edit", to=_edit(dice, present))
    return row


def _edit(dice: random.Random, present: dict[str, Any]) -> dict[str, Any]:
    choices = {
        "title": _word(dice),
        "region": dice.choice(["150100", "150200"]),
        "weight": dice.choice([None, "0.005", "12.30"]),
        "sent_on": dice.choice([None, BEGAN.date()]),
        "tags": dice.choice([[], ["种子"], [{"名": 1.5}]]),
        "fragile": dice.random() < 0.5,
        "phone": f"139{dice.randrange(10**8):08}",
        "inside": dice.choice([None, *(Parcel.objects.get(code=code) for code in sorted(present)[:2])]),
    }
    return {name: choices[name] for name in dice.sample(sorted(choices), dice.randrange(1, 4))}


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("草籽苜蓿羊绒稀土乳业") for _ in range(dice.randrange(1, 6)))
