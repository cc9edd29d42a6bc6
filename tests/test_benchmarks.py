"""The benchmarks still run: each script in its small form, on the project's own samples."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def run(script: str, *more: str) -> str:
    command = [sys.executable, str(BENCHMARKS / script), "--data", "nowhere", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(document: str, title: str) -> list[list[str]]:
    table = document.split(f"### {title}", 1)[1].split("### ", 1)[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]


def test_speed_small_measures_three_engines_and_finds_the_naive_answer():
    told = run("speed.py", "--small")

    engines = ["duijie", "bm25s", "tantivy"]
    assert [row[1] for row in rows(told, "Queries of 43 terms")] == engines
    assert [row[1] for row in rows(told, "Indexing")] == engines
    exact = {row[0]: row[1:4] for row in rows(told, "First ten")}
    queries = exact["duijie"][0]
    assert exact["duijie"] == [queries] * 3
    assert "no module" not in told.lower()


def test_quality_small_ranks_samples_above_plain_bm25_in_recall():
    told = run("quality.py", "--small")

    for folder in ("demand-matching", "papers-zh", "expert-finding"):
        assert f"not found, skipped: nowhere/{folder}" in told
    recall = {row[0]: float(row[5]) for row in rows(told, "The shipped samples")}
    assert recall["default model"] >= recall["plain BM25, bigrams"]
    assert [row[0] for row in rows(told, "The same need in other words: samples")][1:] == [
        "short", "plain", "typos", "traditional", "english",
    ]  # fmt: skip


def test_allocation_small_equals_its_peer():
    told = run("allocation.py", "--small")

    assert "nowhere/assignment: not found, skipped" in told
    assert " yes " in told
    assert " NO " not in told


def test_ledger_small_loses_nothing_and_is_sound():
    told = run("ledger.py", "--small")

    kills, acknowledged, lost, half, sound = rows(told, "kill -9")[0]
    assert int(kills) > 0
    assert int(acknowledged) > 0
    assert (lost, half, sound) == ("0", "0", "yes")


def test_site_small_answers_without_an_error():
    told = run("site.py", "--small")

    lists = rows(told, "Lists of demands, 16 clients")
    assert len({row[1] for row in lists}) == 3
    assert {row[-1] for row in lists} == {"0"}
    assert [row[0] for row in rows(told, "Import over HTTP")] == ["alone", "while 3 people look at lists"]
    assert rows(told, "Search, 16 clients")[0][-2] == "0"


def test_speed_without_data_says_so():
    assert run("speed.py") == "not found, skipped: nowhere/papers-zh\n"


def test_run_heading_names_machine_commit_date_and_versions():
    code = "import run; print(run.heading('2026-11-23', 'x'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=BENCHMARKS, capture_output=True, text=True, check=True)

    for word in ("2026-11-23", "Commit: ", "cores", "numba ", "tantivy "):
        assert word in done.stdout
