"""What every step of a demand has in common: since when, until when, and a reason where one says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.demands.deadlines import due_on
from duijie.site.demands.models.queryset import OWNERS
from duijie.site.demands.states import NEXT, REASONS, State
from duijie.site.kernel import clock
from duijie.site.kernel.errors import Invalid
from duijie.site.ledger.actions import step
from duijie.site.notices.actions import in_words, tell
from duijie.site.notices.queries import speaking_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrOrPromise

    from duijie.site.demands.models import Demand
    from duijie.site.ledger.models import Entry
    from duijie.site.parties.models import User


def move(
    demand: Demand, state: State, *, actor: User | None, verb: str, note: str = "", to: Mapping[str, Any] | None = None
) -> Entry:
    """Move the demand on, and start the time that the new state's owner has."""
    fields = {"state_since": clock.now(), "due": due_on(state, clock.today()), "exit_reason": "", "exit_words": ""}
    return step(demand, state, actor=actor, verb=verb, next_states=NEXT, to=fields | dict(to or {}), note=note)


def needed(text: str, field: str, sentence: str) -> str:
    """Return the tidied text, or refuse: whoever says no says why."""
    tidy = text.strip()
    if not tidy:
        raise Invalid(sentence, {field: sentence})
    return tidy


def tell_owners(demand: Demand, kind: str, sentence: _StrOrPromise) -> None:
    """Tell those who act for the organisation what became of its demand."""
    said = in_words(lambda: str(sentence) % {"title": demand.title, "code": demand.code})
    url = reverse("demands:demand", args=[demand.code])
    people = speaking_for(demand.organisation_id, *OWNERS)
    tell(people, kind, said, url, why=gettext_lazy("您是需求单位的联系人"), about=demand)


def leave(
    demand: Demand,
    state: State,
    *,
    reason: str,
    words: str,
    actor: User | None,
    verb: str,
    to: Mapping[str, Any] | None = None,
) -> Entry:
    """Take the demand off its path, with one of the exit's reasons."""
    if reason not in REASONS[state]:
        sentence = _("请选择原因。")
        raise Invalid(sentence, {"reason": sentence})
    if reason == "other":
        words = needed(words, "words", _("选择“其他”时，请写明原因。"))
    tidy = words.strip()
    fields = {"exit_reason": reason, "exit_words": tidy, **(to or {})}
    return move(demand, state, actor=actor, verb=verb, note=tidy, to=fields)
