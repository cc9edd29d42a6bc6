"""A workbook of matches for people who decide: an overview, the matches, the teams, what is still open."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from duijie.desk.results import TEAM_COLUMNS, evidence_text, score_of, team_columns, team_rows
from duijie.desk.sentences import for_and_against, level_word, verdict_word
from duijie.tables.atomic import atomic_path
from duijie.tables.problems import TableError
from duijie.tables.write import MAX_CELL, MAX_ROWS, SHEET_OPTIONS
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from duijie.desk.results import Answered, Run

_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_COLOURS = {4: ("#1E6B3A", "#D5EBDC"), 3: ("#2F6F8F", "#DCEBF2"), 2: ("#7A5B00", "#FBF0CE"), 1: ("#5F6368", "#ECECEC")}


@dataclass
class _Tally:
    demands: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    best: Counter[int] = field(default_factory=Counter)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)

    def count(self, answered: Answered, run: Run) -> None:
        self.demands += 1
        self.verdicts[answered.answer.verdict] += 1
        row = self.fields.setdefault(answered.demand.field or say("（未写）", "(not said)"), Counter())
        row["demands"] += 1
        credible = answered.credible(run.model)
        self.offers.update(m.offer for m in credible)
        if credible:
            self.best[credible[0].level] += 1
            row["answered"] += 1
            row["strong"] += credible[0].level >= 3


class Sheet:
    """One sheet of a table, filled row after row."""

    def __init__(self, book: Any, name: str, title: str, headers: Sequence[str], widths: Sequence[int]) -> None:
        self.page = book.add_worksheet(name)
        self.row = 1
        head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EDF3", "bottom": 1}
        )
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for place, (header, width) in enumerate(zip(headers, widths, strict=True)):
            self.page.set_column(place, place, width, self.wrap)
            self.page.write_string(0, place, header, head)
        self.columns = len(headers)
        self.page.freeze_panes(1, 2)
        dress_for_print(self.page, title)
        self.page.repeat_rows(0)

    def add(self, cells: Sequence[object], formats: dict[int, Any] | None = None) -> None:
        """Write the next row; ``formats`` by place differ from the usual."""
        if self.row >= MAX_ROWS:
            raise TableError(
                say(
                    f".xlsx 最多 {MAX_ROWS:,} 行，放不下；请减小 --top，或改写 .jsonl、.csv。",
                    f"an .xlsx sheet holds at most {MAX_ROWS:,} rows; lower --top, or write .jsonl or .csv instead.",
                )
            )
        for place, cell in enumerate(cells):
            look = (formats or {}).get(place, self.wrap)
            if isinstance(cell, int | float):
                self.page.write_number(self.row, place, cell, look)
            elif cell:
                self.page.write_string(self.row, place, legal(str(cell)), look)
        self.row += 1

    def finish(self) -> None:
        """Put the filter on the header."""
        self.page.autofilter(0, 0, max(1, self.row - 1), self.columns - 1)


def legal(text: str) -> str:
    """Return ``text`` without what a workbook cannot hold, and no longer than a cell."""
    clean = _ILLEGAL.sub(" ", text)
    return clean if len(clean) <= MAX_CELL else clean[: MAX_CELL - 2] + "……"


def dress_for_print(page: Any, title: str) -> None:
    """Set a sheet up for A4 landscape, one page wide, with a title above and the page number below."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.set_header("&L" + title.replace("&", "&&") + "&R&A")
    page.set_footer(say("&C第 &P 页，共 &N 页", "&Cpage &P of &N"))


def workbook(draft: Path, scratch: str) -> Any:
    """Return a new workbook at ``draft``, with its temporary files in ``scratch``."""
    from xlsxwriter import Workbook  # noqa: PLC0415

    book = Workbook(str(draft), {**SHEET_OPTIONS, "tmpdir": scratch})
    book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same rows give the same bytes
    return book


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """Lend a workbook that appears at ``path`` when it is complete."""
    from xlsxwriter.exceptions import XlsxFileError  # noqa: PLC0415

    with atomic_path(path) as draft, TemporaryDirectory(prefix="duijie-", ignore_cleanup_errors=True) as scratch:
        book = workbook(draft, scratch)
        yield book
        try:
            book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error


