"""The answers as one page: a file that opens anywhere, without network, and says why.

The page holds what people wrote, so nothing reaches it unescaped: :func:`duijie.desk.page.markup.tag` escapes every
child that is not markup, and the page's policy lets no script or style run but its own two, known by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import chain
from string import Template
from typing import TYPE_CHECKING

from duijie.desk.page.demands import results
from duijie.desk.page.entries import SHOWN_DEMANDS, Entry, Run, comparisons
from duijie.desk.page.markup import Markup, escape, tag
from duijie.desk.page.overview import contents, filter_bar, lead, notice, overview
from duijie.engine.matching.model import default_model
from duijie.tables.atomic import atomic_path
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    from duijie.engine.matching.model import Model
    from duijie.engine.matching.rank import Answer
    from duijie.engine.matching.types import Document, Team


def write_page(
    path: str | PathLike[str],
    *,
    demands: Sequence[Document],
    offers: Mapping[str, Document],
    teams: Mapping[str, Team],
    answers: Sequence[Answer],
    about: Mapping[str, str],
    advice: Callable[[Document, Answer], Sequence[str]] | None = None,
    model: Model | None = None,
) -> None:
    """Write the answers as one HTML page that needs no network and no script.

    ``answers``: one per demand, in the same order. ``about``: lines on where the result comes from, label and text.
    ``advice``: what to say under a demand without an answer. ``model``: the one that matched, if not the
    default; its cuts between levels are drawn into the bars. The same arguments give the same bytes.

    Raises ``ValueError`` if answers and demands do not belong together, :class:`duijie.tables.problems.TableError` if
    the file cannot be written.
    """
    if [demand.id for demand in demands] != [answer.demand for answer in answers]:
        raise ValueError("answers must belong to the demands, one each and in their order")
    entries = [
        Entry(place, demand, answer, advice(demand, answer) if advice else ())
        for place, (demand, answer) in enumerate(zip(demands, answers, strict=True), 1)
    ]
    shown = entries[:SHOWN_DEMANDS]
    best = max((answer.best for answer in answers), default=0.0)
    page = _page(entries, Run(offers, teams, model or default_model(), comparisons(shown, offers), best), about)
    with atomic_path(path) as draft:
        draft.write_text(page, "utf-8", newline="\n")


def _page(entries: Sequence[Entry], run: Run, about: Mapping[str, str]) -> str:
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    outcomes = Counter(entry.outcome for entry in entries)
    shown = entries[:SHOWN_DEMANDS]
    return Template(_asset("page.html")).substitute(
        lang=say("zh-CN", "en"),
        policy=policy,
        style=style,
        script=script,
        title=say("需求对接结果", "Matches for demands"),
        skip=say("跳到结果", "Skip to results"),
        lead=escape(lead(len(entries), outcomes)),
        notice=notice(entries, run),
        overview=overview(outcomes, run),
        contents=contents(shown),
        filter=filter_bar(shown),
        results=results(shown, run),
        about=_about(about),
    )


@cache
def _asset(name: str) -> str:
    return (files("duijie.desk.page") / name).read_text("utf-8").rstrip("\n")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _about(about: Mapping[str, str]) -> Markup:
    if not about:
        return Markup()
    lines = chain.from_iterable((tag("dt", label), tag("dd", text)) for label, text in about.items())
    return tag(
        "section",
        tag("h2", say("这份结果的来历", "Where this result comes from"), id="about"),
        tag("dl", *lines),
        aria_labelledby="about",
    )
