"""The job that learns a ranking model from verdicts and adopts it only if it is better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from duijie.site.kernel import jobs
from duijie.site.kernel.errors import Refusal
from duijie.site.matching import shelf
from duijie.site.matching.actions.learning import keep_trial
from duijie.site.matching.documents import demand_document
from duijie.site.matching.models import RankingModel
from duijie.site.matching.queries.models import present_model
from duijie.site.matching.queries.verdicts import told_verdicts
from duijie.site.matching.trial import SEEDS, hold_trial, reference

if TYPE_CHECKING:
    from duijie.engine.matching.types import Document
    from duijie.site.kernel.jobs import Progress


@jobs.work
def learn_ranking(progress: Progress, *, actor: str, code: str) -> dict[str, Any]:
    """Learn, compare, and keep the outcome. Begun again after it was kept, it only says so: ``code`` is what it makes."""
    from duijie.site.parties.models import User  # noqa: PLC0415

    made = RankingModel.objects.filter(pk=code).first()
    if made is None:
        index = shelf.OFFERS.standing()
        if index is None:
            raise Refusal(_("成果目录正在建立，请过几分钟再学习。"))
        progress.tell(_("正在整理评判"), done=0, total=SEEDS + 2)
        told = told_verdicts()
        used, present = present_model()
        trial = hold_trial(
            told, _asked({one.demand for one in told}), index, reference(), present, step=progress.advance
        )
        made = keep_trial(trial, code=code, compared_with=used, actor=User.objects.get(code=actor))
    return {"url": reverse("matching:model", args=[made.code]), "summary": made.why}


def _asked(codes: set[str]) -> list[Document]:
    from duijie.site.demands.models import Demand  # noqa: PLC0415

    ordered = sorted(codes)
    found: list[Document] = []
    for start in range(0, len(ordered), 500):
        rows = Demand.objects.filter(code__in=ordered[start : start + 500]).order_by("code")
        found += [demand_document(row) for row in rows]
    return found
