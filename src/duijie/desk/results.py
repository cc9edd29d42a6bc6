"""Answers as rows: what is written, by ending. Every file is whole or not there."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from duijie.desk.sentences import for_and_against, reason_sentence, verdict_word
from duijie.tables.atomic import atomic_path
from duijie.tables.escape import cell_safe
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from duijie.engine.matching.model import Model
    from duijie.engine.matching.rank import Answer
    from duijie.engine.matching.teams import TeamMatch
    from duijie.engine.matching.types import Document, Match, Team

ENDINGS = (".jsonl", ".csv", ".xlsx", ".html")
_DIGITS = 6  # of a score, written


@dataclass(frozen=True, slots=True)
class Run:
    """What holds for all answers of a run; ``about`` says in words what went in, for people."""

    model: Model
    teams: Mapping[str, Team]
    explained: bool = True
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def with_teams(self) -> bool:
        """Whether a table of teams was given."""
        return bool(self.teams)


@dataclass(frozen=True, slots=True)
class Answered:
    """One demand, what was found for it, and the documents that are named in it.

    ``answer.matches`` hold every offer asked for, hopeless ones last; ``teams`` only credible ones.
    """

    demand: Document
    answer: Answer
    offers: Mapping[str, Document]
    teams: tuple[TeamMatch, ...] = ()
    advice: tuple[str, ...] = ()

    def credible(self, model: Model) -> tuple[Match, ...]:
        """Return the matches worth a person's time."""
        return tuple(takewhile(lambda m: m.score >= model.credible, self.answer.matches))


def score_of(score: float) -> float:
    """Return a score as it is written."""
    return round(score, _DIGITS)


def json_rows(answered: Answered, run: Run) -> Iterator[dict[str, Any]]:
    """Yield the rows of one demand as they stand in a .jsonl file."""
    demand, answer = answered.demand, answered.answer
    if not answer.matches:
        yield {"demand": demand.id, "offer": None, "verdict": answer.verdict, "advice": list(answered.advice)}
    for match in answer.matches:
        offer = answered.offers[match.offer]
        row: dict[str, Any] = {
            "demand": demand.id,
            "offer": match.offer,
            "rank": match.rank,
            "score": score_of(match.score),
            "level": match.level,
        }
        if offer.team:
            row["team"] = offer.team
            if team := run.teams.get(offer.team):
                row |= {"team_title": team.title, "organisation": team.organisation}
        if run.explained:
            row["reasons"] = [
                {
                    "code": reason.code,
                    "weight": round(reason.weight, _DIGITS),
                    "demand_words": list(reason.demand_words),
                    "offer_words": list(reason.offer_words),
                    "text": reason_sentence(reason, demand, offer, run.model),
                }
                for reason in match.reasons
            ]
        yield row


def team_rows(answered: Answered, run: Run) -> Iterator[dict[str, Any]]:
    """Yield the teams proposed for one demand, each with the offers it rests on."""
    for found in answered.teams:
        team = run.teams.get(found.team)
        yield {
            "kind": "team",
            "demand": found.demand,
            "team": found.team,
            "team_title": team.title if team else "",
            "organisation": team.organisation if team else "",
            "rank": found.rank,
            "score": score_of(found.score),
            "level": found.level,
            "evidence": [
                {"offer": m.offer, "title": answered.offers[m.offer].title, "score": score_of(m.score)}
                for m in found.evidence
            ],
        }


def columns(run: Run) -> list[str]:
    """Return the headers of a .csv file of matches."""
    teams = [say("团队名称", "team title"), say("单位", "organisation")] if run.with_teams else []
    reasons = [say("为什么推荐", "why"), say("不足", "against")] if run.explained else []
    return [
        *(say("需求编号", "demand id"), say("需求名称", "demand title"), say("名次", "rank")),
        *(say("成果编号", "offer id"), say("成果名称", "offer title"), say("得分", "score")),
        *(say("匹配等级", "level"), say("团队编号", "team id")),
        *teams,
        *reasons,
        *(say("结论", "verdict"), say("建议", "advice")),
    ]


def table_rows(answered: Answered, run: Run) -> Iterator[list[str | float | int | None]]:
    """Yield the rows of one demand under :func:`columns`."""
    demand = answered.demand
    if not answered.answer.matches:
        blank = [None] * (len(columns(run)) - 4)
        yield [demand.id, demand.title, *blank, verdict_word(answered.answer.verdict), "；".join(answered.advice)]
    for match in answered.answer.matches:
        offer = answered.offers[match.offer]
        row: list[str | float | int | None] = [
            demand.id,
            demand.title,
            match.rank,
            offer.id,
            offer.title,
            score_of(match.score),
            match.level,
            offer.team,
        ]
        if run.with_teams:
            team = run.teams.get(offer.team)
            row += [team.title, team.organisation] if team else [None, None]
        if run.explained:
            row += ["；".join(part) for part in for_and_against(match.reasons, demand, offer, run.model)]
        yield [*row, verdict_word("match"), None]


