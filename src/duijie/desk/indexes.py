"""`duijie index`: keep offers ready to be searched, in a folder."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from duijie.desk.aside import run_aside
from duijie.desk.console import announce_compiling, progress, remark, screen
from duijie.desk.errors import Refused
from duijie.desk.intake import choose_encoder, make_folder, open_index, processes_for, take
from duijie.tables.read import read_documents
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duijie.engine.matching.index import Index

_SHOWN = 5


def build(folder: Path, offers: Path, *, encoder: str, processes: int | None, skip_bad: bool) -> None:
    """Build an index of a table of offers; the folder appears when it is complete."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            say(
                f"{folder} 已经有东西了；请换个文件夹，或用 duijie index add {folder} {offers.name} 往里加。",
                f"{folder} holds something already; choose another, or use duijie index add {folder} {offers.name}.",
            )
        )
    reading = read_documents(offers, noun="offer", skip_bad=skip_bad)
    make_folder(folder.parent)
    documents = take(reading, offers, folder)
    announce_compiling()
    from duijie.engine.matching.index import Index  # noqa: PLC0415

    chosen = choose_encoder(encoder, documents)
    with progress(say("建索引", "building the index"), len(documents)) as advance:
        many = processes or processes_for(len(documents))
        index = run_aside(lambda: Index.create(folder, documents, encoder=chosen, processes=many, progress=advance))
    print(say(f"已建好索引 {folder}：{len(index):,} 条供给。", f"built {folder}: {len(index):,} offers."))


def add(folder: Path, offers: Path, *, processes: int | None, skip_bad: bool) -> None:
    """Add offers; one with a known id takes the old one's place."""
    announce_compiling()
    index = open_index(folder)
    documents = take(read_documents(offers, noun="offer", skip_bad=skip_bad), offers, folder)
    with progress(say("加入索引", "adding to the index"), len(documents)) as advance:
        many = processes or processes_for(len(documents))
        replaced = run_aside(lambda: index.add(documents, processes=many, progress=advance))
    index.merge()
    new = len(documents) - replaced
    screen().print(
        say(
            f"新增 {new:,} 条，更新 {replaced:,} 条；索引现有 {len(index):,} 条供给。",
            f"{new:,} added, {replaced:,} replaced; the index now holds {len(index):,} offers.",
        )
    )


def remove(folder: Path, ids: Sequence[str], listed: Path | None) -> None:
    """Remove offers by their ids, given or listed one a line in a file."""
    wanted = list(dict.fromkeys((*ids, *_listed(listed))))
    if not wanted:
        raise Refused(
            say(
                "没有给出要删的编号；请写在命令后面，或用 --ids 给出每行一个编号的文件。",
                "no ids to remove; name them after the command, or give --ids a file with one id a line.",
            )
        )
    announce_compiling()
    index = open_index(folder)
    places = index.snapshot.positions(wanted)
    unknown = [name for name, place in zip(wanted, places, strict=True) if place < 0]
    gone = index.remove(wanted)
    if unknown:
        names = say("、", ", ").join(unknown[:_SHOWN])
        remark(
            say(f"索引里没有 {len(unknown)} 个编号：{names}", f"{len(unknown)} id(s) are not in the index: {names}")
            + ("……" if len(unknown) > _SHOWN else "")
        )
    screen().print(
        say(
            f"删除了 {gone:,} 条；索引现有 {len(index):,} 条供给。",
            f"{gone:,} removed; the index now holds {len(index):,} offers.",
        )
    )


def _listed(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except FileNotFoundError:
        raise Refused(
            say(f"找不到文件 {path}；请检查路径和文件名。", f"there is no file {path}; check path and name.")
        ) from None
    except UnicodeDecodeError:
        raise Refused(
            say(
                f"{path} 不是 UTF-8 文本；请每行写一个编号，另存为 UTF-8 再试。",
                f"{path} is not UTF-8 text; write one id a line, save as UTF-8, and try again.",
            )
        ) from None


def info(folder: Path, *, check: bool) -> None:
    """Say what an index holds; with ``check`` read every file again."""
    announce_compiling()
    index = open_index(folder)
    console = screen()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    dead = sum(part.segment.documents - part.documents for part in index.snapshot.parts)
    rows = [
        (say("供给", "offers"), f"{len(index):,}"),
        (say("分段", "segments"), f"{len(index.snapshot.parts)}"),
        (say("已删除、待合并", "removed, to be merged"), f"{dead:,}"),
        (say("编码器", "encoder"), "，".join(str(v) for v in index.encoder.describe().values())),
        (say("大小", "size"), f"{size / 1e6:,.1f} MB"),
        (say("内容摘要", "digest"), index.digest()),
        (say("领域", "fields"), _most(index, "field")),
        (say("地区", "regions"), _most(index, "region")),
        (say("类型", "kinds"), _most(index, "kind")),
    ]
    for name, text in rows:
        console.print(f"{name}：{text}" if say("zh", "en") == "zh" else f"{name}: {text}", soft_wrap=True)
    if check:
        index.verify()
        console.print(say("已逐个核对所有文件，完好。", "every file was read and is sound."))


def _most(index: Index, facet: str) -> str:
    counts: Counter[str] = Counter()
    for part in index.snapshot.parts:
        numbers = part.segment.arrays[f"facet_{facet}"][part.alive].tolist()
        counts.update(part.segment.facets[facet][number] for number in numbers)
    return say("，", ", ").join(f"{name or say('未写', 'not said')} {n:,}" for name, n in counts.most_common(_SHOWN))


def merge(folder: Path) -> None:
    """Merge all segments into one and forget what was removed."""
    announce_compiling()
    index = open_index(folder)
    merged = index.merge(everything=True)
    screen().print(
        say(
            f"合并了 {merged} 段，现在是 {len(index.snapshot.parts)} 段。",
            f"{merged} segment(s) merged; now {len(index.snapshot.parts)}.",
        )
        if merged
        else say("不用合并。", "nothing to merge.")
    )
