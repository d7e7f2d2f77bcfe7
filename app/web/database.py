"""Two engines on one database: one that may write, and one for reading that cannot."""

from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from app.extensions import db
from app.settings import Settings
from app.web.own_file import open_only_own, write_only_own
from app.web.transaction import Writer

BUSY_SECONDS = 30
READERS = 64
WRITER_CACHE_KIBIBYTES = 65536
# Every thread of the server may hold a reader: what each keeps is there up to 64 times.
READER_CACHE_KIBIBYTES = 2048


def engine_options(settings: Settings) -> dict[str, Any]:
    """Options of the reading engine, as Flask-SQLAlchemy takes them."""
    options: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": 8,
        "max_overflow": READERS,
        "hide_parameters": True,  # a failed statement would tell whose row it was about
    }
    if settings.on_sqlite:
        # Opening one reads the whole schema, which costs as much as a check-in: all are kept, and
        # the one given back last is taken first, so that few of them grow warm.
        kept = {"pool_size": READERS, "max_overflow": 8, "pool_use_lifo": True}
        return options | kept | {"connect_args": _sqlite_arguments()}
    read_only = "-c default_transaction_read_only=on"
    return options | {"pool_pre_ping": True, "connect_args": {"options": read_only}}


def open_database(app: Flask, settings: Settings, info: dict[str, Any]) -> Writer:
    """Make the reading engine safe and return the writer; call inside an application context."""
    if settings.on_sqlite:
        open_only_own(db.engine, settings.sqlite_path, settings.instance)
        pragmas = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")
        _prepare_sqlite(db.engine, pragmas, "BEGIN", READER_CACHE_KIBIBYTES)
    grouped = settings.on_sqlite and not settings.command_line
    gives_way = settings.on_sqlite and settings.command_line
    return Writer(app, writing_engine(settings), info, grouped, gives_way)


def writing_engine(settings: Settings) -> Engine:
    """The engine that may write; on a SQLite server only its one connection checkpoints."""
    if not settings.on_sqlite:
        return create_engine(
            settings.database_url, pool_size=8, max_overflow=READERS, hide_parameters=True
        )
    engine = create_engine(
        settings.database_url,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=4 if settings.command_line else 0,
        connect_args=_sqlite_arguments(),
        hide_parameters=True,
    )
    open_only_own(engine, settings.sqlite_path, settings.instance)
    # What is deleted, also by the search index for itself, leaves no text behind in the file.
    pragmas = ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON"]
    if settings.command_line:
        pragmas.append("PRAGMA wal_autocheckpoint=0")
    _prepare_sqlite(engine, tuple(pragmas), "BEGIN IMMEDIATE", WRITER_CACHE_KIBIBYTES)
    write_only_own(engine, settings.sqlite_path)
    return engine


def _sqlite_arguments() -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS, "check_same_thread": False}


def _prepare_sqlite(
    engine: Engine, pragmas: tuple[str, ...], begin: str, cache_kibibytes: int
) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        for pragma in (
            *pragmas,
            "PRAGMA foreign_keys=ON",
            f"PRAGMA cache_size=-{cache_kibibytes}",
            "PRAGMA temp_store=MEMORY",
        ):
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)
