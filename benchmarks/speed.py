"""Speed: duijie beside bm25s and tantivy on the same terms, in one run.

``python benchmarks/speed.py [--data ../shared/data] [--small] [--huge] [--sizes 10000 100000] [--work FOLDER]``

Corpora are resampled from the real abstracts of ``papers-zh`` (see ``corpus.py``): real words in real proportions, but
no new vocabulary. A query is 43 (or 4) distinct terms drawn from a freshly resampled document, each of weight 1; the
best 100 are asked for. Times are of one call from a list of terms to places and scores. The engines take turns query by
query, so that a busy machine slows all alike; every figure is the median over rounds, every ratio the median of the
rounds' ratios of medians. Each engine is built in a process of its own.

``--work`` keeps corpora and indexes for the next run: delete it when the engine has changed.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import corpus
from markdown import missing, table, tell
from peers import ENGINES, PROCESSES, Bm25s, Duijie, Rows, Tantivy

SIZES = (10_000, 100_000, 200_000, 1_000_000)
HUGE = 10_000_000
PEERS_TO = 1_000_000
MEMORY = 12_000_000_000  # bytes a peer may take; more is reported as out of memory
SECONDS = 3600


def read_papers(data: Path) -> list[dict[str, str]]:
    """Return the texts to resample: real abstracts, or the project's samples where they are not there."""
    if (data / "papers-zh").is_dir():
        return corpus.read_papers(data)
    text = (files("duijie.samples") / "offers.csv").read_text("utf-8-sig")
    return [{"id": r["编号"], "title": r["名称"], "text": r["内容"]} for r in csv.DictReader(text.splitlines())]


def write_corpus(path: Path, papers: list[dict[str, str]], n: int) -> None:
    """Write a corpus as a file of lines, if it is not there."""
    if path.exists():
        return
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        for d in corpus.resample(papers, n):
            row = {"id": d.id, "title": d.title, "text": d.text, "region": d.region}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    unfinished.rename(path)


def step(work: Path, name: str, n: int, *more: str) -> dict[str, Any]:
    """Run one step in a process of its own and return what it tells; ``failed`` says why where it did not end well."""
    tell(f"{time.strftime('%H:%M:%S')} {n:,} documents: {name} {' '.join(more)}")
    command = ["--step", name, "--sizes", str(n), "--work", str(work), *more]
    if "--small" in more:
        return _one_step(_arguments(command))
    command = [sys.executable, __file__, *command]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return {"failed": f"more than {SECONDS} s"}
    if done.returncode:
        return {"failed": "out of memory" if done.returncode in {-9, 9, 137, 3} else f"exit {done.returncode}"}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# the steps; each runs in its own process


def build(work: Path, engine: str, n: int, *, small: bool) -> dict[str, Any]:
    """Build one engine's index unless it is there; return what that took."""
    folder = work / f"{engine}-{n}"
    noted = work / f"{engine}-{n}.json"
    if noted.exists():
        told: dict[str, Any] = json.loads(noted.read_text("utf-8"))
        return told
    shutil.rmtree(folder, ignore_errors=True)
    if engine == "duijie":
        started = time.perf_counter()
        Duijie.build(folder, work / f"corpus-{n}.jsonl")
    else:
        if not small:
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        rows = Rows.load(work / f"rows-{n}")
        started = time.perf_counter()
        {"bm25s": Bm25s.build, "tantivy": Tantivy.build}[engine](folder, rows)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * PROCESSES if engine == "duijie" else 0
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    told = {"seconds": seconds, "memory": (peak + workers) * 1024, "disk": size}
    noted.write_text(json.dumps(told), "utf-8")
    return told


def find_rows(work: Path, n: int) -> dict[str, Any]:
    """Write the terms duijie found, for the peers."""
    folder = work / f"rows-{n}"
    if not folder.exists():
        Rows.of(Duijie(work / f"duijie-{n}").index).save(folder)
    rows = Rows.load(folder)
    return {"distinct": len(rows.numbers) / len(rows), "terms": int(rows.counts.sum(dtype="int64")) / len(rows)}


