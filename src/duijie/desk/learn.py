"""`duijie learn`: weights and levels from people's judgements, as a model for `duijie match --model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.console import announce_compiling, screen
from duijie.desk.errors import Refused
from duijie.desk.intake import check_outputs, indexed, open_index, read_model, take
from duijie.tables.atomic import atomic_path
from duijie.tables.read import read_documents, read_judgements
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duijie.engine.matching.index import Index
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document
    from duijie.tables.shapes import Judgement


def learn(
    demands: Path, offers: Path, judgements: Path, out: Path, *, model: Path | None, encoder: str | None, skip_bad: bool
) -> None:
    """Learn from judgements, starting from the present model, and write the new one."""
    check_outputs([out], (".json",), [path for path in (demands, offers, judgements, model) if path])
    asked = take(read_documents(demands, noun="demand", skip_bad=skip_bad), demands, out)
    told = take(read_judgements(judgements, skip_bad=skip_bad), judgements, out)
    given = () if offers.is_dir() else take(read_documents(offers, noun="offer", skip_bad=skip_bad), offers, out)
    announce_compiling()
    prior = read_model(model)
    if offers.is_dir():
        learned = _learn(open_index(offers), asked, told, prior, out.stem)
    else:
        with indexed(given, encoder or "bundled") as index:
            learned = _learn(index, asked, told, prior, out.stem)
    with atomic_path(out) as draft:
        draft.write_text(learned.to_json() + "\n", "utf-8")
    console = screen()
    for name, weight in learned.weights.items():
        console.print(f"  {name:<10} {prior.weights.get(name, 0.0):.4f} → {weight:.4f}")
    console.print(
        say(
            f"已写入 {out}；请用 duijie evaluate --folds 5 先看它是否更好，再用 duijie match --model {out}。",
            f"written: {out}; check it with duijie evaluate --folds 5, then use duijie match --model {out}.",
        ),
        soft_wrap=True,
    )


def _learn(index: Index, demands: Sequence[Document], told: Sequence[Judgement], prior: Model, name: str) -> Model:
    from duijie.engine.matching.evaluate import mean_levels  # noqa: PLC0415
    from duijie.engine.matching.learn import TooFewJudgements, judged_pairs, learn  # noqa: PLC0415
    from duijie.engine.matching.rank import Matcher  # noqa: PLC0415

    levels = mean_levels((j.demand, j.offer, j.level) for j in told)
    pairs = {(demand, offer): level for demand, pool in levels.items() for offer, level in pool.items()}
    try:
        return learn(judged_pairs(Matcher(index, prior, threads=2), demands, pairs), prior, name=name)
    except TooFewJudgements:
        raise Refused(
            say(
                "判断太少，学不出模型；至少要有 5 条需求，每条都有等级不同的判断，编号与需求、供给表一致。",
                "too few judgements to learn from; 5 demands need judgements of several levels, by the tables' ids.",
            )
        ) from None
