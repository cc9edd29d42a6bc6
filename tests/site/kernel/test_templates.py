"""Every template of the site: it compiles, and nothing in it needs what the content policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

HERE = Path(__file__).resolve().parents[3] / "src" / "duijie" / "site"
TEMPLATES = sorted(path for path in HERE.glob("*/templates/**/*") if path.suffix in {".html", ".txt", ".xml"})
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a script without a file": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address elsewhere": re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE),
    "a meta refresh": re.compile(r"http-equiv", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off")
BARE_CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
BLOCKS = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def name(path):
    return str(path.relative_to(HERE))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_compiles(path):
    folder = next(parent for parent in path.parents if parent.name == "templates")
    engines["django"].get_template(str(path.relative_to(folder)))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_needs_nothing_the_content_policy_forbids(path):
    text = COMMENTS.sub("", path.read_text(encoding="utf-8"))
    assert path.suffix == ".txt" or not UNESCAPED.search(text)
    text = TAGS.sub("", text)
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_sentence_of_a_template_can_be_translated(path):
    text = TAGS.sub("", BLOCKS.sub("", COMMENTS.sub("", path.read_text(encoding="utf-8"))))
    text = text.replace('lang="zh-hans">中文<', "")
    assert [line.strip() for line in text.splitlines() if BARE_CHINESE.search(line)] == []


@pytest.mark.parametrize("found", sorted(HERE.glob("*/static/**/*.js")), ids=name)
def test_script_evaluates_nothing(found):
    text = found.read_text(encoding="utf-8")
    assert re.findall(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write|https?://", text) == []
