"""The ledger: writing, verifying, figures of the past over a million versions, and ``kill -9``.

``python benchmarks/ledger.py [--small] [--postgresql] [--million] [--kills 40]``

On SQLite with the settings of the embedded default (every commit waits for the disk), in a folder that is thrown away;
``--postgresql`` starts a throw-away server that waits for the disk as well. The rows are the tests' parcels: eleven columns,
a reference among them. ``--million`` also verifies 1,000,000 entries.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown import table, tell

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH_MICROSECONDS = 1_767_225_600_000_000
"""The same moment as versions hold it."""
SPAN = timedelta(days=365)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="not used")
    parser.add_argument("--small", action="store_true", help="seconds: only to see that everything runs")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--kills", type=int, default=40)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = f"sqlite://{folder}/duijie.sqlite3"
        sys.path.insert(0, str(ROOT))
        if asked.postgresql:
            from tests.site import postgres

            settings = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
            address = stack.enter_context(postgres.cluster(**settings))
        prepare(address, folder)
        sizes = [200] if asked.small else [1_000, 10_000, 100_000, *([1_000_000] if asked.million else [])]
        print_verifying(sizes)
        print_writing(200 if asked.small else 10_000)
        print_killing(address, 2 if asked.small else asked.kills)
        print_figures(2_000 if asked.small else 1_000_000)


def prepare(address: str, folder: str) -> None:
    """Make the tables in an empty database."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "duijie.site.settings",
        "DUIJIE_VAR": folder,
        "DUIJIE_DATABASE_URL": address,
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from tests.site.ledger.parcels import Parcel

    tell(f"making tables on {connection.vendor}")
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Parcel)
        editor.create_model(Parcel.versions.model)


