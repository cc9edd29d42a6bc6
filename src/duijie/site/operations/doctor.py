"""`duijie doctor`: what is wrong with this installation, in words, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection

from duijie.site.databases import WAL_IS_SOUND
from duijie.site.kernel import clock
from duijie.site.kernel.models import Worker
from duijie.site.operations import readiness, translations
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOM = 1 << 30
"""Free bytes below which a backup or an import may fail."""
SEALED = timedelta(days=2)
"""Entries older than this are sealed where the worker runs."""
_LEAST = 1_790_000_000  # September 2026; no clock that is right shows less


class Level(Enum):
    """How much a finding matters."""

    GOOD = "✓"
    NOTE = "·"
    WEAK = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it stands, and what to do."""

    level: Level
    what: str
    advice: str = ""


def examine() -> list[Finding]:
    """Look at everything; what needs the database is left out where it does not answer."""
    database = list(look_at_database())
    findings = [*database]
    if database[0].level is Level.GOOD:
        for look in (look_at_migrations, look_at_cache, look_at_worker, look_at_seals):
            findings += look()
    for look in (
        look_at_secret,
        look_at_var,
        look_at_parts,
        look_at_translations,
        look_at_openness,
        look_at_clock,
        look_at_extras,
    ):
        findings += look()
    return findings


def is_well(findings: Sequence[Finding]) -> bool:
    """Say whether nothing is wrong; what is weak is advice."""
    return all(finding.level is not Level.WRONG for finding in findings)


def lines_of(findings: Sequence[Finding]) -> Iterator[str]:
    """Return what to print."""
    for finding in findings:
        yield f"{finding.level.value} {finding.what}"
        if finding.advice:
            yield f"    → {finding.advice}"
    wrong = sum(finding.level is Level.WRONG for finding in findings)
    weak = sum(finding.level is Level.WEAK for finding in findings)
    yield say(f"{wrong} 处有误，{weak} 处建议改进。", f"{wrong} wrong, {weak} to improve.")


def look_at_database() -> Iterator[Finding]:
    """Does it answer, and does it keep what it acknowledged?"""
    try:
        readiness.knock()
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                yield from _look_at_sqlite(cursor)
            else:
                yield from _look_at_postgresql(cursor)
    except DatabaseError as error:
        why = readiness.first_line(error)
        yield Finding(
            Level.WRONG,
            say(f"数据库：连不上（{why}）", f"database: it cannot be reached ({why})"),
            say(
                "检查 DUIJIE_DATABASE_URL，确认数据库已启动、口令无误。",
                "Check DUIJIE_DATABASE_URL, that it runs, and the password.",
            ),
        )


def _look_at_sqlite(cursor: object) -> Iterator[Finding]:
    journal, synchronous = (_pragma(cursor, name) for name in ("journal_mode", "synchronous"))
    version = sqlite3.sqlite_version
    yield Finding(
        Level.GOOD,
        say(f"数据库：SQLite {version}，{settings.DATABASES['default']['NAME']}", f"database: SQLite {version}"),
    )
    if synchronous not in {"2", "3"}:
        yield Finding(
            Level.WRONG,
            say(
                f"数据库：synchronous={synchronous}，断电会丢已确认的数据",
                f"database: synchronous={synchronous} loses acknowledged data",
            ),
            say("不要改动 init_command；应为 FULL。", "Leave init_command alone; it must be FULL."),
        )
    if journal == "wal" and sqlite3.sqlite_version_info < WAL_IS_SOUND:
        yield Finding(
            Level.WRONG,
            say(f"数据库：SQLite {version} 的 WAL 可能损坏数据库", f"database: WAL of SQLite {version} can corrupt it"),
            say(
                "改回 journal_mode=TRUNCATE，或升级到 SQLite 3.51.3 以上。",
                "Go back to journal_mode=TRUNCATE, or SQLite 3.51.3.",
            ),
        )


def _pragma(cursor: object, name: str) -> str:
    cursor.execute(f"PRAGMA {name}")  # type: ignore[attr-defined]
    return str(cursor.fetchone()[0]).lower()  # type: ignore[attr-defined]


def _look_at_postgresql(cursor: object) -> Iterator[Finding]:
    def shown(name: str) -> str:
        cursor.execute(f"SHOW {name}")  # type: ignore[attr-defined]
        return str(cursor.fetchone()[0])  # type: ignore[attr-defined]

    version = shown("server_version")
    yield Finding(Level.GOOD, say(f"数据库：PostgreSQL {version}", f"database: PostgreSQL {version}"))
    off = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if shown(name) == "off"]
    if off:
        names = "、".join(off)
        yield Finding(
            Level.WRONG,
            say(f"数据库：{names} 已关闭，断电会丢数据", f"database: {names} is off, a power cut loses data"),
            say("在 postgresql.conf 里打开。", "Turn it on in postgresql.conf."),
        )
    if shown("server_encoding") != "UTF8":
        yield Finding(
            Level.WRONG,
            say(f"数据库：编码是 {shown('server_encoding')}", f"database: its encoding is {shown('server_encoding')}"),
            say("用 UTF8 编码新建数据库，再恢复备份。", "Create one in UTF8 and restore a backup into it."),
        )


