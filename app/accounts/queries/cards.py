"""Cards: whose a scanned one is, which a worker had, and the printings they came from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Branch, Card, CardPrint, Credential
from app.accounts.queries.branches import list_companies
from app.accounts.queries.signing_in import SignInSubject
from app.accounts.rules import CardEnd, CardRevoked, UnknownCard, card_secret
from app.extensions import token_digest


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card in use, as it is printed, and the account it leads to; alone it opens nothing."""

    subject: SignInSubject
    company_id: int
    company_code: str
    company: str
    badge: str


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card a worker has or had."""

    number: int
    made_at: datetime
    made_by: str
    revoked_at: datetime | None
    revoked_why: CardEnd | None


@dataclass(frozen=True, slots=True)
class PrintRow:
    """One printing: for which unit, how many cards, by whom; not done yet or never ended."""

    id: str
    company: str
    unit: str
    cards: int
    made_by: str
    made_at: datetime
    done_at: datetime | None


def get_card(session: Session, scanned: str) -> HeldCard:
    """The card that was scanned, as an address or its bare secret; refused when void or unknown."""
    company = aliased(Branch)
    row = session.execute(
        select(
            Account.id,
            Credential.pin_hash,
            Account.active,
            Credential.pin_must_change,
            company.id,
            company.code,
            company.name,
            Card.badge,
            Card.revoked_at,
        )
        .join(Credential, Credential.account_id == Card.account_id)
        .join(Account, Account.id == Card.account_id)
        .join(company, company.id == Credential.company_id)
        .where(Card.secret_hash == token_digest(card_secret(scanned)))
    ).first()
    if row is None:
        raise UnknownCard
    account_id, pin_hash, active, must_change, company_id, code, name, badge, revoked_at = row
    if revoked_at is not None:
        raise CardRevoked
    subject = SignInSubject(account_id, pin_hash, active, must_change)
    return HeldCard(subject, company_id, code, name, badge)


def list_cards_of(session: Session, account_id: str, limit: int = 10) -> list[CardRow]:
    """A worker's cards, the newest first."""
    rows = session.scalars(
        select(Card).where(Card.account_id == account_id).order_by(Card.number.desc()).limit(limit)
    )
    return [
        CardRow(
            card.number,
            card.made_at,
            card.made_by,
            card.revoked_at,
            CardEnd(card.revoked_why) if card.revoked_why else None,
        )
        for card in rows
    ]


def last_numbers(session: Session, account_ids: Collection[str]) -> dict[str, int]:
    """How many cards these workers have had so far; who had none is left out."""
    rows = session.execute(
        select(Card.account_id, func.max(Card.number))
        .where(Card.account_id.in_(account_ids))
        .group_by(Card.account_id)
    ).all()
    return dict(rows)


def list_prints(session: Session, paths: Sequence[str], limit: int = 10) -> list[PrintRow]:
    """The last printings of the companies these branches lie in, the newest first."""
    name_by_id = {company.id: company.name for company in list_companies(session, paths)}
    rows = session.scalars(
        select(CardPrint)
        .where(CardPrint.company_id.in_(name_by_id))
        .order_by(CardPrint.made_at.desc(), CardPrint.id.desc())
        .limit(limit)
    )
    return [
        PrintRow(
            row.id,
            name_by_id[row.company_id],
            row.unit,
            row.cards,
            row.made_by,
            row.made_at,
            row.done_at,
        )
        for row in rows
    ]
