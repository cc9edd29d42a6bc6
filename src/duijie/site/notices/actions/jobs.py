"""Telling owners how their jobs ended. Jobs are the kernel's, which knows nobody to tell; so it is looked up here."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy

from duijie.site.kernel import clock
from duijie.site.notices.actions.telling import in_words, tell
from duijie.site.notices.kinds import Kind
from duijie.site.notices.queries import ended_jobs
from duijie.site.parties.models import User

_WAITED = timedelta(minutes=1)
"""Who watches a job sees its end; others are told."""


def tell_of_jobs() -> int:
    """Tell of the jobs that ended while nobody was looking; each is told once."""
    told = 0
    for job in ended_jobs(clock.now() - _WAITED):
        owner = User.objects.filter(code=job.owner).first()
        if owner is not None:
            said = in_words(lambda job=job: str(_SAID) % {"title": job.title, "state": job.get_state_display()})  # type: ignore[misc]
            url = reverse("kernel:job", args=[job.code])
            told += tell([owner], Kind.JOB_DONE, said, url, why=gettext_lazy("这是您发起的任务"), once=job.code)
    return told


_SAID = gettext_lazy("%(title)s：%(state)s")
