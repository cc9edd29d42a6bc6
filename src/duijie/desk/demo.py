"""`duijie demo`: the main job on the sample data that comes with the package, from tables to a shared-out result."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from duijie.desk.console import announce_compiling, progress, screen
from duijie.desk.intake import choose_encoder, make_folder
from duijie.desk.results import Run, open_sink
from duijie.tables.read import read_documents, read_teams
from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from duijie.desk.results import Answered
    from duijie.engine.matching.index import Index
    from duijie.engine.matching.types import Document, Team

_SHOWN = 3
_PLACES = 2  # of a team that does not say how many cooperations it can take


def demo(out: Path, *, quick: bool) -> None:
    """Index, match, rank teams, share out, and write what people open; ``quick`` compares words only."""
    make_folder(out)
    with as_file(files("duijie") / "samples") as samples:
        demands = read_documents(samples / "demands.csv", noun="demand").rows
        offers = read_documents(samples / "offers.csv", noun="offer").rows
        teams = read_teams(samples / "teams.csv").rows
    console = screen()
    console.print(
        say(
            f"样例：{len(demands)} 条需求，{len(offers)} 条供给，{len(teams)} 个团队（机构均为虚构）。",
            f"samples: {len(demands)} demands, {len(offers)} offers, {len(teams)} teams (invented).",
        )
    )
    announce_compiling()
    index = _index(out / "index", offers, "none" if quick else "bundled")
    console.print(say(f"已建好索引 {out / 'index'}。", f"index built: {out / 'index'}."), soft_wrap=True)
    answers = _match(out, index, demands, teams, console)
    _share_out(out, answers, demands, teams, console)
    _next_steps(out, console)


def _index(folder: Path, offers: tuple[Document, ...], encoder: str) -> Index:
    from duijie.engine.matching.index import Index  # noqa: PLC0415

    if (folder / "manifest.json").exists():
        shutil.rmtree(folder)
    with progress(say("建索引", "building the index"), len(offers)) as advance:
        return Index.create(folder, offers, encoder=choose_encoder(encoder, offers), progress=advance)


def _match(
    out: Path, index: Index, demands: tuple[Document, ...], teams: tuple[Team, ...], console: Console
) -> list[Answered]:
    from duijie.desk.match import THREADS, answer, summary  # noqa: PLC0415
    from duijie.desk.show import show_answer  # noqa: PLC0415
    from duijie.engine.matching.model import default_model  # noqa: PLC0415
    from duijie.engine.matching.rank import Matcher  # noqa: PLC0415

    model = default_model()
    about = {
        say("需求", "demands"): say("随软件附带的样例", "the samples that come with the software"),
        say("排序模型", "ranking model"): model.name,
        say("供给摘要", "digest of the offers"): index.digest(),
    }
    run = Run(model, {team.id: team for team in teams}, about=about)
    answers: list[Answered] = []
    with ExitStack() as stack:
        advance = stack.enter_context(progress(say("匹配需求", "matching demands"), len(demands)))
        sinks = [stack.enter_context(open_sink(out / f"matches.{ending}", run)) for ending in ("html", "xlsx", "jsonl")]
        for answered in answer(Matcher(index, model, threads=THREADS), demands, 20, run=run, known=("deadline",)):
            for give in sinks:
                give(answered)
            answers.append(answered)
            advance(1)
    counts: dict[str, int] = {}
    for answered in answers:
        counts[answered.answer.verdict] = counts.get(answered.answer.verdict, 0) + 1
    console.print(summary(counts))
    console.print()
    best = sorted((a for a in answers if a.answer.matches), key=lambda a: (-a.answer.best, a.demand.id))
    for answered in best[:_SHOWN]:
        show_answer(console, answered, run, 2)
    for answered in [a for a in answers if not a.answer.matches][:1]:
        show_answer(console, answered, run, 2)
    return answers


def _share_out(
    out: Path, answers: list[Answered], demands: tuple[Document, ...], teams: tuple[Team, ...], console: Console
) -> None:
    from duijie.desk.account import report  # noqa: PLC0415
    from duijie.desk.allocate import write  # noqa: PLC0415
    from duijie.desk.sharing import case_of, share_out  # noqa: PLC0415
    from duijie.tables.shapes import MatchRow  # noqa: PLC0415

    rows = [
        MatchRow(m.demand, m.offer, m.rank, m.score, m.level, "match", a.offers[m.offer].team)
        for a in answers
        for m in a.answer.matches
        if m.level > 1
    ]
    rows += [MatchRow(a.demand.id, verdict=a.answer.verdict) for a in answers if not a.answer.matches]
    titles = {d.id: d.title for d in demands} | {t.id: t.title for t in teams}
    case = case_of(rows, titles)
    room = {t.id: _PLACES if t.capacity is None else t.capacity for t in teams}
    shared = share_out(case, [room.get(name, _PLACES) for name in case.takers], None, 1)
    console.print(say("按团队可承接数统一分配：", "Shared out by what each team can take:"), style="bold")
    report(shared, shown=_SHOWN)
    write(shared, out / "allocation.xlsx")


def _next_steps(out: Path, console: Console) -> None:
    console.print()
    console.print(say("结果：", "Results:"), style="bold")
    for name, what in (
        (
            "matches.html",
            say("网页，双方原文里对上的词都标出", "a page with the phrases that met marked in both texts"),
        ),
        ("matches.xlsx", say("给领导看的表", "a workbook for people who decide")),
        ("matches.jsonl", say("给程序读", "for programs")),
        ("allocation.xlsx", say("团队分配", "the teams shared out")),
    ):
        console.print(f"  {out / name}  {what}", soft_wrap=True)
    console.print(say("用自己的表试试：", "Try your own tables:"), style="bold")
    index = out / "index"
    for command in (
        say(
            "duijie match --demands 需求.xlsx --offers 成果.xlsx --out 匹配.xlsx",
            "duijie match --demands demands.xlsx --offers offers.xlsx --out matches.xlsx",
        ),
        say(
            f"duijie match --demands 需求.xlsx --offers {index}",
            f"duijie match --demands demands.xlsx --offers {index}",
        ),
        f"duijie allocate {out / 'matches.jsonl'} --capacity 2",
    ):
        console.print(f"  {command}", soft_wrap=True)
