"""Which help an account has put away."""

from sqlalchemy.orm import Session

from app.accounts.models import HelpPutAway


def is_help_away(session: Session, account_id: str, topic: str) -> bool:
    """Whether this account wants to see that piece of help no more."""
    return session.get(HelpPutAway, (account_id, topic)) is not None