def print_writing(number: int) -> None:
    """Time the door: bulk forms, and single steps that each wait for the disk."""
    from tests.site.ledger.parcels import NEXT, OWNER, parcel

    from duijie.site.ledger import actions

    rows = [parcel(f"W-{n:06}", tags=["种子"], weight="1.50") for n in range(number)]
    made = seconds(lambda: actions.create_many(rows, actor=OWNER, verb="parcel.make"))
    apart = [(row, {"title": row.code, "number": 1}) for row in rows]
    changed = seconds(lambda: actions.change_many(apart, actor=OWNER, verb="parcel.edit"))
    alike = [(row, {"number": 2}) for row in rows]
    undone = seconds(lambda: actions.change_many(alike, actor=OWNER, verb="parcel.undo"))
    some = rows[: number // 10]
    stepped = seconds(
        lambda: [actions.step(row, "sent", actor=OWNER, verb="parcel.send", next_states=NEXT) for row in some]
    )
    print(
        table(
            "Writing",
            ["what", "rows", "s", "rows/s"],
            [
                [name, f"{count:,}", f"{spent:.2f}", f"{count / spent:,.0f}"]
                for name, count, spent in (
                    ("create_many", number, made),
                    ("change_many, each its own values", number, changed),
                    ("change_many, all alike", number, undone),
                    ("step, one by one", len(some), stepped),
                )
            ],
        ),
        flush=True,
    )


def print_verifying(sizes: list[int]) -> None:
    """Time a verification as the ledger grows; half of the entries are changes."""
    from tests.site.ledger.parcels import OWNER, Parcel, parcel

    from duijie.site.ledger import actions
    from duijie.site.ledger.models import Entry
    from duijie.site.ledger.verify import verify

    lines = []
    for size in sizes:
        present = Entry.objects.filter(kind="parcels.parcel").count()
        for start in range(present, size, 10_000):
            codes = range(start, min(size, start + 10_000), 2)
            rows = [parcel(f"V-{n:07}", tags=["种子"], weight="1.50") for n in codes]
            actions.create_many(rows, actor=OWNER, verb="parcel.make")
            actions.change_many([(row, {"number": 1}) for row in rows], actor=OWNER, verb="parcel.edit")
        sealed = seconds(actions.seal)
        worked = time.process_time()
        verdict = verify(models=[Parcel])
        worked = time.process_time() - worked
        assert verdict.sound, verdict.findings
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append(
            [f"{verdict.entries:,}", f"{sealed:.2f}", f"{verdict.seconds:.2f}", f"{worked:.2f}", f"{peak:,.0f}"]
        )
    print(
        table(
            "Sealing and verifying",
            ["entries", "seal s", "verify s", "of these at work", "peak MB of the process"],
            lines,
        ),
        flush=True,
    )


def print_killing(address: str, kills: int) -> None:
    """Kill a writer again and again, and look for what it had acknowledged."""
    from tests.site.ledger.killing import killed_writer
    from tests.site.ledger.parcels import Parcel

    from duijie.site.ledger.verify import verify

    dice = random.Random(40)
    acknowledged: list[str] = []
    for turn in range(1, kills + 1):
        acknowledged += killed_writer(address, first=turn * 10_000, dice=dice)
    singles = [code for code in acknowledged if code.startswith("P-")]
    batches = [code for code in acknowledged if code.startswith("Q-")]
    kept = Parcel.objects.filter(pk__startswith="P-", revision=2).in_bulk(singles).keys()
    whole = sum(Parcel.objects.filter(pk__startswith=batch).count() == 20 for batch in batches)
    half = Parcel.objects.filter(pk__startswith="Q-").count() % 20
    lines = [[str(kills), str(len(acknowledged)), str(len(acknowledged) - len(kept) - whole), str(half)]]
    lines[0].append("yes" if verify(models=[Parcel]).sound else "NO")
    print(table("kill -9", ["kills", "acknowledged writes", "lost", "half a batch", "ledger sound"], lines), flush=True)


def print_figures(number: int) -> None:
    """Time figures of the past: each row has ten versions, and at any moment a tenth of all versions stands."""
    from django.db.models import Count
    from tests.site.ledger.parcels import Parcel

    make_versions(number)
    questions: dict[str, Callable[[datetime], Any]] = {
        "all, by state and region": lambda at: list(
            Parcel.objects.known_at(at).values("state", "region").order_by().annotate(n=Count("pk"))
        ),
        "all": lambda at: Parcel.objects.known_at(at).count(),
        "of two states": lambda at: Parcel.objects.known_at(at).filter(state__in=["sent", "arrived"]).count(),
        "of a league": lambda at: Parcel.objects.known_at(at).filter(region__range=("150100", "150199")).count(),
        "of a league, two states": lambda at: (
            Parcel.objects.known_at(at).filter(region__range=("150100", "150199"), state__in=["sent", "lost"]).count()
        ),
        "the first 50 of a league": lambda at: list(
            Parcel.objects.known_at(at).filter(region__range=("150100", "150199")).order_by("code")[:50]
        ),
    }
    moments = [BEGAN + SPAN * share for share in (0.25, 0.5, 0.75, 0.95)]
    lines = []
    for name, ask in questions.items():
        times = [[seconds(lambda at=at, ask=ask: ask(at)) * 1000 for _ in range(5)] for at in moments]  # type: ignore[misc]
        lines.append([name, *(f"{statistics.median(one):.1f}" for one in times)])
    head = ["count", *(f"ms at {share} of the year" for share in ("25 %", "50 %", "75 %", "95 %"))]
    print(table(f"Figures as known at a past moment, {number:,} versions", head, lines), flush=True)


def make_versions(number: int) -> None:
    """Put versions in by one statement; their dates, states and regions come from a multiplicative hash."""
    from django.db import connection
    from tests.site.ledger.parcels import OWNER, Parcel, parcel

    from duijie.site.ledger import actions
    from duijie.site.ledger.fields import MomentField
    from duijie.site.ledger.models import FOREVER

    actions.create(parcel("TEMPLATE", tags=["种子"], weight="1.50"), actor=OWNER, verb="parcel.make")
    version = Parcel.versions.get(code="TEMPLATE")
    step = int(SPAN.total_seconds()) * 1_000_000 // 10
    begins = f"{EPOCH_MICROSECONDS} + (n / 10 * 7919 % 100003) * {step // 100_003} + (n % 10) * {step}"
    made = {
        "known_from": begins,
        "known_to": f"CASE WHEN n % 10 = 9 THEN {MomentField().get_prep_value(FOREVER)} ELSE {begins} + {step} END",
        "code": "'X-' || CAST(n / 10 AS TEXT)",
        "revision": "n % 10 + 1",
        "state": "CASE n * 7919 % 4 WHEN 0 THEN 'draft' WHEN 1 THEN 'sent' WHEN 2 THEN 'arrived' ELSE 'lost' END",
        "region": "CAST(150101 + n / 10 % 12 * 100 + n / 120 % 9 AS TEXT)",
    }
    columns = [field.column for field in type(version)._meta.concrete_fields if field.column != "id"]
    chosen = ", ".join(made.get(column, f"v.{column}") for column in columns)
    table_name = type(version)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE series(n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n + 1 < {number}) "
            f"INSERT INTO {table_name} ({', '.join(columns)}) "
            f"SELECT {chosen} FROM series, {table_name} v WHERE v.id = {version.pk}"
        )
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM ANALYZE {table_name}")


def seconds(act: Callable[[], object]) -> float:
    """Return how long ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
