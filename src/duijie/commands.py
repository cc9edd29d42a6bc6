"""The commands that run the site. Each loads what it needs when it is called, so that the others start at once."""

# ruff: noqa: PLC0415  Django takes longer to load than `duijie match --help` may take

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duijie.options import DEFAULT_LANGUAGE, Lang
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

app = typer.Typer()
Host = Annotated[
    str, typer.Option("--host", help=say("监听的地址；默认只有本机能访问", "address; by default this machine only"))
]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=say("端口", "port"))]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, max=64, help=say("网页进程数；默认按处理器个数", "web processes; by default one a core")
    ),
]


def add_site_commands(whole: typer.Typer) -> None:
    """Put the site's commands beside the others."""
    whole.registered_commands.extend(app.registered_commands)
    whole.registered_groups.extend(app.registered_groups)


def site_sentence_of(error: BaseException) -> str | None:
    """Return the sentence for what the site refuses, and for a database that does not answer."""
    if "django.db" not in sys.modules:
        return None
    from django.core.management import CommandError
    from django.db import DatabaseError

    from duijie.site.kernel.errors import Refusal

    if isinstance(error, Refusal | CommandError):
        return str(error)
    if isinstance(error, DatabaseError):
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return say(
            f"数据库出错（{why}）；请运行 duijie doctor 查看原因。",
            f"the database failed ({why}); duijie doctor says more.",
        )
    return None


def _site() -> None:
    """Load Django with the site's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.site.settings")
    import django
    from django.utils import translation

    django.setup()
    translation.activate(say("zh-hans", "en"))


def _print(lines: Iterable[str], code: int = 0) -> None:
    for line in lines:
        print(line)
    if code:
        raise SystemExit(code)


@app.command(help=say("启动网站：网页和后台一起，退出时一起停。", "Start the site: web and worker together."))
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None, lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Start the site."""
    _site()
    from duijie.site.operations.readiness import check_ready
    from duijie.site.operations.serve import serve

    check_ready()
    serve(host, port, workers=workers)


@app.command(help=say("只启动网页（后台另行启动时用）。", "Start the web alone, where the worker runs elsewhere."))
def web(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None, lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Start the web."""
    _site()
    from django.conf import settings

    from duijie.site.operations.web import answer, processes

    answer(host, port, workers=workers or processes(), prefix=settings.FORCE_SCRIPT_NAME or "")


@app.command(
    help=say("只启动后台：处理任务，按时封存账本、冻结逾期需求。", "Start the worker alone: jobs and daily duties.")
)
def worker(
    name: Annotated[
        str, typer.Option("--name", help=say("名字；同时开几个时各取一个", "its name; several need one each"))
    ] = "worker",
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Start the worker."""
    _site()
    from duijie.site.kernel.worker import serve
    from duijie.site.operations.duties import DUTIES, follow_the_office
    from duijie.site.operations.family import leave_with_parent

    leave_with_parent()
    serve(name, duties=DUTIES, follow=follow_the_office)


@app.command(help=say("建好或升级数据库：表、缓存、基础数据、译文。", "Set the database up, or bring it up to date."))
def migrate(lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Bring the database up to date."""
    _site()
    from duijie.site.operations.migrate import migrate

    migrate(tell=print)


@app.command(
    help=say("检查这套系统，逐条说明哪里不对、怎么办。", "Say what is wrong with this installation, and what to do.")
)
def doctor(lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Examine the installation."""
    _site()
    from duijie.site.operations.doctor import examine, is_well, lines_of

    findings = examine()
    _print(lines_of(findings), 0 if is_well(findings) else 1)


@app.command(
    help=say("备份全部数据和附件到一个文件，写完即核对。", "Back all data and files up into one file, and check it.")
)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("新文件，.tar.gz", "a new file, .tar.gz"))],
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Back everything up."""
    _site()
    from duijie.site.operations.backup import back_up

    back_up(file, tell=print)


@app.command(
    help=say(
        "把备份恢复到一个空数据库，并核对账本。", "Restore a backup into an empty database, and verify the ledger."
    )
)
def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=say("duijie backup 写的文件", "a file by duijie backup"))
    ],
    check: Annotated[bool, typer.Option("--check", help=say("只核对，不恢复", "only check the file"))] = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Restore a backup."""
    _site()
    from duijie.site.operations.restore import check_backup, restore

    if check:
        check_backup(file, tell=print)
    else:
        restore(file, tell=print)


