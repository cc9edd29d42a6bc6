"""The list: each demand with what was found for it, and those without an answer with what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.page.documents import chips, demand_facts, keywords_of, title_of
from duijie.desk.page.entries import outcome_words, points_of, sign
from duijie.desk.page.markup import Markup, join, lang_of, tag
from duijie.desk.page.matches import matches_of
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.desk.page.entries import Entry, Run
    from duijie.engine.matching.types import Document

_MANY = 100  # demands above which a browser lays out only what is near the window


def results(entries: Sequence[Entry], run: Run) -> Markup:
    """Return the demands: first those with offers to propose, then the others."""
    answered = [entry for entry in entries if entry.answered]
    others = [entry for entry in entries if not entry.answered]
    nothing = tag(
        "p",
        say("没有符合条件的需求。", "No demand fits. "),
        tag("button", say("清除条件", "Clear the filter"), type="button"),
        id="nothing",
        hidden=True,
    )
    return join(
        _part(say("有结果的需求", "Demands with offers"), "answered", answered, run),
        _part(say("没有结果的需求", "Demands without an answer"), "unanswered", others, run),
        nothing if entries else Markup(),
    )


def _part(title: str, name: str, entries: Sequence[Entry], run: Run) -> Markup:
    if not entries:
        return Markup()
    many = " many" if len(entries) > _MANY else ""
    heading = tag("h2", title, tag("small", str(len(entries))), id=name)
    articles = (_demand(entry, run, first=name == "answered" and i == 0) for i, entry in enumerate(entries))
    return tag("section", heading, *articles, class_=f"part{many}", aria_labelledby=name)


def _demand(entry: Entry, run: Run, *, first: bool) -> Markup:
    demand, answer = entry.demand, entry.answer
    anchor = f"d{entry.place}"
    if entry.answered:
        found = matches_of(entry, run, first=first)
    else:
        found = join(_verdict(entry), matches_of(entry, run, first=False) if answer.matches else Markup())
    return tag(
        "article",
        tag("p", demand.id, class_="code t"),
        tag("h3", tag("a", title_of(demand), href=f"#{anchor}", class_="t", **lang_of(demand.title)), id=f"{anchor}t"),
        chips(demand_facts(demand)),
        _whole(demand),
        found,
        id=anchor,
        data_best=entry.outcome,
        aria_labelledby=f"{anchor}t",
    )


def _whole(demand: Document) -> Markup:
    """Return the demand's text, folded."""
    text, keywords = demand.text.strip(), keywords_of(demand)
    if not text and not keywords:
        return tag("p", say("这条需求没有正文。", "This demand has no text."), class_="empty")
    named = tag("span", keywords, class_="t", **lang_of(keywords))
    return tag(
        "details",
        tag("summary", say("需求全文", "Full text of the demand")),
        tag("p", text, class_="text t", **lang_of(text)) if text else Markup(),
        tag("p", say("关键词：", "Keywords: "), named, class_="keywords") if keywords else Markup(),
        class_="whole",
    )


def _verdict(entry: Entry) -> Markup:
    answer = entry.answer
    nearest = ""
    if answer.verdict != "too vague":
        points = points_of(answer.best)
        nearest = say(f"最接近的供给只得 {points} 分。", f"The nearest offer scores only {points}.")
    return tag(
        "div",
        tag("p", sign(entry.outcome), tag("b", outcome_words(entry.outcome)), tag("span", nearest)),
        tag("ul", *(tag("li", line) for line in entry.advice)) if entry.advice else Markup(),
        class_=f"verdict k-{entry.outcome}",
    )
