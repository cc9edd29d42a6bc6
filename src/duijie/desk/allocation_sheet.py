"""An allocation as a workbook: the account, who goes to whom, how full each team is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.account import account, headers, rows_of
from duijie.desk.workbook import Sheet, dress_for_print, legal, open_workbook
from duijie.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from duijie.desk.sharing import Shared


def write_allocation(shared: Shared, out: Path) -> None:
    """Write an allocation to ``out``."""
    title = say("团队分配结果", "Teams shared out over the demands")
    with open_workbook(out) as book:
        page = book.add_worksheet(say("概览", "Overview"))
        page.set_column(0, 0, 100)
        page.hide_gridlines(2)
        dress_for_print(page, title)
        page.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 16}))
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for row, line in enumerate(account(shared), 2):
            page.write_string(row, 0, legal(line), wrap)
        pairs = Sheet(
            book, say("分配", "Allocation"), title, headers(shared.case, keys=False), [20, 34, 10, 28, 20, 8, 9, 10, 70]
        )
        number = book.add_format({"num_format": "0.000", "valign": "top"})
        for cells in rows_of(shared):
            said = [say("是", "yes") if c is True else say("否", "no") if c is False else c for c in cells]
            pairs.add(said, {5: number})
        pairs.finish()
        names = [
            say("编号", "id"),
            say("名称", "title"),
            say("名额", "places"),
            say("已安排", "filled"),
            say("剩余", "left"),
        ]
        loads = Sheet(book, say("名额", "Places"), title, names, [14, 40, 8, 8, 8])
        for taker, room, load in zip(shared.case.takers, shared.capacity, shared.allocation.load.tolist(), strict=True):
            loads.add([taker, shared.case.titles.get(taker), room, load, room - load])
        loads.finish()
