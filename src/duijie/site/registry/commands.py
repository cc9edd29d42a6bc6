"""What ``duijie registry`` does, in lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.site.registry import checks
from duijie.site.registry.actions import load_tables
from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path


def load() -> list[str]:
    """Load the tables that come along, and say what that changed."""
    return [
        say(
            f"{name}：共 {table.total} 行，新增 {table.added}，更改 {table.changed}，终止 {table.ended}",
            f"{name}: {table.total} rows, {table.added} added, {table.changed} changed, {table.ended} ended",
        )
        for name, table in load_tables().items()
    ]


def check(against: Path | None = None) -> list[str]:
    """Say what is wrong with the tables, where the database holds something else, and where another folder's tables differ.

    Differences with a known reason (``tables/differences.csv``) are only counted.
    """
    wrong = [*checks.unsound(), *checks.drift()]
    found = checks.differences(against) if against else []
    wrong += [difference.words for difference in found if not difference.reason]
    explained = sum(bool(difference.reason) for difference in found)
    if explained:
        wrong.append(
            say(
                f"另有 {explained} 处不同，原因已知，见 tables/differences.csv。",
                f"{explained} more differ for known reasons: see tables/differences.csv.",
            )
        )
    return wrong or [say("基础数据无误。", "The reference data is sound.")]
