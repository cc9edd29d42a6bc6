"""Mistakes in what was typed, as one sentence."""

from __future__ import annotations

from typing import Any

from duijie.words import say


def usage_sentence(error: Any) -> str:
    """Return what is wrong with a command line and where to look."""
    kind = type(error).__name__
    path = error.ctx.command_path if getattr(error, "ctx", None) else "duijie"
    see = say(f"用 {path} --help 看用法。", f"see {path} --help.")
    if kind == "NoArgsIsHelpError":
        return str(error.format_message())
    if kind == "MissingParameter":
        name = _names(error)
        return say(f"缺少 {name}；{see}", f"{name} is missing; {see}")
    if kind == "NoSuchOption":
        near = ", ".join(error.possibilities or ())
        hint = say(f"，是不是 {near}", f"; did you mean {near}") if near else ""
        return say(f"没有选项 {error.option_name}{hint}；{see}", f"there is no option {error.option_name}{hint}; {see}")
    if kind == "BadParameter":
        name = _names(error)
        return say(f"{name} 的值不对（{error.message}）；{see}", f"{name} has a wrong value ({error.message}); {see}")
    message = error.format_message().rstrip(".")
    return say(f"命令写得不对（{message}）；{see}", f"cannot understand the command ({message}); {see}")


def _names(error: Any) -> str:
    param = getattr(error, "param", None)
    if param is None:
        return str(error.param_hint or "")
    return " / ".join(param.opts) if param.param_type_name == "option" else str(param.human_readable_name)
