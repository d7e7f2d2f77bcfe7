"""Reading what people said to the legal notice."""

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Consent

_CONSENT = Consent.__table__

_SAID = (
    select(_CONSENT.c.account_id, _CONSENT.c.agreed, _CONSENT.c.version)
    .where(_CONSENT.c.account_id.in_(bindparam("accounts", expanding=True)))
    .order_by(_CONSENT.c.at, _CONSENT.c.id)
)


def find_consent(session: Session, account_id: str) -> Consent | None:
    """The newest answer of an account to the legal notice."""
    return session.scalars(
        select(Consent)
        .where(Consent.account_id == account_id)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
    ).first()


def find_agreed(session: Session, account_ids: Collection[str], version: str) -> set[str]:
    """Which of these accounts agreed to this version of the notice, and nothing else since."""
    if not account_ids:
        return set()
    rows = session.connection().execute(_SAID, {"accounts": sorted(set(account_ids))}).all()
    newest = {account_id: (agreed, said) for account_id, agreed, said in rows}
    return {account_id for account_id, said in newest.items() if said == (True, version)}
