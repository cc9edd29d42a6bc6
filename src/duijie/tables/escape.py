"""Text that a spreadsheet would run as a formula, made harmless, and back."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What Excel, WPS or LibreOffice may take for a formula, the full-width signs included; or our own mark before it."""


def cell_safe(text: str) -> str:
    """Return ``text`` with an apostrophe before it if a spreadsheet would run it; :func:`cell_plain` undoes it."""
    return "'" + text if _FORMULA.match(text) else text


def cell_plain(text: str) -> str:
    """Undo :func:`cell_safe`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
