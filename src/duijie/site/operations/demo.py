"""`duijie demo`: a site of one's own with a story in it, on this machine only; by itself it looks at its pages and ends."""

from __future__ import annotations

import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from duijie.site.kernel.errors import Refusal
from duijie.site.operations.migrate import migrate
from duijie.site.operations.readiness import pending_migrations
from duijie.site.operations.serve import free_port, serve
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"
PAGES = ("accounts/login/", "favicon.ico", "static/kernel/site.css", "static/vendor/tabler/css/tabler.min.css")
"""What must answer before anybody is told that the site is open."""
PATIENCE = 60.0


def open_demo(*, port: int, fresh: bool, check: bool) -> None:
    """Fill an empty site with the story, open it, and say where and for whom."""
    if fresh:
        _forget()
    if pending_migrations():
        migrate(tell=lambda _sentence: None)
    accounts = _told()
    connections.close_all()
    port = free_port(HOST, port)
    visit = _Visit(accounts, seconds=_seconds(check=check))
    serve(HOST, port, workers=1, opened=visit.open, at_each_turn=visit.is_over)
    if visit.failed:
        raise Refusal(visit.failed)


def _forget() -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        connections.close_all()
        shutil.rmtree(settings.VAR, ignore_errors=True)
        settings.VAR.mkdir(parents=True)
        return
    raise Refusal(
        say(
            "--fresh 只清理示范用的 SQLite，不碰 PostgreSQL。",
            "--fresh clears the demo's SQLite only, never PostgreSQL.",
        )
    )


def _told() -> Sequence[tuple[str, str, str]]:
    """Tell the story to an empty site; return its accounts: user name, password, and who it is."""
    from duijie.site.demo.story import accounts, tell  # noqa: PLC0415  it loads every room
    from duijie.site.parties.models import User  # noqa: PLC0415

    if not User.objects.exists():
        print(
            say("正在用真实的业务动作讲述示范故事……", "telling the story through the site's own actions …"), flush=True
        )
        tell()
    return accounts()


def _seconds(*, check: bool) -> float | None:
    """Return how long the demo stays open; where nobody sits at a keyboard, until its pages were looked at."""
    if given := os.environ.get("DUIJIE_DEMO_SECONDS"):
        return float(given)
    return 0.0 if check or not sys.stdin or not sys.stdin.isatty() else None


@dataclass
class _Visit:
    """What happens once the site answers: look at pages, say who may sign in, and perhaps leave."""

    accounts: Sequence[tuple[str, str, str]]
    seconds: float | None
    failed: str = ""
    end: float | None = None
    began: float = field(default_factory=time.monotonic)

    def open(self, address: str) -> None:
        """Look at the pages, then introduce the site."""
        try:
            for page in PAGES:
                _look(address + page)
        except (OSError, ValueError) as error:
            self.failed = say(f"页面没有正常打开：{error}", f"a page did not open: {error}")
            self.end = 0.0
            return
        _introduce(address, self.accounts, stays=self.seconds is None)
        self.end = None if self.seconds is None else time.monotonic() + self.seconds

    def is_over(self) -> bool:
        """Say whether it is time to close."""
        if self.end is None and self.seconds is not None and time.monotonic() - self.began > PATIENCE:
            self.failed = say(
                "网站一分钟内没有打开；请看上面的出错信息。", "the site did not open within a minute; see above."
            )
            return True
        return self.end is not None and time.monotonic() >= self.end


def _look(url: str) -> None:
    request = urllib.request.Request(url, headers={"Accept-Language": "zh"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            if not answer.read():
                raise ValueError(say(f"{url} 是空的", f"{url} is empty"))
    except urllib.error.HTTPError as error:
        raise ValueError(f"{url} {error.code}") from error


def _introduce(address: str, accounts: Sequence[tuple[str, str, str]], *, stays: bool) -> None:
    print(say(f"示范网站已打开：{address}", f"the demo is open at {address}"))
    if accounts:
        print(say("可用下列账号登录，每种角色一个：", "sign in as any of these, one a role:"))
        for username, password, role in accounts:
            print(f"  {username:<16} {password:<20} {role}")
    if stays:
        print(say("按 Ctrl-C 结束。", "Ctrl-C ends it."))
    sys.stdout.flush()
