"""`duijie match`: for each demand the offers that answer it best, and why."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duijie.desk.console import announce_compiling, progress, remark, screen
from duijie.desk.errors import Refused
from duijie.desk.filters import predicates, read_filters
from duijie.desk.intake import check_encoder, check_outputs, indexed, open_index, read_model, take
from duijie.desk.results import ENDINGS, Answered, Run, open_sink, teams_beside
from duijie.tables.read import read_documents, read_teams
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duijie.engine.matching.completeness import Part
    from duijie.engine.matching.index import Index
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.rank import Answer, Matcher
    from duijie.engine.matching.types import Document, Match

THREADS = 2
TEAM_DEPTH = 20
"""Offers of a demand that speak for teams, however few are listed."""
_CELLS = 200_000  # matches held at once
_SHOWN = 3
_DEADLINES = ("截止", "期限", "期望完成", "deadline", "due")


@dataclass(frozen=True, slots=True)
class Wish:
    """What `duijie match` is asked for; ``encoder`` ``None`` means the usual one."""

    demands: Path
    offers: Path
    teams: Path | None = None
    top: int = 20
    outs: tuple[Path, ...] = ()
    filters: tuple[str, ...] = ()
    explained: bool = True
    encoder: str | None = None
    model: Path | None = None
    skip_bad: bool = False


def match(wish: Wish) -> None:
    """Match and write or print, as wished. Nothing is said or begun before everything given has been looked at."""
    _check(wish)
    filters = read_filters(wish.filters)
    asked = read_documents(wish.demands, noun="demand", skip_bad=wish.skip_bad)
    given = None if wish.offers.is_dir() else read_documents(wish.offers, noun="offer", skip_bad=wish.skip_bad)
    told = read_teams(wish.teams, skip_bad=wish.skip_bad) if wish.teams else None
    announce_compiling()
    model = read_model(wish.model)
    ready = open_index(wish.offers) if given is None else None
    wanted = predicates(filters, ready.snapshot if ready else given.rows if given else ())
    beside = wish.outs[0] if wish.outs else None
    demands = take(asked, wish.demands, beside)
    teams = take(told, wish.teams, beside) if told and wish.teams else ()
    with ExitStack() as stack:
        index = ready or stack.enter_context(
            indexed(take(given, wish.offers, beside) if given else (), wish.encoder or "bundled")
        )
        from duijie.engine.matching.rank import Matcher  # noqa: PLC0415  after the notice that it compiles

        run = Run(model, {team.id: team for team in teams}, wish.explained, _about(wish, index, model, len(demands)))
        matcher = Matcher(index, model, threads=THREADS)
        answers = answer(matcher, demands, wish.top, run=run, wanted=wanted, known=_known(asked.columns))
        _deliver(answers, wish.outs, run, len(demands))


def _check(wish: Wish) -> None:
    inputs = [path for path in (wish.demands, wish.offers, wish.teams, wish.model) if path]
    teams = [teams_beside(out) for out in wish.outs if wish.teams and out.suffix.casefold() in {".jsonl", ".csv"}]
    check_outputs([*wish.outs, *teams], ENDINGS, inputs)
    check_encoder(wish.encoder or "bundled")
    if wish.offers.is_dir() and wish.encoder is not None:
        raise Refused(
            say(
                "索引建好时已定下编码器；请去掉 --encoder，或用 duijie index build 另建一个。",
                "an index keeps the encoder it was built with; leave --encoder out, or build another index.",
            )
        )


def _known(columns: Sequence[str]) -> tuple[Part, ...]:
    """Return which parts of a demand stand in columns that are not read."""
    return ("deadline",) if any(word in c.casefold() for c in columns for word in _DEADLINES) else ()


def _about(wish: Wish, index: Index, model: Model, demands: int) -> dict[str, str]:
    return {
        say("需求", "demands"): say(f"{wish.demands.name}，{demands} 条", f"{wish.demands.name}, {demands}"),
        say("供给", "offers"): say(f"{wish.offers.name}，{len(index)} 条", f"{wish.offers.name}, {len(index)}"),
        say("筛选", "filter"): say("，", ", ").join(wish.filters) or say("无", "none"),
        say("排序模型", "ranking model"): model.name,
        say("编码器", "encoder"): str(index.encoder.describe()["name"]),
        say("供给摘要", "digest of the offers"): index.digest(),
    }


def answer(
    matcher: Matcher,
    demands: Sequence[Document],
    top: int,
    *,
    run: Run,
    wanted: Mapping[str, Callable[[str], bool]] | None = None,
    known: Sequence[Part] = (),
) -> Iterator[Answered]:
    """Yield each demand with its ``top`` offers, its teams if ``run`` has any, or advice."""
    from duijie.engine.matching.completeness import completeness  # noqa: PLC0415
    from duijie.engine.matching.teams import rank_teams  # noqa: PLC0415

    deep = max(top, TEAM_DEPTH) if run.with_teams else top
    each = max(1, min(128, _CELLS // deep))
    for start in range(0, len(demands), each):
        some = demands[start : start + each]
        found = matcher.match(some, deep, wanted=wanted, explained=run.explained, credible_only=False)
        for demand, got in zip(some, found, strict=True):
            if got.verdict != "match":
                missing = completeness(demand, known).missing
                yield Answered(demand, _bare(got), {}, (), _advice(got, missing, bool(wanted)))
                continue
            offers = _documents(matcher.index, got.matches)
            credible = [m for m in got.matches if m.score >= run.model.credible] if run.with_teams else []
            teams = rank_teams(credible, {name: offer.team for name, offer in offers.items()})
            yield Answered(demand, replace(got, matches=got.matches[:top]), offers, teams)


def _bare(answer: Answer) -> Answer:
    return replace(answer, matches=())


def _advice(answer: Answer, missing: Sequence[Part], filtered: bool) -> tuple[str, ...]:
    from duijie.desk.sentences import advice  # noqa: PLC0415

    return advice(answer.verdict, missing, filtered=filtered)


def _documents(index: Index, matches: Sequence[Match]) -> dict[str, Document]:
    ids = [match.offer for match in matches]
    snapshot = index.snapshot
    return {name: snapshot.document(int(place)) for name, place in zip(ids, snapshot.positions(ids), strict=True)}


def _deliver(answers: Iterator[Answered], outs: Sequence[Path], run: Run, total: int) -> None:
    """Hand each answer to every output, or to the screen, then say what came out."""
    verdicts: dict[str, int] = {}
    with ExitStack() as stack:
        takes = [stack.enter_context(open_sink(out, run)) for out in outs] or [_printer(run)]
        advance = stack.enter_context(progress(say("匹配需求", "matching demands"), total, shown=bool(outs)))
        for answered in answers:
            for give in takes:
                give(answered)
            verdict = answered.answer.verdict
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
            advance(1)
    console = screen()
    console.print(summary(verdicts))
    for out in outs:
        console.print(say(f"已写入 {out}", f"written: {out}"), soft_wrap=True)
        if run.with_teams and out.suffix.casefold() in {".jsonl", ".csv"}:
            beside = teams_beside(out)
            console.print(
                say(f"已写入 {beside}（每条需求的团队）", f"written: {beside} (teams of each demand)"), soft_wrap=True
            )
    if not verdicts.get("match"):
        remark(say("没有一条需求有可信的匹配", "no demand has a credible offer"))


def summary(verdicts: Mapping[str, int]) -> str:
    """Say how many demands were answered."""
    total, good = sum(verdicts.values()), verdicts.get("match", 0)
    vague, none = verdicts.get("too vague", 0), verdicts.get("no match", 0)
    return say(
        f"{total} 条需求：{good} 条有可信的匹配，{none} 条没有，{vague} 条写得太笼统。",
        f"{total} demand(s): {good} with credible offers, {none} without, {vague} too vague.",
    )


def _printer(run: Run) -> Callable[[Answered], None]:
    from duijie.desk.show import show_answer  # noqa: PLC0415

    console = screen()
    return lambda answered: show_answer(console, answered, run, _SHOWN)
