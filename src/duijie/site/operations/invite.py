"""`duijie invite`: the first account of a site, and the way back in for one whose administrators are all gone."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from duijie.site.kernel.errors import Refusal
from duijie.site.parties.actions.invitations import invite_person, link_token
from duijie.site.parties.models.grant import BY_REGION
from duijie.site.registry.models import Region
from duijie.words import say


def invite(name: str, *, role: str, region: str, address: str) -> list[str]:
    """Invite somebody to a role over a region, in the office's own name; return the link to hand over, in words."""
    if role not in BY_REGION:
        roles = "、".join(sorted(BY_REGION))
        raise Refusal(
            say(f"角色“{role}”不能这样授予；可选 {roles}。", f"{role} cannot be given like this; choose of {roles}.")
        )
    place = Region.objects.filter(code=region or settings.HOME_REGION).first()
    if place is None:
        raise Refusal(
            say(f"没有编号为 {region} 的地区；请写六位行政区划代码。", f"no region {region}; give a six-digit code.")
        )
    invitation = invite_person(actor=None, name=name, role=role, place=place)
    link = address.rstrip("/") + reverse("parties:accept", args=[link_token(invitation)])
    return [
        say(
            f"请把下面的链接交给{name}，14 天内有效，只能用一次：",
            f"hand this link to {name}; it works once, for 14 days:",
        ),
        link,
    ]
