"""Who may do what with an offer: the action asks, and the template asks the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from duijie.site.kernel.disclosure import Disclosure
from duijie.site.offers.models.visibility import NAMED, OWNERS, View, is_officer_of, is_own, view_of
from duijie.site.offers.states import EDITABLE, ON_OFFER, State
from duijie.site.parties.models import Role
from duijie.site.registry.models import last_code

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from duijie.site.offers.models import Offer
    from duijie.site.parties.models import Organisation, User


def may_see(offer: Offer, user: User | AnonymousUser) -> bool:
    """Say whether he may know that there is such an offer."""
    return view_of(offer, user) is not View.NONE


def may_open(offer: Offer, user: User | AnonymousUser) -> bool:
    """Say whether he may read all of it."""
    return view_of(offer, user) is View.FULL


def may_start(organisation: Organisation, user: User) -> bool:
    """Say whether he may enter offers of this organisation: its own people, and officers where it is registered."""
    return user.scope.over_organisation(organisation.code, *OWNERS) or user.scope.over_region(
        registered_in(organisation), Role.OFFICER
    )


def may_start_any(user: User | AnonymousUser) -> bool:
    """Say whether he may enter offers of some organisation."""
    return user.is_authenticated and user.scope.holds(*OWNERS, Role.OFFICER)


def registered_in(organisation: Organisation) -> str:
    """Return the code of the region that reviews its offers: its own, or the home region for one from outside."""
    home = settings.HOME_REGION
    inside = home <= organisation.region_id <= last_code(home)
    return organisation.region_id if inside else home


def acts_for(offer: Offer, user: User) -> bool:
    """Say whether he speaks for the offering side.

    A team leader speaks for what he entered or what his team offers; an officer for what he entered on behalf.
    """
    scope = user.scope
    if scope.over_organisation(offer.organisation_id, Role.CONTACT, Role.RESEARCH):
        return True
    if scope.over_organisation(offer.organisation_id, Role.LEADER):
        return offer.started_by_id == user.code or (offer.team is not None and offer.team.leader_id == user.pk)
    return offer.started_by_id == user.code and is_officer_of(offer, user)


def may_change(offer: Offer, user: User) -> bool:
    """Say whether he may write in it now."""
    return offer.state in EDITABLE and acts_for(offer, user)


def may_submit(offer: Offer, user: User) -> bool:
    """Say whether he may hand it in."""
    return may_change(offer, user)


def may_review(offer: Offer, user: User) -> bool:
    """Say whether it is his to pass or to send back."""
    return offer.state == State.SUBMITTED and is_officer_of(offer, user)


def may_publish(offer: Offer, user: User) -> bool:
    """Say whether he may put it before everybody; one that is directed or confidential is never published."""
    return offer.state == State.REVIEWED and is_publishable(offer) and is_officer_of(offer, user)


def is_publishable(offer: Offer) -> bool:
    """Say whether its owner lets it be published, in full or blurred."""
    return offer.disclosure in (Disclosure.PUBLIC, Disclosure.BLURRED)


def may_unpublish(offer: Offer, user: User) -> bool:
    """Say whether he may take it down."""
    return offer.state == State.PUBLISHED and is_officer_of(offer, user)


def may_direct(offer: Offer, user: User) -> bool:
    """Say whether he may name organisations that read it in full."""
    return offer.state in ON_OFFER and offer.disclosure in NAMED and _either_side(offer, user)


def may_revise(offer: Offer, user: User) -> bool:
    """Say whether he may take a reviewed offer back to rewrite it; it is then reviewed again."""
    return offer.state in (*ON_OFFER, State.EXPIRED) and acts_for(offer, user)


def may_confirm(offer: Offer, user: User) -> bool:
    """Say whether he may state that it still holds."""
    return offer.state in ON_OFFER and acts_for(offer, user)


def may_renew(offer: Offer, user: User) -> bool:
    """Say whether he may give an expired offer a new term."""
    return offer.state == State.EXPIRED and acts_for(offer, user)


def may_withdraw(offer: Offer, user: User) -> bool:
    """Say whether he may take it off; officers only what has been reviewed."""
    if offer.state in (State.WITHDRAWN, State.MERGED):
        return False
    return acts_for(offer, user) or (offer.state not in (*EDITABLE, State.SUBMITTED) and is_officer_of(offer, user))


def may_reopen(offer: Offer, user: User) -> bool:
    """Say whether he may take up again what was withdrawn."""
    return offer.state == State.WITHDRAWN and acts_for(offer, user)


def may_merge(offer: Offer, user: User) -> bool:
    """Say whether he may put it together with another: an officer over both."""
    return offer.state in (State.SUBMITTED, *ON_OFFER, State.EXPIRED) and is_officer_of(offer, user)


def may_merge_into(offer: Offer, into: Offer, user: User) -> bool:
    """Say whether the other can take it up: handed in, not gone, and under the same officer."""
    standing = (State.SUBMITTED, *ON_OFFER, State.EXPIRED)
    return offer.code != into.code and into.state in standing and is_officer_of(into, user) and may_merge(offer, user)


def may_attach(offer: Offer, user: User) -> bool:
    """Say whether he may add and take back attachments."""
    return (offer.state in EDITABLE and acts_for(offer, user)) or may_review(offer, user)


def is_open(offer: Offer) -> bool:
    """Say whether everybody who signs in may read it, so that openings are not recorded."""
    return offer.state == State.PUBLISHED and offer.disclosure == Disclosure.PUBLIC


def may_read_history(offer: Offer, user: User) -> bool:
    """Say whether he may read the trail and earlier versions: both sides of the desk, no outsider."""
    return is_own(offer, user) or is_officer_of(offer, user)


may_read_contact = may_read_history


def _either_side(offer: Offer, user: User) -> bool:
    return acts_for(offer, user) or is_officer_of(offer, user)
