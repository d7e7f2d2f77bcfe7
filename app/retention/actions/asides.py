"""What was put aside, by a restore or because it is damaged: it holds everybody, and goes too."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.retention.gateways import list_files_aside
from app.retention.rules.asides import set_aside_before
from app.settings import Settings


def list_asides(session: Session, settings: Settings, before: datetime) -> list[str]:
    """Names of files, and on PostgreSQL of schemas, that were put aside before a moment."""
    names = [path.name for path in list_files_aside(settings)]
    if not settings.on_sqlite:
        asked = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before\\_restore\\_%'")
        names += session.scalars(asked)
    return [name for name in names if set_aside_before(name, before)]


def drop_aside(session: Session, settings: Settings, name: str) -> None:
    """Remove one of them for good."""
    files = [path for path in list_files_aside(settings) if path.name == name]
    for path in files:
        path.unlink(missing_ok=True)
    if not files and not settings.on_sqlite:
        quoted = session.get_bind().dialect.identifier_preparer.quote(name)
        session.execute(text(f"DROP SCHEMA IF EXISTS {quoted} CASCADE"))
