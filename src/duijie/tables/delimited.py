"""CSV: rows of cells from text, whatever separates them."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING, Any

from duijie.tables.cells import MAX_TEXT
from duijie.tables.columns import HEAD_ROWS, Shape, understand
from duijie.tables.escape import cell_plain
from duijie.tables.problems import TableError
from duijie.tables.rows import BadLine, Rows
from duijie.tables.text_files import encoding_of
from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 4 * MAX_TEXT
"""Characters after which a cell is taken for a quotation mark that is never closed."""


def csv_rows(path: Path, shape: Shape[Any]) -> Rows:
    """Yield the rows of a CSV file, numbered as a spreadsheet shows them; the delimiter is , ; or tab."""
    encoding = encoding_of(path)
    delimiter = _delimiter(path, encoding, shape)
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "limit" in str(error):
                    raise _never_closed(path, line) from error
                yield number, _broken_quotes(line)
            else:
                yield number, [cell_plain(cell) if cell[:1] == "'" else cell for cell in row]


def _delimiter(path: Path, encoding: str, shape: Shape[Any]) -> str:
    """Return the delimiter under which the header is understood best, or failing that the one that cuts most."""
    with path.open(encoding=encoding, newline="") as file:
        lines = file.read(1 << 16).splitlines(keepends=True)

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            head = list(islice(csv.reader(lines, delimiter=delimiter), HEAD_ROWS))
        except csv.Error:
            return 0, 0
        return max((len(understand(row, shape).plan), len(row)) for row in head or [[]])

    return max(",;\t", key=fit)


def _broken_quotes(line: int) -> BadLine:
    return BadLine(
        "",
        say(
            f"引号不成对（从文件第 {line} 行起）", f"the quotation marks do not pair up (from line {line} of the file)"
        ),
        say("请把文字里的引号写成两个，或另存为 .xlsx", "double the quotation marks inside texts, or save as .xlsx"),
    )


def _never_closed(path: Path, line: int) -> TableError:
    return TableError(
        say(
            f"{path.name} 第 {line} 行起有一个引号一直没有闭合；请把文字里的引号写成两个，或另存为 .xlsx 再试。",
            f"{path.name}: a quotation mark opened at line {line} is never closed; double the quotation marks inside "
            "texts, or save as .xlsx, and try again.",
        )
    )
