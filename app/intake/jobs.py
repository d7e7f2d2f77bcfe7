"""Jobs of the province's inboxes."""

from flask import current_app

from app.extensions import db
from app.intake.actions.again import hear_again
from app.intake.actions.destroying import destroy_old
from app.intake.queries.parks import count_unopened
from app.web.transaction import transact


def destroy_old_items() -> None:
    """Each night what was closed long enough ago is destroyed."""
    now = current_app.extensions["clock"].now()
    transact(lambda session: destroy_old(session, now=now))


def open_again() -> None:
    """Each hour what could not be opened is tried again, where there is any."""
    if not count_unopened(db.session()):
        return
    now = current_app.extensions["clock"].now()
    transact(lambda session: hear_again(session, now=now))
