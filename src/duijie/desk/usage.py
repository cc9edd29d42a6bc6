"""Mistakes in what was typed, as one sentence."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from duijie.words import say


def usage_sentence(error: Any) -> str:
    """Return what is wrong with a command line and where to look."""
    kind = type(error).__name__
    path = error.ctx.command_path if getattr(error, "ctx", None) else "duijie"
    see = say(f"用 {path} --help 看用法。", f"see {path} --help.")
    if kind == "MissingParameter":
        name = _names(error)
        return say(f"缺少 {name}；{see}", f"{name} is missing; {see}")
    if kind == "NoSuchOption":
        near = next(iter(get_close_matches(error.option_name, error.possibilities or (), n=1)), "")
        hint = say(f"，是不是 {near}", f"; did you mean {near}") if near else ""
        return say(f"没有选项 {error.option_name}{hint}；{see}", f"there is no option {error.option_name}{hint}; {see}")
    if kind == "BadParameter":
        name, what = _names(error), _plain(str(error.message))
        return say(f"{name} 的值不对（{what}）；{see}", f"{name} has a wrong value ({what}); {see}")
    message = _plain(error.format_message().rstrip("."))
    return say(f"命令写得不对（{message}）；{see}", f"cannot understand the command ({message}); {see}")


_CHINESE = (
    (r"No such command '(.*?)'\. Did you mean (.*)\?", r"没有命令 \1，是不是 \2"),
    (r"No such command '(.*?)'", r"没有命令 \1"),
    (r"Missing command", "缺少命令"),
    (r"Got unexpected extra arguments? ?\((.*)\)", r"多了 \1"),
    (r".*greater than or equal to (\d+)", r"应不小于 \1"),
    (r".*valid integer.*", "应为整数"),
    (r"Option '(.*)' requires an argument", r"\1 后面要写值"),
)


def _plain(message: str) -> str:
    """Return what typer says, in the reader's language as far as it is known."""
    for english, chinese in _CHINESE if say("zh", "en") == "zh" else ():
        if re.fullmatch(english, message.rstrip(".")):
            return re.sub(english, chinese, message.rstrip("."))
    return message.rstrip(".")


def _names(error: Any) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return str(error.param_hint or "")
    return " / ".join(param.opts) if param.param_type_name == "option" else str(param.human_readable_name)
