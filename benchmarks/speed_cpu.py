"""Speed in processor time, for a machine that is busy with other work: waiting for a turn does not count.

``python benchmarks/speed_cpu.py FOLDER [SIZE …]`` — the engines' folders and rows that ``speed.py --work FOLDER`` left. The
engines take turns query by query; every figure is the median over five rounds, every ratio the median of the rounds' ratios.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from markdown import table
from peers import OPEN, Rows
from speed_steps import LENGTHS, TOP, _draw, _drawn

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, SINGLES, TOGETHER = 5, 60, 256


def _clock(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return 1e3 * (time.process_time() - started)


def main() -> None:
    """Print the table."""
    work = Path(sys.argv[1])
    out: list[list[Any]] = []
    for n in map(int, sys.argv[2:] or ("10000", "200000", "1000000")):
        engines = {name: opened(work / f"{name}-{n}") for name, opened in OPEN.items()}
        rows = Rows.load(work / f"rows-{n}")
        for length in LENGTHS.values():
            asked = [rows.ask(names) for names in _draw(_drawn(work), length, TOGETHER)]
            one = {name: np.zeros((ROUNDS, SINGLES)) for name in engines}
            many = {name: np.zeros(ROUNDS) for name in engines}
            for engine in engines.values():  # warm
                engine.batch(asked, TOP, 1)
                for query in asked[:SINGLES]:
                    engine.search(query, TOP)
            for r in range(ROUNDS):
                for i, query in enumerate(asked[:SINGLES]):
                    for name, engine in engines.items():
                        one[name][r, i] = _clock(partial(engine.search, query, TOP))
                for name, engine in engines.items():
                    many[name][r] = _clock(partial(engine.batch, asked, TOP, 1)) / TOGETHER
            for name in engines:
                single, ours = np.median(one[name], axis=1), np.median(one["duijie"], axis=1)
                ratios = np.median(single / ours), np.median(many[name] / many["duijie"])
                told = [np.median(single), ratios[0], np.median(many[name]), ratios[1]]
                out.append([n, length, name, *map(float, told)])
    head = ["documents", "terms", "engine", "one query ms", "÷ duijie's", "in batch ms", "÷ duijie's"]
    print(table("Processor time of a query, one thread", head, out))


if __name__ == "__main__":
    main()
