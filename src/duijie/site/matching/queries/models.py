"""Ranking models: the one in use, every one by its code, and their pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.engine.matching.model import FEATURES
from duijie.site.matching import permissions
from duijie.site.matching.models import RankingModel
from duijie.site.matching.queries.ranking import DEFAULT, model_of
from duijie.site.matching.queries.ranking import model_in_use as present_model
from duijie.site.matching.states import ModelState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrOrPromise

    from duijie.site.kernel.parts import Tone
    from duijie.site.parties.models import User

__all__ = ["model_of", "model_page", "models_page", "present_model", "present_row"]

MEANINGS: dict[str, tuple[_StrOrPromise, _StrOrPromise]] = {
    "words": (gettext_lazy("全文用词"), gettext_lazy("需求里的技术用语，有多少在成果全文里也出现；越少见的词越算数。")),
    "title": (gettext_lazy("题目与关键词"), gettext_lazy("需求的题目和关键词，有多少在成果里出现。")),
    "meaning": (gettext_lazy("意思相近"), gettext_lazy("用词不同但说的是同一件事的程度。")),
    "foreign": (gettext_lazy("跨语言相近"), gettext_lazy("需求和成果用不同语言写成时，意思相近的程度。")),
    "field": (gettext_lazy("技术领域"), gettext_lazy("技术领域相同加分，不同减分，没有填写不计。")),
    "industry": (gettext_lazy("行业"), gettext_lazy("国民经济行业代码相同的位数越多越好。")),
    "region": (gettext_lazy("地区"), gettext_lazy("同一盟市优先，其次同一省区。")),
    "maturity": (gettext_lazy("成熟度"), gettext_lazy("成果的成熟度是否达到需求的期望。")),
    "budget": (gettext_lazy("预算"), gettext_lazy("成果的报价是否在需求的预算之内。")),
}
TONES: dict[str, Tone] = {ModelState.PRESENT: "success", ModelState.REFUSED: "warning"}


@dataclass(frozen=True, slots=True)
class Weight:
    """One feature: its name, what it means, its weight, the weight before, and its share of the heaviest, of a hundred."""

    label: _StrOrPromise
    meaning: _StrOrPromise
    weight: float
    before: float | None
    percent: int


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model of the history; the one that comes with the software has no row."""

    code: str
    name: str
    state: str
    tone: Tone
    row: RankingModel | None
    why: str
    comparison: str
    aside: Sequence[str]
    can_return: bool


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A model's page: the line of its history, and its content where it has any."""

    line: ModelLine
    weights: Sequence[Weight]
    cuts: Sequence[tuple[_StrOrPromise, float]]
    pairs: int
    demands: int


@dataclass(frozen=True, slots=True)
class ModelsPage:
    """The model in use and the history."""

    present: ModelPage
    history: Sequence[ModelLine]
    may_learn: bool


def present_row() -> RankingModel | None:
    """Return the row of the model in use; none while it is the one that comes with the software."""
    found: RankingModel | None = RankingModel.objects.filter(state=ModelState.PRESENT).first()
    return found


def fetch_model(code: str, user: User) -> RankingModel | None:
    """Return a model, None for the one that comes with the software; for others than those who judge there is none."""
    if not permissions.may_see_models(user):
        raise Http404
    found: RankingModel | None = RankingModel.objects.filter(pk=code).first()
    if found is None and code != DEFAULT:
        raise Http404
    return found


def models_page(user: User) -> ModelsPage:
    """Assemble the page of all models."""
    present = present_row()
    page = model_page(present, user)
    rows = list(RankingModel.objects.order_by("-created_at", "-code")[:50])
    history = [_line(row, user, present) for row in rows] + [_line(None, user, present)]
    return ModelsPage(page, history, permissions.may_learn(user))


def model_page(row: RankingModel | None, user: User) -> ModelPage:
    """Assemble a model's page."""
    line = _line(row, user, present_row())
    if row is not None and not row.content:
        return ModelPage(line, [], [], 0, 0)
    model = model_of(row.code if row else DEFAULT)
    before = _weights_before(row)
    most = max([*model.weights.values(), 1e-9])
    weights = [
        Weight(
            *MEANINGS[name],
            model.weights.get(name, 0.0),
            before.get(name),
            round(100 * model.weights.get(name, 0.0) / most),
        )
        for name in FEATURES
    ]
    levels = (_("关系不大"), _("比较合适"), _("很合适"))
    learned: Any = model.learned_from
    return ModelPage(
        line,
        weights,
        list(zip(levels, model.cuts, strict=True)),
        int(learned.get("pairs", 0)),
        int(learned.get("demands", 0)),
    )


def _weights_before(row: RankingModel | None) -> Mapping[str, float]:
    code = row.scores.get("compared_with", "") if row else ""
    return model_of(code).weights if code else {}


def _line(row: RankingModel | None, user: User, present: RankingModel | None) -> ModelLine:
    learns = permissions.may_learn(user)
    if row is None:
        state = ModelState.PRESENT if present is None else ModelState.RETIRED
        return ModelLine(
            code=DEFAULT,
            name=_("随软件附带的模型"),
            state=str(state.label),
            tone=TONES.get(state, ""),
            row=None,
            why="",
            comparison="",
            aside=(),
            can_return=learns and present is not None,
        )
    return ModelLine(
        code=row.code,
        name=row.name,
        state=row.get_state_display(),
        tone=TONES.get(row.state, ""),
        row=row,
        why=row.why,
        comparison=comparison(row.scores),
        aside=_aside(row),
        can_return=learns and row.state == ModelState.RETIRED,
    )


def comparison(scores: Mapping[str, Any]) -> str:
    """Say how a model did against the one it was compared with: 比上一版好 0.02（0.00～0.04）."""
    home = scores.get("home", {})
    if "difference" not in home:
        return ""
    difference = home["difference"]
    told = {
        "mean": f"{abs(difference['mean']):.3f}",
        "low": f"{difference['low']:.3f}",
        "high": f"{difference['high']:.3f}",
    }
    worse = difference["mean"] < 0
    sentence = _("比上一版差 %(mean)s（%(low)s～%(high)s）") if worse else _("比上一版好 %(mean)s（%(low)s～%(high)s）")
    return sentence % told


def _aside(row: RankingModel) -> list[str]:
    from duijie.site.parties.models import User  # noqa: PLC0415

    told = row.scores.get("aside", [])
    names = dict(User.objects.filter(code__in=[one["judge"] for one in told]).values_list("code", "name"))
    words = {"reference": _("与基准排序相反"), "others": _("与其他评判人相反")}
    return [
        _("%(name)s（%(count)s 条，%(why)s）")
        % {"name": names.get(one["judge"], one["judge"]), "count": one["verdicts"], "why": words[one["against"]]}
        for one in told
    ]
