"""Who is to be told, how he chose to be, and what his page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from duijie.site.kernel import clock
from duijie.site.kernel.models import Job, JobState
from duijie.site.notices.kinds import Kind, Way, usual_way
from duijie.site.notices.models import Notice, Preference, Reader
from duijie.site.parties.models import Grant, User

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

MOST = 100
"""Notices a page shows."""


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """One's notices, the latest first."""

    notices: Sequence[Notice]
    unseen: int


def notices_page(user: User) -> NoticesPage:
    """Assemble the page; what the reader may not see any more is left out."""
    latest = list(Notice.objects.of(user).order_by("-id")[:MOST])
    for one in latest:
        one.user = user
    shown = [one for one in latest if one.may_be_shown]
    return NoticesPage(shown, sum(one.seen_at is None for one in shown))


def unseen_count(user: User) -> int:
    """Return how many notices the user has not read."""
    return int(Notice.objects.of(user).unseen().count())


def speaking_for(organisation: str, *roles: str) -> list[User]:
    """Return the people who hold one of the roles in an organisation today."""
    return _holding(Q(organisation=organisation), roles)


def nearest_over(region: str, *roles: str) -> list[User]:
    """Return the people who hold one of the roles over the region today, of the grants nearest to it."""
    over = Q(region__code__lte=region, region__last__gte=region) | Q(region=settings.HOME_REGION)
    holders = list(_held(over, roles).order_by("-region__code", "code"))
    return list({grant.user_id: grant.user for grant in holders if grant.region_id == holders[0].region_id}.values())


def _holding(place: Q, roles: Sequence[str]) -> list[User]:
    return list({grant.user_id: grant.user for grant in _held(place, roles).order_by("code")}.values())


def _held(place: Q, roles: Sequence[str]) -> QuerySet[Grant]:
    grants = Grant.objects.valid_on(clock.today()).filter(place, role__in=roles, user__is_active=True)
    return grants.select_related("user")


def ways_of(users: Sequence[User], kind: str) -> dict[str, Way]:
    """Return how each of the users wants to be told of this kind."""
    chosen = dict(Preference.objects.filter(user__in=users, kind=kind).values_list("user", "way"))
    return {user.pk: Way(chosen.get(user.pk, usual_way(kind))) for user in users}


def choices_of(user: User) -> dict[str, str]:
    """Return how the user is told of every kind."""
    chosen = dict(Preference.objects.filter(user=user.pk).values_list("kind", "way"))
    return {kind: chosen.get(kind, usual_way(kind)) for kind in Kind.values}


def languages_of(users: Sequence[User]) -> dict[str, str]:
    """Return the language in which each of the users reads."""
    chosen = dict(Reader.objects.filter(user__in=users).values_list("user", "language"))
    return {user.pk: chosen.get(user.pk, settings.LANGUAGE_CODE) for user in users}


def language_of(user: User) -> str:
    """Return the language in which the user reads."""
    return languages_of([user])[user.pk]


def ended_jobs(until: datetime) -> list[Job]:
    """Return the jobs of people that ended within the last day, before ``until``, unseen and not told of yet."""
    ended = Job.objects.filter(seen=False, finished_at__gte=until - timedelta(days=1), finished_at__lte=until)
    told = Notice.objects.filter(kind=Kind.JOB_DONE, at__gte=until - timedelta(days=2)).values("once")
    return list(ended.exclude(owner="").exclude(state=JobState.CANCELLED).exclude(code__in=told)[:100])


def is_queued(path: str) -> bool:
    """Say whether a task of this path waits already."""
    return bool(DBTaskResult.objects.filter(task_path=path, status=TaskResultStatus.READY).exists())
