"""A match as a card: its place and score, why it is proposed, and the two texts side by side."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from duijie.desk.page.documents import keywords_of, offer_facts, title_of
from duijie.desk.page.entries import PARTS, SHOWN_MATCHES, part_words, points_of, sign, swatch
from duijie.desk.page.markup import Markup, escape, lang_of, mark, tag
from duijie.desk.sentences import level_word, reason_sentence
from duijie.engine.matching.text import fold_characters
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from duijie.desk.page.entries import Entry, Run
    from duijie.engine.matching.model import Model
    from duijie.engine.matching.types import Document, Level, Match, Reason, Team

_PART_OF = {"words": "words", "title": "title", "meaning": "meaning", "foreign": "meaning"}  # all else is a fact


def matches_of(entry: Entry, run: Run, *, first: bool) -> Markup:
    """Return the matches as cards; those of no use are folded away under the others, or all where there are no others.

    ``first``: the page's first, which shows its texts side by side, so that people see that there is such a thing.
    """
    shown = entry.answer.matches[:SHOWN_MATCHES]
    useful = sum(match.level > 1 and match.score >= run.model.credible for match in shown)
    kept = (useful or len(shown)) if entry.answered else 0
    cards = [
        _match(entry.demand, match, run, open_=i == 0, open_text=i > 0 or first) for i, match in enumerate(shown[:kept])
    ]
    rest = shown[kept:]
    if rest:
        more = say(f"另有 {len(rest)} 项关联很弱的供给", f"{len(rest)} more, hardly related")
        nearest = say(f"看看最接近的 {len(rest)} 项", f"See the nearest {len(rest)}")
        folded = (_match(entry.demand, match, run, open_=False, open_text=True) for match in rest)
        cards.append(tag("details", tag("summary", more if kept else nearest), *folded, class_="rest"))
    return tag("div", *cards, class_="matches")


def _match(demand: Document, match: Match, run: Run, *, open_: bool, open_text: bool) -> Markup:
    offer = run.offers.get(match.offer)
    title = title_of(offer) if offer else match.offer
    head = tag(
        "summary",
        tag("span", str(match.rank), class_="rank", aria_hidden="true"),
        tag("h4", tag("span", title, class_="t", **lang_of(title))),
        _who(match, offer, run.teams),
        _badge(match.level),
        tag("span", tag("b", str(points_of(match.score))), tag("small", say("分", "pts")), class_="score"),
        _bar(match, run),
    )
    body = [_why(demand, offer, match, run.model)]
    if offer and match.rank <= run.compared:
        body.append(_beside(demand, offer, match, open_=open_text))
    return tag("details", head, tag("div", *body, class_="body"), class_="match", open=open_)


def _who(match: Match, offer: Document | None, teams: Mapping[str, Team]) -> Markup:
    if offer is None:
        return tag("span", say("供给的资料不在手边", "the offer's record is not at hand"), class_="who")
    team = teams.get(offer.team)
    names = [team.organisation, team.title] if team else [offer.team]
    said = [tag("span", name, class_="t", **lang_of(name)) for name in names if name.strip()]
    if team and team.capacity is not None:
        free = say(f"可再承接 {team.capacity} 项", f"can take {team.capacity} more")
        full = say("已接满", "fully taken")
        said.append(tag("span", free if team.capacity > 0 else full))
    said.append(tag("span", match.offer, class_="t code"))
    return tag("span", *said, class_="who")


def _badge(level: Level) -> Markup:
    return tag("span", sign(str(level)), level_word(level), class_=f"badge k-{level}")


def _part_of(reason: Reason) -> str:
    return "lacking" if reason.code == "lacking" else _PART_OF.get(reason.code, "facts")


def _shares(match: Match) -> dict[str, float]:
    """Return the points of each part of the score; what is taken off, for all parts, is ``less``."""
    points = dict.fromkeys((*PARTS, "less"), 0.0)
    for reason in match.reasons:
        points[_part_of(reason) if reason.weight > 0 else "less"] += 100 * reason.weight
    return points


def _bar(match: Match, run: Run) -> Markup:
    """Draw a score's parts end to end; what is taken off covers their end."""
    points = _shares(match)
    less = -points.pop("less")
    drawn = [(part, share) for part, share in points.items() if share > 0] or [("whole", 100 * match.score)]
    said = [f"{part_words(part)} {share:.1f}" for part, share in drawn if part != "whole" and share >= 0.05]
    if less >= 0.05:
        said.append(say(f"扣 {less:.1f}", f"less {less:.1f}"))
    ends = list(accumulate((share for _, share in drawn), initial=0.0))
    shapes = [
        f'<rect class="p-{part}" x="{start:.1f}" width="{share:.1f}" height="8"/>'
        for (part, share), start in zip(drawn, ends, strict=False)
    ]
    if less > 0:
        shapes.append(f'<rect class="p-less" x="{max(0.0, ends[-1] - less):.1f}" width="{less:.1f}" height="8"/>')
    ticks = "".join(f"M{100 * cut:.1f}-2v12" for cut in run.model.cuts)
    shapes.append(f'<path d="{ticks}"/>')
    role = 'role="img"' if said else 'aria-hidden="true"'
    title = f"<title>{escape(say('，', ', ').join(said))}</title>" if said else ""
    return Markup(
        f'<svg class="bar" viewBox="0 0 {run.full} 8" preserveAspectRatio="none" {role}>{title}{"".join(shapes)}</svg>'
    )


