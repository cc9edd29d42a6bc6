"""One suggestion explained: both texts with the phrases that met, the parts of the score, the facts, the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext as _

from duijie.engine.matching.reasons import spans
from duijie.engine.matching.text import fold_characters
from duijie.site.demands import permissions as of_demands
from duijie.site.demands.models import Demand
from duijie.site.demands.queries.access import RELATED as DEMAND_RELATED
from duijie.site.demands.sections import answer as demand_says
from duijie.site.demands.sections import label_of as demand_label
from duijie.site.kernel.fields import money
from duijie.site.matching import permissions
from duijie.site.matching.models import Suggestion
from duijie.site.matching.queries.answers import NEEDS, SUPPLY, Candidate, all_bars, some_candidates
from duijie.site.offers import permissions as of_offers
from duijie.site.offers.answers import label_of as offer_label
from duijie.site.offers.answers import said as offer_says
from duijie.site.offers.models import Offer
from duijie.site.offers.models.visibility import OWNERS
from duijie.site.offers.queries.access import RELATED as OFFER_RELATED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from duijie.site.matching.wording import Bar
    from duijie.site.parties.models import User

_ASKED = ("title", "keywords", "background", "question", "indicators", "measures", "benchmark", "use_case")
_OFFERED = ("title", "keywords", "about", "problem", "indicators", "measures", "advantage", "use_case")
_PROOF = ("registration", "patents", "evidence", "people", "units")
_FACTS = (
    ("field", "field"),
    ("industry", "industry"),
    ("region", "region"),
    ("trl", "trl"),
    ("budget", "price"),
    ("mode", "modes"),
    ("rights", "holder"),
    ("deadline", "valid_until"),
)
_BLURRED = frozenset({"field", "region"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``kind``: ``met`` in both texts, ``lacking`` in the offer, or neither."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What one question of a form was answered with, in pieces."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Text:
    """One side's text as it is shown; nothing of it where the reader may know only title and field.

    ``older``: it is the text that was compared, and has been rewritten since.
    """

    passages: Sequence[Passage]
    open: bool
    older: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact beside the texts, as either side states it."""

    label: str
    demand: str
    offer: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the page of one suggestion shows."""

    suggestion: Suggestion
    candidate: Candidate
    demand: Demand
    supply: Any
    demand_text: Text
    offer_text: Text
    bars: Sequence[Bar]
    lacking: Sequence[str]
    facts: Sequence[Fact]
    proof: Sequence[tuple[str, str]]
    insider: bool
    may_take_up: bool
    may_judge: bool

    @property
    def whole(self) -> bool:
        """Whether the reader sees all that the score stands on, so that it can be computed again before his eyes."""
        return self.suggestion.offer is not None or len(self.candidate.evidence) == len(self.suggestion.evidence)


def explanation(number: int, user: User) -> Explanation:
    """Fetch and assemble one suggestion; who may see neither side's candidates does not learn of it."""
    suggestion = fetch_suggestion(number, user)
    demand, offer = suggestion.answer.demand, suggestion.offer
    candidate = _candidate(suggestion, user)
    open_demand = of_demands.may_open(demand, user)
    asked, older_demand = _as_compared(demand, suggestion.answer.revision, of_demands.may_read_history(user, demand))
    offered, older_offer, open_offer = None, False, True
    if offer is not None:
        open_offer = of_offers.may_open(offer, user)
        offered, older_offer = _as_compared(offer, suggestion.revision, of_offers.may_read_history(offer, user))
    both = open_demand and open_offer
    met = _phrases(suggestion, "demand_words"), _phrases(suggestion, "offer_words")
    lacking = _lacking(suggestion) if both else []
    ask = _passages(asked, _ASKED, demand_label, demand_says, met[0] if both else (), lacking)
    give = _passages(offered, _OFFERED, offer_label, offer_says, met[1] if both else ()) if offered else []
    return Explanation(
        suggestion=suggestion,
        candidate=candidate,
        demand=demand,
        supply=suggestion.offer or suggestion.team,
        demand_text=Text(ask if open_demand else (), open_demand, older_demand),
        offer_text=Text(give if open_offer else (), open_offer, older_offer),
        bars=all_bars(suggestion),
        lacking=[word for word in lacking if _stands(word, ask)],
        facts=_facts(asked, offered, open_demand=open_demand, open_offer=open_offer) if offered else (),
        proof=_proof(offered) if offered and open_offer else (),
        insider=permissions.may_see_candidates(user, demand),
        may_take_up=permissions.may_take_up(user, demand) or permissions.may_favour(user, demand),
        may_judge=permissions.may_judge(user, demand),
    )


