"""The command `duijie`: reads what was typed and hands it to the desk."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from duijie.commands import add_site_commands
from duijie.options import DEFAULT_LANGUAGE, Lang
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence


_UsageError: Any = typer.BadParameter.__bases__[0]  # typer keeps it to itself


class _Group(TyperGroup):
    """Says every expected failure in one sentence on stderr: exit code 2, or 130 after Ctrl-C."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run what was typed and leave with its exit code."""
        from duijie.commands import site_sentence_of
        from duijie.desk.errors import sentence_of
        from duijie.desk.usage import usage_sentence

        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except _UsageError as error:
            if type(error).__name__ == "NoArgsIsHelpError":
                print(error.format_message())
                raise SystemExit(2) from None
            _fail(usage_sentence(error))
        except (KeyboardInterrupt, typer.Abort):
            code = 130
        except BrokenPipeError:
            sys.stderr.close()  # whoever read our output has gone
            raise SystemExit(1) from None
        except Exception as error:
            sentence = site_sentence_of(error) or sentence_of(error)
            if sentence is None:
                raise
            _fail(sentence)
        if code == 130:
            _fail(say("已中断，没有留下写了一半的文件。", "interrupted; no half-written file was left."), 130)
        raise SystemExit(code if isinstance(code, int) else 0)


def _fail(sentence: str, code: int = 2) -> None:
    print(" ".join(sentence.split("\n")), file=sys.stderr)
    raise SystemExit(code)


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


index_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("建立和维护供给的索引。", "Build and keep an index of offers."),
)
app.add_typer(index_app, name="index")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help=say("索引文件夹", "index folder"))]
Processes = Annotated[int | None, typer.Option("--processes", min=1, help=say("用几个进程", "processes to use"))]
Judgements = Annotated[
    Path,
    typer.Option(
        "--judgements", help=say("判断表（demand、offer、level 1–4）", "judgements (demand, offer, level 1–4)")
    ),
]


@index_app.command("build", help=say("从供给表建索引。", "Build an index from a table of offers."))
def index_build(
    folder: Folder,
    offers: Annotated[Path, typer.Option("--offers", help=say("供给表", "offers"))],
    encoder: Encoder = "bundled",
    processes: Processes = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Build an index."""
    from duijie.desk import indexes

    indexes.build(folder, offers, encoder=encoder or "bundled", processes=processes, skip_bad=skip_bad)


@index_app.command("add", help=say("往索引里加供给；编号相同的以新的为准。", "Add offers; a known id is replaced."))
def index_add(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("供给表", "offers"))],
    processes: Processes = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Add to an index."""
    from duijie.desk import indexes

    indexes.add(folder, file, processes=processes, skip_bad=skip_bad)


@index_app.command("remove", help=say("按编号从索引里删供给。", "Remove offers by their ids."))
def index_remove(
    folder: Folder,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help=say("编号", "ids"))] = None,
    listed: Annotated[
        Path | None, typer.Option("--ids", help=say("每行一个编号的文本文件", "text file, one id a line"))
    ] = None,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Remove from an index."""
    from duijie.desk import indexes

    indexes.remove(folder, ids or [], listed)


@index_app.command("info", help=say("看索引里有什么。", "Show what an index holds."))
def index_info(
    folder: Folder,
    check: Annotated[bool, typer.Option("--check", help=say("逐个核对所有文件", "read every file again"))] = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Describe an index."""
    from duijie.desk import indexes

    indexes.info(folder, check=check)


@index_app.command("merge", help=say("把索引合并成一段。", "Merge an index into one segment."))
def index_merge(folder: Folder, lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Merge an index."""
    from duijie.desk import indexes

    indexes.merge(folder)


@app.command(
    help=say("按容量把团队（或成果）统一分给所有需求。", "Share teams (or offers) out over all demands at once.")
)
def allocate(
    matches: Annotated[
        Path, typer.Argument(metavar="MATCHES", help=say("duijie match 写的文件", "a file written by duijie match"))
    ],
    capacity: Annotated[
        str,
        typer.Option(
            "--capacity",
            metavar="FILE|N",
            help=say("各团队可承接数的表，或统一的数", "a table of what each team can take, or one number"),
        ),
    ],
    floor: Annotated[
        str | None,
        typer.Option("--floor", metavar="FILE|N", help=say("各团队至少要得到几条", "the least each team should get")),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say("写到文件（.jsonl .csv .xlsx）", "write to a file (.jsonl .csv .xlsx)")),
    ] = None,
    wanted: Annotated[
        int, typer.Option("--wanted", min=1, help=say("每条需求要几个", "how many each demand wants"))
    ] = 1,
    demands: Annotated[
        Path | None, typer.Option("--demands", help=say("需求表，用来写出名称", "demands, for their titles"))
    ] = None,
    teams: Annotated[
        Path | None, typer.Option("--teams", help=say("团队表，用来写出名称", "teams, for their names"))
    ] = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Share out."""
    from duijie.desk.allocate import Wish, allocate

    allocate(Wish(matches, capacity, floor, out, wanted, demands, teams, skip_bad))


@app.command(help=say("找出疑似重复的需求，并列出证据。", "Find demands that were probably handed in twice."))
def duplicates(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("需求表", "demands"))],
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help=say("再与这份需求（或需求的索引）比", "compare with these demands (or an index of demands) too"),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say("写到文件（.jsonl .csv .xlsx）", "write to a file (.jsonl .csv .xlsx)")),
    ] = None,
    encoder: Encoder = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Find duplicates."""
    from duijie.desk.duplicates import duplicates

    duplicates(file, against, out, encoder, skip_bad=skip_bad)


@app.command(
    help=say("用人的判断衡量排序，与简单 BM25 并列。", "Measure the ranking on judgements, beside a plain BM25.")
)
def evaluate(
    demands: Demands,
    offers: Offers,
    judgements: Judgements,
    folds: Annotated[
        int,
        typer.Option(
            "--folds",
            min=0,
            help=say("分几份：用其余各份学模型（0 为不学）", "learn on the other folds (0: do not learn)"),
        ),
    ] = 0,
    model: ModelFile = None,
    encoder: Encoder = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Evaluate."""
    from duijie.desk.evaluate import evaluate

    if folds == 1:
        raise typer.BadParameter(say("至少 2 份，0 为不学", "at least 2, or 0"), param_hint="--folds")
    evaluate(demands, offers, judgements, folds=folds, model=model, encoder=encoder, skip_bad=skip_bad)


@app.command(help=say("从人的判断学出排序模型。", "Learn a ranking model from judgements."))
def learn(
    demands: Demands,
    offers: Offers,
    judgements: Judgements,
    out: Annotated[Path, typer.Option("--out", help=say("写到 .json", "write to a .json"))],
    model: ModelFile = None,
    encoder: Encoder = None,
    skip_bad: SkipBad = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Learn a model."""
    from duijie.desk.learn import learn

    learn(demands, offers, judgements, out, model=model, encoder=encoder, skip_bad=skip_bad)


add_site_commands(app)


def main() -> None:
    """Run the command; being told to end cleans up like Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    app()


if __name__ == "__main__":
    main()
