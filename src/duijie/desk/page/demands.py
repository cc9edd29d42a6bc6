"""The list: each demand with what was found for it, and those without an answer with what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duijie.desk.page.documents import chips, demand_facts, keywords_of, title_of
from duijie.desk.page.entries import MANY_DEMANDS, points_of, sign
from duijie.desk.page.markup import Markup, join, lang_of, tag
from duijie.desk.page.matches import matches_of
from duijie.desk.sentences import verdict_word
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.desk.page.entries import Entry, Run
    from duijie.engine.matching.types import Document


def results(entries: Sequence[Entry], run: Run) -> Markup:
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
    many = " many" if len(entries) > MANY_DEMANDS else ""
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
    keywords = keywords_of(demand)
    if not demand.text.strip() and not keywords:
        return tag("p", say("这条需求没有正文。", "This demand has no text."), class_="empty")
    return tag(
        "details",
        tag("summary", say("需求全文", "Full text of the demand")),
        tag("p", demand.text.strip(), class_="text t", **lang_of(demand.text)) if demand.text.strip() else Markup(),
        tag(
            "p",
            say("关键词：", "Keywords: "),
            tag("span", keywords, class_="t", **lang_of(keywords)),
            class_="keywords",
        )
        if keywords
        else Markup(),
        class_="whole",
    )


def _verdict(entry: Entry) -> Markup:
    answer = entry.answer
    vague = answer.verdict == "too vague"
    grounds = (
        say(f"写得具体的程度：{100 * answer.specificity:.0f} / 100。", f"How specific it is: {100 * answer.specificity:.0f} of 100.")
        if vague
        else say(f"最接近的供给只得 {points_of(answer.best)} 分。", f"The nearest offer scores only {points_of(answer.best)}.")
    )  # fmt: skip
    advice = tag("ul", *(tag("li", line, **lang_of(line)) for line in entry.advice)) if entry.advice else Markup()
    return tag(
        "div",
        tag("p", sign(entry.outcome), tag("b", verdict_word(answer.verdict)), " ", tag("span", grounds)),
        tag("p", say("可以这样改：", "What to do:"), class_="todo") if entry.advice else Markup(),
        advice,
        class_=f"verdict k-{entry.outcome}",
    )
