"""Every sentence of every room has its English, and the tool that keeps it so is right."""

from __future__ import annotations

import gettext

import pytest
from tools import messages

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
A = _("保存")
B = _("共 %(n)s 条，"
      "已选 %(m)s 条") % {"n": 1, "m": 2}
C = ngettext("一个", "%(n)s 个", 2)
D = pgettext("money", "元")
E = other("不译")
F = _(variable)
"""
TEMPLATE = """{% load i18n %}{% translate "登录" %}{% translate "退出" as leaving %}
{% blocktranslate with name=user.name trimmed %}
  您好，{{ name }}
{% endblocktranslate %}
{% blocktranslate count n=rows|length %}{{ n }} 项{% plural %}{{ n }} 项{% endblocktranslate %}
{% include "x.html" with title=_("标题") %}{{ value|default:_("无") }}{% translate "元" context "money" %}
<p title="{% translate "提示" %}">{# {% translate "注释" %} #}未标记</p>"""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """One room on its own, with one Python file and one template."""
    place = tmp_path / "shop"
    (place / "templates" / "shop").mkdir(parents=True)
    (place / "apps.py").write_text(PYTHON, encoding="utf-8")
    (place / "templates" / "shop" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / "apps.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(messages, "SITE", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    return place


def translate(room, english):
    path = messages.po_file("shop")
    text = path.read_text(encoding="utf-8")
    for chinese, said in english.items():
        assert f'msgid "{chinese}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{chinese}"\nmsgstr ""', f'msgid "{chinese}"\nmsgstr "{said}"')
    path.write_text(text, encoding="utf-8")


def test_sentences_are_found_in_python_and_templates(room):
    found = messages.sentences(room / "apps.py") | messages.sentences(room / "templates" / "shop" / "page.html")
    assert sorted((one.context, one.singular, one.plural) for one in found) == sorted(
        [
            ("", "保存", ""),
            ("", "共 %(n)s 条，已选 %(m)s 条", ""),
            ("", "一个", "%(n)s 个"),
            ("money", "元", ""),
            ("", "登录", ""),
            ("", "退出", ""),
            ("", "您好，%(name)s", ""),
            ("", "%(n)s 项", "%(n)s 项"),
            ("", "标题", ""),
            ("", "无", ""),
            ("", "提示", ""),
        ]
    )


def test_update_keeps_english_and_changes_nothing_the_second_time(room):
    messages.main(["update", "shop"])
    translate(room, {"保存": "Save", "登录": "Sign in"})
    messages.main(["update", "shop"])
    first = messages.po_file("shop").read_text(encoding="utf-8")
    messages.main(["update", "shop"])
    assert messages.po_file("shop").read_text(encoding="utf-8") == first
    assert 'msgstr "Save"' in first
    assert "shop/page.html" not in first


def test_sentence_that_vanished_is_kept_until_pruned(room):
    messages.main(["update", "shop"])
    translate(room, {"保存": "Save"})
    (room / "apps.py").write_text("", encoding="utf-8")
    messages.main(["update", "shop"])
    assert '#~ msgid "保存"' in messages.po_file("shop").read_text(encoding="utf-8")
    messages.main(["update", "shop", "--prune"])
    assert "保存" not in messages.po_file("shop").read_text(encoding="utf-8")


def test_sentence_that_comes_back_has_its_english_again(room):
    messages.main(["update", "shop"])
    translate(room, {"保存": "Save"})
    (room / "apps.py").write_text("", encoding="utf-8")
    messages.main(["update", "shop"])
    (room / "apps.py").write_text(PYTHON, encoding="utf-8")
    messages.main(["update", "shop"])
    text = messages.po_file("shop").read_text(encoding="utf-8")
    assert 'msgid "保存"\nmsgstr "Save"' in text
    assert "#~" not in text


def test_check_names_what_is_missing(room, capsys):
    messages.main(["update", "shop"])
    translate(room, {"保存": "Save", "您好，%(name)s": "Hello, %(nam)s"})
    assert messages.main(["check", "shop"]) == 1
    said = capsys.readouterr().out
    assert "shop: not translated: '登录'" in said
    assert "shop: names something its Chinese does not: '您好，%(name)s'" in said
    assert "'保存'" not in said


def test_check_is_content_when_all_is_said(room):
    (room / "apps.py").write_text('A = _("保存")', encoding="utf-8")
    (room / "templates" / "shop" / "page.html").write_text("", encoding="utf-8")
    messages.main(["update", "shop"])
    translate(room, {"保存": "Save"})
    assert messages.main(["check", "shop"]) == 0


def test_compiled_english_is_what_readers_get(room):
    messages.main(["update", "shop"])
    translate(room, {"保存": "Save"})
    messages.main(["compile", "shop"])
    with messages.po_file("shop").with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("保存") == "Save"


def test_kernel_english_is_complete():
    assert messages.main(["check", "kernel"]) == 0
