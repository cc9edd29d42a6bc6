"""`duijie duplicates`: demands that were probably handed in twice, with the evidence, for a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.console import announce_compiling, remark, screen
from duijie.desk.intake import check_outputs, choose_encoder, open_index, take
from duijie.desk.results import score_of
from duijie.tables.read import read_documents
from duijie.tables.write import write_rows
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from duijie.engine.matching.duplicates import Duplicate, Group
    from duijie.engine.matching.index import Snapshot
    from duijie.engine.matching.types import Document

ENDINGS = (".jsonl", ".csv", ".xlsx")
_ENCODED = 2_000  # demands; beyond, directions take minutes
_SHOWN = 20


def duplicates(file: Path, against: Path | None, out: Path | None, encoder: str | None, *, skip_bad: bool) -> None:
    """Find groups of likely-same demands, print them, and write their pairs if wished."""
    check_outputs([out] if out else [], ENDINGS, [file, *([against] if against else [])])
    documents = take(read_documents(file, noun="demand", skip_bad=skip_bad), file, out)
    announce_compiling()
    other: Sequence[Document] | Snapshot = ()
    if against and against.is_dir():
        other = open_index(against).snapshot
    elif against:
        other = take(read_documents(against, noun="demand", skip_bad=skip_bad), against, out)
    groups = _groups(documents, other, encoder)
    titles = {d.id: d.title for d in documents}
    _report(groups, titles, len(documents))
    if out:
        keys = out.suffix.casefold() == ".jsonl"
        write_rows(out, _headers(keys=keys), _rows(groups, titles), sheet=say("疑似重复", "Duplicates"))
        screen().print(say(f"已写入 {out}", f"written: {out}"), soft_wrap=True)


def _groups(
    documents: Sequence[Document], other: Sequence[Document] | Snapshot, encoder: str | None
) -> Sequence[Group]:
    from duijie.engine.matching.duplicates import encode_directions, find_groups  # noqa: PLC0415
    from duijie.engine.matching.index import Snapshot  # noqa: PLC0415

    everyone = list(documents) if isinstance(other, Snapshot) else [*documents, *other]
    if encoder is None:
        encoder = "bundled" if len(everyone) <= _ENCODED else "none"
        if encoder == "none":
            remark(
                say(
                    f"超过 {_ENCODED} 条，只比字面；要连意思一起比，请加 --encoder bundled（较慢）",
                    f"over {_ENCODED} demands: only words are compared; for meanings add --encoder bundled (slow)",
                )
            )
    directions = encode_directions(everyone, choose_encoder(encoder, everyone))
    return find_groups(documents, other, directions=directions)


def _headers(*, keys: bool) -> list[str]:
    if keys:
        return [
            "group",
            "first",
            "second",
            "score",
            "verdict",
            "phrases",
            "differing",
            "reservations",
            "first_title",
            "second_title",
        ]
    return [
        *(
            say("组", "group"),
            say("需求一", "first"),
            say("需求二", "second"),
            say("相似度", "score"),
            say("结论", "verdict"),
        ),
        *(say("相同的话", "phrases in both"), say("不同的数字", "numbers that differ"), say("请注意", "mind")),
        *(say("名称一", "first title"), say("名称二", "second title")),
    ]


def _rows(groups: Sequence[Group], titles: Mapping[str, str]) -> Iterator[list[str | float | list[str]]]:
    for number, group in enumerate(groups, 1):
        for pair in group.pairs:
            yield [
                *(number, pair.first, pair.second, score_of(pair.score), verdict_word(pair)),
                *(list(pair.phrases), [_numbers(d) for d in pair.differing], [_MIND[r]() for r in pair.reservations]),
                *(titles.get(pair.first, ""), titles.get(pair.second, "")),
            ]


def verdict_word(pair: Duplicate) -> str:
    """Return a verdict on two demands in words."""
    return {"same": say("同一条", "the same"), "likely": say("很可能是同一条", "likely the same")}.get(
        pair.verdict, say("不同", "unlike")
    )


def _numbers(differing: object) -> str:
    first, second = (say("、", ", ").join(getattr(differing, side)) for side in ("first", "second"))
    return say(f"{first} ↔ {second}", f"{first} ↔ {second}")


_MIND = {
    "no text": lambda: say("正文太少，只能比题目", "too little text: titles were compared"),
    "numbers differ": lambda: say("数字不同", "numbers differ"),
    "one within the other": lambda: say("一条包含在另一条里", "one lies within the other"),
}


def _report(groups: Sequence[Group], titles: Mapping[str, str], total: int) -> None:
    console = screen()
    if not groups:
        console.print(say(f"{total} 条需求里没有发现疑似重复。", f"no likely duplicates among {total} demands."))
        return
    console.print(
        say(
            f"{total} 条需求里有 {len(groups)} 组疑似重复：",
            f"{len(groups)} group(s) of likely duplicates among {total} demands:",
        )
    )
    for number, group in enumerate(groups[:_SHOWN], 1):
        _show(console, number, group, titles)
    if len(groups) > _SHOWN:
        console.print(
            say(
                f"…… 还有 {len(groups) - _SHOWN} 组，请用 --out 写到文件",
                f"… {len(groups) - _SHOWN} more: write them with --out",
            )
        )


def _show(console: Console, number: int, group: Group, titles: Mapping[str, str]) -> None:
    console.print(
        say(f"第 {number} 组（相似度 {group.score:.2f}）", f"group {number} (likeness {group.score:.2f})"), style="bold"
    )
    for name in group.members:
        console.print(f"  {name}  {titles.get(name, '')}", soft_wrap=True, markup=False)
    pair = group.pairs[0]
    if pair.phrases:
        console.print(
            say(f"    都写到：{'；'.join(pair.phrases)}", f"    both say: {'; '.join(pair.phrases)}"),
            soft_wrap=True,
            markup=False,
        )
    for reservation in pair.reservations:
        shown = "；".join(_numbers(d) for d in pair.differing) if reservation == "numbers differ" else ""
        console.print(f"    {_MIND[reservation]()}{'：' if shown else ''}{shown}", soft_wrap=True, markup=False)
