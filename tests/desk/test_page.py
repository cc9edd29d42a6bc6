import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from duijie.desk import page as page_module
from duijie.desk.page import entries, write_page
from duijie.desk.page.markup import mark, tag
from duijie.desk.sentences import reason_sentence
from duijie.engine.matching.model import default_model
from duijie.engine.matching.rank import Answer
from duijie.engine.matching.types import Document, Match, Reason, Team
from duijie.words import speak

MODEL = replace(default_model(), cuts=(0.1, 0.18, 0.23), credible=0.12)
VOID = {"meta", "input", "br", "link", "hr", "img"}
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "<!-- --><a href=//evil.example>x</a><![CDATA[",
    "&lt;b&gt; &amp; &#x3c;script&#x3e;",
    "$title ${script} {n} %s",
    "\x00<\x00b\x1b]\ud800\ufffe",
    "\u202eevil\u202c",
    "<details open ontoggle=alert(1)>",
)


class Page(HTMLParser):
    """A page as people's programs see it: elements in order, and what each says."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.open, self.errors, self.said = text, [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name):
        if not self.open or self.open.pop() != name:
            self.errors.append(name)

    def handle_data(self, text):
        self.said.append(text)

    def unknown_decl(self, data):
        self.errors.append(data)

    def handle_comment(self, data):
        self.errors.append(data)

    def of_class(self, name):
        return [e for e in self.elements if name in (e[1].get("class") or "").split()]

    def named(self, *names):
        return [e for e in self.elements if e[0] in names]


def demand(id_="D-1", title="矿卡电机高温失磁", text="磁钢在高温下失磁，收率低。", **more):
    return Document(id_, title, text, **more)


def offer(id_="A-1", title="电机磁钢高温失磁诊断", text="擅长磁钢的高温失磁分析。", **more):
    return Document(id_, title, text, **more)


def match(demand_="D-1", offer_="A-1", rank=1, score=0.3, level=4, reasons=None):
    if reasons is None:
        reasons = (
            Reason("meaning", score - 0.13),
            Reason("words", 0.1, ("磁钢", "高温", "失磁"), ("磁钢", "高温失磁")),
            Reason("title", 0.05, ("磁钢", "高温", "失磁"), ("磁钢", "高温失磁")),
            Reason("field", -0.02),
            Reason("lacking", 0.0, ("收率",)),
        )
    return Match(demand_, offer_, rank, score, level, reasons)


def answer(demand_="D-1", matches=(), verdict="match", best=0.3):
    return Answer(demand_, verdict, tuple(matches), 0.9, best)


def write(tmp_path, demands=None, offers=None, teams=None, answers=None, about=None, **more):
    path = tmp_path / "page.html"
    demands = [demand(field="新材料及其应用")] if demands is None else demands
    offers = [offer(field="先进制造", team="T-1")] if offers is None else offers
    teams = [Team("T-1", "永磁团队", "磁性材料研究院", capacity=3)] if teams is None else teams
    write_page(
        path,
        demands=demands,
        offers={o.id: o for o in offers},
        teams={t.id: t for t in teams},
        answers=[answer(matches=[match()])] if answers is None else answers,
        about={"供给": "offers.csv"} if about is None else about,
        model=MODEL,
        **more,
    )
    return Page(path.read_text("utf-8"))


def everything(tmp_path, **more):
    """A page with every kind of thing on it."""
    demands = [
        demand(
            "D-1", field="新材料及其应用", region="150204", kind="联合攻关", trl=7, budget=1234.5, keywords=("磁钢",)
        ),
        demand("D-2", "盐湖提锂", ""),
        demand("D-3", "想要技术", "提高质量"),
        demand("D-4", "赛车座椅", "碳纤维"),
    ]
    offers = [offer(f"A-{i}", field="先进制造", team="T-1" if i % 2 else "T-9", trl=8) for i in range(1, 14)]
    answers = [
        answer("D-1", [match("D-1", f"A-{i}", i, 0.31 - i / 50, 4 if i < 5 else 2) for i in range(1, 14)]),
        answer("D-2", [match("D-2", "A-404", 1, 0.2, 3), match("D-2", "A-2", 2, 0.1, 1, ())]),
        answer("D-3", verdict="too vague"),
        answer("D-4", [match("D-4", "A-3", 1, 0.05, 1)], verdict="no match", best=0.05),
    ]
    more.setdefault("advice", lambda _demand, _answer: ["补上量化指标", "补上期限"])
    return write(tmp_path, demands, offers, answers=answers, **more)


@pytest.mark.parametrize("bad", HOSTILE)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_are_shown_and_do_nothing(tmp_path, bad, language):
    speak(language)
    plain = everything(tmp_path)
    reasons = tuple(Reason(code, 0.1, (bad, "磁钢" + bad), (bad,)) for code in ("words", "title", bad))
    page = write(
        tmp_path,
        [Document("D-1" + bad, bad, bad, (bad,), bad, bad, bad, bad), demand(bad, bad, bad), demand("D-3" + bad)],
        [Document("A-1" + bad, bad, bad, (bad,), bad, bad, bad, bad, team=bad)],
        [Team(bad, bad, bad, bad, (bad,), bad, bad, bad, 1)],
        [
            answer("D-1" + bad, [match("D-1" + bad, "A-1" + bad, reasons=reasons)]),
            answer(bad, [match(bad, bad + "?")]),
            answer("D-3" + bad, verdict="too vague"),
        ],
        {bad: bad},
        advice=lambda _demand, _answer: [bad],
    )

    assert {name for name, _ in page.elements} <= {name for name, _ in plain.elements}
    assert {key for _, attributes in page.elements for key in attributes} <= {
        key for _, attributes in plain.elements for key in attributes
    }
    assert page.errors == page.open == []
    assert [len(page.named(name)) for name in ("script", "style", "title", "meta")] == [
        1, 1, 1 + len(page.of_class("bar")), 5,
    ]  # fmt: skip
    shown = re.sub("[\x00-\x08\x1b\ud800\ufffe]", "\ufffd", bad)
    assert shown in page.said


def test_only_the_pages_own_script_and_style_may_run(tmp_path):
    page = everything(tmp_path)

    policy = next(a["content"] for _, a in page.named("meta") if a.get("http-equiv") == "Content-Security-Policy")

    def digest(name):
        inside = re.search(f"<{name}>(.*?)</{name}>", page.text, re.DOTALL)[1]
        return "sha256-" + base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src '{digest('style')}'; script-src '{digest('script')}'; "
        "base-uri 'none'; form-action 'none'"
    )
    attributes = {key for _, given in page.elements for key in given}
    assert not {key for key in attributes if key.startswith("on") or key in {"style", "src", "action", "srcset"}}


def test_the_page_asks_nothing_of_the_network(tmp_path):
    page = everything(tmp_path)

    assert not re.search(r"https?:|//[a-z]|url\(|@import|@font-face", re.sub(r"'sha256-[^']*'", "", page.text))
    assert all(a["href"].startswith("#") for _, a in page.elements if "href" in a)
    assert not page.named("link", "img", "iframe", "object", "base", "form")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_elements_are_balanced_and_every_reference_has_its_target(tmp_path, language):
    speak(language)
    page = everything(tmp_path)

    assert page.errors == page.open == []
    ids = Counter(a["id"] for _, a in page.elements if "id" in a)
    assert max(ids.values()) == 1
    wanted = {a["href"][1:] for _, a in page.elements if "href" in a} | {
        a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a
    }
    wanted |= {a["for"] for _, a in page.elements if "for" in a}
    assert wanted <= set(ids)


def test_headings_descend_one_by_one_and_landmarks_are_there(tmp_path):
    page = everything(tmp_path)

    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert [len(page.named(name)) for name in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert page.named("html")[0][1]["lang"] == "zh-CN"
    assert page.elements[next(i for i, e in enumerate(page.elements) if e[0] == "body") + 1][1]["class"] == "skip"


def test_english_is_complete_and_chinese_data_says_that_it_is_chinese(tmp_path):
    speak("en")
    ascii_page = write(
        tmp_path,
        [demand("D-1", "Motor", "hot magnets", region="150204", budget=12.5, trl=7), demand("D-2", "Salt", "salt")],
        [offer("A-1", "Magnets", "hot magnets")],
        [],
        [
            answer(matches=[match(reasons=(Reason("words", 0.3, ("magnets",), ("magnets",)),))] * 11),
            answer("D-2", verdict="no match", best=0.04),
        ],
        {"Offers": "offers.csv"},
    )
    chinese_page = write(tmp_path)

    assert not re.search(
        "[\u3000-\u9fff\uff00-\uffef]", re.sub("<style>.*?</style>", "", ascii_page.text, flags=re.DOTALL)
    )
    assert ascii_page.named("html")[0][1]["lang"] == "en"
    assert "Each demand lists its best 10 offers." in ascii_page.said
    assert "Baotou 150204" in ascii_page.said
    assert "CNY 125,000" in ascii_page.said
    assert chinese_page.of_class("name")[0][1]["lang"] == "zh-CN"


def test_phrases_are_marked_in_any_width_and_script():
    assert mark("礦卡電機ＢＭＳ與BMSX。", {"矿卡", "电机", "bms"}) == "<mark>礦卡電機ＢＭＳ</mark>與BMSX。"
    assert mark("a<b 磁鋼<i>", {"磁钢"}) == "a&lt;b <mark>磁鋼</mark>&lt;i&gt;"
    assert mark("１％以内", {"1%"}) == "<mark>１％</mark>以内"


def test_the_phrases_that_met_are_marked_in_both_texts(tmp_path):
    page = write(tmp_path)

    left, right = page.text.split('class="columns"')[1].split("</details>")[0].split('<p class="side">')[1:]
    assert re.findall("<mark>(.*?)</mark>", left) == ["高温失磁", "磁钢", "高温", "失磁"]
    assert re.findall("<mark>(.*?)</mark>", right) == ["磁钢高温失磁", "磁钢", "高温失磁"]


def test_a_match_says_why_and_why_not(tmp_path):
    page = write(tmp_path)

    good, bad = re.search('class="why">(.*?)</div></div>', page.text, re.DOTALL)[1].split("不足")
    meaning, worded, title, field, lacking = (
        reason_sentence(reason, demand(field="新材料及其应用"), offer(field="先进制造"), MODEL)
        for reason in match().reasons
    )
    untitled = reason_sentence(Reason("title", 0.05), demand(), offer(), MODEL)
    assert [re.sub("<.*?>", "", line) for line in re.findall("<li>(.*?)</li>", good)] == [
        f"{meaning}+17.0",
        f"{worded}+10.0",
        f"{untitled}+5.0",
    ]
    assert title not in page.said
    assert [re.sub("<.*?>", "", line) for line in re.findall("<li>(.*?)</li>", bad)] == [f"{field}−2.0", lacking]
    assert {"磁性材料研究院", "永磁团队", "可再承接 3 项", "30"} <= set(page.said)


def test_a_bar_is_the_score_in_parts(tmp_path):
    page = write(tmp_path)

    inside = re.search('<svg class="bar" viewBox="0 0 40 8".*?</svg>', page.text)[0]
    assert re.findall('class="p-([a-z]+)" x="([0-9.]+)" width="([0-9.]+)"', inside) == [
        ("words", "0.0", "10.0"), ("title", "10.0", "5.0"), ("meaning", "15.0", "17.0"), ("less", "30.0", "2.0"),
    ]  # fmt: skip
    assert "<title>用词 10.0，题名 5.0，语义 17.0，扣 2.0</title>" in inside
    assert re.findall(r"M([0-9.]+)-2v12", inside) == [f"{100 * cut:.1f}" for cut in MODEL.cuts]


def test_a_match_without_reasons_still_has_its_bar(tmp_path):
    page = write(tmp_path, answers=[answer(matches=[match(reasons=())])])

    assert '<rect class="p-whole" x="0.0" width="30.0" height="8"/>' in page.text
    assert "没有附理由。" in page.said


def test_demands_without_an_answer_stand_apart_with_advice(tmp_path):
    page = everything(tmp_path)

    answered, others = page.text.split('id="unanswered"')
    assert re.findall('<article id="d(.)" data-best="(.*?)"', answered) == [("1", "4"), ("2", "3")]
    assert re.findall('<article id="d(.)" data-best="(.*?)"', others) == [("3", "vague"), ("4", "none")]
    assert "补上量化指标" not in answered
    assert others.count("<li>补上量化指标</li><li>补上期限</li>") == 2
    assert "最接近的供给只得 5 分。" in others
    assert "看看最接近的 1 项" in others


def test_figures_count_every_demand_once(tmp_path):
    page = everything(tmp_path)

    assert "共 4 条需求：2 条找到了供给，1 条没有合适的供给，1 条写得太笼统。" in page.said
    legend = re.search('<ul class="legend">(.*?)</ul>', page.text)[1]
    assert re.findall("</i>(.*?)<b>(.*?)</b>", legend) == [
        ("强", "1"), ("较强", "1"), ("没有合适的", "1"), ("太笼统", "1"),
    ]  # fmt: skip


def test_only_the_best_ten_are_shown_and_the_page_says_so(tmp_path):
    page = everything(tmp_path)

    first = page.text.split('<article id="d1"')[1].split("</article>")[0]
    assert re.findall('class="rank" aria-hidden="true">(.*?)<', first) == [str(i) for i in range(1, 11)]
    assert "每条需求只列最好的 10 项供给。" in page.said
    assert "只列" not in "".join(write(tmp_path).said)


def test_matches_of_no_use_are_folded(tmp_path):
    page = everything(tmp_path)

    second = page.text.split('<article id="d2"')[1].split("</article>")[0]
    before, folded = second.split('<details class="rest">')
    assert "A-404" in before
    assert "另有 1 项关联很弱的供给" in folded
    assert "A-2" in folded


def test_a_record_that_is_missing_does_not_stop_the_page(tmp_path):
    page = write(tmp_path, offers=[], teams=[])

    assert "供给的资料不在手边" in page.said
    assert not page.of_class("beside")
    assert "技术领域" not in "".join(page.said)


def test_without_script_the_filter_is_hidden_and_all_demands_are_there(tmp_path):
    page = everything(tmp_path)

    assert next(a for _, a in page.elements if a.get("id") == "filter").keys() >= {"hidden"}
    assert not any("hidden" in a for name, a in page.elements if name in {"article", "section", "details"})


def test_the_same_answers_give_the_same_bytes(tmp_path):
    assert everything(tmp_path).text == everything(tmp_path).text


def test_no_demands_make_a_page_too(tmp_path):
    page = write(tmp_path, [], [], [], [], {})

    assert "没有需求。" in page.said
    assert page.errors == page.open == []


@pytest.mark.parametrize("answers", [[], [answer("D-2")], [answer("D-1"), answer("D-1")]])
def test_answers_to_other_demands_are_refused_and_nothing_is_written(tmp_path, answers):
    with pytest.raises(ValueError, match="belong"):
        write(tmp_path, answers=answers)

    assert list(tmp_path.iterdir()) == []


def test_seventy_demands_with_ten_matches_stay_under_three_megabytes(tmp_path):
    text = (
        "公司年产矿用电动轮和牵引电机三千台，磁钢在高温下失磁，去年返修的四十台拆开一测，反电势普遍掉了，收率低。" * 6
    )
    demands = [demand(f"D-{i}", text=text, field="新材料及其应用", region="150204") for i in range(70)]
    offers = [
        offer(
            f"A-{i}",
            text="擅长磁钢的高温失磁分析，主持过矿用直驱和电动客车等九种电机的失效鉴定。" * 4,
            field="先进制造",
            team="T-1",
        )
        for i in range(10)
    ]
    answers = [answer(f"D-{i}", [match(f"D-{i}", f"A-{j}", j + 1) for j in range(10)]) for i in range(70)]

    page = write(tmp_path, demands, offers, answers=answers)

    assert len(page.of_class("beside")) == 700
    assert len(page.text.encode()) < 3_000_000


def test_long_texts_stand_beside_the_best_matches_only(tmp_path, monkeypatch):
    monkeypatch.setattr(entries, "SHOWN_TEXT", 80)
    offers = [offer(f"A-{i}") for i in range(5)]

    page = write(tmp_path, offers=offers, answers=[answer(matches=[match("D-1", f"A-{i}", i + 1) for i in range(5)])])

    assert len(page.of_class("match")) == 5
    assert len(page.of_class("beside")) == 3
    assert "篇幅所限，每条需求的前 3 项供给附对照原文。" in page.said


def test_demands_beyond_what_a_browser_bears_are_counted_but_not_listed(tmp_path, monkeypatch):
    for module in (page_module, page_module.overview.__globals__):
        (monkeypatch.setitem if isinstance(module, dict) else monkeypatch.setattr)(module, "SHOWN_DEMANDS", 2)
    demands = [demand(f"D-{i}") for i in range(5)]

    page = write(tmp_path, demands, answers=[answer(d.id, verdict="too vague") for d in demands])

    assert len(page.named("article")) == 2
    assert "本页只列前 2 条需求；上面的数字包括全部 5 条。" in page.said
    assert "共 5 条需求：0 条找到了供给，5 条写得太笼统。" in page.said


def test_an_element_escapes_its_children_and_attributes():
    assert tag("b", "1 < 2", tag("i", "&"), class_="x", data_best='"', hidden=True, open=False) == (
        '<b class="x" data-best="&quot;" hidden>1 &lt; 2<i>&amp;</i></b>'
    )