def fetch_suggestion(number: int, user: User) -> Suggestion:
    """Return a suggestion of a finished run whose both sides the user may know of, and one of which is his to match."""
    rows = Suggestion.objects.visible_to(user).filter(pk=number, answer__run__state="done")
    found = rows.select_related(*NEEDS, *SUPPLY, "offer__team").first()
    if found is None or not _is_his(found, user):
        raise Http404
    return found


def _is_his(suggestion: Suggestion, user: User) -> bool:
    if permissions.may_see_candidates(user, suggestion.answer.demand):
        return True
    if suggestion.offer is not None:
        return permissions.may_see_needs(user, suggestion.offer)
    team: Any = suggestion.team
    return bool(user.scope.over_organisation(team.organisation_id, *OWNERS))


def _candidate(suggestion: Suggestion, user: User) -> Candidate:
    found = some_candidates([suggestion], suggestion.answer.demand, user)
    if not found:  # a team of which the reader may see no evidence
        raise Http404
    return found[0]


def _as_compared(row: Any, revision: int, insider: bool) -> tuple[Any, bool]:
    """Return the text that was compared; to outsiders, who may not read earlier versions, the present one."""
    if row.revision == revision:
        return row, False
    related = DEMAND_RELATED if isinstance(row, Demand) else OFFER_RELATED
    version = type(row).versions.filter(code=row.code, revision=revision).select_related(*related).first()
    if version is None:
        return row, False
    names = _ASKED if isinstance(row, Demand) else _OFFERED
    rewritten = any(getattr(version, name) != getattr(row, name) for name in names)
    return (version, rewritten) if insider else (row, False)


def _phrases(suggestion: Suggestion, side: str) -> list[str]:
    return list(dict.fromkeys(w for one in suggestion.reasons if one["code"] != "lacking" for w in one[side]))


def _lacking(suggestion: Suggestion) -> list[str]:
    return [word for one in suggestion.reasons if one["code"] == "lacking" for word in one["demand_words"]]


def _passages(
    row: Any,
    names: Iterable[str],
    label: Callable[[str], str],
    says: Callable[[Any, str], str],
    met: Sequence[str],
    lacking: Sequence[str] = (),
) -> list[Passage]:
    told = ((label(name), says(row, name)) for name in names)
    return [Passage(name, pieces(text, met, lacking)) for name, text in told if text]


def pieces(text: str, met: Sequence[str], lacking: Sequence[str] = ()) -> list[Piece]:
    """Return the text in pieces: what met, what is lacking on the other side, and the rest."""
    kinds = [""] * len(text)
    for kind, words in (("lacking", lacking), ("met", met)):
        for start, end in spans(text, [fold_characters(word) for word in words if word]):
            kinds[start:end] = [kind] * (end - start)
    found: list[Piece] = []
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or kinds[place] != kinds[begin]:
            found.append(Piece(text[begin:place], kinds[begin]))
            begin = place
    return found


def _stands(word: str, passages: Sequence[Passage]) -> bool:
    return any(word in "".join(piece.text for piece in one.pieces) for one in passages)


