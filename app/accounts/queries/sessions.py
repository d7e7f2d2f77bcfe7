"""Reading signed-in browsers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Credential, WebSession
from app.accounts.queries.second_factor import lacks_second_factor
from app.accounts.queries.signing_in import get_actor
from app.accounts.rules import Actor
from app.accounts.rules.second_factor import is_offered


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in browser, whose it is, and whether the secret must change first."""

    actor: Actor
    started_at: datetime
    last_seen_at: datetime
    must_change: bool
    must_enrol: bool = False
    renew_due: bool = False


def find_web_session(session: Session, session_id: str) -> WebSession | None:
    """A signed-in browser that was not signed out."""
    found = session.get(WebSession, session_id)
    return None if found is None or found.ended_at is not None else found


def find_signed_in(session: Session, session_id: str) -> SignedIn | None:
    """Who uses a browser that was not signed out, unless the account is shut."""
    found = find_web_session(session, session_id)
    account = session.get(Account, found.account_id) if found else None
    if found is None or account is None or not account.active:
        return None
    actor = get_actor(session, account.id)
    return SignedIn(
        actor,
        found.started_at,
        found.last_seen_at,
        account.secret_must_change if account.login else _must_change_pin(session, account.id),
        is_offered(actor.roles) and lacks_second_factor(session, account.id, actor.roles),
        found.renew_due,
    )


def _must_change_pin(session: Session, account_id: str) -> bool:
    held = session.get(Credential, account_id)
    return held is not None and held.pin_must_change


def list_web_sessions(session: Session, account_id: str) -> Sequence[WebSession]:
    """Signed-in browsers of an account, last seen first."""
    return session.scalars(
        select(WebSession)
        .where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
        .order_by(WebSession.last_seen_at.desc())
    ).all()
