"""Computing a stored suggestion again, from the texts as they were and the ground its score stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.engine.matching import ground as engine
from duijie.engine.matching.teams import team_score
from duijie.site.demands.models import Demand
from duijie.site.matching import shelf
from duijie.site.matching.documents import demand_document, offer_document, team_document
from duijie.site.matching.models import RankingModel
from duijie.site.matching.queries.ranking import engine_version, is_team, libraries, model_of, plain
from duijie.site.offers.models import Offer
from duijie.site.parties.models import Team

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from duijie.engine.matching.types import Document, Match
    from duijie.site.matching.models import Answer, Run, Suggestion


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out: whether it is the same to the last bit, and if it is not, what differs, in sentences.

    ``score`` is None where nothing could be computed.
    """

    same: bool
    score: float | None
    reasons: Sequence[dict[str, Any]]
    differences: Sequence[str] = ()


class Gone(Exception):
    """Something the computation stands on is not there any more; the message says what."""


def replay(suggestion: Suggestion) -> Replayed:
    """Compute one suggestion again. Whether the reader may see it is for the caller to know."""
    return replay_all([suggestion])[suggestion.pk]


def replay_all(suggestions: Iterable[Suggestion]) -> dict[int, Replayed]:
    """Compute suggestions again, those of one answer together; by their ids."""
    of_answer: dict[int, list[Suggestion]] = {}
    for one in suggestions:
        of_answer.setdefault(one.answer_id, []).append(one)
    return {pk: one for some in of_answer.values() for pk, one in _of_answer(some[0].answer, some).items()}


def _of_answer(answer: Answer, suggestions: Sequence[Suggestion]) -> dict[int, Replayed]:
    documents = _supplied(suggestions)
    try:
        matches = _computed(answer, list(documents.values()))
    except Gone as gone:
        sentences = (str(gone), *_changed(answer.run))
        return {one.pk: Replayed(same=False, score=None, reasons=(), differences=sentences) for one in suggestions}
    return {one.pk: _compared(one, matches, answer.run) for one in suggestions}


def _computed(answer: Answer, offers: Sequence[Document]) -> dict[str, Match]:
    demand = Demand.versions.filter(code=answer.demand_id, revision=answer.revision).first()
    if demand is None:
        raise Gone(_("找不到需求 %(code)s 第 %(revision)s 版的文字。") % _named(answer.demand_id, answer.revision))
    try:
        model = model_of(answer.run.model)
    except RankingModel.DoesNotExist:
        raise Gone(_("找不到当时使用的排序模型 %(code)s。") % {"code": answer.run.model}) from None
    try:
        ground = engine.Ground.from_json(answer.ground)
        encoder = shelf.encoder() if ground.direction else None
        found = engine.replay(demand_document(demand), offers, ground, model, encoder)
    except ValueError:
        raise Gone(_("需求的文字与计算时留下的依据对不上，可能更换了分词程序。")) from None
    return {match.offer: match for match in found}


def _evidence(suggestion: Suggestion) -> list[tuple[str, int]]:
    """Return the records a suggestion's score stands on, with their revisions."""
    if suggestion.offer_id:
        return [(suggestion.offer_id, suggestion.revision)]
    return [(one["offer"], one["revision"]) for one in suggestion.evidence]


def _supplied(suggestions: Sequence[Suggestion]) -> dict[str, Document]:
    """Return the offers and teams of some suggestions as they were read, as far as they are known."""
    wanted = {pair for one in suggestions for pair in _evidence(one)}
    offers = [pair for pair in wanted if not is_team(pair[0])]
    teams = [pair for pair in wanted if is_team(pair[0])]
    found = {row.code: offer_document(row) for row in _versions(Offer.versions, offers)}
    return found | {
        row.code: team_document(row) for row in _versions(Team.versions.select_related("organisation"), teams)
    }


def _versions(versions: Any, pairs: Sequence[tuple[str, int]]) -> Iterator[Any]:
    asked = dict(pairs)
    rows = versions.filter(code__in=list(asked), revision__in=set(asked.values()))
    return (row for row in rows if asked[row.code] == row.revision)


def _compared(suggestion: Suggestion, matches: Mapping[str, Match], run: Run) -> Replayed:
    lost = [pair for pair in _evidence(suggestion) if pair[0] not in matches]
    if lost:
        sentences = [_("找不到 %(code)s 第 %(revision)s 版的文字。") % _named(*pair) for pair in lost]
        return Replayed(same=False, score=None, reasons=(), differences=(*sentences, *_changed(run)))
    if suggestion.offer_id:
        score, reasons = matches[suggestion.offer_id].score, plain(matches[suggestion.offer_id].reasons)
    else:
        score, reasons = team_score(matches[one["offer"]].score for one in suggestion.evidence), []
    differences = list(_differences(suggestion, score, reasons))
    if not differences:
        return Replayed(same=True, score=score, reasons=reasons)
    return Replayed(same=False, score=score, reasons=reasons, differences=(*differences, *_changed(run)))


def _differences(suggestion: Suggestion, score: float, reasons: Sequence[dict[str, Any]]) -> Iterator[str]:
    if score != suggestion.score:
        told = {"before": repr(suggestion.score), "now": repr(score)}
        yield _("得分：记录为 %(before)s，复算为 %(now)s。") % told
    if reasons != suggestion.reasons:
        before = {one["code"]: one for one in suggestion.reasons}
        now = {one["code"]: one for one in reasons}
        parts = [code for code in {**before, **now} if before.get(code) != now.get(code)]
        yield _("理由不同的部分：%(parts)s。") % {"parts": "、".join(parts) or _("先后次序")}


def _changed(run: Run) -> Iterator[str]:
    """Yield what of the engine is not as it was when the run was made."""
    if run.engine != engine_version():
        yield _("引擎：当时是 %(before)s，现在是 %(now)s。") % {"before": run.engine, "now": engine_version()}
    before, now = run.parameters.get("libraries", {}), libraries()
    for name in sorted({*before, *now} - {"duijie"}):
        if before.get(name) != now.get(name):
            told = {"name": name, "before": before.get(name) or _("没有"), "now": now.get(name) or _("没有")}
            yield _("程序库 %(name)s：当时是 %(before)s，现在是 %(now)s。") % told


def _named(code: str, revision: int) -> dict[str, Any]:
    return {"code": code, "revision": revision}
