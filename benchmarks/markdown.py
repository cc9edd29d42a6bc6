"""Plain markdown tables, and how the scripts say that data is missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> str:
    """Return a titled table; columns that hold only numbers are set to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [all(_is_number(row[i]) for row in cells) for i in range(len(head))]
    lines = [f"### {title}", ""]
    lines += [_line(head), _line(["--:" if right else "---" for right in numeric]), *map(_line, cells)]
    return "\n".join([*lines, "", *([note, ""] if note else [])])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _is_number(text: str) -> bool:
    return not text or text in "–" or not set(text) - set("0123456789.,+−-×±% []")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 10 else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def tell(text: str) -> None:
    """Say how far a long run is; the tables alone go to standard output."""
    print(text, file=sys.stderr, flush=True)


def missing(folder: Path) -> bool:
    """Return whether a folder is not there, and say so in the words the readers of results look for."""
    if folder.is_dir():
        return False
    print(f"not found, skipped: {folder}", flush=True)
    return True
