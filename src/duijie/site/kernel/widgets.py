"""Drawing widgets: the same HTML as Django's templates for them, put together without a template for each option.

A list's filter bar holds some 150 options; a template for each of them was half the work of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest


class Renderer(DjangoTemplates):
    """Django's own renderer, which draws the two plainest widgets itself."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """Draw a widget, or leave it to its template."""
        draw = DRAWN.get(template_name)
        if draw is None:
            return mark_safe(super().render(template_name, context, request))
        return mark_safe(draw(context["widget"]))


def _attributes(given: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in given.items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escape(widget["value"])}"'
    return (
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}{_attributes(widget["attrs"])}>'
    )


def _select(widget: Mapping[str, Any]) -> str:
    drawn = [f'<select name="{escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            drawn.append(f'<optgroup label="{escape(group)}">')
        drawn += [
            f'<option value="{escape(one["value"])}"{_attributes(one["attrs"])}>{escape(one["label"])}</option>'
            for one in options
        ]
        if group:
            drawn.append("</optgroup>")
    return "\n".join([*drawn, "</select>"])


DRAWN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "django/forms/widgets/select.html": _select,
    **dict.fromkeys(
        (f"django/forms/widgets/{name}.html" for name in ("text", "number", "email", "hidden", "date", "input")), _input
    ),
}