def _why(demand: Document, offer: Document | None, match: Match, model: Model) -> Markup:
    good: list[Markup] = []
    bad: list[Markup] = []
    for reason in _told(match.reasons):
        if offer is None and _part_of(reason) == "facts":
            continue  # no fact can be told of a record that is not there
        said = reason_sentence(reason, demand, offer or demand, model)
        if said:
            (good if reason.weight > 0 else bad).append(_ground(reason, said))
    if not good and not bad:
        return tag("p", say("没有附理由。", "No reasons were kept."), class_="empty")
    return tag(
        "div",
        tag("div", tag("h5", say("为什么推荐", "Why it is proposed")), tag("ul", *good)) if good else Markup(),
        tag("div", tag("h5", say("不足", "What falls short")), tag("ul", *bad), class_="against") if bad else Markup(),
        class_="why",
    )


def _told(reasons: Sequence[Reason]) -> list[Reason]:
    """Return the reasons as they are told: what words and title share is named once."""
    texts = {(reason.demand_words, reason.offer_words) for reason in reasons if reason.code == "words"}
    return [
        replace(reason, demand_words=(), offer_words=())
        if reason.code == "title" and (reason.demand_words, reason.offer_words) in texts
        else reason
        for reason in reasons
    ]


def _ground(reason: Reason, said: str) -> Markup:
    part = _part_of(reason) if reason.weight >= 0 else "less"
    points = f"{100 * reason.weight:+.1f}".replace("-", "\u2212")
    shown = tag("span", points, class_="points") if part != "lacking" else Markup()
    return tag("li", swatch(f"p-{part}"), tag("span", said), shown)


def _beside(demand: Document, offer: Document, match: Match, *, open_: bool) -> Markup:
    """Return the two texts side by side, with the phrases that met marked in both."""
    met = {
        fold_characters(phrase)
        for reason in match.reasons
        if reason.code != "lacking"
        for phrase in (*reason.demand_words, *reason.offer_words)
        if phrase.strip()
    }
    return tag(
        "details",
        tag("summary", say("对照原文", "The two texts side by side")),
        tag(
            "div",
            _column(say("需求", "Demand"), demand, (), met, ""),
            _column(say("供给", "Offer"), offer, offer_facts(offer), met, " t"),
            class_="columns",
        ),
        class_="beside",
        open=open_,
    )


def _column(label: str, document: Document, facts: Iterable[tuple[str, str]], met: set[str], found: str) -> Markup:
    keywords = keywords_of(document)
    text = document.text.strip()
    said = say("；", "; ").join(f"{name} {value}" for name, value in facts)
    return tag(
        "div",
        tag("p", label, tag("span", document.id, class_="code"), class_="side"),
        tag("p", mark(title_of(document), met), class_="name", **lang_of(document.title)),
        tag("p", mark(text, met), class_=f"text{found}", **lang_of(text)) if text else Markup(),
        tag("p", mark(keywords, met), class_=f"keywords{found}", **lang_of(keywords)) if keywords else Markup(),
        tag("p", said, class_="facts") if said else Markup(),
    )
