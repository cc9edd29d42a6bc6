"""Matching on the site: one demand in the browser, all demands as a job, new and withdrawn offers, replay.

``python benchmarks/site_matching.py [--small] [--postgresql] [--offers 200000] [--demands 2000]``

Served as ``duijie serve`` serves it, from processes of their own, in a folder that is thrown away. Texts are made of a few
thousand phrases; the directions of offers are drawn from those of 2,000 of them, for reading 200,000 texts with the encoder
takes minutes and is not what is measured. Run on a quiet machine: the promises are 300 ms, 20 ms, 60 s and 5 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from markdown import table, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
TEAMS = 2_000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="not used")
    parser.add_argument("--small", action="store_true", help="seconds: only to see that everything runs")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--offers", type=int, default=200_000)
    parser.add_argument("--demands", type=int, default=2_000)
    asked = parser.parse_args()
    offers, demands = (2_000, 40) if asked.small else (asked.offers, asked.demands)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"DUIJIE_VAR": folder, "DUIJIE_SECRET_KEY": "benchmark" * 6, "DUIJIE_HOSTS": "127.0.0.1"}
        sys.path.insert(0, str(ROOT))
        if asked.postgresql:
            from tests.site import postgres

            settings = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
            environment["DUIJIE_DATABASE_URL"] = stack.enter_context(postgres.cluster(**settings))
        officer, session = prepare(environment)
        fill(offers, demands)
        drawn = index()
        print_engine(many=20 if asked.small else 100)
        with serving(environment) as port:
            print_browser(port, session, many=10 if asked.small else 100)
            print_job(port, session, officer)
            print_following(port, session)
        print_replay(drawn, most=100 if asked.small else 1_000)


def prepare(environment: dict[str, str]) -> tuple[Any, str]:
    """Make an empty site with an officer; return him and his session."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "duijie.site.settings", **environment}
    import django

    django.setup()
    from tests.site.durability.people import appoint, session_of

    from duijie.site.operations.migrate import migrate

    migrate(tell=tell)
    officer = appoint("王志远", "officer", region="150000")
    return officer, session_of(officer)


