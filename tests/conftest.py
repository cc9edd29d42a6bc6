"""Compiling a kernel may fall into any example's time, a gate that rolls dice is no gate, and tests speak Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from duijie import words

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("duijie", deadline=None, derandomize=True)
settings.load_profile("duijie")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    before = words.say("zh", "en")
    words.speak("zh")
    yield
    words.speak(before)