@contextmanager
def open_sink(path: Path, run: Run) -> Iterator[Callable[[Answered], None]]:
    """Open an output by its ending; the function lent takes one answer after another, the file appears at the end."""
    with ExitStack() as stack:
        if path.suffix.casefold() == ".xlsx":
            from duijie.desk.workbook import workbook_sink  # noqa: PLC0415  XlsxWriter is not needed by other endings

            yield stack.enter_context(workbook_sink(path, run))
        elif path.suffix.casefold() == ".html":
            yield stack.enter_context(_page_sink(path, run))
        else:
            write = _json_sink if path.suffix.casefold() == ".jsonl" else _csv_sink
            yield stack.enter_context(write(path, run))


def teams_beside(path: Path) -> Path:
    """Return where the teams go that belong to a .jsonl or .csv of matches: matches.jsonl → matches.teams.jsonl."""
    return path.with_name(f"{path.stem}.teams{path.suffix}")


@contextmanager
def _json_sink(path: Path, run: Run) -> Iterator[Callable[[Answered], None]]:
    with ExitStack() as stack:
        file = _text_file(stack, path)
        teams = _text_file(stack, teams_beside(path)) if run.with_teams else None

        def take(answered: Answered) -> None:
            for row in json_rows(answered, run):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            if teams:
                for row in team_rows(answered, run):
                    teams.write(json.dumps(row, ensure_ascii=False) + "\n")

        yield take


@contextmanager
def _csv_sink(path: Path, run: Run) -> Iterator[Callable[[Answered], None]]:
    with ExitStack() as stack:
        sheet = csv.writer(_text_file(stack, path, encoding="utf-8-sig"))
        sheet.writerow(columns(run))
        teams = csv.writer(_text_file(stack, teams_beside(path), encoding="utf-8-sig")) if run.with_teams else None
        if teams:
            teams.writerow(team_columns())

        def take(answered: Answered) -> None:
            for row in table_rows(answered, run):
                sheet.writerow([cell_safe(cell) if isinstance(cell, str) else cell for cell in row])
            if teams:
                for told in team_rows(answered, run):
                    cells = [answered.demand.title if c == "demand_title" else told[c] for c in TEAM_COLUMNS]
                    teams.writerow(
                        [
                            cell_safe(c) if isinstance(c, str) else evidence_text(c) if isinstance(c, list) else c
                            for c in cells
                        ]
                    )

        yield take


TEAM_COLUMNS = ("demand", "demand_title", "rank", "team", "team_title", "organisation", "level", "score", "evidence")


def team_columns() -> list[str]:
    """Return the headers over :data:`TEAM_COLUMNS`."""
    return [
        *(say("需求编号", "demand id"), say("需求名称", "demand title"), say("名次", "rank")),
        *(say("团队编号", "team id"), say("团队名称", "team title"), say("单位", "organisation")),
        *(say("匹配等级", "level"), say("得分", "score"), say("依据（成果）", "evidence (offers)")),
    ]


def evidence_text(evidence: list[dict[str, Any]], shown: int = 5) -> str:
    """Return the offers a team rests on, as one text."""
    more = say(f"；等 {len(evidence)} 项", f"; {len(evidence)} in all") if len(evidence) > shown else ""
    return "；".join(f"{e['title']}（{e['offer']}）" for e in evidence[:shown]) + more


def _text_file(stack: ExitStack, path: Path, *, encoding: str = "utf-8") -> Any:
    draft = stack.enter_context(atomic_path(path))
    newline = "" if encoding == "utf-8-sig" else "\n"
    return stack.enter_context(draft.open("w", encoding=encoding, newline=newline, errors="replace"))


@contextmanager
def _page_sink(path: Path, run: Run) -> Iterator[Callable[[Answered], None]]:
    """Hold what a page shows, and write it at the end: a page cannot be written in pieces."""
    from duijie.desk.page import write_page  # noqa: PLC0415
    from duijie.desk.page.entries import SHOWN_MATCHES  # noqa: PLC0415

    taken: list[Answered] = []
    offers: dict[str, Document] = {}

    def take(answered: Answered) -> None:
        shown = answered.credible(run.model)[: SHOWN_MATCHES + 1]  # one more, so that the page can say there are more
        offers.update((m.offer, answered.offers[m.offer]) for m in shown)
        taken.append(Answered(answered.demand, replace(answered.answer, matches=shown), {}, (), answered.advice))

    yield take
    advice = {answered.demand.id: answered.advice for answered in taken}
    write_page(
        path,
        demands=[answered.demand for answered in taken],
        offers=offers,
        teams=run.teams,
        answers=[answered.answer for answered in taken],
        about=run.about,
        advice=lambda demand, _: advice[demand.id],
        model=run.model,
    )
