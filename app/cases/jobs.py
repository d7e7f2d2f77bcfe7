"""What the clock does for cases: nobody whose level stands is without one."""

from flask import current_app
from sqlalchemy.orm import Session

from app.cases.actions.opening import open_missing_cases
from app.web.transaction import transact

CHUNK = 20


def open_due_cases() -> int:
    """Open cases for levels that stand since before there were any; returns how many."""
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> int:
        return open_missing_cases(session, most=CHUNK, now=now)

    opened = 0
    while done := transact(work):
        opened += done
    return opened
