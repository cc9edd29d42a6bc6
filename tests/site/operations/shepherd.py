"""Work for a worker in a process of its own: it leaves its marks in a file, so that a test sees what was really done."""

from __future__ import annotations

import time
from pathlib import Path

from duijie.site.kernel.jobs import work


@work
def count_slowly(progress, *, marks, many, seconds):
    with Path(marks).open("a") as file:
        file.write("begun\n")
    for _sheep in progress.over(range(many)):
        time.sleep(seconds)
    with Path(marks).open("a") as file:
        file.write("done\n")
    return {"summary": f"{many} 只羊"}