def fill(offers: int, demands: int) -> None:
    """Put offers, teams and demands through the ledger's door."""
    from tests.site.durability.demands import demands as made
    from tests.site.durability.people import companies, question, title

    from duijie.site.kernel import clock
    from duijie.site.kernel.codes import take_codes
    from duijie.site.ledger.actions import create_many
    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import Team, User
    from duijie.site.registry.models import Field

    homes, now, today = companies(200), clock.now(), clock.today()
    fields = [*Field.objects.values_list("pk", flat=True)]
    someone = User.objects.first()
    count = min(TEAMS, offers // 10)
    codes = take_codes("T", count=count)
    teams = [
        Team(
            code=code,
            organisation=homes[n % 200],
            name=f"{title(n)}团队",
            leader_name="陈立新",
            about=question(n),
            confirmed_on=today,
        )
        for n, code in enumerate(codes)
    ]
    create_many(teams, actor=None, verb="team.register")
    for first in range(0, offers, 5_000):
        tell(f"{offers - first:,} offers to go")
        some = range(first, min(offers, first + 5_000))
        supplied = [
            Offer(
                code=code, kind="achievement", title=title(n)[:40], organisation=homes[n % 200],
                team_id=codes[n % count] if n % 3 else None, region_id=homes[n % 200].region_id, field_id=fields[n % len(fields)],
                about=" ".join(question((n * k + k) % 100_003) for k in (1, 17, 291)), trl=n % 9 + 1, price=n % 900 * 10_000,
                started_by=someone, state="published", state_since=now, submitted_at=now, reviewed_at=now, published_at=now,
                confirmed_on=today, disclosure=("public", "public", "blurred")[n % 3],
            )
            for n, code in zip(some, take_codes("S", count=len(some)), strict=True)
        ]  # fmt: skip
        create_many(supplied, actor=None, verb="offer.import")
    rows = made(demands, homes, state="matching")
    for n, row in enumerate(rows):
        row.background, row.use_case = question(n + 7), question(3 * n + 11)
    create_many(rows, actor=None, verb="demand.import")


def index() -> Any:
    """Write the indexes, with directions drawn from those of some texts; return the encoder that draws them."""
    from duijie.engine.matching.dense import BundledEncoder
    from duijie.site.matching import shelf

    class Drawn(BundledEncoder):
        def __init__(self) -> None:
            self.table: Any = None

        def encode_offers(self, documents: Sequence[Any]) -> Any:
            if self.table is None:
                self.table = super().encode_offers(documents[:2_000])
            return self.table[[crc32(one.id.encode()) % len(self.table) for one in documents]]

        encode_demands = encode_offers

    drawn, real = Drawn(), shelf.encoder
    shelf.encoder = lambda: drawn  # type: ignore[assignment]
    tell(f"indexing took {timed(shelf.rebuild):.0f} s")
    shelf.encoder = real
    return drawn


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


def print_engine(*, many: int) -> None:
    """Time the engine's part of one demand, and of 64 together."""
    from duijie.site.demands.models import Demand
    from duijie.site.matching.documents import demand_document
    from duijie.site.matching.queries.ranking import THREADS, Corpus, answer_demands, model_in_use

    corpus, (_code, model) = Corpus.standing(), model_in_use()
    demands = [demand_document(row) for row in Demand.objects.order_by("code")[:many]]
    lines = []
    for title, size in (("one", 1), ("64 together, each", 64)):
        wall: list[float] = []
        spent: list[float] = []
        for _round in range(2):  # the first warms
            wall, spent = [], []
            for start in range(0, len(demands), size):
                some = demands[start : start + size]
                cpu = time.process_time()
                took = timed(lambda some=some: list(answer_demands(some, corpus, model, threads=THREADS)))  # type: ignore[misc]
                wall.append(took / len(some) * 1e3)
                spent.append((time.process_time() - cpu) / len(some) * 1e3)
        lines.append([title, *quantiles(wall), f"{statistics.median(spent):.1f}"])
    head = ["demands", "p50 ms", "p95 ms", "longest ms", "processor ms"]
    print(
        table(f"Engine: {corpus.snapshot.documents:,} offers and teams, 20 best with reasons", head, lines), flush=True
    )


def print_browser(port: int, session: str, *, many: int) -> None:
    """Time what a person waits for who matches one demand: the form sent, and the page that follows."""
    from tests.site.durability.served import Browser

    from duijie.site.demands.models import Demand

    browser = Browser(port, session)
    codes = [*Demand.objects.order_by("code").values_list("code", flat=True)[: many + 4]]
    sent, shown, wrong = [], [], 0
    for code in codes:
        began = time.perf_counter()
        status, where, _page = browser.post(f"/matching/demands/{code}/run/")
        sent.append((time.perf_counter() - began) * 1e3)
        wrong += status not in {302, 303}
        shown.append(timed(lambda where=where: browser.get(where)) * 1e3 if where else 0.0)  # type: ignore[misc]
    lines = [["run (POST)", *quantiles(sent[4:])], ["its page (GET)", *quantiles(shown[4:])]]
    both = [a + b for a, b in zip(sent[4:], shown[4:], strict=True)]
    lines.append(["together", *quantiles(both)])
    print(
        table("One demand in the browser", ["", "p50 ms", "p95 ms", "longest ms"], lines, f"Errors: {wrong}."),
        flush=True,
    )


def print_job(port: int, session: str, officer: Any) -> None:
    """Let the worker match all demands while somebody looks at lists."""
    from tests.site.durability.served import Browser, wait_for

    from duijie.site.kernel.models import OPEN, Job
    from duijie.site.matching.actions.running import start_matching_all
    from duijie.site.matching.models import Run, Suggestion

    browser, over, waits = Browser(port, session), threading.Event(), []

    def look() -> None:
        while not over.is_set():
            waits.append(timed(lambda: browser.get("/demands/")) * 1e3)
            over.wait(0.2)

    job = start_matching_all(actor=officer)
    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    wait_for(lambda: Job.objects.get(code=job.code).state not in OPEN, 3_600, 0.1)
    took = time.perf_counter() - began
    over.set()
    looking.join()
    run = Run.objects.get(code=job.arguments["run"])
    stored = Suggestion.objects.filter(answer__run=run).count()
    line = [
        f"{run.demands:,}",
        f"{run.answered:,}",
        f"{stored:,}",
        f"{run.seconds:.1f}",
        f"{took:.1f}",
        *quantiles(waits),
    ]
    head = ["demands", "answered", "suggestions", "run s", "from click to end s", "list p50 ms", "p95 ms", "longest ms"]
    print(table("All demands as a job, a list looked at meanwhile", head, [line]), flush=True)


def print_following(port: int, session: str) -> None:
    """Time from a new, then a withdrawn offer until it is in, then out of, a demand's matches in the web processes."""
    from tests.site.durability.served import Browser, wait_for

    from duijie.site.demands.models import Demand
    from duijie.site.kernel.codes import take_code
    from duijie.site.ledger.actions import change, create
    from duijie.site.matching.models import Answer
    from duijie.site.offers.models import Offer

    demand = Demand.objects.order_by("code")[5]
    twin: Any = Offer.objects.first()
    twin.code, twin.title, twin.about = take_code("S"), demand.title, demand.question
    create(twin, actor=None, verb="offer.import")
    browser = Browser(port, session)

    def found() -> bool:
        browser.post(f"/matching/demands/{demand.code}/run/")
        answer = Answer.objects.latest_of(demand)
        return answer is not None and answer.suggestions.filter(offer=twin).exists()

    came = timed(lambda: wait_for(found, 60))
    change(twin, actor=None, verb="offer.withdraw", to={"state": "withdrawn", "exit_reason": "other"})
    went = timed(lambda: wait_for(lambda: not found(), 60))
    print(
        table(
            "Following the ledger",
            ["new offer found after s", "withdrawn gone after s"],
            [[f"{came:.1f}", f"{went:.1f}"]],
        ),
        flush=True,
    )


def print_replay(encoder: Any, *, most: int) -> None:
    """Compute stored suggestions again."""
    from duijie.site.matching import shelf
    from duijie.site.matching.models import Suggestion
    from duijie.site.matching.queries.replay import replay_all

    shelf.encoder = lambda: encoder  # type: ignore[assignment]
    rows = list(Suggestion.objects.select_related("answer__run").order_by("id")[:most])
    cpu = time.process_time()
    again = {}
    took = timed(lambda: again.update(replay_all(rows)))
    same = sum(one.same for one in again.values())
    for one in [one for one in again.values() if not one.same][:3]:
        tell(" ".join(one.differences))
    line = [f"{len(rows):,}", f"{same:,}", f"{took:.1f}", f"{time.process_time() - cpu:.1f}"]
    print(table("Replay", ["suggestions", "the same to the last bit", "s", "processor s"], [line]), flush=True)


def quantiles(times: Sequence[float]) -> list[str]:
    """Return median, 95th percentile and the longest."""
    ordered = sorted(times) or [0.0]
    numbers = statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], ordered[-1]
    return [f"{number:,.1f}" for number in numbers]


def timed(act: Callable[[], object]) -> float:
    """Return how long ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
