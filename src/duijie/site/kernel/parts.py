"""What the parts of a page are given: the values behind ``kernel/parts/*.html``, one frozen class a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.utils.functional import _StrOrPromise

Tone = Literal["", "info", "success", "warning", "danger"]
"""How a badge looks: nothing special · under way · good · needs somebody · refused or overdue."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of the same thing; ``count`` stands beside its name."""

    label: _StrOrPromise
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One section of a long form. ``state`` is ``todo``, ``doing``, ``done`` or ``waiting`` (not possible yet)."""

    label: _StrOrPromise
    url: str
    state: Literal["todo", "doing", "done", "waiting"] = "todo"
    hint: _StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Sections that belong together, under one heading."""

    label: _StrOrPromise
    tasks: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a summary: what was asked, what was answered, and where to change it."""

    label: _StrOrPromise
    value: _StrOrPromise | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One step of a life line. ``left`` is a way out: refused, withdrawn, merged."""

    label: _StrOrPromise
    state: Literal["done", "now", "ahead", "left"]
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TrailChange:
    """What one field said before and after, readable."""

    label: _StrOrPromise
    old: _StrOrPromise
    new: _StrOrPromise


@dataclass(frozen=True, slots=True)
class TrailRow:
    """Who did what, when, with which opinion."""

    at: datetime
    actor: str
    verb: _StrOrPromise
    changes: Sequence[TrailChange] = ()
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a form that came too late: what its author saw, what stands now, what he wants."""

    label: _StrOrPromise
    seen: _StrOrPromise
    now: _StrOrPromise
    given: _StrOrPromise

    @property
    def clashes(self) -> bool:
        """Whether both changed it, to different ends."""
        return self.seen != self.now and self.now != self.given != self.seen


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a form, and the place on the page where it can be put right."""

    sentence: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come. ``url`` answers the same part again; ``next_url`` is where its result is."""

    label: _StrOrPromise
    done: int
    total: int | None
    state: Literal["waiting", "running", "finished", "failed"]
    url: str
    next_url: str = ""
    sentence: _StrOrPromise = ""

    @property
    def moving(self) -> bool:
        """Whether asking again may say something new."""
        return self.state in {"waiting", "running"}

    @property
    def percent(self) -> int | None:
        """How much is done, of a hundred; None while nobody knows the whole."""
        return min(100, self.done * 100 // self.total) if self.total else None
