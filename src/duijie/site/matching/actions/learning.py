"""Ranking models: learning is started, its outcome kept, and an earlier model taken back into use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duijie.site.kernel import clock, jobs
from duijie.site.kernel.codes import take_code
from duijie.site.kernel.errors import Forbidden, WrongState
from duijie.site.kernel.models import OPEN, Job
from duijie.site.ledger.actions import create, step
from duijie.site.matching import permissions
from duijie.site.matching.models import RankingModel
from duijie.site.matching.queries.models import present_row
from duijie.site.matching.states import MODEL_NEXT, ModelState

if TYPE_CHECKING:
    from duijie.site.matching.trial import Trial
    from duijie.site.parties.models import User


def start_learning(*, actor: User) -> Job:
    """Start learning from all verdicts; while that is under way, a second start gives the same job."""
    from duijie.site.matching.learning import learn_ranking  # noqa: PLC0415  the job calls these actions

    _require(actor)
    with transaction.atomic():
        running = Job.objects.filter(kind=learn_ranking.path, state__in=OPEN).first()
        code = take_code("RM")
        return running or jobs.start(
            learn_ranking, owner=actor, title=_("重新学习排序模型"), actor=actor.code, code=code
        )


def keep_trial(trial: Trial, *, code: str, compared_with: str, actor: User) -> RankingModel:
    """Keep what a trial brought, adopted or not. Was another model taken into use meanwhile, it is not adopted."""
    _require(actor)
    with transaction.atomic():
        held = present_row()
        better = trial.outcome == "better"
        raced = better and (held.code if held else "default") != compared_with
        why = _("学习期间使用中的模型换过了，请重新学习。") if raced else reason_of(trial)
        adopted = better and not raced
        if adopted and held:
            step(held, ModelState.RETIRED, actor=actor, verb="model.retire", next_states=MODEL_NEXT)
        row = RankingModel(
            code=code,
            name=_("%(day)s 学习") % {"day": clock.today()},
            content=replace(trial.model, name=code).to_json() if trial.model else "",
            verdicts=trial.verdicts,
            judges=trial.judges,
            scores=dict(trial.scores) | {"compared_with": compared_with},
            state=ModelState.PRESENT if adopted else ModelState.REFUSED,
            why=why,
            adopted_at=clock.now() if adopted else None,
        )
        return create(row, actor=actor, verb="model.adopt" if adopted else "model.refuse", note=why)


def roll_back(to: RankingModel | None, *, actor: User) -> None:
    """Take an earlier model into use again; None is the one that comes with the software. Of two at once one wins."""
    _require(actor)
    try:
        with transaction.atomic():
            held = present_row()
            if held is None and to is None:
                raise WrongState(_("使用中的已经是随软件附带的模型。"))
            if to is not None:
                to = RankingModel.objects.select_for_update().get(pk=to.pk)
                if to.state != ModelState.RETIRED:
                    raise WrongState(_("这一版现在是“%(state)s”，不能退回。") % {"state": to.get_state_display()})
            if held is not None:
                step(held, ModelState.RETIRED, actor=actor, verb="model.retire", next_states=MODEL_NEXT)
            if to is not None:
                told: dict[str, Any] = {"adopted_at": clock.now()}
                step(to, ModelState.PRESENT, actor=actor, verb="model.restore", next_states=MODEL_NEXT, to=told)
    except IntegrityError:
        raise WrongState(_("刚才有人换了模型，没有改动。请看看现在使用的是哪一个。")) from None


def reason_of(trial: Trial) -> str:
    """Say why the new model was taken or not."""
    aside = (
        _("另有 %(count)s 位评判人的评判与其他依据相反，没有采用。") % {"count": len(trial.aside)}
        if trial.aside
        else ""
    )
    return " ".join(part for part in (_outcome_of(trial), aside) if part)


def _outcome_of(trial: Trial) -> str:
    if trial.outcome == "few":
        missing = trial.lacking
        return _("评判还不够：还差 %(verdicts)s 条评判、%(demands)s 项评出差别的需求、%(judges)s 位评判人。") % {
            "verdicts": missing.verdicts,
            "demands": missing.demands,
            "judges": missing.judges,
        }
    difference = trial.scores["home"].get("difference")
    if difference is None:
        return _("留出的评判看不出高下，没有采用。")
    told = {name: f"{difference[name]:+.3f}" for name in ("mean", "low", "high")}
    if trial.outcome == "no_better":
        return _("在留出的评判上相差 %(mean)s（%(low)s～%(high)s），不超出偶然波动，没有采用。") % told
    if trial.outcome == "reference":
        fell = f"{trial.scores['reference']['difference']['mean']:+.3f}"
        return _("在留出的评判上好 %(mean)s，但在基准评判上相差 %(fell)s，没有采用。") % {**told, "fell": fell}
    return _("在留出的评判上比原模型好 %(mean)s（%(low)s～%(high)s），基准评判上没有变差，已采用。") % told


def _require(actor: User) -> None:
    if not permissions.may_learn(actor):
        raise Forbidden(_("排序模型由自治区科技主管部门管理。"))
