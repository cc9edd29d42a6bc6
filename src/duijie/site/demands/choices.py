"""What the form's drop-downs offer, from reference data held in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duijie.site.parties.models import Organisation, OrganisationKind
from duijie.site.registry.models import ChainNode, Field, Region
from duijie.site.registry.queries import hold

if TYPE_CHECKING:
    from duijie.site.parties.models import User

Choices = list[tuple[Any, Any]]
BLANK = ("", "————")


def regions() -> Choices:
    """Return the home region, then each league or city with its banners and counties, in official order."""
    return hold(("demands.regions", get_language()), _regions)


def _regions() -> Choices:
    home = Region.objects.filter(code=settings.HOME_REGION).first()
    if home is None:
        return [BLANK]
    below = list(Region.objects.valid().within(home).exclude(code=home.code))
    groups: dict[str, list[tuple[str, str]]] = {}
    leagues = [one for one in below if one.parent_id == home.code]
    for one in below:
        groups.setdefault(one.code if one.parent_id == home.code else one.parent_id or "", []).append(
            (one.code, one.label)
        )
    return [BLANK, (home.code, home.label), *((league.label, groups[league.code]) for league in leagues)]


def fields() -> Choices:
    """Return the technical fields."""
    return hold(
        ("demands.fields", get_language()), lambda: [BLANK, *((one.code, one.label) for one in Field.objects.valid())]
    )


def chain_nodes() -> Choices:
    """Return the nodes of the industry chains, by chain."""
    return hold(("demands.nodes", get_language()), _chain_nodes)


def _chain_nodes() -> Choices:
    groups: dict[str, list[tuple[str, str]]] = {}
    for node in (
        ChainNode.objects.valid().select_related("chain").order_by("chain__order", "chain__code", "order", "code")
    ):
        groups.setdefault(node.chain.label, []).append((node.code, node.label))
    return [BLANK, *groups.items()]


def departments() -> Choices:
    """Return the departments that may lead a demand."""
    rows = Organisation.objects.present().filter(kind=OrganisationKind.DEPARTMENT, region=settings.HOME_REGION)
    return [BLANK, *rows.order_by("name").values_list("code", "name")]


def organisations_of(user: User) -> Choices:
    """Return the organisations the user acts for; an officer names others by their name."""
    from duijie.site.demands.models.queryset import OWNERS  # noqa: PLC0415

    rows = Organisation.objects.present().filter(code__in=user.scope.of(*OWNERS))
    return list(rows.order_by("name").values_list("code", "name"))


def levels() -> Choices:
    """Return the levels of technology readiness of GB/T 22900-2022, each with what it means in a plant."""
    words = (
        _("基本原理清楚"),
        _("有了技术方案"),
        _("关键功能在实验室得到验证"),
        _("样品在实验室通过验证"),
        _("小试样机通过验证"),
        _("中试样机通过验证"),
        _("在实际环境中通过验证"),
        _("定型，能小批量生产"),
        _("批量生产，稳定使用"),
    )
    return [BLANK, *((number, f"TRL {number} · {word}") for number, word in enumerate(words, 1))]
