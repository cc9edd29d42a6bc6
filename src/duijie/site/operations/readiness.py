"""Whether the site can open: its database answers and has the tables that this release expects."""

from __future__ import annotations

from django.core.management.color import no_style
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from duijie.site.kernel.errors import Refusal
from duijie.words import say


def check_ready() -> None:
    """Refuse, in one sentence, to open a site that would fail at the first page."""
    try:
        knock()
        waiting = pending_migrations()
    except DatabaseError as error:
        raise Refusal(
            say(
                f"连不上数据库（{first_line(error)}）；请检查 DUIJIE_DATABASE_URL，并确认数据库已启动。",
                f"the database cannot be reached ({first_line(error)}); check DUIJIE_DATABASE_URL and that it runs.",
            )
        ) from error
    if waiting or not has_cache_table():
        raise Refusal(
            say(
                "数据库还没有建好或需要升级；请先运行 duijie migrate。",
                "the database is not set up or up to date; run duijie migrate.",
            )
        )


def knock() -> None:
    """Raise ``DatabaseError`` at once where nobody answers; a PostgreSQL pool would go on asking for ten seconds."""
    if connection.vendor == "postgresql":
        import psycopg  # noqa: PLC0415  SQLite does without

        try:
            psycopg.connect(**{**connection.get_connection_params(), "connect_timeout": 5}).close()
        except psycopg.Error as error:
            raise DatabaseError(str(error)) from error
    connection.ensure_connection()


def pending_migrations() -> list[str]:
    """Return the migrations that the database has not seen yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def has_cache_table() -> bool:
    """Say whether the table is there in which all processes share lockouts and rate limits."""
    from django.conf import settings  # noqa: PLC0415  the settings are loaded by then

    return settings.CACHES["default"]["LOCATION"] in connection.introspection.table_names()


def reset_sequences(models: list[type]) -> None:
    """Let new rows be numbered after the ones that came with their numbers."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def first_line(error: Exception) -> str:
    """Return what a database says, without the rest."""
    return str(error).strip().split("\n")[0] or type(error).__name__
