"""Jobs of the province's inboxes."""

from flask import current_app

from app.intake.actions.destroying import destroy_old
from app.web.transaction import transact


def destroy_old_items() -> None:
    """Each night what was closed long enough ago is destroyed."""
    now = current_app.extensions["clock"].now()
    transact(lambda session: destroy_old(session, now=now))
