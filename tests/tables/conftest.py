from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text file and returns its path."""

    def write(content: str | bytes, name: str = "demands.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook of one sheet with openpyxl; ``touch`` may spoil the sheet before it is saved."""

    def write(
        rows: list[list[Any]], *, merge: tuple[str, ...] = (), touch: Any = None, name: str = "需求.xlsx"
    ) -> Path:
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        for row in rows:
            sheet.append(row)
        for cells in merge:
            sheet.merge_cells(cells)
        if touch:
            touch(book)
        path = tmp_path / name
        book.save(path)
        return path

    return write