@app.command(
    help=say(
        "用样例故事打开一个示范网站；--files 只用样例表格做一遍匹配。",
        "Open a site with a sample story; --files only matches sample tables.",
    )
)
def demo(
    files: Annotated[
        bool, typer.Option("--files", help=say("不开网站，用样例表格做一遍匹配", "no site: match the sample tables"))
    ] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("放在哪里", "where it goes"))] = Path(
        "var/demo"
    ),
    quick: Annotated[
        bool, typer.Option("--quick", help=say("匹配只比用词，更快", "match by words only, which is faster"))
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help=say("清掉上次的示范网站，重新来过", "start over with a new site"))
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help=say("打开、看几页、关上", "open, look at pages, close"))
    ] = False,
    port: Port = 8000,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Run the demo."""
    if files:
        from duijie.desk.demo import demo

        demo(out, quick=quick)
        return
    os.environ.setdefault("DUIJIE_VAR", str(out / "site"))
    _site()
    from duijie.site.operations.demo import open_demo

    open_demo(port=port, fresh=fresh, check=check)


ledger_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help=say("核对、封存和查看账本。", "Verify, seal and show the ledger.")
)
app.add_typer(ledger_app, name="ledger")


@ledger_app.command(
    "verify",
    help=say(
        "重算全部摘要和封存，并重放到各表，指出第一处不符。", "Recompute, replay, and name the first row that differs."
    ),
)
def ledger_verify(
    head: Annotated[
        str,
        typer.Option("--head", help=say("通报上印的封印，一并核对", "a seal printed on a bulletin, to be found again")),
    ] = "",
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Verify the ledger."""
    _site()
    from duijie.site.ledger.commands import verify

    _print(*verify(head))


@ledger_app.command("seal", help=say("封存上次封存以来的记录。", "Seal what was entered since the last seal."))
def ledger_seal(lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Seal the ledger."""
    _site()
    from duijie.site.ledger.commands import seal

    _print(*seal())


@ledger_app.command("show", help=say("列出一个编号的全部经过。", "List all that happened to one code."))
def ledger_show(
    code: Annotated[str, typer.Argument(metavar="CODE", help=say("编号，如 D-150100-2026-0007", "a code"))],
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Show a trail."""
    _site()
    from duijie.site.ledger.commands import show

    _print(*show(code))


registry_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help=say("装入和核对基础数据。", "Load and check the reference data.")
)
app.add_typer(registry_app, name="registry")


@registry_app.command(
    "load", help=say("装入或更新地区、行业、领域等基础数据。", "Load or update regions, industries, fields and kinds.")
)
def registry_load(lang: Lang = DEFAULT_LANGUAGE) -> None:
    """Load the reference data."""
    _site()
    from duijie.site.registry.commands import load

    _print(load())


@registry_app.command(
    "check", help=say("核对数据库里的基础数据与随附的表。", "Compare the database with the tables that come along.")
)
def registry_check(
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="DIR", help=say("再与这个文件夹里的表比", "compare with the tables in this folder too")
        ),
    ] = None,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Check the reference data."""
    _site()
    from duijie.site.registry.commands import check

    _print(check(against))


import_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help=say("从表格批量导入。", "Import from spreadsheets.")
)
app.add_typer(import_app, name="import")
Sheet = Annotated[Path, typer.Argument(metavar="FILE", help=say("表格（.xlsx .csv）", "a spreadsheet (.xlsx .csv)"))]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="USER",
        help=say(
            "以谁的身份导入（用户名）；默认唯一的管理员", "whose import it is; by default the one administrator's"
        ),
    ),
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help=say("跳过有错的行，导入其余", "leave bad rows out, import the others"))
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=say("只检查，不写入", "only check, write nothing"))]
Again = Annotated[
    bool, typer.Option("--again", help=say("同一份表格再导入一次", "import a file that was imported before"))
]


def _import(noun: str, file: Path, **wish: Any) -> None:
    _site()
    from duijie.site.imports.commands import import_file

    _print(*import_file(noun, file, **wish))


@import_app.command("demands", help=say("导入需求。", "Import demands."))
def import_demands(
    file: Sheet,
    user: As = "",
    skip_bad: SkipBad = False,
    dry_run: DryRun = False,
    again: Again = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Import demands."""
    _import("demands", file, username=user, skip_bad=skip_bad, dry_run=dry_run, again=again)


@import_app.command("offers", help=say("导入成果与供给。", "Import offers."))
def import_offers(
    file: Sheet,
    user: As = "",
    skip_bad: SkipBad = False,
    dry_run: DryRun = False,
    again: Again = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Import offers."""
    _import("offers", file, username=user, skip_bad=skip_bad, dry_run=dry_run, again=again)


@import_app.command("organisations", help=say("导入单位。", "Import organisations."))
def import_organisations(
    file: Sheet,
    user: As = "",
    skip_bad: SkipBad = False,
    dry_run: DryRun = False,
    again: Again = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Import organisations."""
    _import("organisations", file, username=user, skip_bad=skip_bad, dry_run=dry_run, again=again)


@import_app.command("teams", help=say("导入科研团队。", "Import teams."))
def import_teams(
    file: Sheet,
    user: As = "",
    skip_bad: SkipBad = False,
    dry_run: DryRun = False,
    again: Again = False,
    lang: Lang = DEFAULT_LANGUAGE,
) -> None:
    """Import teams."""
    _import("teams", file, username=user, skip_bad=skip_bad, dry_run=dry_run, again=again)
