"""The command `duijie`: reads what was typed and hands it to the desk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from duijie import words
from duijie.words import say


def _language(arguments: list[str]) -> None:
    """Set the language before help texts are made, which is on import."""
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        chosen = value or next(iter(arguments[place + 1 : place + 2]), "")
        if name == "--lang" and chosen in {"zh", "en"}:
            words.speak(chosen)


_language(sys.argv[1:])
_UsageError: Any = typer.BadParameter.__bases__[0]  # typer keeps it to itself


class _Group(TyperGroup):
    """Says every expected failure in one sentence on stderr: exit code 2, or 130 after Ctrl-C."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:  # noqa: ANN401  as typer has it
        from duijie.desk.errors import sentence_of
        from duijie.desk.usage import usage_sentence

        try:
            code = super().main(*args, standalone_mode=False, **extra)
        except _UsageError as error:
            _fail(usage_sentence(error))
        except (KeyboardInterrupt, typer.Abort):
            code = 130
        except BrokenPipeError:
            sys.stderr.close()  # whoever read our output has gone
            raise SystemExit(1) from None
        except Exception as error:
            sentence = sentence_of(error)
            if sentence is None:
                raise
            _fail(sentence)
        if code == 130:
            _fail(say("已中断，没有留下写了一半的文件。", "interrupted; no half-written file was left."), 130)
        raise SystemExit(code if isinstance(code, int) else 0)


def _fail(sentence: str, code: int = 2) -> None:
    print(" ".join(sentence.split("\n")), file=sys.stderr)
    raise SystemExit(code)


def _speak(language: str) -> str:
    if language not in {"zh", "en"}:
        raise typer.BadParameter(say("可选 zh 或 en", "choose zh or en"))
    words.speak(language)
    return language


app = typer.Typer(
    name="duijie",
    cls=_Group,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts in half the time
    help=say(
        "对接：为每条技术需求找出最能回答它的成果和团队，并说明理由。",
        "Duijie: for each technology demand the offers and teams that answer it, and why.",
    ),
)

Lang = Annotated[
    str,
    typer.Option(
        "--lang", callback=_speak, is_eager=True, help=say("语言：zh 或 en", "language: zh or en"), metavar="zh|en"
    ),
]
Demands = Annotated[
    Path, typer.Option("--demands", help=say("需求表（.xlsx .csv .jsonl）", "demands (.xlsx .csv .jsonl)"))
]
Offers = Annotated[Path, typer.Option("--offers", help=say("供给表，或索引文件夹", "offers, or an index folder"))]
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help=say("语义编码器：bundled、lsa、none 或模型文件夹", "encoder: bundled, lsa, none or a model's folder"),
    ),
]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", help=say("排序模型（duijie learn 写的 .json）", "ranking model (.json by duijie learn)")),
]
SkipBad = Annotated[
    bool,
    typer.Option(
        "--skip-bad",
        help=say("跳过有错的行，另存并写明原因", "leave bad rows out, and write them to a file with reasons"),
    ),
]
DEFAULT_LANGUAGE = say("zh", "en")


@app.callback()
def _options(lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Take what stands before the command."""


@app.command(help=say("为每条需求找出最合适的成果和团队。", "Find the best offers and teams for each demand."))
def match(
    demands: Demands,
    offers: Offers,
    teams: Annotated[Path | None, typer.Option("--teams", help=say("团队表", "teams"))] = None,
    top: Annotated[
        int, typer.Option("--top", min=1, help=say("每条需求列出多少条", "offers listed for each demand"))
    ] = 20,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out",
            help=say(
                "写到文件（.jsonl .csv .xlsx .html，可重复）", "write to a file (.jsonl .csv .xlsx .html; repeatable)"
            ),
        ),
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            help=say(
                "筛选供给，如 地区=150200、行业=C38、领域=农业（可重复）",
                "only offers with, such as region=150200, industry=C38 (repeatable)",
            ),
        ),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain/--no-explain", help=say("写明理由", "give reasons"))] = True,
    encoder: Encoder = None,
    model: ModelFile = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Match demands with offers."""
    from duijie.desk.match import Wish, match

    match(Wish(demands, offers, teams, top, tuple(out or ()), tuple(filters or ()), explain, encoder, model, skip_bad))


def main() -> None:
    """Run the command."""
    app()
