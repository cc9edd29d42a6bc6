from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """A page in English leaves its language behind; a test begins without it."""
    with translation.override("zh-hans"):
        yield
