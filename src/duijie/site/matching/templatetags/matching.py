"""The pages beside one another that matching has: ``{% matching_places as tabs %}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.kernel.parts import Tab
from duijie.site.matching import permissions
from duijie.site.parties.models import Role

if TYPE_CHECKING:
    from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def matching_places(context: Context) -> list[Tab]:
    """Return the room's pages that the reader may open, the present one marked."""
    request: Any = context["request"]
    user = request.user
    places = [
        (_("推荐与对接"), "list", True),
        (_("统筹分配"), "plans", user.scope.holds(Role.OFFICER)),
        (_("排序模型"), "models", permissions.may_see_models(user)),
        (_("机会均衡"), "exposure", permissions.may_see_exposure(user)),
        (_("产业链图谱"), "chains", True),
    ]
    home = reverse("matching:list")
    return [
        Tab(label, url, request.path == url or (url != home and request.path.startswith(url)))
        for label, url in ((label, reverse(f"matching:{name}")) for label, name, may in places if may)
    ]
