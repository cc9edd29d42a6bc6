"""Quality: ranking, rewordings, levels, known items and people, each beside a plain baseline in the same run.

``python benchmarks/quality.py [--data ../shared/data] [--small] [--only real samples known people]``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from markdown import missing, tell
from quality_demands import read_real, read_samples, report_real, report_samples, small_task
from quality_papers import report_known, report_people

PARTS = ("real", "samples", "known", "people")


def main() -> None:
    """Print the tables, each as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--small", action="store_true", help="a few demands, to see that the script runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args()
    for part in asked.only:
        tell(f"quality: {part}")
        if text := report(part, asked.data, small=asked.small):
            print(text, flush=True)


def report(part: str, data: Path, *, small: bool) -> str:
    """Return the tables of one part, nothing where its data are not there."""
    if part == "samples":
        task = read_samples()
        return report_samples(small_task(task, 4, 10) if small else task)
    folder = {"real": "demand-matching", "known": "papers-zh", "people": "expert-finding"}[part]
    if missing(data / folder):
        if part == "real" and small:
            return report_real(small_task(read_samples(), 10, 0), small=True)
        return ""
    if part == "real":
        real = read_real(data)
        return report_real(small_task(real, 10, 50) if small else real, small=small)
    return report_known(data, small=small) if part == "known" else report_people(data, small=small)


if __name__ == "__main__":
    main()
