"""Who reads an offer: in full, title and field only, or not at all. Lists, counts, search and export ask here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from duijie.site.kernel.conditions import any_of
from duijie.site.kernel.disclosure import Disclosure
from duijie.site.offers.models.recipient import Recipient
from duijie.site.offers.states import ON_OFFER, State
from duijie.site.parties.models.grant import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import User

OWNERS = (Role.CONTACT, Role.RESEARCH, Role.LEADER)
"""Roles in the offering organisation."""

NAMED = (Disclosure.BLURRED, Disclosure.DIRECTED)
"""What may be shown in full to organisations named for it."""


class View(StrEnum):
    """How much somebody may read."""

    FULL = "full"
    BLURRED = "blurred"
    NONE = "none"


def in_full(user: User | AnonymousUser) -> Q:
    """Return the condition for offers that the user reads in full."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    shown = Recipient.objects.present().among(user.scope.of(*OWNERS)).values("offer")
    told = Q(state__in=ON_OFFER, disclosure__in=NAMED, code__in=shown)
    return any_of(own(user), over(user), Q(state=State.PUBLISHED, disclosure=Disclosure.PUBLIC), told)


def own(user: User) -> Q:
    """Return the condition for offers of the user's organisations."""
    return Q(organisation__in=user.scope.of(*OWNERS))


def over(user: User) -> Q:
    """Return the condition for offers handed in under the user as an officer, and drafts of his own hand."""
    return user.scope.within("region", Role.OFFICER) & (~Q(state=State.DRAFT) | Q(started_by=user.code))


def blurred(user: User | AnonymousUser) -> Q:
    """Return the condition for offers of which the user reads at least title and field."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    return Q(state=State.PUBLISHED, disclosure=Disclosure.BLURRED)


def view_of(offer: Offer, user: User | AnonymousUser) -> View:
    """Return how much of this offer the user may read; the same answer as the conditions above, for one row."""
    if not user.is_authenticated:
        return View.NONE
    if is_own(offer, user) or is_officer_of(offer, user) or _is_open(offer) or _is_recipient(offer, user):
        return View.FULL
    if offer.state == State.PUBLISHED and offer.disclosure == Disclosure.BLURRED:
        return View.BLURRED
    return View.NONE


def is_own(offer: Offer, user: User) -> bool:
    """Say whether the offer is the user's organisation's."""
    return user.scope.over_organisation(offer.organisation_id, *OWNERS)


def is_officer_of(offer: Offer, user: User) -> bool:
    """Say whether the user is an officer over the offer's region, and it has been handed in or is of his own hand."""
    if offer.state == State.DRAFT and offer.started_by_id != user.code:
        return False
    return user.scope.over_region(offer.region_id, Role.OFFICER)


def _is_open(offer: Offer) -> bool:
    return offer.state == State.PUBLISHED and offer.disclosure == Disclosure.PUBLIC


def _is_recipient(offer: Offer, user: User) -> bool:
    if offer.disclosure not in NAMED or offer.state not in ON_OFFER:
        return False
    return offer.recipients.present().among(user.scope.of(*OWNERS)).exists()
