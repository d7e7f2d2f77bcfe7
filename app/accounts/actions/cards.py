"""Printed cards of workers: a printing begun and ended, cards made, replaced, revoked."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Card, CardPrint, Credential
from app.accounts.rules import (
    AlreadyDone,
    CardEnd,
    CardsBeingMade,
    CardsJustMade,
    NoCard,
)
from app.audit.actions import record_act, record_acts
from app.kernel.actors import Actor
from app.kernel.ids import new_id

# A printing that has not ended by then died with its process.
GIVEN_UP_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card as it is kept: its number for the worker, the badge on it, its secret's hash."""

    number: int
    badge: str
    secret_hash: str


def new_card_secret() -> str:
    """What a card's code carries: 128 random bits as text."""
    return secrets.token_urlsafe(16)


def begin_print(
    session: Session,
    print_id: str,
    company_id: int,
    unit: str,
    account_ids: Collection[str],
    *,
    opened_at: datetime,
    actor: Actor,
    now: datetime,
) -> None:
    """Open a printing, one at a time in a company; refused where it would undo a newer one."""
    if session.get(CardPrint, print_id) is not None:
        raise AlreadyDone
    running = session.scalar(
        select(CardPrint.id)
        .where(CardPrint.company_id == company_id, CardPrint.done_at.is_(None))
        .where(CardPrint.made_at > now - GIVEN_UP_AFTER)
        .limit(1)
    )
    if running is not None:
        raise CardsBeingMade
    newer = (
        select(Card.account_id)
        .join(CardPrint, CardPrint.id == Card.print_id)
        .where(CardPrint.company_id == company_id)
        .where(or_(CardPrint.made_at > opened_at, CardPrint.done_at > opened_at))
    )
    if set(session.scalars(newer)) & set(account_ids):
        raise CardsJustMade
    session.add(
        CardPrint(
            id=print_id,
            company_id=company_id,
            unit=unit[:250],
            cards=len(account_ids),
            made_by=actor.name,
            made_at=now,
        )
    )


def make_cards(
    session: Session,
    print_id: str,
    card_by_account: Mapping[str, NewCard],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """New cards of one printing; the cards these workers held until now are void."""
    ids = list(card_by_account)
    company_id = session.get_one(CardPrint, print_id).company_id
    replaced = _revoke(session, ids, CardEnd.REPLACED, now=now)
    session.execute(
        insert(Card),
        [
            {
                "id": new_id(now),
                "account_id": account_id,
                "print_id": print_id,
                "number": card.number,
                "badge": card.badge,
                "secret_hash": card.secret_hash,
                "made_at": now,
                "made_by": actor.name,
            }
            for account_id, card in card_by_account.items()
        ],
    )
    void = {
        account_id: {"number": number, "why": CardEnd.REPLACED}
        for account_id, number in replaced.items()
    }
    made = {
        account_id: {"number": card.number, "print": print_id}
        for account_id, card in card_by_account.items()
    }
    for act, details in (("accounts.card_revoked", void), ("accounts.card_made", made)):
        record_acts(session, act, details, company_id=company_id, actor=actor, now=now)


def end_print(session: Session, print_id: str, *, now: datetime) -> None:
    """The printing is complete."""
    session.execute(update(CardPrint).where(CardPrint.id == print_id).values(done_at=now))


def drop_print(session: Session, print_id: str) -> None:
    """Forget a printing that could not be drawn; it has made no card yet."""
    session.execute(delete(CardPrint).where(CardPrint.id == print_id))


def revoke_card(
    session: Session, account_id: str, why: CardEnd, *, actor: Actor, now: datetime
) -> None:
    """Take a worker's card out of use, at once and for good."""
    ended = _revoke(session, [account_id], why, now=now)
    if not ended:
        raise NoCard
    record_act(
        session,
        "accounts.card_revoked",
        actor=actor,
        now=now,
        subject_id=account_id,
        company_id=session.get_one(Credential, account_id).company_id,
        number=ended[account_id],
        why=why,
    )


def _revoke(
    session: Session, account_ids: Collection[str], why: CardEnd, *, now: datetime
) -> dict[str, int]:
    """The numbers of the cards that were in use until now, by worker."""
    rows = session.execute(
        update(Card)
        .where(Card.account_id.in_(account_ids), Card.revoked_at.is_(None))
        .values(revoked_at=now, revoked_why=why)
        .returning(Card.account_id, Card.number)
    ).all()
    return dict(rows)
