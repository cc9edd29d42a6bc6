"""What stands above the list: the figures, how to read them, the contents and the filter."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, chain, repeat
from typing import TYPE_CHECKING

from duijie.desk.page.documents import title_of
from duijie.desk.page.entries import (
    OUTCOMES,
    SHOWN_DEMANDS,
    SHOWN_MATCHES,
    outcome_words,
    part_words,
    sign,
    swatch,
)
from duijie.desk.page.markup import Markup, escape, lang_of, tag
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duijie.desk.page.entries import Entry, Run


def lead(total: int, outcomes: Counter[str]) -> str:
    """Say in one sentence what became of the demands."""
    if not total:
        return say("没有需求。", "There are no demands.")
    vague, none = outcomes["vague"], outcomes["none"]
    answered = total - vague - none
    zh, en = [f"{answered} 条找到了供给"], [f"{answered} answered"]
    if none:
        zh.append(f"{none} 条没有合适的供给")
        en.append(f"{none} without a fitting offer")
    if vague:
        zh.append(f"{vague} 条写得太笼统")
        en.append(f"{vague} too vague to answer")
    return say(f"共 {total} 条需求：{'，'.join(zh)}。", f"{total} demand{'s' * (total != 1)}: {', '.join(en)}.")


def notice(entries: Sequence[Entry], run: Run) -> Markup:
    """Say what the page leaves out."""
    said = []
    if len(entries) > SHOWN_DEMANDS:
        said.append(
            say(
                f"本页只列前 {SHOWN_DEMANDS} 条需求；上面的数字包括全部 {len(entries)} 条。",
                f"This page lists the first {SHOWN_DEMANDS} demands; the figures are of all {len(entries)}.",
            )
        )
    if any(len(entry.answer.matches) > SHOWN_MATCHES for entry in entries):
        said.append(
            say(f"每条需求只列最好的 {SHOWN_MATCHES} 项供给。", f"Each demand lists its best {SHOWN_MATCHES} offers.")
        )
    if run.compared < SHOWN_MATCHES:
        said.append(
            say(
                f"篇幅所限，每条需求的前 {run.compared} 项供给附对照原文。",
                f"To keep the page small, the texts of the first {run.compared} of each are shown.",
            )
        )
    return tag("p", "".join(said) if say("zh", "en") == "zh" else " ".join(said), class_="notice") if said else Markup()


def overview(outcomes: Counter[str], run: Run) -> Markup:
    """Return the figures as a bar with its legend, and how to read the page."""
    total = outcomes.total()
    if not total:
        return Markup()
    seen = [(outcome, outcomes[outcome]) for outcome in OUTCOMES if outcomes[outcome]]
    starts = accumulate((100 * n / total for _, n in seen), initial=0.0)
    bar = "".join(
        f'<rect class="o-{outcome}" x="{start:.2f}" width="{100 * n / total:.2f}" height="10"/>'
        for (outcome, n), start in zip(seen, starts, strict=False)
    )
    legend = (tag("li", swatch(f"o-{outcome}"), outcome_words(outcome), tag("b", str(n))) for outcome, n in seen)
    return tag(
        "section",
        tag("h2", say("每条需求最好的一项供给", "The best offer for each demand"), id="overview"),
        Markup(f'<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{bar}</svg>'),
        tag("ul", *legend, class_="legend"),
        _guide(run),
        class_="overview",
        aria_labelledby="overview",
    )


def _guide(run: Run) -> Markup:
    """Say how the page is to be read: what levels, scores and colours mean."""
    meanings = {
        "words": say("需求里的用词，供给也写到了多少", "how much of the demand's wording the offer has too"),
        "title": say("需求的题名和关键词，供给写到了多少", "how much of its title and keywords the offer has"),
        "meaning": say("两段文字整体意思有多近", "how near the two texts are in meaning"),
        "facts": say(
            "领域、行业、地区、成熟度、预算是否相符",
            "whether field, industry, region, maturity and budget agree",
        ),
        "less": say("与需求不符的，从得分里扣去", "what does not agree, taken off the score"),
    }
    parts = (
        tag("li", swatch(f"p-{part}"), tag("b", part_words(part)), tag("span", meaning))
        for part, meaning in meanings.items()
    )
    weak, fair, strong = (f"{100 * cut:.0f}" for cut in run.model.cuts)
    scale = say(
        f"横条满格是 {run.full} 分；竖线在 {weak}、{fair}、{strong} 分，过了分别是弱、较强、强。",
        f" A full bar is {run.full}; the ticks stand at {weak}, {fair} and {strong}: from there a match is weak, "
        "fairly strong, strong.",
    )
    return tag(
        "details",
        tag("summary", say("怎么读这一页", "How to read this page")),
        tag(
            "p",
            say(
                "得分从 0 到 100，是下面四部分之和，横条就是它的组成。",
                "A score runs from 0 to 100 and is the sum of four parts, drawn as a bar.",
            ),
            scale,
        ),
        tag("ul", *parts, class_="parts"),
        tag(
            "p",
            say(
                "强、较强、弱、无，是照人的判断学来的：一项供给能在多大程度上解决这条需求。结果供人判断，不代替判断。",
                "Strong, fairly strong, weak and none are learned from people's judgements of how far an offer "
                "answers a demand. The result helps people judge; it does not judge for them.",
            ),
        ),
        class_="guide",
    )


def contents(entries: Sequence[Entry]) -> Markup:
    """Return the demands as links, each with its outcome."""
    if not entries:
        return Markup()
    lines = (
        tag(
            "li",
            tag(
                "a",
                tag("span", sign(entry.outcome), class_=f"k-{entry.outcome}"),
                tag("span", f"{outcome_words(entry.outcome)} ", class_="vh"),
                tag("span", title_of(entry.demand), class_="clamp", **lang_of(entry.demand.title)),
                href=f"#d{entry.place}",
            ),
        )
        for entry in chain((e for e in entries if e.answered), (e for e in entries if not e.answered))
    )
    return tag("nav", tag("ol", *lines), aria_label=say("需求目录", "Demands"))


def filter_bar(entries: Sequence[Entry]) -> Markup:
    """Return the search box and the choice by outcome, hidden until the script shows what it can serve."""
    if not entries:
        return Markup()
    counts = Counter(entry.outcome for entry in entries)
    choices = [("", say("全部", "All"), len(entries))]
    choices += [(outcome, outcome_words(outcome), counts[outcome]) for outcome in OUTCOMES if counts[outcome]]
    buttons = (
        tag("button", words, tag("small", str(n)), type="button", data_best=outcome, aria_pressed=pressed)
        for (outcome, words, n), pressed in zip(choices, chain(["true"], repeat("false")), strict=False)
    )
    hint = say("编号、题名、单位、用语", "code, title, organisation, words")
    unfold = say("全部展开", "Expand all")
    search = tag(
        "div",
        tag("label", say("查找", "Find"), for_="q"),
        Markup(
            '<input id="q" type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" '
            f'placeholder="{escape(hint)}">'
        ),
        tag("kbd", "/", aria_hidden="true"),
        tag(
            "button", unfold, type="button", class_="unfold", aria_pressed="false",
            data_open=unfold, data_close=say("全部收起", "Collapse all"),
        ),
        class_="find",
    )  # fmt: skip
    return tag(
        "div",
        search,
        tag("div", *buttons, class_="choose", role="group", aria_label=say("按最好的一项筛选", "By the best offer")),
        tag("p", role="status", data_said=say("显示 {n} / {all} 条需求", "{n} of {all} demands shown")),
        id="filter",
        role="search",
        hidden=True,
    )
