"""Verdicts: what officers and brokers think of a demand with an offer or a team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, Invalid
from duijie.site.ledger.actions import change, create
from duijie.site.matching import permissions
from duijie.site.matching.models import Verdict
from duijie.site.matching.models.verdict import Level
from duijie.site.offers.models import Offer

if TYPE_CHECKING:
    from duijie.site.demands.models import Demand
    from duijie.site.parties.models import Team, User


def judge(demand: Demand, supply: Offer | Team, level: int, words: str = "", *, actor: User) -> Verdict:
    """Say how well the supply answers the demand; said again, it is changed. A second click at once changes the first."""
    if not permissions.may_judge(actor, demand, supply):
        raise Forbidden(_("评判由科技主管部门经办人和技术经理人作出。"))
    if level not in Level.values:
        raise Invalid(_("请在四个等级中选择一个。"), {"level": _("请选择一个等级。")})
    said = words.strip()
    if len(said) > 300:
        raise Invalid(_("理由太长。"), {"words": _("最多 300 个字，请删减。")})
    pair: dict[str, Any] = {"offer": supply} if isinstance(supply, Offer) else {"team": supply}
    to = {"level": level, "words": said}
    try:
        with transaction.atomic():
            held = Verdict.objects.filter(demand=demand, by=actor, **pair).first()
            if held is None:
                row = Verdict(code=take_code("DV"), demand=demand, by=actor, **pair, **to)
                return create(row, actor=actor, verb="verdict.give")
    except IntegrityError:
        held = Verdict.objects.get(demand=demand, by=actor, **pair)
    change(held, actor=actor, verb="verdict.change", to=to)
    return held