def main() -> None:
    """Run everything and print the tables."""
    asked = _arguments()
    if asked.step:
        print(json.dumps(_one_step(asked)))
        return
    if missing(asked.data / "papers-zh") and not asked.small:
        return
    sizes = asked.sizes or ([1_000] if asked.small else [*SIZES, *([HUGE] if asked.huge else [])])
    papers = read_papers(asked.data)
    if asked.small:
        Bm25s.backend = "numpy"  # its numba backend compiles for 20 s
    kept = asked.work or Path(tempfile.mkdtemp(prefix="duijie-speed-"))
    kept.mkdir(parents=True, exist_ok=True)
    try:
        drawn = list(corpus.resample(papers, 300 if asked.small else 5_000, seed=9, prefix="Q"))
        (kept / "drawn.json").write_text(json.dumps([asdict(d) for d in drawn], ensure_ascii=False), "utf-8")
        told = {n: measure(kept, papers, n, asked) for n in sizes}
    finally:
        if not asked.work:
            shutil.rmtree(kept, ignore_errors=True)
    source = "papers-zh" if (asked.data / "papers-zh").is_dir() else "the project's samples"
    print(report(told, source))


def measure(work: Path, papers: list[dict[str, str]], n: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Return everything about one size."""
    tell(f"{time.strftime('%H:%M:%S')} {n:,} documents: resampling")
    write_corpus(work / f"corpus-{n}.jsonl", papers, n)
    small = ["--small"] if asked.small else []
    told: dict[str, Any] = {"duijie": step(work, "build-duijie", n, *small)}
    told["rows"] = step(work, "rows", n, *small) if n <= PEERS_TO else {}
    for peer in ENGINES[1:]:
        if importlib.util.find_spec(peer) is None:
            told[peer] = {"failed": "not installed"}
        else:
            told[peer] = (
                step(work, f"build-{peer}", n, *small) if n <= PEERS_TO else {"failed": "not tried at this size"}
            )
    able = [name for name in ENGINES if "failed" not in told[name]]
    told["search"] = step(work, "search", n, "--engines", *able, *small)
    told["alive"] = step(work, "alive", n, *small)
    if n <= 10_000:
        told["exact"] = step(work, "exact", n, "--engines", *able, *small)
    if n == 200_000 or asked.small:
        told["dense"] = step(work, "dense", n, *small)
    return told


def _one_step(asked: argparse.Namespace) -> dict[str, Any]:
    import speed_steps

    (n,) = asked.sizes
    try:
        if asked.step.startswith("build-"):
            return build(asked.work, asked.step.removeprefix("build-"), n, small=asked.small)
        if asked.step == "rows":
            return find_rows(asked.work, n)
        name: str = asked.step
        told: dict[str, Any] = getattr(speed_steps, {"search": "search_queries"}.get(name, name))(
            asked.work, n, asked.engines, small=asked.small
        )
    except MemoryError:
        sys.exit(3)
    return told


def _arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--small", action="store_true", help="1,000 documents, to see that the script runs")
    parser.add_argument("--huge", action="store_true", help=f"also {HUGE:,} documents, duijie alone")
    parser.add_argument("--sizes", type=int, nargs="+", help="other sizes than " + " ".join(map(str, SIZES)))
    parser.add_argument("--work", type=Path, help="keep corpora and indexes here")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), help=argparse.SUPPRESS)
    return parser.parse_args(given)


# the tables


def report(told: dict[int, dict[str, Any]], source: str) -> str:
    """Return all tables."""
    about = ", ".join(
        f"{n:,}: {t['rows']['distinct']:.0f} distinct terms a document, {t['rows']['terms']:.0f} in all"
        for n, t in told.items()
        if t["rows"]
    )
    parts = [f"Corpora resampled from {source} ({about}). {os.cpu_count()} cores.", ""]
    parts += [_queries(told, kind, words) for kind, words in (("long", "43 terms"), ("short", "4 terms"))]
    parts += [_built(told), _alive(told)]
    parts += [_exact(n, t["exact"]) for n, t in told.items() if "exact" in t]
    parts += [_dense(n, t["dense"]) for n, t in told.items() if "dense" in t]
    return "\n".join(parts)


def _queries(told: dict[int, dict[str, Any]], kind: str, words: str) -> str:
    rows = []
    for n, one in told.items():
        if "failed" in one["search"]:
            rows.append([n, "all", one["search"]["failed"], *[None] * 5])
            continue
        found = one["search"][kind]
        for engine in ENGINES:
            if engine not in found:
                rows.append([n, engine, one[engine]["failed"], *[None] * 5])
                continue
            f = found[engine]
            row = [f["p50"], f["p95"], f["ratio"], f["batch"], f["batch_ratio"], f["batch_one"]]
            rows.append([n, engine, *row])
    head = [
        "documents",
        "engine",
        "p50 ms",
        "p95 ms",
        "p50 ÷ duijie's",
        "2 threads, queries/s",
        "duijie's ÷",
        "1 thread",
    ]
    return table(f"Queries of {words}, best 100; single queries on one thread, then batches", head, rows)


def _built(told: dict[int, dict[str, Any]]) -> str:
    rows = []
    for n, one in told.items():
        for engine in ENGINES:
            f = one[engine]
            if "failed" in f:
                rows.append([n, engine, f["failed"], None, None, None, None])
                continue
            opened = one["search"].get("open", {}).get(engine)
            rows.append([n, engine, f["seconds"], n / f["seconds"], f["memory"] / 1e6, f["disk"] / 1e6, opened])
    head = ["documents", "engine", "index s", "documents/s", "peak MB", "disk MB", "open ms"]
    note = (
        "duijie: from a file of texts, segmentation included, two processes; it keeps all that is needed to show and"
        " explain a match. Its peak is that of the parent and twice that of the larger worker, at most. Peers: from"
        " ready-made terms; tantivy with two threads. bm25s opens by reading the whole index."
    )
    return table("Indexing", head, rows, note)


def _alive(told: dict[int, dict[str, Any]]) -> str:
    rows = []
    for n, one in told.items():
        f = one["alive"]
        if "failed" in f:
            rows.append([n, f["failed"], *[None] * 6])
            continue
        shares = [f"{f[name] - 1:+.1%}" for name in ("removed", "filtered", "masked", "batch_masked")]
        rows.append([n, f["added"], f["remove_seconds"], *shares, f["mask_ms"]])
    head = ["documents", "added offer found s", "removing 10 % s", "cost of 10 % removed", "of a region filter"]
    head += ["of a ready filter", "the same in batch", "filter made ready ms"]
    note = (
        "Added and found: one offer written to the folder, the folder read again by another reader, the offer searched"
        " for. Costs are beside plain queries of 43 terms; the filter passes half of the offers, and is made anew for"
        " each single query, or once."
    )
    return table("A living index", head, rows, note)


def _exact(n: int, found: dict[str, Any]) -> str:
    head = ["engine", "queries", "same first 10", "of them in the same order", "largest relative difference of a score"]
    rows = [[name, f["queries"], f["sets"], f["orders"], f["difference"]] for name, f in found.items()]
    note = "Equal scores may change places. tantivy keeps a document's length in one byte, bm25s scores in 32 bits."
    return table(f"First ten beside a naive double-precision BM25, {n:,} documents", head, rows, note)


def _dense(n: int, found: dict[str, Any]) -> str:
    if "failed" in found:
        return table("The dense leg", ["failed"], [[found["failed"]]])
    rows = [[what, value] for what, value in found["rows"]]
    return table(
        f"The dense leg and the whole answer, {n:,} documents, one thread", ["what", "p50 ms"], rows, found["note"]
    )


if __name__ == "__main__":
    main()
