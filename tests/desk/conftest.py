from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import duijie

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(duijie.__file__).parent / "samples"
VAGUE = ["D-V", "希望合作", "我公司希望与高校开展技术合作，提高产品质量。", "", "", "", "", "", "", ""]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few demands (one vague), offers and teams, and an index of the offers."""
    folder = tmp_path_factory.mktemp("small")
    offers = _first(SAMPLES / "offers.csv", folder / "offers.csv", 60)
    teams = {row[9] for row in offers[1:]}
    demands = _first(SAMPLES / "demands.csv", folder / "demands.csv", 6)
    with (folder / "demands.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([*VAGUE, *[""] * (len(demands[0]) - len(VAGUE))])
    _first(SAMPLES / "teams.csv", folder / "teams.csv", len(teams))
    return folder


def _first(source: Path, target: Path, count: int) -> list[list[str]]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[: count + 1]
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return rows


@pytest.fixture(scope="session")
def small_index(small: Path) -> Path:
    from duijie.desk import indexes

    indexes.build(small / "index", small / "offers.csv", encoder="none", processes=None, skip_bad=False)
    return small / "index"


@pytest.fixture
def index(small_index: Path, tmp_path: Path) -> Path:
    """A copy of the index that a test may change."""
    shutil.copytree(small_index, tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def duijie_run() -> Callable[..., Any]:
    """Runs the command and returns what came out."""
    from duijie.cli import app

    def run(*arguments: object) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def match_run(duijie_run: Callable[..., Any], small: Path) -> Callable[..., Any]:
    """Runs ``duijie match`` on the small tables, without a dense leg."""

    def run(*arguments: object) -> Any:
        return duijie_run(
            "match",
            "--demands",
            small / "demands.csv",
            "--offers",
            small / "offers.csv",
            "--encoder",
            "none",
            *arguments,
        )

    return run
