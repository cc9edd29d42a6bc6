"""Are the tables sound, does the database hold them, and do they agree with other people's tables?

What differs for a known reason stands in ``tables/differences.csv`` with that reason.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from duijie.site.registry import sources
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a table and another say different things; ``reason`` is empty where none is known."""

    table: str
    code: str
    words: str
    reason: str = ""


def drift() -> list[str]:
    """Return in words where the database holds something else than the tables; ``duijie registry load`` mends it."""
    found = []
    for table in sources.EVERY:
        names = [field.attname for field in table.model._meta.concrete_fields]
        present: dict[Any, Any] = table.model._default_manager.in_bulk()
        rows = sources.read_table(table)
        absent = sum(row.pk not in present for row in rows)
        other = sum(
            any(getattr(row, n) != getattr(present[row.pk], n) for n in names) for row in rows if row.pk in present
        )
        if absent or other:
            found.append(
                say(
                    f"{table.name}：数据库缺 {absent} 行，不同 {other} 行。请运行 duijie registry load。",
                    f"{table.name}: the database lacks {absent} rows, {other} differ. Run duijie registry load.",
                )
            )
    return found


def unsound() -> Iterator[str]:
    """Yield in words what contradicts itself in the tables: codes given twice, references to nothing, ends before begins."""
    for table in sources.EVERY:
        rows = sources.read_table(table)
        known = {row.pk for row in rows}
        if len(known) < len(rows):
            yield say(f"{table.name}：有重复的代码", f"{table.name}: a code is given twice")
        for row in rows:
            for name in ("parent_id", "successor_id"):
                if (code := getattr(row, name, None)) is not None and code not in known:
                    yield say(f"{table.name} {row.pk}：{name} 无此代码", f"{table.name} {row.pk}: {name} is no code")
            if (end := getattr(row, "valid_to", None)) is not None and end <= getattr(row, "valid_from", end):
                yield say(f"{table.name} {row.pk}：终止早于起始", f"{table.name} {row.pk}: ends before it begins")


def differences(against: Path) -> list[Difference]:
    """Return every difference from the tables in a folder, the explained ones with their reason.

    The folder may hold ``provinces.csv``, ``cities.csv``, ``areas.csv``, ``gbt4754_2017.csv`` and ``holidays/*.json``.
    """
    found = [*_regions(against), *_industries(against), *_days(against)]
    with (sources.TABLES / "differences.csv").open(encoding="utf-8") as file:
        known = list(csv.DictReader(file))
    return [
        Difference(
            one.table,
            one.code,
            one.words,
            next(
                (
                    say(line["reason"], line["reason_english"])
                    for line in known
                    if line["table"] == one.table and fnmatch(one.code, line["code"])
                ),
                "",
            ),
        )
        for one in found
    ]


def _regions(against: Path) -> Iterator[Difference]:
    theirs = {
        row["code"].ljust(6, "0"): row["name"]
        for name in ("provinces", "cities", "areas")
        for row in _lines(against / f"{name}.csv")
    }
    ours = {row["code"]: row["name"] for row in _lines(sources.TABLES / "regions.csv") if not row["valid_to"]}
    yield from _compared("regions", ours, theirs)


def _industries(against: Path) -> Iterator[Difference]:
    theirs = {row["code"]: row["name"] for row in _lines(against / "gbt4754_2017.csv")}
    ours = {row["code"]: row["name"] for row in _lines(sources.TABLES / "industries.csv")}
    yield from _compared("industries", ours, theirs)


def _days(against: Path) -> Iterator[Difference]:
    theirs: dict[str, str] = {}
    years: set[int] = set()
    for path in sorted(against.glob("holidays/*.json")):
        year = json.loads(path.read_text(encoding="utf-8"))
        years |= {year["year"]}
        theirs |= {day["date"]: "0" if day["isOffDay"] else "1" for day in year["days"]}
    ours = {row["day"]: row["working"] for row in _lines(sources.TABLES / "days.csv") if int(row["day"][:4]) in years}
    named = {"0": say("休", "off"), "1": say("班", "work")}

    def meant(day: str, table: dict[str, str]) -> str:
        return named[table.get(day, "1" if date.fromisoformat(day).weekday() < 5 else "0")]

    every = sorted({*ours, *theirs}) if theirs else []
    yield from _compared("days", {day: meant(day, ours) for day in every}, {day: meant(day, theirs) for day in every})


def _compared(table: str, ours: dict[str, str], theirs: dict[str, str]) -> Iterator[Difference]:
    if not theirs:
        return
    for code in sorted({*ours, *theirs}):
        here, there = ours.get(code), theirs.get(code)
        if here is None:
            yield Difference(table, code, say(f"{code} {there}：只在对方", f"{code} {there}: only there"))
        elif there is None:
            yield Difference(table, code, say(f"{code} {here}：只在本表", f"{code} {here}: only here"))
        elif _plain(here) != _plain(there):
            yield Difference(
                table, code, say(f"{code}：本表“{here}”，对方“{there}”", f"{code}: “{here}” here, “{there}” there")
            )


def _plain(name: str) -> str:
    return "".join(name.split()).replace("(", "（").replace(")", "）")


def _lines(path: Any) -> Iterable[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
