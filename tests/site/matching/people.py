"""Short ways through the work on a match, for its tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from duijie.site.kernel import clock
from duijie.site.matching.actions import working


def call(match: Any, actor: Any, words: str = "电话里介绍了情况。") -> Any:
    return working.contact(match, way="phone", side="supply", words=words, actor=actor)


def later(days: int) -> Any:
    return clock.told(clock.now() + timedelta(days=days))
