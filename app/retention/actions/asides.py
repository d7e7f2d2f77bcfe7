"""Databases that a restore moved aside: they hold everybody, and go some days later."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.retention.gateways import list_files_aside
from app.retention.rules.asides import set_aside_before
from app.settings import Settings


def list_asides(session: Session, settings: Settings, before: datetime) -> list[str]:
    """Names of databases that were moved aside before a moment."""
    if settings.on_sqlite:
        names = list_files_aside(settings.sqlite_path)
    else:
        asked = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before\\_restore\\_%'")
        names = list(session.scalars(asked))
    return [name for name in names if set_aside_before(name, before)]


def drop_aside(session: Session, settings: Settings, name: str) -> None:
    """Remove one of them for good."""
    if settings.on_sqlite:
        Path(settings.sqlite_path.parent / name).unlink(missing_ok=True)
    else:
        quoted = session.get_bind().dialect.identifier_preparer.quote(name)
        session.execute(text(f"DROP SCHEMA IF EXISTS {quoted} CASCADE"))
