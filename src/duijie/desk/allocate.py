"""`duijie allocate`: share scarce teams (or offers) out over all demands at once, and say who lost what, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duijie.desk.account import headers, report, rows_of
from duijie.desk.console import remark, screen
from duijie.desk.errors import Refused
from duijie.desk.intake import check_outputs, take
from duijie.desk.sharing import Case, Shared, case_of, share_out
from duijie.tables.read import read_capacity, read_documents, read_matches, read_teams
from duijie.tables.write import write_rows
from duijie.words import say

ENDINGS = (".jsonl", ".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Wish:
    """What `duijie allocate` is asked for; capacity and floor are a number for all, or a file."""

    matches: Path
    capacity: str
    floor: str | None = None
    out: Path | None = None
    wanted: int = 1
    demands: Path | None = None
    teams: Path | None = None
    skip_bad: bool = False


def allocate(wish: Wish) -> None:
    """Share out, print the account, and write it if wished."""
    others = [Path(given) for given in (wish.capacity, wish.floor or "") if given and not given.isdigit()]
    inputs = [wish.matches, *others, *(path for path in (wish.demands, wish.teams) if path)]
    check_outputs([wish.out] if wish.out else [], ENDINGS, inputs)
    rows = take(read_matches(wish.matches, skip_bad=wish.skip_bad), wish.matches, wish.out, own=True)
    titles: dict[str, str] = {}
    if wish.demands:
        titles |= {d.id: d.title for d in read_documents(wish.demands, noun="demand", skip_bad=True).rows}
    if wish.teams:
        titles |= {t.id: t.title for t in read_teams(wish.teams, skip_bad=True).rows}
    case = case_of(rows, titles)
    capacity, floor = _limits(wish, case)
    shared = share_out(case, capacity, floor, wish.wanted)
    report(shared)
    if wish.out:
        write(shared, wish.out)
        screen().print(say(f"已写入 {wish.out}", f"written: {wish.out}"), soft_wrap=True)


def _limits(wish: Wish, case: Case) -> tuple[list[int], list[int] | None]:
    """Return the capacity and the floor of each taker."""
    capacity, floor = _capacity(wish, case)
    if wish.floor is None:
        return capacity, floor
    if wish.floor.isdigit():
        return capacity, [int(wish.floor)] * len(case.takers)
    rows = take(read_capacity(wish.floor, skip_bad=wish.skip_bad), Path(wish.floor), wish.out)
    told = {row.team: row.floor for row in rows}
    return capacity, [told.get(name, 0) for name in case.takers]


def _capacity(wish: Wish, case: Case) -> tuple[list[int], list[int] | None]:
    if wish.capacity.isdigit():
        return [int(wish.capacity)] * len(case.takers), None
    rows = take(read_capacity(wish.capacity, skip_bad=wish.skip_bad), Path(wish.capacity), wish.out)
    told = {row.team: row for row in rows}
    file = Path(wish.capacity).name
    if unknown := [name for name in case.takers if name not in told]:
        if len(unknown) == len(case.takers):
            raise Refused(
                say(
                    f"{file} 里的编号与匹配里的一个也对不上；匹配里的如 {unknown[0]}，请检查团队编号。",
                    f"no id in {file} stands in the matches, which have ids such as {unknown[0]}; check the ids.",
                )
            )
        names = say("、", ", ").join(unknown[:3])
        remark(
            say(
                f"容量表里没有 {len(unknown)} 个团队（如 {names}），按不承接计",
                f"{len(unknown)} team(s) are not in the capacity file (such as {names}) and take nobody",
            )
        )
    floors = [told[name].floor if name in told else 0 for name in case.takers]
    return [told[name].capacity if name in told else 0 for name in case.takers], floors if any(floors) else None


def write(shared: Shared, out: Path) -> None:
    """Write an allocation, by ending."""
    if out.suffix.casefold() == ".xlsx":
        from duijie.desk.allocation_sheet import write_allocation  # noqa: PLC0415

        write_allocation(shared, out)
        return
    write_rows(out, headers(shared.case, keys=out.suffix.casefold() == ".jsonl"), rows_of(shared))
