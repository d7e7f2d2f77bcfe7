"""What the clock does for cases: open those that are missing, ask who is to be asked today."""

from flask import current_app
from sqlalchemy.orm import Session

from app.cases.actions.opening import open_missing_cases
from app.cases.actions.reminding import ask_in_inbox
from app.web.notice import NOTICE_VERSION
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


def ask_due_days() -> int:
    """Write to workers in follow-up whom nothing else asks today; returns how many."""
    settings, now = current_app.config["SETTINGS"], current_app.extensions["clock"].now()

    def work(session: Session) -> int:
        return ask_in_inbox(session, settings=settings, notice=NOTICE_VERSION, most=CHUNK, now=now)

    asked = 0
    while done := transact(work):
        asked += done
    return asked
