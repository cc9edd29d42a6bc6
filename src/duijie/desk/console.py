"""What goes to the screen: results to stdout, remarks and progress to stderr, bars only on a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console


def remark(sentence: str) -> None:
    """Say something beside the result, on one line."""
    print(say("提示：", "note: ") + " ".join(sentence.split()), file=sys.stderr)


def remarks(sentences: Iterable[str]) -> None:
    """Say several things beside the result."""
    for sentence in sentences:
        remark(sentence)


def screen() -> Console:
    """Return where results are printed; 100 characters wide where it is no terminal."""
    from rich.console import Console  # noqa: PLC0415

    return Console(width=None if sys.stdout.isatty() else 100, highlight=False, soft_wrap=False)


@contextmanager
def progress(label: str, total: int | None, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Show a bar while something long runs; the function lent advances it. Not ``shown`` where results come meanwhile."""
    if not shown or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=total)
        yield lambda done: bars.update(task, advance=done)


def announce_compiling() -> None:
    """Tell who waits that the first run on a machine compiles the engine. Call before the engine is imported."""
    from numba.core import event  # noqa: PLC0415

    class _Listener(event.Listener):  # type: ignore[misc]  # numba publishes no types
        told = False

        def on_start(self, _event: object) -> None:
            if not self.told:
                self.told = True
                remark(
                    say(
                        "首次运行，正在编译内核，约需一分钟，以后不再编译",
                        "first run: compiling the engine takes about a minute, once",
                    )
                )

        def on_end(self, _event: object) -> None:
            pass

    event.register("numba:compile", _Listener())
