"""Widgets are drawn as Django's templates draw them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.html import strip_spaces_between_tags
from django.utils.translation import gettext_lazy

from duijie.site.kernel.widgets import Renderer

CHOICES = [("", "全部"), ("a&b", 'He said "no" <b>'), ("盟市", [("1", gettext_lazy("需求")), (2, "乙'")])]
ATTRIBUTES = {"id": "id_x", "class": "form-select", "disabled": True, "readonly": False, "data-most": 12}


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.Select(ATTRIBUTES, CHOICES), "2"),
        (forms.Select({}, CHOICES), None),
        (forms.SelectMultiple({}, CHOICES), ["1", "a&b"]),
        (forms.TextInput(ATTRIBUTES), '"><script>'),
        (forms.TextInput({"placeholder": "<甲>"}), None),
        (forms.HiddenInput(), 7),
        (forms.EmailInput(), "a@b"),
        (forms.NumberInput({"step": "any"}), 1.5),
        (forms.DateInput(), ""),
        (forms.Textarea(), "<"),
        (forms.CheckboxInput(), True),
    ],
)
def test_widget_is_drawn_as_by_its_template(widget: forms.Widget, value: Any) -> None:
    drawn = widget.render("x", value, renderer=Renderer())
    of_django = widget.render("x", value, renderer=DjangoTemplates())

    assert _plain(drawn) == _plain(of_django)


def _plain(html: str) -> str:
    return strip_spaces_between_tags(html.strip())
