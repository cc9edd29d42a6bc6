"""The empty workbook people fill in: headers, drop-downs, and a second sheet that says what goes where."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duijie.tables.columns import letter
from duijie.tables.write import SHEET_OPTIONS

if TYPE_CHECKING:
    from duijie.site.kernel.sheets import Column, Sheet

ROWS = 5_000
"""Rows for which the template's drop-downs are set."""


def workbook(sheet: Sheet) -> io.BytesIO:
    """Return the template as .xlsx, at its beginning."""
    from xlsxwriter import Workbook  # noqa: PLC0415  heavy, and needed only here

    made = io.BytesIO()
    with Workbook(made, {**SHEET_OPTIONS, "constant_memory": False, "in_memory": True}) as book:
        page = book.add_worksheet(_("填写"))
        guide = book.add_worksheet(_("说明"))
        options = book.add_worksheet(_("选项"))
        options.hide()
        head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True, "valign": "top"})
        must = book.add_format({"bold": True, "bg_color": "#FCE8D5", "border": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.header, must if column.required else head)
            page.set_column(place, place, 40 if column.joined else 18, text)
            _offer_choices(page, options, place, column)
        page.freeze_panes(1, 0)
        _explain(guide, sheet, head, text)
    made.seek(0)
    return made


def _offer_choices(page: Any, options: Any, place: int, column: Column) -> None:
    hint = {"input_title": column.header[:32], "input_message": column.example[:255]} if column.example else {}
    choices = column.choices() if column.choices else []
    if not choices:
        if hint:
            page.data_validation(1, place, ROWS, place, {"validate": "any", **hint})
        return
    for row, choice in enumerate(choices):
        options.write_string(row, place, choice)
    name = letter(place)
    source = f"='{options.name}'!${name}$1:${name}${len(choices)}"
    rule = {"validate": "list", "source": source, "error_type": "information", **hint}
    page.data_validation(1, place, ROWS, place, rule)


def _explain(guide: Any, sheet: Sheet, head: Any, text: Any) -> None:
    for place, (title, width) in enumerate(((_("列名"), 24), (_("必填"), 8), (_("示例"), 60), (_("可选值"), 60))):
        guide.write_string(0, place, title, head)
        guide.set_column(place, place, width, text)
    for row, column in enumerate(sheet.columns, 1):
        choices = column.choices() if column.choices else []
        shown = "、".join(choices[:30]) + ("……" if len(choices) > 30 else "")
        cells = (column.header, _("必填") if column.required else "", column.example, shown)
        for place, cell in enumerate(cells):
            guide.write_string(row, place, cell, text)
    guide.freeze_panes(1, 0)