def look_at_migrations() -> Iterator[Finding]:
    """Are the tables those of this release?"""
    waiting = readiness.pending_migrations()
    if waiting:
        yield Finding(
            Level.WRONG,
            say(
                f"数据库：有 {len(waiting)} 步升级没有执行（{waiting[0]} 等）",
                f"database: {len(waiting)} migrations wait ({waiting[0]} …)",
            ),
            say("先备份，再运行 duijie migrate。", "Back up, then run duijie migrate."),
        )
    else:
        yield Finding(Level.GOOD, say("数据库：表是最新的", "database: its tables are up to date"))


def look_at_cache() -> Iterator[Finding]:
    """Do all processes share what they count: failed sign-ins, rates?"""
    backend = settings.CACHES["default"]["BACKEND"]
    if "LocMem" in backend or "Dummy" in backend:
        yield Finding(
            Level.WRONG,
            say("缓存：各进程各记各的，登录锁定形同虚设", "cache: each process has its own, so lockout does not hold"),
            say("CACHES 用 DatabaseCache 或 Redis。", "Use DatabaseCache or Redis in CACHES."),
        )
    elif "DatabaseCache" in backend and not readiness.has_cache_table():
        yield Finding(
            Level.WRONG,
            say("缓存：表还没有建", "cache: its table is not there"),
            say("运行 duijie migrate。", "Run duijie migrate."),
        )
    else:
        yield Finding(Level.GOOD, say("缓存：各进程共用", "cache: shared by all processes"))


def look_at_worker() -> Iterator[Finding]:
    """Is anybody there to carry out jobs?"""
    if readiness.pending_migrations():
        return
    now = clock.now()
    alive = [worker.name for worker in Worker.objects.order_by("name") if not worker.is_lost(now)]
    if alive:
        yield Finding(Level.GOOD, say(f"后台：在运行（{'、'.join(alive)}）", f"worker: running ({', '.join(alive)})"))
    else:
        yield Finding(
            Level.WEAK,
            say(
                "后台：没有运行，导入和导出会一直排队，账本不会封存",
                "worker: none runs; jobs wait and the ledger is not sealed",
            ),
            say("运行 duijie serve，或单独运行 duijie worker。", "Run duijie serve, or duijie worker by itself."),
        )


def look_at_seals() -> Iterator[Finding]:
    """Is the ledger sealed every day?"""
    if readiness.pending_migrations():
        return
    from duijie.site.ledger.models import Entry, Seal  # noqa: PLC0415  only where its tables are there

    oldest = Entry.objects.filter(seal=None).order_by("at").first()
    if oldest is not None and clock.now() - oldest.at > SEALED:
        yield Finding(
            Level.WEAK,
            say(
                f"账本：{oldest.at:%Y-%m-%d} 起的记录还没有封存",
                f"ledger: nothing since {oldest.at:%Y-%m-%d} is sealed",
            ),
            say(
                "让后台一直运行；现在可先运行 duijie ledger seal。",
                "Keep the worker running; for now, run duijie ledger seal.",
            ),
        )
    else:
        yield Finding(
            Level.GOOD,
            say(
                f"账本：按时封存（共 {Seal.objects.count()} 次）",
                f"ledger: sealed in time ({Seal.objects.count()} seals)",
            ),
        )


def look_at_secret() -> Iterator[Finding]:
    """Can anybody else read what signs the sessions?"""
    place = settings.VAR / "secret"
    if len(settings.SECRET_KEY) < 32:
        yield Finding(
            Level.WRONG,
            say("密钥：太短，容易被猜出", "secret: too short to be safe"),
            say(
                "去掉 DUIJIE_SECRET_KEY 由系统生成，或换成 50 个随机字符。",
                "Unset DUIJIE_SECRET_KEY, or use 50 random characters.",
            ),
        )
    elif place.exists() and stat.S_IMODE(place.stat().st_mode) & 0o077:
        yield Finding(
            Level.WRONG,
            say(f"密钥：{place} 别人也能读", f"secret: others can read {place}"),
            say(
                f"运行 chmod 600 {place}；若机器上有外人，删掉它重启即换新密钥。",
                f"chmod 600 {place}; delete it and restart for a new one.",
            ),
        )
    else:
        yield Finding(Level.GOOD, say("密钥：有，只有所有者能读", "secret: there, for its owner alone"))


