"""Bringing the database to the newest schema, and asking which one it has."""

import functools
from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.kernel.refusals import Refusal
from app.settings import ROOT

MIGRATIONS = ROOT / "app" / "migrations"
UPGRADE_LOCK = 7_205_759_403
NOT_MODELLED = "worker_search"  # each database has its own kind, made by a step of the schema


class DatabaseTooNew(Refusal):
    """The database was made by a newer program; this one must not touch it."""

    code = "database.too_new"
    status = 409


def config_for(connection: Connection | None = None) -> Config:
    """Alembic's configuration; the steps run on the connection given."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, check: Callable[[Connection], None] | None = None) -> str:
    """Run every missing step in one transaction; returns the revision reached.

    `check` looks at the outcome before it counts: what it raises undoes all of it.

    On SQLite a changed table is made anew and the old one dropped: with foreign keys checked at
    once that would fail, or empty the tables that point at it. They are checked before the commit.
    """
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            _check_foreign_keys(connection, at_once=False)
        try:
            with connection.begin():
                if not on_sqlite:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:k)"), {"k": UPGRADE_LOCK}
                    )
                upgrade_on(connection)
                if check is not None:
                    check(connection)
                return current_revision(connection) or ""
        finally:
            if on_sqlite:
                _check_foreign_keys(connection, at_once=True)


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Run the steps up to a revision inside the transaction that the caller has begun."""
    here = current_revision(connection)
    if here is not None and not knows_revision(here):
        raise DatabaseTooNew(revision=here)
    command.upgrade(config_for(connection), revision)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"the upgrade left a row of {broken[0]} pointing at nothing")


def downgrade_on(connection: Connection, revision: str = "base") -> None:
    """Take steps back inside the transaction that the caller has begun; their tables go."""
    command.downgrade(config_for(connection), revision)


def _check_foreign_keys(connection: Connection, *, at_once: bool) -> None:
    """Switch SQLite's own checking; it listens only outside a transaction."""
    raw = connection.connection.driver_connection
    if raw is not None:
        raw.execute(f"PRAGMA foreign_keys={'ON' if at_once else 'OFF'}").close()


def is_modelled(_item: Any, name: str | None, _kind: str, reflected: bool, _twin: Any) -> bool:
    """Whether something in the database must stand in the models: a search index need not."""
    return not (reflected and (name or "").removeprefix("ix_").startswith(NOT_MODELLED))


def current_revision(connection: Connection) -> str | None:
    """The revision a database stands at; None when it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


@functools.cache
def _steps() -> ScriptDirectory:
    return ScriptDirectory.from_config(config_for())


def newest_revision() -> str:
    """The revision this program needs."""
    return _steps().get_current_head() or ""


def knows_revision(revision: str) -> bool:
    """Whether this program has the step that leads to a revision."""
    return any(step.revision == revision for step in _steps().walk_revisions())
