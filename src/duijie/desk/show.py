"""Answers on the screen: the best few of each demand, with the reasons under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.sentences import for_and_against, level_word, verdict_word
from duijie.words import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from duijie.desk.results import Answered, Run

_STYLES = {4: "bold green", 3: "cyan", 2: "yellow", 1: "dim"}


def show_answer(console: Console, answered: Answered, run: Run, shown: int) -> None:
    """Print one demand with its best offers, or with what to add to it."""
    from rich.text import Text  # noqa: PLC0415

    demand = answered.demand
    show_line(console, Text.assemble((demand.title, "bold"), (f"  {demand.id}", "dim")), 0)
    best = answered.credible(run.model)[:shown]
    if not best:
        verdict = answered.answer.verdict if answered.answer.verdict != "match" else "no match"
        show_line(console, Text(verdict_word(verdict), style="yellow"), 2)
        for sentence in answered.advice[:4]:
            show_line(console, Text(f"· {sentence}"), 4)
    for match in best:
        offer = answered.offers[match.offer]
        head = Text.assemble(
            (f"{match.rank}. ", "dim"),
            (level_word(match.level), _STYLES[match.level]),
            (f" {match.score:.3f}  ", "dim"),
            offer.title,
            (f"  {offer.id}", "dim"),
            (f"  {_who(offer.team, run)}" if offer.team else "", "magenta"),
        )
        show_line(console, head, 2)
        good, bad = for_and_against(match.reasons, demand, offer, run.model)
        for sentence in good[:3]:
            show_line(console, Text(f"✓ {sentence}"), 5)
        for sentence in bad[:2]:
            show_line(console, Text(f"✗ {sentence}", style="dim"), 5)
    if answered.teams:
        names = say("；", "; ").join(
            say(f"{_who(t.team, run)}（{len(t.evidence)} 项成果）", f"{_who(t.team, run)} ({len(t.evidence)} offers)")
            for t in answered.teams[:shown]
        )
        show_line(console, Text(say(f"团队：{names}", f"teams: {names}"), style="magenta"), 2)
    console.print()


def show_line(console: Console, line: Text, indent: int) -> None:
    """Print a line, broken where it is full (Chinese has no spaces to break at), indented throughout."""
    from rich.text import Text  # noqa: PLC0415

    room = max(20, console.width - indent)
    chinese = any(character > "\u2e80" for character in line.plain)
    for part in line.divide(_breaks(line.plain, room)) if chinese else line.wrap(console, room):
        part.rstrip()
        console.print(Text(" " * indent).append_text(part), soft_wrap=True)


def _breaks(text: str, room: int) -> list[int]:
    """Return where to break so that no line is wider than ``room`` cells; a Latin word is not cut if it fits a line."""
    from rich.cells import cell_len  # noqa: PLC0415

    breaks: list[int] = []
    start, width, place = 0, 0, 0
    while place < len(text):
        width += cell_len(text[place])
        if width > room and place > start:
            cut = place
            while cut > start + 1 and _in_word(text, cut):
                cut -= 1
            start = place = cut if cut > start + 1 else place
            breaks.append(start)
            width = 0
            continue
        place += 1
    return breaks


def _in_word(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    return (
        before.isascii() and after.isascii() and not before.isspace() and not after.isspace()
    ) or after in "，。、；：”）！？"


def _who(team: str, run: Run) -> str:
    known = run.teams.get(team)
    return f"{known.title}（{known.organisation}）" if known and known.organisation else known.title if known else team