def look_at_var() -> Iterator[Finding]:
    """Can files be written, and is there room for them?"""
    var = settings.VAR
    if not os.access(var, os.W_OK | os.X_OK):
        yield Finding(
            Level.WRONG,
            say(f"文件夹：{var} 不能写", f"folder: {var} cannot be written"),
            say("改好它的属主和权限，或换一个 DUIJIE_VAR。", "Mend its owner and mode, or use another DUIJIE_VAR."),
        )
        return
    free = shutil.disk_usage(var).free
    room = f"{free / 2**30:.1f} GB"
    if free < ROOM:
        yield Finding(
            Level.WRONG if free < ROOM // 10 else Level.WEAK,
            say(f"磁盘：只剩 {room}", f"disk: only {room} free"),
            say("腾出空间，或把 DUIJIE_VAR 移到更大的磁盘。", "Make room, or move DUIJIE_VAR to a larger disk."),
        )
    else:
        yield Finding(Level.GOOD, say(f"磁盘：{var} 还有 {room}", f"disk: {room} free at {var}"))
    if var.stat().st_mode & 0o007:
        yield Finding(
            Level.WEAK,
            say(f"文件夹：{var} 机器上的其他人也能进入", f"folder: others on this machine can enter {var}"),
            say(f"运行 chmod o-rwx {var}。", f"chmod o-rwx {var}."),
        )


def look_at_parts() -> Iterator[Finding]:
    """Are the parts of the pages there that come from npm?"""
    there = {entry[0] for entry in settings.STATICFILES_DIRS}
    missing = [name for name in ("tabler", "htmx", "echarts") if f"vendor/{name}" not in there]
    if missing:
        names = "、".join(missing)
        yield Finding(
            Level.WRONG,
            say(f"页面组件：缺 {names}，页面没有样式", f"page parts: {names} missing, pages look bare"),
            say(
                "在项目里运行 npm ci，或用 DUIJIE_NODE_MODULES 指明它们在哪里。",
                "Run npm ci in the project, or set DUIJIE_NODE_MODULES.",
            ),
        )
    else:
        yield Finding(Level.GOOD, say("页面组件：齐全", "page parts: complete"))


def look_at_translations() -> Iterator[Finding]:
    """Is the English there?"""
    if found := translations.stale():
        yield Finding(
            Level.WEAK,
            say(f"译文：{len(found)} 份没有编译，英文界面会夹杂中文", f"translations: {len(found)} not compiled"),
            say("运行 duijie migrate。", "Run duijie migrate."),
        )
    else:
        yield Finding(Level.GOOD, say("译文：已编译", "translations: compiled"))


def look_at_openness() -> Iterator[Finding]:
    """Is the site open to more than it should be?"""
    if settings.DEBUG:
        yield Finding(
            Level.WRONG,
            say("调试：DUIJIE_DEBUG 开着，出错页会泄露内部信息", "debug: DUIJIE_DEBUG is on, error pages tell secrets"),
            say("去掉 DUIJIE_DEBUG。", "Unset DUIJIE_DEBUG."),
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding(
            Level.WRONG,
            say(
                "域名：DUIJIE_HOSTS 是 *，任何域名都能冒充本站",
                "hosts: DUIJIE_HOSTS is *, any name can pose as this site",
            ),
            say("写明本站的域名。", "Name this site's hosts."),
        )
    public = [host for host in settings.ALLOWED_HOSTS if host not in {"127.0.0.1", "localhost", "[::1]"}]
    if public and not settings.SESSION_COOKIE_SECURE:
        yield Finding(
            Level.WEAK,
            say(
                "加密：对外服务，但没有声明前面有 HTTPS 代理", "https: served to others, but no HTTPS proxy is declared"
            ),
            say("在前面放 HTTPS 代理，并设 DUIJIE_PROXY=1。", "Put an HTTPS proxy in front and set DUIJIE_PROXY=1."),
        )


def look_at_clock() -> Iterator[Finding]:
    """Is it today?"""
    newest = clock.now()
    if time.time() < _LEAST:
        yield Finding(
            Level.WRONG,
            say(f"时钟：现在是 {newest:%Y-%m-%d}，不可能", f"clock: it shows {newest:%Y-%m-%d}, which cannot be"),
            say("校准系统时间（timedatectl set-ntp true）。", "Set the time (timedatectl set-ntp true)."),
        )
    else:
        yield Finding(Level.GOOD, say(f"时钟：{newest:%Y-%m-%d %H:%M} UTC", f"clock: {newest:%Y-%m-%d %H:%M} UTC"))


def look_at_extras() -> Iterator[Finding]:
    """Which optional things are there?"""
    for name, there, use in _extras():
        if there:
            yield Finding(Level.GOOD, say(f"可选：{name}，有", f"optional: {name}, there"))
        else:
            yield Finding(Level.NOTE, say(f"可选：没有 {name}（{use}）", f"optional: no {name} ({use})"))


def _extras() -> Iterable[tuple[str, bool, str]]:
    from ctypes.util import find_library  # noqa: PLC0415  it starts processes

    fonts = any(Path(place).exists() for place in ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype/noto"))
    yield "Noto CJK", fonts, say("印刷中文要用：apt-get install fonts-noto-cjk fonts-noto-core", "for printing Chinese")
    pango = bool(find_library("pango-1.0") or find_library("pango-1.0-0"))
    yield "Pango", pango, say("生成 PDF 要用：apt-get install libpango-1.0-0 libpangoft2-1.0-0", "for making PDF")
    yield "Chromium", bool(shutil.which("chromium")), say("只有测试要用：apt-get install chromium", "for tests only")
    server = any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    yield "PostgreSQL", server, say("数据多、用户多时用：apt-get install postgresql", "for large sites")
