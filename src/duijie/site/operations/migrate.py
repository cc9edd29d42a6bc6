"""`duijie migrate`: from whatever is there to what this release needs; safe to run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management import call_command

from duijie.site.operations.readiness import pending_migrations
from duijie.site.operations.translations import compile_all
from duijie.words import say

if TYPE_CHECKING:
    from collections.abc import Callable


def migrate(*, tell: Callable[[str], None]) -> None:
    """Bring tables, cache, reference data and translations up to date."""
    waiting = len(pending_migrations())
    call_command("migrate", verbosity=0, interactive=False)
    tell(say(f"数据库：执行了 {waiting} 步升级。", f"database: {waiting} steps taken."))
    call_command("createcachetable", verbosity=0)
    load_registry(tell)
    if compiled := compile_all():
        tell(say(f"译文：编译了 {compiled} 份。", f"translations: {compiled} compiled."))
    tell(say("好了，可以运行 duijie serve。", "Ready: run duijie serve."))


def load_registry(tell: Callable[[str], None]) -> None:
    """Load the reference data where there is none; later releases' tables are loaded by ``duijie registry load``."""
    from duijie.site.registry.actions import load_tables  # noqa: PLC0415  only where it is needed
    from duijie.site.registry.models import Region  # noqa: PLC0415

    if not Region.objects.exists():
        load_tables()
        tell(
            say(
                f"基础数据：装入 {Region.objects.count()} 个行政区划等。",
                f"reference data: {Region.objects.count()} regions and more.",
            )
        )
