"""Names of provinces and of Inner Mongolia's leagues and cities (GB/T 2260), from ``places.csv`` beside this."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from duijie.words import say


@cache
def _names() -> dict[str, tuple[str, str]]:
    with (files("duijie.desk") / "places.csv").open(encoding="utf-8") as file:
        return {row["code"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}


def place_name(code: str) -> str:
    """Return the name of the league, city or province a code lies in; "" for a code of neither."""
    names = _names()
    return say(*(names.get(code[:4]) or names.get(code[:2]) or ("", ""))) if code.isdigit() else ""


def subtree(code: str) -> str:
    """Return the digits all codes below ``code`` begin with: 150000 → 15, 150200 → 1502, 150204 → 150204."""
    if len(code) != 6 or not code.endswith("00"):
        return code
    return code[:2] if code.endswith("0000") else code[:4]


def code_of(name: str) -> str:
    """Return the digits of a place by its name ("包头", "包头市", "Baotou"), "" where it is none known."""
    wanted = name.casefold()
    for code, (zh, en) in _names().items():
        if wanted == en.casefold() or (wanted.startswith(zh) and len(wanted) - len(zh) <= 5):
            return code
    return ""