def _facts(demand: Any, offer: Any, *, open_demand: bool, open_offer: bool) -> list[Fact]:
    hidden = _("未公开")
    facts = [
        Fact(
            _fact_label(asked, offered),
            demand_says(demand, asked) if open_demand or asked in _BLURRED else hidden,
            offer_says(offer, offered) if open_offer or offered in _BLURRED else hidden,
        )
        for asked, offered in _FACTS
    ]
    return [one for one in facts if {one.demand, one.offer} - {"", hidden}]


def _fact_label(asked: str, offered: str) -> str:
    mine, theirs = demand_label(asked), offer_label(offered)
    return mine if mine == theirs else _("%(demand)s／%(offer)s") % {"demand": mine, "offer": theirs}


def _proof(offer: Any) -> list[tuple[str, str]]:
    told = ((offer_label(name), offer_says(offer, name)) for name in _PROOF)
    return [(label, text) for label, text in told if text]


# -- side by side ------------------------------------------------------------------------------------------------------

MOST = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """What one candidate says in one row; ``best`` of all that are compared."""

    text: str
    best: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Up to four candidates of one demand side by side. ``left_out``: how many more were ticked."""

    demand: Demand
    candidates: Sequence[Candidate]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    left_out: int


def comparison(demand: Demand, numbers: Sequence[int], user: User) -> Comparison:
    """Assemble the comparison of some suggestions for a demand; those the reader may not see are not there."""
    rows = Suggestion.objects.visible_to(user).filter(pk__in=numbers, answer__demand=demand, answer__run__state="done")
    found = list(rows.select_related("answer__run", *SUPPLY).order_by("-score", "id"))
    candidates = some_candidates(found, demand, user)
    kept = candidates[:MOST]
    return Comparison(demand, kept, _rows(kept), len(candidates) - len(kept))


def _rows(candidates: Sequence[Candidate]) -> list[tuple[str, Sequence[Cell]]]:
    rows: list[tuple[str, Sequence[Cell]]] = [
        (_("合适程度"), [Cell(one.level_word) for one in candidates]),
        (_("得分"), _numbers([one.score for one in candidates], lambda score: f"{score:.2f}")),
    ]
    for place in range(max((len(one.bars) for one in candidates), default=0)):
        told = [one.bars[place] if one.bars else None for one in candidates]
        label = str(next(bar.label for bar in told if bar))
        rows.append(
            (
                _("得分：%(part)s") % {"part": label},
                _numbers([b.value if b else None for b in told], lambda v: f"{v:+.2f}"),
            )
        )
    named = ("kind", "stage", "field", "industry", "region", "modes", "patents", "registration")
    rows += [(offer_label(name), [Cell(_told(one, name)) for one in candidates]) for name in named]
    offers = [one.supply if isinstance(one.supply, Offer) and one.full else None for one in candidates]
    rows.append(
        (
            offer_label("trl"),
            _numbers([o.trl if o else None for o in offers], lambda level: _("%(level)s 级") % {"level": level}),
        )
    )
    rows.append(
        (
            offer_label("price"),
            _numbers([o.price if o else None for o in offers], money, least=True),
        )
    )
    rows.append((_("依据的成果"), [Cell(str(len(one.evidence)) if one.evidence else "") for one in candidates]))
    rows.append((_("为什么推荐"), [Cell("；".join(one.good[:3])) for one in candidates]))
    rows.append((_("不足"), [Cell("；".join(one.bad[:3])) for one in candidates]))
    return [(label, cells) for label, cells in rows if any(cell.text for cell in cells)]


def _told(one: Candidate, name: str) -> str:
    if not isinstance(one.supply, Offer):
        return ""
    return offer_says(one.supply, name) if one.full or name in _BLURRED else _("未公开")


def _numbers(values: Sequence[Any], write: Callable[[Any], str], *, least: bool = False) -> list[Cell]:
    """Write numbers and name the best; what reads the same is as good."""
    known = [value for value in values if value is not None]
    texts = ["" if value is None else write(value) for value in values]
    best = write((min if least else max)(known)) if len({text for text in texts if text}) > 1 else None
    return [Cell(text, text == best) for text in texts]
