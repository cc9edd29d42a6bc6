"""Chinese first, English complete: every sentence a person reads is written in both, side by side."""

from __future__ import annotations

import os
from contextvars import ContextVar

_language: ContextVar[str] = ContextVar("language")
_default = os.environ.get("DUIJIE_LANG", "zh")


def speak(language: str) -> None:
    """Choose the language of all sentences from here on, in this thread or request: ``zh`` or ``en``."""
    if language not in {"zh", "en"}:
        raise ValueError("language: zh | en")
    _language.set(language)


def say(zh: str, en: str) -> str:
    """Return the sentence in the language of the person who reads it."""
    return en if _language.get(_default) == "en" else zh
