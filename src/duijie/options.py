"""What several commands take in the same way."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from duijie import words
from duijie.words import say


def _language(arguments: list[str]) -> None:
    """Set the language before help texts are made, which is on import."""
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        chosen = value or next(iter(arguments[place + 1 : place + 2]), "")
        if name == "--lang" and chosen in {"zh", "en"}:
            words.speak(chosen)


def _speak(language: str) -> str:
    if language not in {"zh", "en"}:
        raise typer.BadParameter(say("可选 zh 或 en", "choose zh or en"))
    words.speak(language)
    return language


_language(sys.argv[1:])
Lang = Annotated[
    str,
    typer.Option(
        "--lang", callback=_speak, is_eager=True, help=say("语言：zh 或 en", "language: zh or en"), metavar="zh|en"
    ),
]
DEFAULT_LANGUAGE = say("zh", "en")
