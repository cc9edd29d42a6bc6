"""What a user may see and do, as one value: the question every ``visible_to`` and every ``may_…`` asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from duijie.site.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duijie.site.parties.models import User
    from duijie.site.registry.models import Region

Span = tuple[str, str]
"""First and last region code of a subtree."""

EVERYWHERE: Span = ("000000", "999999")
"""What a grant over the home region covers: partners elsewhere in the country have nobody else here to look after them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The regions and organisations in which somebody holds each role, today."""

    regions: dict[str, tuple[Span, ...]]
    organisations: dict[str, frozenset[str]]

    def holds(self, *roles: str) -> bool:
        """Say whether one of the roles is held anywhere."""
        return any(role in self.regions or role in self.organisations for role in roles)

    def over_region(self, region: str, *roles: str) -> bool:
        """Say whether one of the roles is held over the region with this code."""
        return any(first <= region <= last for role in roles for first, last in self.regions.get(role, ()))

    def over_subtree(self, region: Region, *roles: str) -> bool:
        """Say whether one of the roles is held over everything that lies in the region."""
        first, last = _span(region)
        return any(begin <= first and last <= end for role in roles for begin, end in self.regions.get(role, ()))

    def over_organisation(self, organisation: str | None, *roles: str) -> bool:
        """Say whether one of the roles is held in the organisation with this code."""
        return any(organisation in self.organisations.get(role, ()) for role in roles)

    def over_home(self, *roles: str) -> bool:
        """Say whether one of the roles is held over the whole region that this site serves."""
        return self.over_region(settings.HOME_REGION, *roles)

    def within(self, field: str, *roles: str) -> Q:
        """Return the condition that the region ``field`` lies where one of the roles is held; nowhere matches nothing."""
        spans = {span for role in roles for span in self.regions.get(role, ())}
        return _any(Q(**{f"{field}__gte": first, f"{field}__lte": last}) for first, last in sorted(spans))

    def of(self, *roles: str) -> frozenset[str]:
        """Return the organisations in which one of the roles is held."""
        return frozenset().union(*(self.organisations.get(role, frozenset()) for role in roles))


NOTHING = Scope({}, {})
"""The scope of somebody who has not signed in."""


def scope_of(user: User) -> Scope:
    """Read the user's grants of today."""
    regions: dict[str, list[Span]] = {}
    organisations: dict[str, set[str]] = {}
    if not user.is_active:
        return NOTHING
    for grant in user.grants.valid_on(clock.today()).select_related("region"):
        if grant.region is not None:
            regions.setdefault(grant.role, []).append(_span(grant.region))
        else:
            organisations.setdefault(grant.role, set()).add(grant.organisation_id)
    return Scope(
        {role: tuple(spans) for role, spans in regions.items()},
        {role: frozenset(codes) for role, codes in organisations.items()},
    )


def _span(region: Region) -> Span:
    return EVERYWHERE if region.code == settings.HOME_REGION else (region.code, region.last)


def _any(conditions: Iterable[Q]) -> Q:
    joined = Q(pk__in=[])
    for condition in conditions:
        joined |= condition
    return joined
