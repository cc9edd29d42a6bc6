"""The site: importing 10,000 rows, lists and search with 16 people at once, and ``kill -9``.

``python benchmarks/site.py [--small] [--postgresql] [--demands 100000] [--kills 40]``

Served as ``duijie serve`` serves it, over HTTP, from processes of their own, on SQLite with the settings of the embedded
default, in a folder that is thrown away; ``--postgresql`` starts a throw-away server that waits for the disk as well.
"""

# ruff: noqa: A005  a script, never imported; Python's own ``site`` is loaded before it

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown import table, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = 16
LISTS = {
    "as it opens": "/demands/",
    "one state": "/demands/?state=published",
    "by title": "/demands/?sort=title",
    "a page in the middle": "/demands/?page=2000",
    "a word": "/demands/?q=马铃薯",
}
SEARCHES = ("/search/?q=马铃薯种薯分级", "/search/?q=羊绒检测", "/search/?q=风机叶片在线监测&kind=demand")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="not used")
    parser.add_argument("--small", action="store_true", help="seconds: only to see that everything runs")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--demands", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=40)
    asked = parser.parse_args()
    sizes = [200] if asked.small else [1_000, asked.demands]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"DUIJIE_VAR": folder, "DUIJIE_SECRET_KEY": "benchmark" * 6, "DUIJIE_HOSTS": "127.0.0.1"}
        sys.path.insert(0, str(ROOT))
        if asked.postgresql:
            from tests.site import postgres

            settings = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
            environment["DUIJIE_DATABASE_URL"] = stack.enter_context(postgres.cluster(**settings))
        people = prepare(environment)
        print_lists(environment, people, sizes, seconds=0.5 if asked.small else 6)
        print_import(environment, people, rows=100 if asked.small else 10_000)
        if not asked.small:  # tests/site/durability cuts a few times
            print_killing(environment, kills=asked.kills)


def prepare(environment: dict[str, str]) -> dict[str, str]:
    """Make an empty site with its people; return a session for each role."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "duijie.site.settings", **environment}
    import django

    django.setup()
    from django.db import connection
    from tests.site.durability.people import appoint, companies, session_of

    from duijie.site.operations.migrate import migrate

    tell(f"making a site on {connection.vendor}")
    migrate(tell=tell)
    own = companies(200)[0]
    return {
        "officer of the region": session_of(appoint("王志远", "officer", region="150000")),
        "officer of a league": session_of(appoint("赵晓东", "officer", region="150100")),
        "contact of a company": session_of(appoint("娜仁", "contact", organisation=own)),
    }


def print_lists(environment: dict[str, str], people: dict[str, str], sizes: Sequence[int], *, seconds: float) -> None:
    """Time list pages and searches as the number of demands grows."""
    from tests.site.durability.people import companies

    from duijie.site.demands.models import Demand
    from duijie.site.search import shelf

    lines, alone, found = [], [], []
    crowd = ([*people.values()] * CLIENTS)[:CLIENTS]
    for size in sizes:
        fill(size - Demand.objects.count(), companies(200))
        tell(f"indexing {size:,} demands")
        indexed = timed(shelf.rebuild)
        with serving(environment) as port:
            for role, session in people.items():
                lines.append([f"{size:,}", role, *load(port, [session] * CLIENTS, list(LISTS.values()), seconds)])
                lone = [load(port, [session], [path], seconds / 5)[2] for path in LISTS.values()]
                alone.append([f"{size:,}", role, *lone])
            first = timed(partial(load, port, crowd[:4], SEARCHES[:1], 0.1))
            asked = load(port, crowd, SEARCHES, seconds)
            found.append([f"{size:,}", f"{indexed:.1f}", f"{first:.1f}", *asked, delay(port, crowd[0])])
    head = ["demands", "role", *MEASURED]
    print(table(f"Lists of demands, {CLIENTS} clients without a pause", head, lines), flush=True)
    print(table("Lists of demands, one client: p50 ms", ["demands", "role", *LISTS], alone), flush=True)
    head = ["demands", "index anew s", "first of a process s", *MEASURED, "a new demand is found after s"]
    print(table(f"Search, {CLIENTS} clients of all roles", head, found), flush=True)


def fill(number: int, companies: Sequence[object]) -> None:
    """Put demands in all states through the ledger's door."""
    from tests.site.durability.demands import demands

    from duijie.site.ledger.actions import create_many

    while number > 0:
        some = min(number, 5_000)
        tell(f"{number:,} demands to go")
        create_many(demands(some, companies), actor=None, verb="demand.import")
        number -= some


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """Serve the site, web and worker, and give its port once it is warm."""
    from tests.site.durability.served import Process, free_port, listens, wait_for

    port = free_port()
    site = Process("serve", "--port", str(port), "--workers", "2", environment=environment)
    try:
        wait_for(lambda: listens(port))
        yield port
    finally:
        site.end()


