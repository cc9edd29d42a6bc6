"""JSON lines: one object a line, whose keys are the columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from duijie.tables.columns import Layout, Shape, missing_column, understand
from duijie.tables.problems import Reading, TableError
from duijie.tables.rows import BadLine, RowReader
from duijie.tables.text_files import encoding_of
from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


def read_lines(path: Path, shape: Shape[T]) -> Reading[T]:
    """Read a .jsonl file; objects may differ in their keys, a blank line is nothing."""
    reader = RowReader(shape)
    layouts: dict[tuple[str, ...], Layout] = {}
    decode = json.JSONDecoder(parse_constant=_refuse_constant).decode
    number = 0
    with path.open(encoding=encoding_of(path), newline="\n") as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                value = decode(line)
            except (ValueError, RecursionError) as error:
                reader.reject(number, _not_json(path, number, line, error))
                continue
            if not isinstance(value, dict):
                _refuse_array(path, reader, value)
                reader.reject(number, _not_an_object(line))
                continue
            keys = tuple(value)
            layout = layouts.get(keys)
            if layout is None:
                layout = layouts[keys] = understand(keys, shape)
            reader.take(number, layout, list(value.values()))
    if layouts:
        _require_columns(path.name, layouts, shape)
    return reader.finish(layouts.values())


def _require_columns(name: str, layouts: dict[tuple[str, ...], Layout], shape: Shape[T]) -> None:
    found: set[str] = set().union(*(layout.names for layout in layouts.values()))
    if not found.issuperset(shape.required):
        raise missing_column(name, list(layouts), shape)


def _refuse_constant(text: str) -> object:
    raise ValueError(text)


def _refuse_array(path: Path, reader: RowReader[T], value: object) -> None:
    if isinstance(value, list) and not reader.rows and not reader.bad:
        raise _is_array(path)


def _is_array(path: Path) -> TableError:
    return TableError(
        say(
            f"{path.name} 是一个 JSON 数组，而 .jsonl 应当每行一个对象；请去掉方括号和行末逗号，每行写一个 {{…}}。",
            f"{path.name} is one JSON array, but a .jsonl file holds one object a line; remove the brackets and the "
            "commas at line ends.",
        )
    )


def _not_json(path: Path, number: int, line: str, error: Exception) -> BadLine:
    if number == 1 and line.lstrip("\ufeff ").startswith("["):
        raise _is_array(path) from error
    place = getattr(error, "colno", 0)
    where_zh, where_en = (f"（第 {place} 个字符处）", f" (at character {place})") if place else ("", "")
    return BadLine(
        line.rstrip("\r\n"),
        say(f"不是完整的 JSON{where_zh}", f"is not JSON{where_en}"),
        say("请让每行是一个完整的 {…}", "make each line one whole {…}"),
    )


def _not_an_object(line: str) -> BadLine:
    return BadLine(
        line.rstrip("\r\n"),
        say("不是一个对象", "is not an object"),
        say('请写成 {"title": "…"} 这样', 'write it like {"title": "…"}'),
    )
