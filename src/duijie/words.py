"""Chinese first, English complete: every sentence a person reads is written in both, side by side."""

from __future__ import annotations

import os

_language = os.environ.get("DUIJIE_LANG", "zh")


def speak(language: str) -> None:
    """Choose the language of all sentences from here on: ``zh`` or ``en``."""
    global _language  # noqa: PLW0603  one process speaks one language to one person
    if language not in {"zh", "en"}:
        raise ValueError("language: zh | en")
    _language = language


def say(zh: str, en: str) -> str:
    """Return the sentence in the language of the person who reads it."""
    return en if _language == "en" else zh
