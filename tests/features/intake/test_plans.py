"""Lists of what could not be opened read no more of the logs than that."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.intake.queries.parks import count_unopened, list_unopened
from app.sync.rules import UpKind

Write = Callable[[Callable[[Session], Any]], Any]


def test_what_could_not_be_opened_is_found_by_its_index(database: str, write: Write) -> None:
    if database != "sqlite":
        return

    def work(session: Session) -> list[str]:
        heard: list[tuple[str, Any]] = []

        def hear(_: Any, __: Any, statement: str, parameters: Any, *more: Any) -> None:
            heard.append((statement, parameters))

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", hear)
        try:
            count_unopened(session)
            list_unopened(session, UpKind.FEEDBACK)
        finally:
            event.remove(engine, "before_cursor_execute", hear)
        raw: Any = session.connection().connection.driver_connection
        return [
            row[3]
            for statement, parameters in heard
            for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            if "log_entry" in row[3]
        ]

    plans = write(work)
    assert len(plans) == 2
    assert all("ix_log_entry_unapplied" in plan for plan in plans), plans