MEASURED = ("pages", "pages/s", "p50 ms", "p95 ms", "longest ms", "errors")


def load(port: int, sessions: Sequence[str], paths: Sequence[str], seconds: float) -> list[str]:
    """Let clients run; return what :data:`MEASURED` names."""
    from urllib.parse import quote

    told = [quote(path, safe="/?=&") for path in paths]
    command = [sys.executable, str(ROOT / "benchmarks" / "site_load.py"), str(port), str(seconds), ",".join(sessions)]
    done = subprocess.run([*command, *told], capture_output=True, text=True, check=True)
    return measured(json.loads(done.stdout), seconds)


def measured(told: dict[str, list[Any]], seconds: float) -> list[str]:
    """Return count, rate, median, 95th percentile, longest, and errors."""
    for one in sorted(set(told["wrong"]))[:3]:
        tell(f"wrong: {one}")
    times = sorted(spent for _path, spent in told["times"])
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    numbers = (len(times), len(times) / seconds, statistics.median(times), p95, times[-1], len(told["wrong"]))
    return [f"{number:,.0f}" for number in numbers]


def delay(port: int, session: str) -> str:
    """Return after how many seconds a demand made here is found over there."""
    from tests.site.durability.demands import demands
    from tests.site.durability.people import companies
    from tests.site.durability.served import Browser, wait_for

    from duijie.site.ledger.actions import create_many

    made = demands(1, companies(200), state="published")[0]
    made.title = f"独一无二{made.code[-6:]}号试验"
    create_many([made], actor=None, verb="demand.import")
    browser = Browser(port, session)
    from urllib.parse import quote

    path = f"/search/?q={quote(made.title)}"
    return f"{timed(lambda: wait_for(lambda: made.code.encode() in browser.get(path)[2], 60)):.1f}"


def print_import(environment: dict[str, str], people: dict[str, str], *, rows: int) -> None:
    """Bring a sheet in as a person does, while others look at lists."""
    from tests.site.durability.people import companies, sheet

    names = [one.name for one in companies(200)]
    with serving(environment) as port:
        before = load(port, list(people.values()), ["/demands/"], 3 if rows > 1000 else 0.5)
        command = [sys.executable, str(ROOT / "benchmarks" / "site_load.py"), str(port)]
        lines: list[list[str]] = []
        for title, crowd in (("alone", 0), ("while 3 people look at lists", 3)):
            content = sheet(names, rows, first=len(lines) * rows)
            steps = []
            for step, act in bringing(port, people["officer of the region"], content):
                looking = None
                if crowd and step in {"check", "run"}:
                    words = [*command, "0", ",".join(people.values()), "/demands/"]
                    words[3] = "5" if rows > 1000 else "1"
                    looking = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
                spent = timed(act)
                steps.append(f"{spent:.1f}")
                if looking:
                    told = json.loads(looking.communicate()[0])
                    seen = measured(told, float(words[3]))
                    steps[-1] += f" (lists: p95 {seen[3]} ms, longest {seen[4]} ms, errors {seen[5]})"
            lines.append([title, f"{rows:,}", *steps])
    head = ["import", "rows", "upload s", "check s", "run s"]
    print(
        table("Import over HTTP", head, lines, f"The lists before: p50 {before[2]} ms, p95 {before[3]} ms."), flush=True
    )


def bringing(port: int, session: str, content: bytes) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the three waits of somebody who imports a sheet."""
    from tests.site.durability.wizard import Wizard

    wizard = Wizard(port, session)
    yield "upload", lambda: wizard.upload(content)
    yield "check", wizard.check
    yield "run", wizard.run


def print_killing(environment: dict[str, str], *, kills: int) -> None:
    """Cut the power again and again, and look for what had been acknowledged."""
    from tests.site.durability.cuts import cut_imports, cut_submissions

    lines = [
        [what, str(kills), *map(str, cut(environment, kills))]
        for what, cut in (("handing in over HTTP", cut_submissions), ("an import of 300 rows", cut_imports))
    ]
    head = ["during", "kills", "acknowledged", "lost", "half done", "ledger sound"]
    print(table("kill -9 of the whole site", head, lines), flush=True)


def timed(act: Callable[[], object]) -> float:
    """Return how long ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
