"""Compiling a kernel may fall into any example's time, and a gate that rolls dice is no gate."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("duijie", deadline=None, derandomize=True)
settings.load_profile("duijie")