@contextmanager
def workbook_sink(path: Path, run: Run) -> Iterator[Callable[[Answered], None]]:
    """Write answers into a workbook; see :func:`duijie.desk.results.open_sink`."""
    with open_workbook(path) as book:
        tally = _Tally()
        overview = book.add_worksheet(say("概览", "Overview"))
        matches, teams, still_open = _sheets(book, run)
        looks = {
            level: book.add_format(
                {"bold": True, "font_color": ink, "bg_color": paper, "align": "center", "valign": "top"}
            )
            for level, (ink, paper) in _COLOURS.items()
        }
        number = book.add_format({"num_format": "0.000", "valign": "top"})
        first = book.add_format({"text_wrap": True, "valign": "top", "bold": True})

        def take(answered: Answered) -> None:
            tally.count(answered, run)
            demand = answered.demand
            credible = answered.credible(run.model)
            for match in credible:
                offer = answered.offers[match.offer]
                team = run.teams.get(offer.team)
                who = [team.title, team.organisation] if team else ["", ""]
                why = ["\n".join(part) for part in for_and_against(match.reasons, demand, offer, run.model)]
                cells = [demand.id, demand.title, match.rank, level_word(match.level), score_of(match.score)]
                cells += [offer.id, offer.title, offer.team, *who, *why]
                look = {3: looks[match.level], 4: number} | ({1: first} if match.rank == 1 else {})
                matches.add(cells, look)
            if not credible:
                verdict = answered.answer.verdict if answered.answer.verdict != "match" else "no match"
                still_open.add(
                    [demand.id, demand.title, verdict_word(verdict), "\n".join(answered.advice), demand.text]
                )
            if teams:
                for told in team_rows(answered, run):
                    told |= {"demand_title": demand.title, "evidence": evidence_text(told["evidence"])}
                    level, told["level"] = told["level"], level_word(told["level"])
                    teams.add([told[c] for c in TEAM_COLUMNS], {6: looks[level], 7: number})

        yield take
        for sheet in (matches, teams, still_open):
            if sheet:
                sheet.finish()
        _fill_overview(book, overview, tally, run)


def _sheets(book: Any, run: Run) -> tuple[Sheet, Sheet | None, Sheet]:
    title = say("技术需求对接结果", "Technology demands and their offers")
    headers = [
        say("需求编号", "demand id"),
        say("需求名称", "demand title"),
        say("名次", "rank"),
        say("匹配等级", "level"),
    ]
    headers += [
        say("得分", "score"),
        say("成果编号", "offer id"),
        say("成果名称", "offer title"),
        say("团队编号", "team id"),
    ]
    headers += [
        say("团队名称", "team title"),
        say("单位", "organisation"),
        say("为什么推荐", "why"),
        say("不足", "against"),
    ]
    widths = [20, 34, 6, 9, 8, 20, 34, 10, 22, 22, 46, 30]
    matches = Sheet(book, say("匹配", "Matches"), title, headers, widths)
    teams = None
    if run.with_teams:
        teams = Sheet(book, say("团队", "Teams"), title, team_columns(), [20, 34, 6, 10, 26, 26, 9, 8, 70])
    headers = [
        say("需求编号", "demand"),
        say("需求名称", "title"),
        say("结论", "verdict"),
        say("建议", "advice"),
        say("原文", "text"),
    ]
    still_open = Sheet(book, say("未匹配需求", "Unanswered"), title, headers, [20, 34, 10, 60, 60])
    return matches, teams, still_open


def _fill_overview(book: Any, page: Any, tally: _Tally, run: Run) -> None:
    head = book.add_format({"bold": True, "font_size": 16})
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EDF3"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    left = book.add_format({"align": "left", "valign": "top"})
    page.set_column(0, 0, 34)
    page.set_column(1, 3, 16)
    page.hide_gridlines(2)
    dress_for_print(page, say("技术需求对接结果", "Technology demands and their offers"))
    page.write_string(0, 0, say("技术需求对接结果", "Technology demands and their offers"), head)
    rows: list[tuple[str, object]] = [
        (say("需求总数", "demands"), tally.demands),
        (say("　有可信匹配", "  with credible offers"), sum(tally.best.values())),
        (say("　太笼统，先补充", "  too vague, to be completed"), tally.verdicts["too vague"]),
        (
            say("　没有可信成果", "  without a credible offer"),
            tally.demands - sum(tally.best.values()) - tally.verdicts["too vague"],
        ),
        (say("被推荐的成果（去重）", "offers proposed (each once)"), len(tally.offers)),
    ]
    row = 2
    for name, value in rows:
        page.write_string(row, 0, name)
        page.write_number(row, 1, value, left)
        row += 1
    row += 1
    page.write_row(row, 0, [say("每条需求最好的匹配", "best match of each demand"), say("需求数", "demands")], bold)
    for level in (4, 3, 2, 1):
        row += 1
        page.write_string(row, 0, level_word(level))
        page.write_number(row, 1, tally.best[level], left)
    row += 2
    headers = [
        say("技术领域", "field"),
        say("需求数", "demands"),
        say("有匹配", "answered"),
        say("较强以上", "fairly strong or strong"),
    ]
    page.write_row(row, 0, headers, bold)
    for name, counts in sorted(tally.fields.items(), key=lambda item: (-item[1]["demands"], item[0])):
        row += 1
        page.write_string(row, 0, legal(name), wrap)
        for place, key in enumerate(("demands", "answered", "strong"), 1):
            page.write_number(row, place, counts[key], left)
    row += 2
    page.write_row(row, 0, [say("依据", "made from"), ""], bold)
    for name, text in run.about.items():
        row += 1
        page.write_string(row, 0, name)
        page.write_string(row, 1, legal(text))
