"""The house's words for templates: ``{% load office %}``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duijie.site.kernel import forms
from duijie.site.kernel.fields import money

if TYPE_CHECKING:
    from datetime import date

    from django.forms import BaseForm
    from django.template.base import NodeList, Parser, Token
    from django.template.context import Context

    from duijie.site.kernel.parts import Problem, Tone

register = template.Library()
DAY, MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M"


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day as 2026-11-23; a moment as its day in the office's time zone."""
    if value is None:
        return ""
    return (timezone.localtime(value) if isinstance(value, datetime) else value).strftime(DAY)


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as 2026-11-23 16:05, in the office's time zone."""
    return "" if value is None else timezone.localtime(value).strftime(MOMENT)


@register.filter
def wan(yuan: Decimal | float | None) -> str:
    """Write yuan as 万元: ``12345600`` → ``1,234.56 万元``; in English as 12,345,600 yuan."""
    return "" if yuan is None else money(Decimal(yuan))


@register.filter
def grouped(number: float) -> str:
    """Write a number with its thousands apart, in every language the same: 1,672."""
    return f"{number:,}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a sign of kernel/icons.svg. It only repeats what the words beside it say, so readers aloud skip it."""
    place = _place_of_icons()
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', place, name)


def _place_of_icons() -> str:
    return static("kernel/icons.svg")


@register.simple_tag
def badge(label: object, tone: Tone = "") -> SafeString:
    """Show a state in words; the tone only helps the eye."""
    return format_html('<span class="badge {}">{}</span>', tone, label)


@register.simple_tag
def crumb(label: object, name: str = "", *arguments: object) -> SafeString:
    """Show one step of the way here: ``{% crumb _("需求") "demands:list" %}``; a page that is not there has no link."""
    try:
        address = reverse(name, args=arguments) if name else ""
    except NoReverseMatch:
        address = ""
    if not address:
        return format_html("<li>{}</li>", label)
    return format_html('<li><a href="{}">{}</a></li>', address, label)


@register.simple_tag
def problems(form: BaseForm | None) -> list[Problem]:
    """Return what is wrong with a form, each with the place to put it right."""
    return forms.problems(form) if form is not None and form.is_bound else []


@register.simple_tag
def task_state(state: str) -> SafeString:
    """Show how far a section has come."""
    labels: dict[str, tuple[str, Tone]] = {
        "todo": (pgettext("section", "未开始"), ""),
        "doing": (pgettext("section", "进行中"), "info"),
        "done": (pgettext("section", "已完成"), "success"),
        "waiting": (pgettext("section", "暂不能填写"), ""),
    }
    return badge(*labels[state])


@register.tag
def keep(parser: Parser, token: Token) -> Keep:
    """Render what is inside once and keep it: ``{% keep as heading %}…{% endkeep %}``, then ``{{ heading }}``."""
    words = token.split_contents()
    if len(words) != 3 or words[1] != "as":
        raise template.TemplateSyntaxError("{% keep as name %}")
    inside = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Keep(inside, words[2])


class Keep(template.Node):
    """The tag ``keep``."""

    def __init__(self, inside: NodeList, name: str) -> None:
        self.inside = inside
        self.name = name

    def render(self, context: Context) -> SafeString:
        """Keep the text, without the space around it; show nothing."""
        context[self.name] = mark_safe(self.inside.render(context).strip())
        return mark_safe("")


@register.filter
def listed(values: Any) -> str:
    """Join names as a sentence does: 甲、乙、丙."""
    return _("、").join(str(value) for value in values)
