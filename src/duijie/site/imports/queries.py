"""Fetching a batch with permission, and what its pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duijie.site.imports import checking
from duijie.site.imports.models import Batch
from duijie.site.imports.nouns import sheets
from duijie.site.imports.states import BACK, State
from duijie.site.kernel.models import Job
from duijie.site.kernel.parts import Progress
from duijie.site.kernel.views import progress_of
from duijie.site.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.site.kernel.sheets import Sheet
    from duijie.site.parties.models import User
    from duijie.tables.problems import Problem

SHOWN = 100
"""Problems on one page."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One header of the person's table, the column chosen for it, and what stands below it."""

    place: int
    header: str
    chosen: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class BatchPage:
    """A batch where it stands, and what can be done with it."""

    batch: Batch
    sheet: Sheet
    progress: Progress | None
    stopped: str
    headings: Sequence[Heading]
    preview: Sequence[Sequence[tuple[str, str]]]
    problems: Sequence[Problem]
    start: int
    next_start: int
    has_marked: bool
    has_file: bool
    earlier: Sequence[str]
    may_choose_again: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One imported record as far as the reader may see it."""

    code: str
    title: str
    url: str


def batch_of(code: str, user: User) -> Batch:
    """Return the user's batch, or answer as if there were none."""
    batch: Batch = get_object_or_404(Batch.objects.visible_to(user), code=code)
    return batch


def batch_page(batch: Batch, *, start: int = 0) -> BatchPage:
    """Assemble a batch's page; ``start`` is how many problems to leave out."""
    job = _job_of(batch) if batch.is_working else None
    problems = checking.report_of(batch, start=start, count=SHOWN + 1)
    return BatchPage(
        batch=batch,
        sheet=sheets()[batch.noun],
        progress=_progress(batch, job) if job is not None and not job.is_finished else None,
        stopped=_stopped(batch, job),
        headings=_headings(batch) if batch.state == State.UPLOADED else (),
        preview=checking.preview_of(batch) if batch.state == State.CHECKED else (),
        problems=problems[:SHOWN],
        start=start,
        next_start=start + SHOWN if len(problems) > SHOWN else 0,
        has_marked=batch.marked.exists(),
        has_file=batch.file.exists(),
        earlier=_earlier(batch) if batch.state in (State.UPLOADED, State.CHECKED) else (),
        may_choose_again=batch.state in BACK and batch.file.exists(),
    )


def records_of(batch: Batch, user: User, page: str | None) -> tuple[Page[Any], list[Record]]:
    """Return one page of the batch's records, those that the user may see by name."""
    entries = Entry.objects.filter(source=batch.code, revision=1).order_by("id").values_list("kind", "subject")
    shown = Paginator(entries, 50).get_page(page)
    codes = [subject for _kind, subject in shown]
    kinds = {kind for kind, _subject in shown}
    rows: dict[str, Any] = {}
    for kind in kinds:
        rows |= apps.get_model(kind)._default_manager.visible_to(user).in_bulk(codes)
    name = sheets()[batch.noun].url_name
    found = [
        Record(code, str(getattr(rows[code], "title", rows[code])), reverse(name, args=[code]))
        if code in rows
        else Record(code, "", "")
        for code in codes
    ]
    return shown, found


def _job_of(batch: Batch) -> Job | None:
    job: Job | None = (
        Job.objects.filter(owner=batch.owner_id, arguments__code=batch.code, created_at__gte=batch.changed_at)
        .order_by("-created_at")
        .first()
    )
    return job


def _stopped(batch: Batch, job: Job | None) -> str:
    if not batch.is_working:
        return ""
    return _("处理中断了。") if job is None else job.message if job.is_finished else ""


def _progress(batch: Batch, job: Job) -> Progress:
    told = progress_of(job)
    return Progress(
        told.label, told.done, told.total, told.state, reverse("imports:batch", args=[batch.code]), "", told.sentence
    )


def _headings(batch: Batch) -> list[Heading]:
    samples = checking.samples_of(batch)
    return [
        Heading(place, header, batch.mapping.get(header, ""), tuple(row[place] for row in samples if place < len(row)))
        for place, header in enumerate(batch.headers)
    ]


def _earlier(batch: Batch) -> list[str]:
    """Say when the very same file was imported before; of other people's batches no more than that.

    Only somebody who holds the same file is told.
    """
    said = []
    for other in Batch.objects.imported().same_file_as(batch).order_by("-changed_at")[:3]:
        words = {"day": timezone.localtime(other.changed_at).strftime("%Y-%m-%d %H:%M"), "count": other.imported}
        if other.owner_id == batch.owner_id:
            said.append(
                _("您在 %(day)s 已用同一个文件导入过 %(count)s 条（批次 %(code)s）。") % {**words, "code": other.code}
            )
        else:
            said.append(_("另一位经办人在 %(day)s 已用同一个文件导入过 %(count)s 条。") % words)
    return said
