"""Which demands: the vocabulary of every list, count, search, export and figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db.models import Q

from duijie.site.demands import states
from duijie.site.demands.states import State
from duijie.site.kernel.conditions import any_of
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.ledger.models import RecordedQuerySet
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from datetime import date

    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region

OWNERS = (Role.CONTACT, Role.RESEARCH)
"""Roles in which somebody acts for the organisation that has the need."""
RECIPIENTS = (Role.CONTACT, Role.RESEARCH, Role.LEADER)
"""Roles in which somebody reads what was directed to his organisation."""
_BEYOND_NAMED = (Disclosure.PUBLIC, Disclosure.BLURRED)


class DemandQuerySet(RecordedQuerySet):
    """Which demands; a queryset of versions answers the same questions."""

    def counted(self) -> Self:
        """Return what was collected, each need once: drafts were never handed in, merged ones stand elsewhere."""
        return self.filter(submitted_at__isnull=False, merged_into=None)

    def open(self) -> Self:
        """Return those for which an answer is being looked for."""
        return self.filter(state__in=states.OPEN)

    def within(self, region: Region) -> Self:
        """Return those of the region's subtree."""
        return self.filter(region__code__range=(region.code, region.last))

    def readable_by(self, user: User) -> Self:
        """Return those whose full text the user may open."""
        return self.filter(readable(user))

    def visible_to(self, user: User) -> Self:
        """Return those the user may know of: the readable ones, and the title and field of the blurred."""
        return self.filter(any_of(_handled_by(user), _disclosed(*_BEYOND_NAMED), _directed_to(user)))

    def handled_by(self, user: User) -> Self:
        """Return those of the user's organisation, regions and department, whatever their disclosure."""
        return self.filter(_handled_by(user))

    def owned_by(self, user: User) -> Self:
        """Return those of the organisations the user acts for."""
        return self.filter(organisation__in=user.scope.of(*OWNERS))

    def waiting_for(self, user: User) -> Self:
        """Return those whose next step is the user's."""
        scope, home = user.scope, settings.HOME_REGION
        waiting = Q(organisation__in=scope.of(*OWNERS), state__in=states.BY_OWNER)
        waiting |= Q(started_by=user.code, state=State.DRAFT) & scope.within("region__code", Role.OFFICER)
        waiting |= Q(department__in=scope.of(Role.DEPARTMENT), state__in=states.BY_LOCAL)
        for span in scope.regions.get(Role.OFFICER, ()):
            if span[0] <= home <= span[1]:
                waiting |= Q(region__code__range=span, state__in=states.BY_HOME)
                waiting |= Q(region=home, state__in=states.BY_LOCAL)
            else:
                waiting |= Q(region__code__range=span, state__in=states.BY_LOCAL)
        return self.filter(waiting)

    def overdue(self, day: date) -> Self:
        """Return those whose step should have been taken before ``day``."""
        return self.filter(due__lt=day)


def readable(user: User) -> Q:
    """Return the condition for demands whose full text the user may open."""
    return any_of(_handled_by(user), _disclosed(Disclosure.PUBLIC), _directed_to(user))


def _handled_by(user: User) -> Q:
    """Say in SQL what :func:`duijie.site.demands.permissions.is_handled_by` says of one demand."""
    scope = user.scope
    officially = scope.within("region__code", Role.OFFICER) | Q(department__in=scope.of(Role.DEPARTMENT))
    return (
        Q(organisation__in=scope.of(*OWNERS))
        | (officially & Q(submitted_at__isnull=False))
        | (scope.within("region__code", Role.OFFICER) & Q(started_by=user.code))
    )


def _disclosed(*levels: Disclosure) -> Q:
    return Q(disclosure__in=levels, published_at__isnull=False, state__in=states.SHOWN)


def _directed_to(user: User) -> Q:
    from duijie.site.demands.models.recipient import Recipient  # noqa: PLC0415  recipients know demands

    organisations = user.scope.of(*RECIPIENTS)
    if not organisations:
        return Q(pk__in=[])
    named = Recipient.objects.filter(organisation__in=organisations, until=None).values("demand")
    levels = (Disclosure.BLURRED, Disclosure.DIRECTED)
    return Q(code__in=named, disclosure__in=levels, state__in=states.SHOWN)
